// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import io.nacelle.wasm.syntax.Opcode;

/**
 * What fuel is, for every engine alike. A body is cut into straight segments; a segment's whole
 * cost is charged when it is entered, so that the count does not depend on who executes it.
 *
 * <p>An instruction costs 1. Instructions that only shape the code or the operand stack and for
 * which engines need not do anything cost nothing: {@code block}, {@code loop}, {@code try}, {@code
 * try_table}, {@code else}, {@code end}, {@code catch}, {@code catch_all}, {@code delegate}, {@code
 * nop} and {@code drop}.
 *
 * <p>A segment begins at the function's entry and after each instruction that control can arrive
 * behind or leave by: {@code loop}, {@code if}, {@code else}, {@code end}, {@code catch}, {@code
 * catch_all}, {@code delegate}, and every branch, {@code return}, {@code throw} or {@code
 * unreachable}. Calls do not end a segment. Code that the validator knows to be unreachable belongs
 * to no segment: it is never entered, and never charged.
 */
public final class FuelSegments {
    private FuelSegments() {}

    /** The cost of one instruction. */
    public static int cost(Opcode op) {
        return switch (op) {
            case BLOCK, LOOP, TRY, TRY_TABLE, ELSE, END, CATCH, CATCH_ALL, DELEGATE, NOP, DROP -> 0;
            default -> 1;
        };
    }

    /** Whether a new segment begins after this instruction. */
    public static boolean startsSegment(Opcode previous) {
        return switch (previous) {
            case LOOP,
                    IF,
                    ELSE,
                    END,
                    CATCH,
                    CATCH_ALL,
                    DELEGATE,
                    BR,
                    BR_IF,
                    BR_TABLE,
                    BR_ON_NULL,
                    BR_ON_NON_NULL,
                    BR_ON_CAST,
                    BR_ON_CAST_FAIL,
                    BR_ON_CAST_DESC_EQ,
                    BR_ON_CAST_DESC_EQ_FAIL,
                    RETURN,
                    RETURN_CALL,
                    RETURN_CALL_INDIRECT,
                    RETURN_CALL_REF,
                    THROW,
                    THROW_REF,
                    RETHROW,
                    UNREACHABLE ->
                    true;
            default -> false;
        };
    }
}
