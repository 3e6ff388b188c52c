// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.jit.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.V128;

import java.util.function.Supplier;

/** Lanes of floats as bits, and what the specification says of NaNs among them. */
final class FloatLanes {
    private FloatLanes() {}

    static int width(String shape) {
        return shape.startsWith("f32") ? 32 : 64;
    }

    static long lane(V128 vector, int lane, int width) {
        var bit = lane * width;
        var bits = (bit < 64 ? vector.low() : vector.high()) >>> bit;
        return width == 32 ? bits & 0xFFFFFFFFL : bits;
    }

    static boolean isNaN(long bits, int width) {
        return width == 32
                ? Float.isNaN(Float.intBitsToFloat((int) bits))
                : Double.isNaN(Double.longBitsToDouble(bits));
    }

    private static boolean isQuiet(long bits, int width) {
        return (width == 32 ? bits >>> 22 & 1 : bits >>> 51 & 1) != 0;
    }

    private static boolean isCanonical(long bits, int width) {
        return width == 32
                ? (bits & Integer.MAX_VALUE) == 0x7FC00000L
                : (bits & Long.MAX_VALUE) == 0x7FF8000000000000L;
    }

    /**
     * Asserts that numbers are equal, and that NaNs are among those allowed: quiet, and canonical
     * if all NaN operands are.
     */
    static void check(
            String mnemonic, V128[] operands, V128 expected, V128 actual, Supplier<String> what) {
        var width = width(mnemonic);
        var operandWidth =
                mnemonic.contains("demote") ? 64 : mnemonic.contains("promote") ? 32 : width;
        for (var i = 0; i < 128 / width; i++) {
            var want = lane(expected, i, width);
            var got = lane(actual, i, width);
            if (!isNaN(want, width)) {
                assertEquals(want, got, what);
                continue;
            }
            assertTrue(isNaN(got, width) && isQuiet(got, width), what);
            var canonical = true;
            for (var operand : operands) {
                var lane = lane(operand, i, operandWidth);
                canonical &= !isNaN(lane, operandWidth) || isCanonical(lane, operandWidth);
            }
            assertTrue(!canonical || isCanonical(got, width), what);
        }
    }
}
