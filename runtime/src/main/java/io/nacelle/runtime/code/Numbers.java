// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.interp.Numeric;

/** What compiled code calls for numbers, beside {@link Numeric} and the JDK's own methods. */
public final class Numbers {
    private static final float SMALL_NAN = Float.intBitsToFloat(0x7FC0_0000);
    private static final double LARGE_NAN = Double.longBitsToDouble(0x7FF8_0000_0000_0000L);

    private Numbers() {}

    public static float copysign(float x, float y) {
        return Float.intBitsToFloat(
                Numeric.f32Copysign(Float.floatToRawIntBits(x), Float.floatToRawIntBits(y)));
    }

    public static double copysign(double x, double y) {
        return Double.longBitsToDouble(
                Numeric.f64Copysign(Double.doubleToRawLongBits(x), Double.doubleToRawLongBits(y)));
    }

    /** The canonical NaN in the place of any NaN. */
    public static float canonical(float x) {
        return x != x ? SMALL_NAN : x;
    }

    public static double canonical(double x) {
        return x != x ? LARGE_NAN : x;
    }

    // Comparisons as numbers.

    public static int eqz(int x) {
        return x == 0 ? 1 : 0;
    }

    public static int eqz(long x) {
        return x == 0 ? 1 : 0;
    }

    public static int eq(int x, int y) {
        return x == y ? 1 : 0;
    }

    public static int ne(int x, int y) {
        return x != y ? 1 : 0;
    }

    public static int lts(int x, int y) {
        return x < y ? 1 : 0;
    }

    public static int ltu(int x, int y) {
        return Integer.compareUnsigned(x, y) < 0 ? 1 : 0;
    }

    public static int gts(int x, int y) {
        return x > y ? 1 : 0;
    }

    public static int gtu(int x, int y) {
        return Integer.compareUnsigned(x, y) > 0 ? 1 : 0;
    }

    public static int les(int x, int y) {
        return x <= y ? 1 : 0;
    }

    public static int leu(int x, int y) {
        return Integer.compareUnsigned(x, y) <= 0 ? 1 : 0;
    }

    public static int ges(int x, int y) {
        return x >= y ? 1 : 0;
    }

    public static int geu(int x, int y) {
        return Integer.compareUnsigned(x, y) >= 0 ? 1 : 0;
    }

    public static int eq(long x, long y) {
        return x == y ? 1 : 0;
    }

    public static int ne(long x, long y) {
        return x != y ? 1 : 0;
    }

    public static int lts(long x, long y) {
        return x < y ? 1 : 0;
    }

    public static int ltu(long x, long y) {
        return Long.compareUnsigned(x, y) < 0 ? 1 : 0;
    }

    public static int gts(long x, long y) {
        return x > y ? 1 : 0;
    }

    public static int gtu(long x, long y) {
        return Long.compareUnsigned(x, y) > 0 ? 1 : 0;
    }

    public static int les(long x, long y) {
        return x <= y ? 1 : 0;
    }

    public static int leu(long x, long y) {
        return Long.compareUnsigned(x, y) <= 0 ? 1 : 0;
    }

    public static int ges(long x, long y) {
        return x >= y ? 1 : 0;
    }

    public static int geu(long x, long y) {
        return Long.compareUnsigned(x, y) >= 0 ? 1 : 0;
    }

    public static int eq(float x, float y) {
        return x == y ? 1 : 0;
    }

    public static int ne(float x, float y) {
        return x != y ? 1 : 0;
    }

    public static int lts(float x, float y) {
        return x < y ? 1 : 0;
    }

    public static int gts(float x, float y) {
        return x > y ? 1 : 0;
    }

    public static int les(float x, float y) {
        return x <= y ? 1 : 0;
    }

    public static int ges(float x, float y) {
        return x >= y ? 1 : 0;
    }

    public static int eq(double x, double y) {
        return x == y ? 1 : 0;
    }

    public static int ne(double x, double y) {
        return x != y ? 1 : 0;
    }

    public static int lts(double x, double y) {
        return x < y ? 1 : 0;
    }

    public static int gts(double x, double y) {
        return x > y ? 1 : 0;
    }

    public static int les(double x, double y) {
        return x <= y ? 1 : 0;
    }

    public static int ges(double x, double y) {
        return x >= y ? 1 : 0;
    }
}
