// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.StoreKind;
import io.nacelle.runtime.exec.Executor;
import io.nacelle.runtime.exec.FuncBody;
import io.nacelle.runtime.exec.FuncImpl;
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
    private static final ClassicInterpreter HEAP = new ClassicInterpreter(StoreKind.HEAP);
    private static final ClassicInterpreter NATIVE = new ClassicInterpreter(StoreKind.NATIVE);

    private final StoreKind kind;

    private ClassicInterpreter(StoreKind kind) {
        this.kind = kind;
    }

    /**
     * The interpreter for stores of a kind.
     *
     * @throws IllegalArgumentException for {@link StoreKind#AUTO}: the store's kind is to be
     *     settled before it runs code
     */
    public static Executor of(StoreKind kind) {
        return switch (kind) {
            case HEAP -> HEAP;
            case NATIVE -> NATIVE;
            case AUTO -> throw new IllegalArgumentException("the store's kind is not settled");
        };
    }

    @Override
    public FuncImpl run(Stack stack, WasmFunc func, int base) {
        return kind == StoreKind.HEAP
                ? HeapClassicLoop.run(stack, func, base)
                : NativeClassicLoop.run(stack, func, base);
    }

    @Override
    public int offset(FuncBody body, int pc) {
        return ClassicCode.offset(body, pc);
    }
}
