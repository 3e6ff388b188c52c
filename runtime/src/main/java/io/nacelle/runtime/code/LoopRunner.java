// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.WasmFunc;

/** Runs compiled loops in the place of the interpreter. */
final class LoopRunner {
    private LoopRunner() {}

    static int run(LoopCode code, Stack stack, WasmFunc func) {
        try {
            return code.run(stack, stack.left, (CodeInstance) func.instance.compiled);
        } catch (Throwable e) {
            throw Leaving.by(e, func);
        }
    }
}
