// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import io.nacelle.wasm.binary.InstrReader;

/**
 * Follows the validation of one function body, instruction by instruction. This is how engines
 * translate code in the walk that checks it.
 *
 * <p>A visitor sees an instruction before it is checked. So either the function is known to be
 * valid, or the visitor's work is thrown away when {@link FuncValidator#validate} throws; what a
 * visitor reads from the validator in {@code before} is safe to read in either case as long as it
 * stays within {@link FuncValidator#height()} and {@link FuncValidator#depth()}.
 */
public interface CodeVisitor {
    /** Follows nothing: plain validation, without a call per instruction. */
    CodeVisitor NONE =
            new CodeVisitor() {
                @Override
                public void begin(FuncValidator v) {}

                @Override
                public void before(InstrReader in, FuncValidator v) {}

                @Override
                public void after(InstrReader in, FuncValidator v) {}

                @Override
                public void end(FuncValidator v) {}
            };

    /** The locals are known, and the function's own frame is open. */
    void begin(FuncValidator v);

    /** An instruction is decoded; operands and frames are as they were before it. */
    void before(InstrReader in, FuncValidator v);

    /** The instruction is checked; operands and frames are as it leaves them. */
    void after(InstrReader in, FuncValidator v);

    /** The body is complete; nothing but the results is on the stack. */
    void end(FuncValidator v);
}
