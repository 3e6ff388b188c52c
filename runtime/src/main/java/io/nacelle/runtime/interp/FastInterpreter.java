// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.exec.Executor;
import io.nacelle.runtime.exec.FuncBody;
import io.nacelle.runtime.exec.FuncImpl;
import io.nacelle.runtime.exec.MemoryForm;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.WasmFunc;
import io.nacelle.wasm.valid.FuncValidator;

/**
 * The fast interpreter: translates each function, at its first call, to register code, and runs
 * that. See {@link FastOp} for the code and {@link FastTranslator} for how it is made.
 */
public final class FastInterpreter extends Executor {
    private static final FastInterpreter HEAP = new FastInterpreter(MemoryForm.HEAP);
    private static final FastInterpreter NATIVE = new FastInterpreter(MemoryForm.NATIVE);
    private static final FastInterpreter SHARED = new FastInterpreter(MemoryForm.SHARED);

    private final MemoryForm form;

    private FastInterpreter(MemoryForm form) {
        this.form = form;
    }

    /** The interpreter for instances with a form of memory. */
    public static Executor of(MemoryForm form) {
        return switch (form) {
            case HEAP -> HEAP;
            case NATIVE -> NATIVE;
            case SHARED -> SHARED;
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
     * @return whether there is code now; if not, the function has a frame too large for it, and has
     *     been given to the classic interpreter
     */
    static boolean prepared(WasmFunc func) {
        if (func.code != null) {
            return true;
        }
        var known = (FastCode) func.body.fast;
        if (known == null) {
            // Two threads may do the same work; either result will do.
            var made = translate(func.body);
            known = new FastCode(made.code(), made.handlers());
            func.body.fast = known;
        }
        if (known.words.length == 0) {
            func.executor = ClassicInterpreter.of(func.instance.memoryForm());
            return false;
        }
        func.frameSlots = FastOp.frameSlots(known.words[0]);
        func.code = known.words;
        return true;
    }

    /** The exception handlers of a prepared function; null when it has none. */
    static Handlers handlers(WasmFunc func) {
        return ((FastCode) func.body.fast).handlers;
    }

    static FastTranslator translate(FuncBody body) {
        var translator = new FastTranslator(body.module);
        new FuncValidator(body.module.valid).validate(body.index, translator);
        return translator;
    }

    @Override
    public int offset(FuncBody body, int pc) {
        // Offsets are kept by nobody: they are only wanted when something has failed.
        return translate(body).offset(pc);
    }

    private static final class FastCode extends FuncBody.Prepared {
        private final long[] words;
        private final Handlers handlers;

        FastCode(long[] words, Handlers handlers) {
            this.words = words;
            this.handlers = handlers;
        }
    }
}
