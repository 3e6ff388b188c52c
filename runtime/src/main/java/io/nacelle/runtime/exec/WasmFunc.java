// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.wasm.syntax.DefType;

/** A function of a WebAssembly instance: the pair of instance and code. */
public final class WasmFunc extends FuncImpl {
    public final InstanceImpl instance;
    public final FuncBody body;

    WasmFunc(InstanceImpl instance, FuncBody body, DefType type) {
        super(instance.store, type);
        this.instance = instance;
        this.body = body;
    }

    @Override
    FuncImpl enter(Stack stack, int base) {
        return instance.executor.run(stack, this, base);
    }

    @Override
    public String toString() {
        return instance.module.describe(body.index);
    }
}
