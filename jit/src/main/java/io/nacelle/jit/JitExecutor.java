// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.jit.rt.Code;
import io.nacelle.jit.rt.JitInstance;
import io.nacelle.runtime.exec.Executor;
import io.nacelle.runtime.exec.FuncBody;
import io.nacelle.runtime.exec.FuncImpl;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.WasmFunc;

/** Runs functions in compiled code, and has those compiled that are not yet. */
final class JitExecutor extends Executor {
    private final Jit jit;

    JitExecutor(Jit jit) {
        this.jit = jit;
    }

    @Override
    public FuncImpl run(Stack stack, WasmFunc func, int base) {
        var code = (Code) func.compiled;
        if (code == null) {
            code = jit.adopt(func, stack);
        }
        try {
            return code.enter(stack, base, stack.left, (JitInstance) func.instance.compiled);
        } catch (Throwable e) {
            throw Leaving.by(e, func);
        }
    }

    @Override
    public boolean isTier() {
        return true;
    }

    @Override
    public int offset(FuncBody body, int pc) {
        // Frames of compiled code tell offsets.
        return pc;
    }
}
