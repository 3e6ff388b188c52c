// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

/**
 * Operations on f32x4, in halves of two lanes. What is arithmetic on the JVM (add, sub, mul, div,
 * sqrt and the conversions between f32 and f64) quiets NaNs in hardware; the rest goes through
 * {@link Numeric}, which does so itself; abs, neg, pmin and pmax must leave NaN bits alone.
 */
public final class SimdF32 {
    private static final long SIGNS = 0x8000000080000000L;

    private SimdF32() {}

    public static long ceil(long x) {
        return of(Numeric.f32Ceil(f0(x)), Numeric.f32Ceil(f1(x)));
    }

    public static long floor(long x) {
        return of(Numeric.f32Floor(f0(x)), Numeric.f32Floor(f1(x)));
    }

    public static long trunc(long x) {
        return of(Numeric.f32Trunc(f0(x)), Numeric.f32Trunc(f1(x)));
    }

    public static long nearest(long x) {
        return of(Numeric.f32Nearest(f0(x)), Numeric.f32Nearest(f1(x)));
    }

    public static long sqrt(long x) {
        return of(Numeric.f32Sqrt(f0(x)), Numeric.f32Sqrt(f1(x)));
    }

    public static long add(long x, long y) {
        return of(f0(x) + f0(y), f1(x) + f1(y));
    }

    public static long sub(long x, long y) {
        return of(f0(x) - f0(y), f1(x) - f1(y));
    }

    public static long mul(long x, long y) {
        return of(f0(x) * f0(y), f1(x) * f1(y));
    }

    public static long div(long x, long y) {
        return of(f0(x) / f0(y), f1(x) / f1(y));
    }

    public static long min(long x, long y) {
        return of(Numeric.f32Min(f0(x), f0(y)), Numeric.f32Min(f1(x), f1(y)));
    }

    public static long max(long x, long y) {
        return of(Numeric.f32Max(f0(x), f0(y)), Numeric.f32Max(f1(x), f1(y)));
    }

    public static long madd(long x, long y, long z) {
        return of(f0(x) * f0(y) + f0(z), f1(x) * f1(y) + f1(z));
    }

    public static long abs(long x) {
        return x & ~SIGNS;
    }

    public static long neg(long x) {
        return x ^ SIGNS;
    }

    public static long pmin(long x, long y) {
        return SimdSwar.select(lt(y, x), y, x);
    }

    public static long pmax(long x, long y) {
        return SimdSwar.select(lt(x, y), y, x);
    }

    public static long eq(long x, long y) {
        return SimdI32.of(f0(x) == f0(y) ? -1 : 0, f1(x) == f1(y) ? -1 : 0);
    }

    public static long lt(long x, long y) {
        return SimdI32.of(f0(x) < f0(y) ? -1 : 0, f1(x) < f1(y) ? -1 : 0);
    }

    public static long le(long x, long y) {
        return SimdI32.of(f0(x) <= f0(y) ? -1 : 0, f1(x) <= f1(y) ? -1 : 0);
    }

    public static long truncSatS(long x) {
        return SimdI32.of((int) f0(x), (int) f1(x));
    }

    public static long truncSatU(long x) {
        return SimdI32.of(Numeric.i32TruncSatU(f0(x)), Numeric.i32TruncSatU(f1(x)));
    }

    public static long convertS(long x) {
        return of((int) x, (int) (x >> 32));
    }

    public static long convertU(long x) {
        return of(x & 0xFFFFFFFFL, x >>> 32);
    }

    /** The lower lane. */
    public static float f0(long x) {
        return Float.intBitsToFloat((int) x);
    }

    /** The upper lane. */
    public static float f1(long x) {
        return Float.intBitsToFloat((int) (x >>> 32));
    }

    /** A half from its two lanes. */
    public static long of(float lane0, float lane1) {
        return SimdI32.of(Float.floatToRawIntBits(lane0), Float.floatToRawIntBits(lane1));
    }
}
