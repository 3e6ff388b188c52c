// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.exec.CompiledFunc;
import io.nacelle.runtime.exec.FuncImpl;
import io.nacelle.runtime.exec.Stack;

/** A compiled function, as who does not know its type calls it. */
public abstract class Code extends CompiledFunc {
    /** For generated classes. */
    protected Code() {}

    /**
     * Runs the function.
     *
     * @param base the slot of the stack with the first argument, which takes the first result
     * @param left the bytes of stack that may be used
     * @return as {@link io.nacelle.runtime.exec.Executor#run}
     */
    public abstract FuncImpl enter(Stack stack, int base, int left, CodeInstance instance);
}
