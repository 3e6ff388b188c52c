// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.FastOp.*;

/**
 * What a conditional branch tests: one of the branch instructions with its operands.
 *
 * @param second a slot or a number
 */
record Condition(int op, int first, int second) {
    /** A 32-bit value that is not zero. */
    static Condition nonZero(int slot) {
        return new Condition(BRI_NE, slot, 0);
    }

    /** The opposite. */
    Condition inverse() {
        return switch (op) {
            case BR_EQ -> new Condition(BR_NE, first, second);
            case BR_NE -> new Condition(BR_EQ, first, second);
            case BR_LT_S -> new Condition(BR_LE_S, second, first);
            case BR_LT_U -> new Condition(BR_LE_U, second, first);
            case BR_LE_S -> new Condition(BR_LT_S, second, first);
            case BR_LE_U -> new Condition(BR_LT_U, second, first);
            case BRI_EQ -> new Condition(BRI_NE, first, second);
            case BRI_NE -> new Condition(BRI_EQ, first, second);
            case BRI_LT_S -> new Condition(BRI_GE_S, first, second);
            case BRI_GE_S -> new Condition(BRI_LT_S, first, second);
            case BRI_LT_U -> new Condition(BRI_GE_U, first, second);
            case BRI_GE_U -> new Condition(BRI_LT_U, first, second);
            default -> throw new AssertionError(op);
        };
    }

    /** Adds the branch to a chain that waits for its target. */
    int emit(FastEmitter out, int chain) {
        if (op < BRI_EQ) {
            return out.branch(op, first, second, chain);
        }
        out.emit(op, first, 0, second);
        return out.target(chain);
    }

    /** Whether an instruction is a comparison of integers, which a branch can do itself. */
    static boolean isComparison(int op) {
        return op >= EQ && op <= GEI_U;
    }

    /** The condition that a comparison with this word holds. */
    static Condition of(long word) {
        int op = FastOp.op(word);
        int branch = op - EQ + BR_EQ;
        if (op <= LE_U) {
            return new Condition(branch, FastOp.a(word), FastOp.b(word));
        }
        return new Condition(branch, FastOp.a(word), FastOp.immediate(word));
    }

    /** The word of the comparison that holds when this one does not. */
    static long invert(long word) {
        int op = FastOp.op(word);
        int a = FastOp.a(word);
        int d = FastOp.d(word);
        int b = FastOp.b(word);
        int number = FastOp.immediate(word);
        return switch (op) {
            case EQ -> encode(NE, a, d, b);
            case NE -> encode(EQ, a, d, b);
            case LT_S -> encode(LE_S, b, d, a);
            case LT_U -> encode(LE_U, b, d, a);
            case LE_S -> encode(LT_S, b, d, a);
            case LE_U -> encode(LT_U, b, d, a);
            case EQI -> encode(NEI, a, d, number);
            case NEI -> encode(EQI, a, d, number);
            case LTI_S -> encode(GEI_S, a, d, number);
            case GEI_S -> encode(LTI_S, a, d, number);
            case LTI_U -> encode(GEI_U, a, d, number);
            case GEI_U -> encode(LTI_U, a, d, number);
            default -> throw new AssertionError(op);
        };
    }
}
