// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Func;
import io.nacelle.runtime.Suspendable;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.ValType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A function instance. */
public abstract sealed class FuncImpl implements Func permits WasmFunc, HostFunc {
    public final StoreImpl store;

    /** The canonical type: compared by identity, then by its line of supertypes. */
    public final DefType type;

    private final int paramCount;
    private final int resultCount;
    private final boolean passesParams;
    private final boolean passesResults;

    /** What {@link #narrow} gives, once it has been asked for. */
    private boolean[] narrow;

    /** What {@link #handle} gives, once it has been asked for. */
    private MethodHandle handle;

    FuncImpl(StoreImpl store, DefType type) {
        this.store = store;
        this.type = type;
        this.paramCount = type.func().params().size();
        this.resultCount = type.func().results().size();
        this.passesParams = !isNumeric(type.func().params());
        this.passesResults = !isNumeric(type.func().results());
    }

    @Override
    public final ExternType type() {
        return ExternType.Func.of(type);
    }

    @Override
    public final FuncType funcType() {
        return type.func();
    }

    private static boolean isNumeric(List<ValType> types) {
        return types.stream().allMatch(NumType.class::isInstance);
    }

    public final int paramCount() {
        return paramCount;
    }

    public final int resultCount() {
        return resultCount;
    }

    /** Whether parameters are references or vectors. */
    public final boolean passesParams() {
        return passesParams;
    }

    /** Whether results are references or vectors. */
    public final boolean passesResults() {
        return passesResults;
    }

    /** Of each parameter, whether it takes 32 bits of its slot. */
    final boolean[] narrow() {
        if (narrow == null) {
            var params = type.func().params();
            var made = new boolean[paramCount];
            for (int i = 0; i < paramCount; i++) {
                made[i] = params.get(i) == NumType.I32 || params.get(i) == NumType.F32;
            }
            narrow = made;
        }
        return narrow;
    }

    /** Whether parameters and results are numbers. */
    final boolean isNumeric() {
        return !passesParams && !passesResults;
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
    public final Suspendable start(Object... args) {
        if (!store.engine.countsFuel()) {
            throw new IllegalStateException("the engine does not count fuel");
        }
        if (args.length != paramCount) {
            throw new IllegalArgumentException(
                    paramCount + " arguments expected, " + args.length + " given");
        }
        return new SuspendableImpl(this, args.clone());
    }

    @Override
    public final MethodHandle handle() {
        if (handle == null) {
            handle = Handles.of(this);
        }
        return handle;
    }

    @Override
    public final <T> T as(MethodHandles.Lookup lookup, Class<T> type) {
        return Faces.of(this, lookup, type);
    }

    @Override
    public final CompletableFuture<Object[]> callAsync(
            java.util.concurrent.Executor executor, Object... args) {
        return AsyncCall.start(this, executor, args.clone());
    }

    @Override
    public final void callRaw(long[] slots) {
        Calls.callRaw(this, slots);
    }
}
