// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.Mode;
import io.nacelle.runtime.exec.Backtrace;
import io.nacelle.runtime.exec.Compiler;
import io.nacelle.runtime.exec.FuncBody;
import io.nacelle.runtime.exec.InstanceImpl;
import io.nacelle.runtime.exec.MemoryForm;
import io.nacelle.runtime.exec.ModuleImpl;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.WasmFunc;
import io.nacelle.wasm.syntax.FuncType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The compiled code of a module for one form of memory, made as it is needed or made beforehand.
 * All instances of the module share it.
 *
 * <p>Thread-safe.
 */
public abstract class ModuleCode {
    private static final int MOST_OF_NAME = 200;
    private static final Set<String> RESERVED = Set.of("enter", "typed", "run");

    public final ModuleImpl module;
    public final MemoryForm form;

    /** By function: not 0 when there is code. */
    public final byte[] ready;

    public final Assumptions assumptions;

    private final AtomicReferenceArray<Code> codes;
    private final ConcurrentHashMap<Long, LoopCode> loops = new ConcurrentHashMap<>();

    /** The most results of a type of the module. */
    private final int mostResults;

    /** For implementations. */
    protected ModuleCode(ModuleImpl module, MemoryForm form, Assumptions assumptions) {
        this.assumptions = assumptions;
        this.module = module;
        this.form = form;
        int funcs = module.valid.funcCount();
        this.ready = new byte[funcs];
        this.codes = new AtomicReferenceArray<>(funcs);
        int most = 1;
        for (var type : module.types) {
            if (type.comp() instanceof FuncType func) {
                most = Math.max(most, func.results().size());
            }
        }
        this.mostResults = most;
    }

    /** The code for an instance's module, memory and mode, which may be empty still. */
    static ModuleCode of(InstanceImpl instance) {
        if (instance.module.precompiled != null) {
            return instance.module.precompiled;
        }
        var known = begun(instance);
        if (known == null) {
            var of = instance.module.compiled;
            int at = place(instance);
            var made =
                    Compiler.find()
                            .orElseThrow()
                            .begin(instance.module, instance.memoryForm(), isEager(instance));
            known = of.compareAndSet(at, null, made) ? made : (ModuleCode) of.get(at);
        }
        return known;
    }

    /** The code that has been begun for an instance's module, memory and mode, or null. */
    static ModuleCode begun(InstanceImpl instance) {
        return (ModuleCode) instance.module.compiled.get(place(instance));
    }

    private static int place(InstanceImpl instance) {
        return 2 * instance.memoryForm().ordinal() + (isEager(instance) ? 1 : 0);
    }

    /** What calls what directly depends on the mode, so each has code of its own. */
    private static boolean isEager(InstanceImpl instance) {
        return instance.mode() == Mode.JIT;
    }

    /** Whether an earlier process has left code of a function, so that none has to be made. */
    public boolean keeps(int func) {
        return false;
    }

    /** What a class of compiled code belongs to: its loader says. */
    static ModuleCode ofClass(Class<?> type) {
        return ((Loader) type.getClassLoader()).code();
    }

    /** A loader of classes of compiled code. */
    public interface Loader {
        /** What its classes belong to. */
        ModuleCode code();
    }

    /** Makes a function's code. */
    protected abstract Code make(FuncBody body);

    /** Makes a loop's code. */
    protected abstract LoopCode makeLoop(FuncBody body, int offset);

    /**
     * Makes the method by which the host calls a compiled function, with the parameters of the
     * function in Java's types and an {@link io.nacelle.runtime.exec.Entrance} behind them; empty
     * where there can be none.
     */
    protected abstract Optional<MethodHandle> makeEntry(FuncBody body);

    /**
     * How the host calls a function that has compiled code, with arguments of the types of the
     * method; empty when there is no such way.
     */
    public static Optional<MethodHandle> entry(WasmFunc func) {
        return of(func.instance)
                .makeEntry(func.body)
                .map(
                        method ->
                                MethodHandles.insertArguments(
                                        method,
                                        func.paramCount(),
                                        ((CodeInstance) func.instance.compiled).entrance()));
    }

    /** The code of a function, or null. */
    public final Code known(int func) {
        return codes.get(func);
    }

    /** The code of a function, which is made when there is none. */
    public final Code code(FuncBody body) {
        var known = codes.get(body.index);
        if (known != null) {
            return known;
        }
        var made = make(body);
        if (codes.compareAndSet(body.index, null, made)) {
            ready[body.index] = 1;
            return made;
        }
        return codes.get(body.index);
    }

    /** The code of a loop, or null. */
    public final LoopCode knownLoop(FuncBody body, int offset) {
        return loops.get(key(body, offset));
    }

    /** The code of a loop, which is made when there is none: {@link Unable} when there can be. */
    public final LoopCode loop(FuncBody body, int offset) {
        var known = knownLoop(body, offset);
        if (known != null) {
            return known;
        }
        var made = makeLoop(body, offset);
        var first = loops.putIfAbsent(key(body, offset), made);
        return first == null ? made : first;
    }

    private static long key(FuncBody body, int offset) {
        return (long) body.index << 32 | offset;
    }

    /** Lets frames be found in stack traces whose classes are of the loader with a name. */
    protected final void register(String loader) {
        FrameFinder.register(loader, this);
    }

    /** Finds its frames in stack traces. */
    Backtrace.Finder finder() {
        return FrameFinder.ONE;
    }

    /** How many functions have code. */
    public final int count() {
        int count = 0;
        for (byte one : ready) {
            count += one;
        }
        return count;
    }

    /** Has a function run in compiled code, which is made when there is none. */
    final Code adopt(WasmFunc func, Stack stack) {
        prepare(func.instance, stack);
        var made = code(func.body);
        func.compiled = made;
        return made;
    }

    /** Makes what compiled code has to know of an instance. */
    public final void prepare(InstanceImpl instance, Stack stack) {
        if (stack.moreNumbers.length < mostResults) {
            stack.moreNumbers = new long[mostResults];
            stack.moreRefs = new Object[mostResults];
        }
        if (instance.compiled == null) {
            var made = new CodeInstance(instance, stack, ready);
            if (made.heap != null) {
                made.heap.whileExact(assumptions.exact);
            }
            instance.compiled = made;
            instance.store.addPolls(assumptions.polls);
        }
    }

    /**
     * The name of the method of a function: that of the function, as far as the JVM allows, so that
     * whoever looks at Java's frames knows where they are.
     */
    public final String methodName(int func) {
        var name = module.funcName(func).orElse("");
        var text = new StringBuilder();
        for (int i = 0; i < name.length() && i < MOST_OF_NAME; i++) {
            char c = name.charAt(i);
            boolean bad = ".;[/<>".indexOf(c) >= 0 || Character.isISOControl(c);
            text.append(bad || Character.isSurrogate(c) ? '_' : c);
        }
        if (text.isEmpty()) {
            return "func" + func;
        }
        // Not to be mistaken for the methods that every class has.
        return RESERVED.contains(text.toString()) ? text.append('\'').toString() : text.toString();
    }

    /** Stands for a loop that only the interpreter can run. */
    public static final class Unable extends LoopCode {
        @Override
        public int run(Stack stack, int left, CodeInstance instance) {
            throw new AssertionError();
        }
    }
}
