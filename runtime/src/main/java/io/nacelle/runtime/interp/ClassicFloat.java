// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.ClassicOp.*;

/**
 * Float instructions that the classic loop executes itself, a group at a time. Were each of them a
 * case of the loop's switch, HotSpot would find the conversions of the topmost operand in many
 * places and do them once, before the switch: for every instruction.
 *
 * <p>An instruction is given by its byte, as it lies in the code.
 */
final class ClassicFloat {
    private ClassicFloat() {}

    static boolean compare(int op, double x, double y) {
        return switch (op & 0xFF) {
            case F64_EQ -> x == y;
            case F64_NE -> x != y;
            case F64_LT -> x < y;
            case F64_GT -> x > y;
            case F64_LE -> x <= y;
            default -> x >= y;
        };
    }

    static long eval64(int op, long left, long right) {
        double x = Double.longBitsToDouble(left);
        double y = Double.longBitsToDouble(right);
        return Double.doubleToRawLongBits(
                switch (op & 0xFF) {
                    case F64_ADD -> x + y;
                    case F64_SUB -> x - y;
                    case F64_MUL -> x * y;
                    default -> x / y;
                });
    }

    static int eval32(int op, int left, int right) {
        float x = Float.intBitsToFloat(left);
        float y = Float.intBitsToFloat(right);
        return Float.floatToRawIntBits(
                switch (op & 0xFF) {
                    case F32_ADD -> x + y;
                    case F32_SUB -> x - y;
                    case F32_MUL -> x * y;
                    default -> x / y;
                });
    }
}
