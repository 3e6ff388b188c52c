// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

/** Operations on one lane of f64x2; as to NaNs see {@link SimdF32}. */
public final class SimdF64 {
    private SimdF64() {}

    public static long ceil(long x) {
        return bits(Numeric.f64Ceil(f(x)));
    }

    public static long floor(long x) {
        return bits(Numeric.f64Floor(f(x)));
    }

    public static long trunc(long x) {
        return bits(Numeric.f64Trunc(f(x)));
    }

    public static long nearest(long x) {
        return bits(Numeric.f64Nearest(f(x)));
    }

    public static long sqrt(long x) {
        return bits(Numeric.f64Sqrt(f(x)));
    }

    public static long add(long x, long y) {
        return bits(f(x) + f(y));
    }

    public static long sub(long x, long y) {
        return bits(f(x) - f(y));
    }

    public static long mul(long x, long y) {
        return bits(f(x) * f(y));
    }

    public static long div(long x, long y) {
        return bits(f(x) / f(y));
    }

    public static long min(long x, long y) {
        return bits(Numeric.f64Min(f(x), f(y)));
    }

    public static long max(long x, long y) {
        return bits(Numeric.f64Max(f(x), f(y)));
    }

    public static long madd(long x, long y, long z) {
        return bits(f(x) * f(y) + f(z));
    }

    public static long abs(long x) {
        return x & Long.MAX_VALUE;
    }

    public static long neg(long x) {
        return x ^ Long.MIN_VALUE;
    }

    public static long pmin(long x, long y) {
        return f(y) < f(x) ? y : x;
    }

    public static long pmax(long x, long y) {
        return f(x) < f(y) ? y : x;
    }

    public static long eq(long x, long y) {
        return f(x) == f(y) ? -1L : 0;
    }

    public static long lt(long x, long y) {
        return f(x) < f(y) ? -1L : 0;
    }

    public static long le(long x, long y) {
        return f(x) <= f(y) ? -1L : 0;
    }

    public static long truncSatZeroS(long lo, long hi) {
        return SimdI32.of((int) f(lo), (int) f(hi));
    }

    public static long truncSatZeroU(long lo, long hi) {
        return SimdI32.of(Numeric.i32TruncSatU(f(lo)), Numeric.i32TruncSatU(f(hi)));
    }

    public static long demoteZero(long lo, long hi) {
        return SimdF32.of((float) f(lo), (float) f(hi));
    }

    public static double f(long x) {
        return Double.longBitsToDouble(x);
    }

    public static long bits(double x) {
        return Double.doubleToRawLongBits(x);
    }
}
