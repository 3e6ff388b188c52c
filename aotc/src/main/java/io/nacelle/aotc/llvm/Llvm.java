// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.aotc.llvm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * LLVM, by its C API in its shared library: compiles modules in its intermediate representation.
 *
 * <p>Where it is looked for: what the system property {@code nacelle.llvm.path} names; else the
 * library in the artifact {@code org.bytedeco:llvm}, if that is on the class path, from which it is
 * put into the user's cache directory; else the system's {@code libLLVM}, the newest of versions 15
 * to 22.
 *
 * <p>Thread-safe: each compilation has a context of its own, and several may run at the same time.
 * An internal error of LLVM ends the process, so programs that must go on compile in another one.
 */
public final class Llvm {
    /** What becomes of a module. */
    public enum Emit {
        /** A relocatable ELF object. */
        OBJECT,
        /** Assembly, as text. */
        ASSEMBLY,
        /** The representation after the passes, as text. */
        IR
    }

    /**
     * The passes before code is generated, by level. Producers of WebAssembly have optimised
     * already: level 1 loses nothing against 3 and takes half its time.
     */
    private static final String[] PASSES = {
        "",
        "function(sroa,early-cse,simplifycfg,instcombine<no-verify-fixpoint>)",
        "function(sroa,early-cse,simplifycfg,instcombine<no-verify-fixpoint>,reassociate,"
                + "loop-mssa(loop-rotate,licm),gvn,simplifycfg,instcombine<no-verify-fixpoint>)",
        "default<O3>"
    };

    /** The level of the code generator: LLVMCodeGenLevelNone to LLVMCodeGenLevelAggressive. */
    private static final int[] CODE_LEVELS = {0, 1, 2, 3};

    private static final int RELOC_PIC = 2;
    private static final int CODE_MODEL_SMALL = 3;
    private static final int VERIFY_RETURNS_STATUS = 2;
    private static final int FILE_ASSEMBLY = 0;
    private static final int FILE_OBJECT = 1;

    private final LlvmCalls calls;

    private Llvm(LlvmCalls calls) {
        this.calls = calls;
    }

    /** Loaded when it is first asked for. */
    private static final class Holder {
        static final Llvm ONE = make();

        private Holder() {}

        private static Llvm make() {
            var calls = new LlvmCalls(LlvmLibrary.load());
            calls.initialise("X86");
            calls.initialise("AArch64");
            return new Llvm(calls);
        }
    }

