// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.exec.Stack;

/** A compiled loop, which takes over from the interpreter. */
public abstract class LoopCode {
    /** For generated classes. */
    protected LoopCode() {}

    /**
     * Runs the loop on the frame of the function suspended last.
     *
     * @param left the bytes of stack that may be used
     * @return where the loop was left, as {@link io.nacelle.runtime.exec.Compiler.Exits} has it
     */
    public abstract int run(Stack stack, int left, CodeInstance instance);
}
