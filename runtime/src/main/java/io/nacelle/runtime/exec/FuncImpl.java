// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Func;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;

import java.util.stream.Stream;

/** A function instance. */
public abstract sealed class FuncImpl implements Func permits WasmFunc, HostFunc {
    final StoreImpl store;

    /** The canonical type: compared by identity, then by its line of supertypes. */
    public final DefType type;

    private final boolean numeric;

    FuncImpl(StoreImpl store, DefType type) {
        this.store = store;
        this.type = type;
        this.numeric =
                Stream.concat(type.func().params().stream(), type.func().results().stream())
                        .allMatch(NumType.class::isInstance);
    }

    @Override
    public final ExternType type() {
        return ExternType.Func.of(type);
    }

    @Override
    public final FuncType funcType() {
        return type.func();
    }

    public final int paramCount() {
        return type.func().params().size();
    }

    /** Whether a parameter takes 32 bits of its slot. */
    final boolean isNarrow(int param) {
        var kind = type.func().params().get(param);
        return kind == NumType.I32 || kind == NumType.F32;
    }

    /** Whether parameters and results are numbers. */
    final boolean isNumeric() {
        return numeric;
    }

    /** As {@link Executor#run}. */
    abstract FuncImpl enter(Stack stack, int base);

    /** Runs the function, and whatever it tail-calls, on arguments in place. */
    public final void invoke(Stack stack, int base) {
        var next = this;
        do {
            next = next.enter(stack, base);
        } while (next != null);
    }

    @Override
    public final Object[] call(Object... args) {
        return Calls.call(this, args);
    }

    @Override
    public final void callRaw(long[] slots) {
        Calls.callRaw(this, slots);
    }
}