    /**
     * The library, loaded if it has not been.
     *
     * @throws LlvmException when there is none
     */
    public static Llvm load() {
        try {
            return Holder.ONE;
        } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
            throw e.getCause() instanceof LlvmException why
                    ? new LlvmException(why.getMessage(), why)
                    : new LlvmException("LLVM cannot be used: " + e, e);
        }
    }

    /** Its version, as {@code 20.1.7}. */
    public String version() {
        try (var arena = Arena.ofConfined()) {
            var parts = arena.allocate(ValueLayout.JAVA_INT, 3);
            callVoid(calls.version, parts, parts.asSlice(4), parts.asSlice(8));
            return parts.getAtIndex(ValueLayout.JAVA_INT, 0)
                    + "."
                    + parts.getAtIndex(ValueLayout.JAVA_INT, 1)
                    + "."
                    + parts.getAtIndex(ValueLayout.JAVA_INT, 2);
        }
    }

    /**
     * Compiles a module.
     *
     * @param ir the module as text or bitcode
     * @param level how much is optimised: 0 to 3
     * @throws LlvmException when LLVM refuses the module or the target
     */
    public byte[] compile(byte[] ir, Target target, int level, Emit emit) {
        if (level < 0 || level >= PASSES.length) {
            throw new IllegalArgumentException("no such level of optimisation: " + level);
        }
        try (var arena = Arena.ofConfined();
                var work = new Work(arena)) {
            return work.compile(ir, target, level, emit);
        }
    }

    /** As the other, of text. */
    public byte[] compile(String ir, Target target, int level, Emit emit) {
        return compile(ir.getBytes(StandardCharsets.UTF_8), target, level, emit);
    }

    /** One compilation; what it has made is given back as it is closed. */
    private final class Work implements AutoCloseable {
        private final SegmentAllocator arena;
        private final MemorySegment out;
        private final MemorySegment message;
        private final MemorySegment context;
        private MemorySegment module = MemorySegment.NULL;
        private MemorySegment machine = MemorySegment.NULL;

        Work(Arena arena) {
            this.arena = arena;
            this.out = arena.allocate(ValueLayout.ADDRESS);
            this.message = arena.allocate(ValueLayout.ADDRESS);
            this.context = callPointer(calls.contextCreate);
        }

        byte[] compile(byte[] ir, Target target, int level, Emit emit) {
            parse(ir);
            machine = machine(target, level);
            callVoid(calls.setTarget, module, arena.allocateFrom(target.triple()));
            var layout = callPointer(calls.createDataLayout, machine);
            callVoid(calls.setDataLayout, module, layout);
            callVoid(calls.disposeDataLayout, layout);
            if (Boolean.getBoolean("nacelle.llvm.verify")) {
                check(callInt(calls.verifyModule, module, VERIFY_RETURNS_STATUS, message));
            }
            optimise(PASSES[level]);
            if (emit == Emit.IR) {
                return taken(callPointer(calls.printModule, module));
            }
            int kind = emit == Emit.OBJECT ? FILE_OBJECT : FILE_ASSEMBLY;
            check(callInt(calls.emitToBuffer, machine, module, kind, message, out));
            var buffer = out.get(ValueLayout.ADDRESS, 0);
            try {
                long size = callLong(calls.bufferSize, buffer);
                return callPointer(calls.bufferStart, buffer)
                        .reinterpret(size)
                        .toArray(ValueLayout.JAVA_BYTE);
            } finally {
                callVoid(calls.disposeBuffer, buffer);
            }
        }

        private void parse(byte[] ir) {
            // Text has to end with a zero that is not counted.
            var bytes = arena.allocate(ir.length + 1L);
            MemorySegment.copy(ir, 0, bytes, ValueLayout.JAVA_BYTE, 0, ir.length);
            var buffer =
                    callPointer(
                            calls.createMemoryBuffer,
                            bytes,
                            (long) ir.length,
                            arena.allocateFrom("module"));
            // The buffer is taken, whatever comes of it.
            check(callInt(calls.parseIr, context, buffer, out, message));
            module = out.get(ValueLayout.ADDRESS, 0);
        }

        private MemorySegment machine(Target target, int level) {
            var triple = arena.allocateFrom(target.triple());
            check(callInt(calls.targetFromTriple, triple, out, message));
            var made =
                    callPointer(
                            calls.createTargetMachine,
                            out.get(ValueLayout.ADDRESS, 0),
                            triple,
                            arena.allocateFrom(target.cpu()),
                            arena.allocateFrom(target.features()),
                            CODE_LEVELS[level],
                            RELOC_PIC,
                            CODE_MODEL_SMALL);
            if (made.address() == 0) {
                throw new LlvmException("LLVM makes no code for " + target);
            }
            return made;
        }

        private void optimise(String passes) {
            if (passes.isEmpty()) {
                return;
            }
            var options = callPointer(calls.createOptions);
            try {
                var error =
                        callPointer(
                                calls.runPasses,
                                module,
                                arena.allocateFrom(passes),
                                machine,
                                options);
                if (error.address() != 0) {
                    var text = callPointer(calls.errorMessage, error);
                    var words = text.reinterpret(Long.MAX_VALUE).getString(0);
                    callVoid(calls.disposeErrorMessage, text);
                    throw new LlvmException("LLVM: " + words);
                }
            } finally {
                callVoid(calls.disposeOptions, options);
            }
        }

        /** Throws what LLVM has to say when something failed. */
        private void check(int failed) {
            if (failed != 0) {
                var text = message.get(ValueLayout.ADDRESS, 0);
                throw new LlvmException("LLVM: " + new String(taken(text), StandardCharsets.UTF_8));
            }
        }

        /** A string of LLVM's, which is given back. */
        private byte[] taken(MemorySegment text) {
            try {
                var all = text.reinterpret(Long.MAX_VALUE);
                return all.getString(0).getBytes(StandardCharsets.UTF_8);
            } finally {
                callVoid(calls.disposeMessage, text);
            }
        }

        @Override
        public void close() {
            if (module.address() != 0) {
                callVoid(calls.disposeModule, module);
            }
            if (machine.address() != 0) {
                callVoid(calls.disposeTargetMachine, machine);
            }
            callVoid(calls.contextDispose, context);
        }
    }

    // Calls are few and long: what an inexact call costs does not matter.

    private static MemorySegment callPointer(MethodHandle function, Object... args) {
        return (MemorySegment) call(function, args);
    }

    private static int callInt(MethodHandle function, Object... args) {
        return (int) call(function, args);
    }

    private static long callLong(MethodHandle function, Object... args) {
        return (long) call(function, args);
    }

    private static void callVoid(MethodHandle function, Object... args) {
        call(function, args);
    }

    private static Object call(MethodHandle function, Object... args) {
        try {
            return function.invokeWithArguments(args);
        } catch (Throwable e) {
            throw new AssertionError("a call of LLVM failed", e);
        }
    }
}
