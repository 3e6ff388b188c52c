// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.code.CodeExecutor;
import io.nacelle.runtime.code.CodeRuns;
import io.nacelle.runtime.exec.Compiler;
import io.nacelle.runtime.exec.Executor;
import io.nacelle.runtime.exec.FuncBody;
import io.nacelle.runtime.exec.FuncImpl;
import io.nacelle.runtime.exec.MemoryForm;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.WasmFunc;
import io.nacelle.wasm.valid.FuncValidator;

import java.util.Optional;

/**
 * The fast interpreter: translates each function, at its first call, to register code, and runs
 * that. See {@link FastOp} for the code and {@link FastTranslator} for how it is made.
 */
public final class FastInterpreter extends Executor {
    private static final FastInterpreter HEAP = new FastInterpreter(MemoryForm.HEAP, false);
    private static final FastInterpreter NATIVE = new FastInterpreter(MemoryForm.NATIVE, false);
    private static final FastInterpreter SHARED = new FastInterpreter(MemoryForm.SHARED, false);
    private static final FastInterpreter TIERING_HEAP = new FastInterpreter(MemoryForm.HEAP, true);
    private static final FastInterpreter TIERING_NATIVE =
            new FastInterpreter(MemoryForm.NATIVE, true);
    private static final FastInterpreter TIERING_SHARED =
            new FastInterpreter(MemoryForm.SHARED, true);

    private final MemoryForm form;

    /** Whether it counts, and has the compiler compile, what is hot. */
    private final boolean tiers;

    private FastInterpreter(MemoryForm form, boolean tiers) {
        this.form = form;
        this.tiers = tiers;
    }

    /** The interpreter for instances with a form of memory. */
    public static Executor of(MemoryForm form) {
        return switch (form) {
            case HEAP -> HEAP;
            case NATIVE -> NATIVE;
            case SHARED -> SHARED;
        };
    }

    /** The interpreter that instances of a form of memory begin in when what is hot is compiled. */
    public static Executor tiering(MemoryForm form) {
        return switch (form) {
            case HEAP -> TIERING_HEAP;
            case NATIVE -> TIERING_NATIVE;
            case SHARED -> TIERING_SHARED;
        };
    }

    @Override
    public FuncImpl run(Stack stack, WasmFunc func, int base) {
        if (!prepared(func)) {
            return func.executor.run(stack, func, base);
        }
        return switch (form) {
            case HEAP -> HeapFastLoop.run(stack, func, base);
            case NATIVE -> NativeFastLoop.run(stack, func, base);
            case SHARED -> SharedFastLoop.run(stack, func, base);
        };
    }

    /**
     * Makes a function's code if there is none yet.
     *
     * @return whether there is code now; if not, the function has been given to another executor:
     *     it has a frame too large for register code, or an earlier process has compiled it
     */
    static boolean prepared(WasmFunc func) {
        if (func.code != null) {
            return true;
        }
        boolean tiers = ((FastInterpreter) func.executor).tiers;
        if (tiers && CodeRuns.isKept(func)) {
            func.executor = CodeExecutor.ONE;
            return false;
        }
        var known = code(func.body, tiers);
        if (known.words.length == 0) {
            return handOver(func, tiers);
        }
        func.frameSlots = FastOp.frameSlots(known.words[0]);
        func.code = known.words;
        func.entry = known.words;
        return true;
    }

    /** Has another executor run a function whose frame is too large for register code. */
    private static boolean handOver(WasmFunc func, boolean tiers) {
        var compiler = tiers ? Compiler.find() : Optional.<Compiler>empty();
        func.executor =
                compiler.isPresent()
                        ? CodeExecutor.ONE
                        : ClassicInterpreter.of(func.instance.memoryForm());
        return false;
    }

    private static FastCode code(FuncBody body, boolean tiers) {
        var known = (FastCode) (tiers ? body.tiering : body.fast);
        if (known == null) {
            // Two threads may do the same work; either result will do.
            var made = translate(body, tiers);
            known = new FastCode(made.code(), made.handlers(), made.tiers());
            if (tiers) {
                FastTiers.begin(body, known.words, known.tiers);
                body.tiering = known;
            } else {
                body.fast = known;
            }
        }
        return known;
    }

    /** The exception handlers of a prepared function; null when it has none. */
    static Handlers handlers(WasmFunc func) {
        return ofCode(func).handlers;
    }

    /** Where compiled loops of a prepared function lead. */
    static TierPoints tiers(WasmFunc func) {
        return ofCode(func).tiers;
    }

    private static FastCode ofCode(WasmFunc func) {
        var body = func.body;
        // An instance has one mode, so that its code is one or the other.
        var fast = (FastCode) body.fast;
        return fast != null && fast.words == func.code ? fast : (FastCode) body.tiering;
    }

    static FastTranslator translate(FuncBody body) {
        return translate(body, false);
    }

    private static FastTranslator translate(FuncBody body, boolean tiers) {
        var translator = new FastTranslator(body.module, tiers);
        new FuncValidator(body.module.valid).validate(body.index, translator);
        return translator;
    }

    @Override
    public boolean isTier() {
        return tiers;
    }

    @Override
    public int offset(FuncBody body, int pc) {
        // Offsets are kept by nobody: they are only wanted when something has failed.
        return translate(body, tiers).offset(pc);
    }

    private static final class FastCode extends FuncBody.Prepared {
        private final long[] words;
        private final Handlers handlers;
        private final TierPoints tiers;

        FastCode(long[] words, Handlers handlers, TierPoints tiers) {
            this.words = words;
            this.handlers = handlers;
            this.tiers = tiers;
        }

        @Override
        public void hurry() {
            for (int at : tiers.points()) {
                words[at + 1] = 0;
            }
        }
    }
}
