// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.exec.Executor;
import io.nacelle.runtime.exec.FuncBody;
import io.nacelle.runtime.exec.FuncImpl;
import io.nacelle.runtime.exec.MemoryForm;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.WasmFunc;

/**
 * The classic interpreter: executes the module's own bytes in place, with a side table for the
 * branches. It has no code of its own to make or to keep, so it takes the least memory and starts
 * at once.
 *
 * <p>Its measure of place is an index of the array that the code is in.
 */
public final class ClassicInterpreter extends Executor {
    private static final ClassicInterpreter HEAP = new ClassicInterpreter(MemoryForm.HEAP);
    private static final ClassicInterpreter NATIVE = new ClassicInterpreter(MemoryForm.NATIVE);

    private final MemoryForm form;

    private ClassicInterpreter(MemoryForm form) {
        this.form = form;
    }

    /**
     * The interpreter for instances with a form of memory. Accesses are in helpers here, which look
     * at the size of a shared memory again by themselves.
     */
    public static Executor of(MemoryForm form) {
        return form == MemoryForm.HEAP ? HEAP : NATIVE;
    }

    @Override
    public FuncImpl run(Stack stack, WasmFunc func, int base) {
        return form == MemoryForm.HEAP
                ? HeapClassicLoop.run(stack, func, base)
                : NativeClassicLoop.run(stack, func, base);
    }

    @Override
    public int offset(FuncBody body, int pc) {
        return ClassicCode.offset(body, pc);
    }
}
