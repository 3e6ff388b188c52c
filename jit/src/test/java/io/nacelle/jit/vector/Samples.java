// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.jit.vector;

import io.nacelle.runtime.V128;

import java.util.Random;

/** Operands: random ones, and those on the edges of what lanes hold. */
final class Samples {
    private static final float[] FLOATS = {
        0f,
        -0f,
        1f,
        -1f,
        0.5f,
        -0.5f,
        1.5f,
        2.5f,
        -2.5f,
        0.49999997f,
        8388607.5f,
        0x1p23f,
        0x1.000002p23f,
        0x1p24f,
        0x1p31f,
        -0x1p31f,
        0x1.fffffep30f,
        0x1p32f,
        0x1.fffffep31f,
        0x1p63f,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        Float.MIN_NORMAL,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
    };
    private static final double[] DOUBLES = {
        0.49999999999999994,
        4503599627370495.5,
        0x1p52,
        0x1.0000000000001p52,
        0x1p53,
        2147483647.5,
        2147483648.5,
        -2147483648.5,
        -2147483649.0,
        4294967295.0,
        4294967295.5,
        4294967296.0,
        -0.9999999999999999,
        1e300,
        -1e300,
        1e-300,
        0x1.ffffffp127,
        Double.MIN_VALUE,
        -Double.MIN_VALUE,
        Double.MIN_NORMAL,
        Double.MAX_VALUE,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
    };
    private static final int[] NANS32 = {
        0x7FC00000, 0xFFC00000, 0x7FC00001, 0x7F800001, 0xFFA00000, 0xFFFFFFFF
    };
    private static final long[] NANS64 = {
        0x7FF8000000000000L,
        0xFFF8000000000000L,
        0x7FF8000000000001L,
        0x7FF0000000000001L,
        0xFFF4000000000000L,
        -1L
    };

    private final Random random;
    private final int operandWidth;
    private final boolean floats;
    private final boolean indices;

    /**
     * @param mnemonic the instruction, whose lanes the operands are to have
     */
    Samples(Random random, String mnemonic) {
        this.random = random;
        operandWidth = operandWidth(mnemonic);
        floats =
                mnemonic.contains("trunc")
                        || mnemonic.startsWith("f") && !mnemonic.contains("convert");
        indices = mnemonic.contains("swizzle");
    }

    /** Fills slots with operands: lanes as the instruction reads them, now and then others. */
    void fill(long[] s, long[] h) {
        var width = random.nextInt(8) == 0 ? 8 << random.nextInt(4) : operandWidth;
        for (var i = 0; i < s.length; i++) {
            s[i] = half(width);
            h[i] = half(width);
        }
        if (random.nextInt(4) == 0) {
            s[1] = s[0]; // equal lanes are rare otherwise
        }
        if (indices && random.nextBoolean()) {
            s[1] &= 0x1F1F1F1F1F1F1F1FL;
            h[1] &= 0x1F1F1F1F1F1F1F1FL;
        }
    }

    /** The width that the last shape in a mnemonic says: that of the operands. */
    private static int operandWidth(String mnemonic) {
        var shape = mnemonic.replaceFirst(".*[if](\\d+)x\\d+.*", "$1");
        return shape.equals(mnemonic) ? 64 : Integer.parseInt(shape);
    }

    private long half(int width) {
        var result = 0L;
        for (var shift = 0; shift < 64; shift += width) {
            var lane = floats && width >= 32 ? floatLane(width) : integerLane(width);
            result |= (lane & -1L >>> (64 - width)) << shift;
        }
        return result;
    }

    private long integerLane(int width) {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextInt(-2, 3);
            case 1 -> (1L << (width - 1)) + random.nextInt(-2, 3);
            case 2 -> 1L << random.nextInt(width);
            case 3 -> (1L << width / 2) * random.nextInt(-1, 2) + random.nextInt(-1, 2);
            default -> random.nextLong();
        };
    }

    private long floatLane(int width) {
        var kind = random.nextInt(8);
        if (width == 32) {
            return switch (kind) {
                case 0 -> NANS32[random.nextInt(NANS32.length)];
                case 1, 2, 3 -> Float.floatToRawIntBits(FLOATS[random.nextInt(FLOATS.length)]);
                case 4 -> Float.floatToRawIntBits(random.nextInt(-20, 20) / 4f);
                case 5 -> Float.floatToRawIntBits(near());
                default -> random.nextInt();
            };
        }
        return switch (kind) {
            case 0 -> NANS64[random.nextInt(NANS64.length)];
            case 1 -> Double.doubleToRawLongBits(FLOATS[random.nextInt(FLOATS.length)]);
            case 2, 3 -> Double.doubleToRawLongBits(DOUBLES[random.nextInt(DOUBLES.length)]);
            case 4 -> Double.doubleToRawLongBits(random.nextInt(-20, 20) / 4.0);
            case 5 -> Double.doubleToRawLongBits(near() + random.nextDouble());
            default -> random.nextLong();
        };
    }

    /** A number around a power of two, where fractions and integers end. */
    private float near() {
        return Math.scalb(1 + random.nextFloat(), random.nextInt(34))
                * (random.nextBoolean() ? 1 : -1);
    }

    /** The immediate of a shuffle, also one that takes from one operand or moves larger lanes. */
    static V128 shuffleMask(Random random) {
        var size = 1 << random.nextInt(4);
        var from = random.nextInt(3) == 0 ? 16 * random.nextInt(2) : 0;
        var bound = from == 0 && random.nextBoolean() ? 32 : from + 16;
        var halves = new long[2];
        for (var i = 0; i < 16; i += size) {
            var start = random.nextInt(from, bound - size + 1);
            for (var k = i; k < i + size; k++) {
                halves[k >> 3] |= (long) (start + k - i) << (k << 3);
            }
        }
        return new V128(halves[0], halves[1]);
    }
}
