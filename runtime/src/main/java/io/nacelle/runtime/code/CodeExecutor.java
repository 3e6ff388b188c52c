// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.exec.Executor;
import io.nacelle.runtime.exec.FuncBody;
import io.nacelle.runtime.exec.FuncImpl;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.WasmFunc;

/** Runs functions in compiled code, and has those compiled that are not yet. */
public final class CodeExecutor extends Executor {
    /** The one there is. */
    public static final CodeExecutor ONE = new CodeExecutor();

    private CodeExecutor() {}

    @Override
    public FuncImpl run(Stack stack, WasmFunc func, int base) {
        var code = (Code) func.compiled;
        if (code == null) {
            code = ModuleCode.of(func.instance).adopt(func, stack);
        }
        int left = stack.left;
        try {
            return code.enter(stack, base, left, (CodeInstance) func.instance.compiled);
        } catch (Throwable e) {
            throw Leaving.by(e, func);
        } finally {
            // Calls from there have set it to what was left for them.
            stack.left = left;
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
