// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;

/**
 * Scalar numeric operations whose meaning is not that of a Java operator, and {@link #exec}, a
 * complete evaluator of numeric instructions. Specification, section 4.3.
 *
 * <p>NaN results are quiet: the JVM's float arithmetic quiets them in hardware, and the operations
 * that may hand an operand through do it here. Wherever all NaN operands are canonical, so is the
 * result.
 */
public final class Numeric {
    private static final double TWO63 = 0x1p63;
    private static final double TWO64 = 0x1p64;

    private Numeric() {}

    /**
     * Executes a numeric instruction over frame slots: unary ones read {@code s[a]}, binary ones
     * {@code s[a]} and {@code s[b]}; all write {@code s[d]}. An i32 is written sign-extended and
     * read without regard to the upper half, and so are the bits of an f32.
     *
     * @param opcode 0x45 to 0xC4, or 0xFC00 to 0xFC07 for the saturating truncations
     * @return whether the opcode is one of these; if not, nothing was done
     * @throws Trap as the instruction does
     */
    public static boolean exec(int opcode, long[] s, int a, int b, int d) {
        if (opcode < 0x45) {
            return false;
        }
        if (opcode <= 0x66) {
            s[d] = NumericCompare.eval(opcode, s, a, b) ? 1 : 0;
        } else if (opcode <= 0x78) {
            s[d] = NumericInt.eval32(opcode, s, a, b);
        } else if (opcode <= 0x8A) {
            s[d] = NumericInt.eval64(opcode, s, a, b);
        } else if (opcode <= 0x98) {
            s[d] = NumericFloat.eval32(opcode, s, a, b);
        } else if (opcode <= 0xA6) {
            s[d] = NumericFloat.eval64(opcode, s, a, b);
        } else if (opcode <= 0xC4) {
            s[d] = NumericConvert.eval(opcode, s[a]);
        } else if (opcode >= 0xFC00 && opcode <= 0xFC07) {
            s[d] = NumericConvert.evalSaturating(opcode, s[a]);
        } else {
            return false;
        }
        return true;
    }

    public static Trap divideByZero() {
        return new Trap(TrapKind.INTEGER_DIVIDE_BY_ZERO);
    }

    public static Trap integerOverflow() {
        return new Trap(TrapKind.INTEGER_OVERFLOW);
    }

    public static Trap invalidConversion() {
        return new Trap(TrapKind.INVALID_CONVERSION);
    }

    // Integers.

    public static int i32DivS(int x, int y) {
        if (y == 0) {
            throw divideByZero();
        }
        if (y == -1 && x == Integer.MIN_VALUE) {
            throw integerOverflow();
        }
        return x / y;
    }

    public static int i32DivU(int x, int y) {
        if (y == 0) {
            throw divideByZero();
        }
        return Integer.divideUnsigned(x, y);
    }

    public static int i32RemS(int x, int y) {
        if (y == 0) {
            throw divideByZero();
        }
        return x % y;
    }

    public static int i32RemU(int x, int y) {
        if (y == 0) {
            throw divideByZero();
        }
        return Integer.remainderUnsigned(x, y);
    }

    public static long i64DivS(long x, long y) {
        if (y == 0) {
            throw divideByZero();
        }
        if (y == -1 && x == Long.MIN_VALUE) {
            throw integerOverflow();
        }
        return x / y;
    }

    public static long i64DivU(long x, long y) {
        if (y == 0) {
            throw divideByZero();
        }
        return Long.divideUnsigned(x, y);
    }

    public static long i64RemS(long x, long y) {
        if (y == 0) {
            throw divideByZero();
        }
        return x % y;
    }

    public static long i64RemU(long x, long y) {
        if (y == 0) {
            throw divideByZero();
        }
        return Long.remainderUnsigned(x, y);
    }

    // Wide arithmetic: two results, the low half in slot d and the high half in slot d + 1. The
    // operands are read before the results are written.

    /** i64.add128: operands low, high of the first in slots a, b, of the second in c, e. */
    public static void add128(long[] s, int a, int b, int c, int e, int d) {
        var low = s[a] + s[c];
        var carry = Long.compareUnsigned(low, s[a]) < 0 ? 1 : 0;
        var high = s[b] + s[e] + carry;
        s[d] = low;
        s[d + 1] = high;
    }

    /** i64.sub128: operands low, high of the first in slots a, b, of the second in c, e. */
    public static void sub128(long[] s, int a, int b, int c, int e, int d) {
        var low = s[a] - s[c];
        var borrow = Long.compareUnsigned(s[a], s[c]) < 0 ? 1 : 0;
        var high = s[b] - s[e] - borrow;
        s[d] = low;
        s[d + 1] = high;
    }

    public static void mulWideS(long[] s, int a, int b, int d) {
        var low = s[a] * s[b];
        var high = Math.multiplyHigh(s[a], s[b]);
        s[d] = low;
        s[d + 1] = high;
    }

    public static void mulWideU(long[] s, int a, int b, int d) {
        var low = s[a] * s[b];
        var high = Math.unsignedMultiplyHigh(s[a], s[b]);
        s[d] = low;
        s[d + 1] = high;
    }

    // Floats.

    private static float quiet(float x) {
        return x == x ? x : Float.intBitsToFloat(Float.floatToRawIntBits(x) | 0x0040_0000);
    }

    private static double quiet(double x) {
        return x == x
                ? x
                : Double.longBitsToDouble(Double.doubleToRawLongBits(x) | 0x0008_0000_0000_0000L);
    }

    public static float f32Min(float x, float y) {
        return quiet(Math.min(x, y));
    }

    public static float f32Max(float x, float y) {
        return quiet(Math.max(x, y));
    }

    // Every f32 is exactly an f64, and so are its neighbours among the integers.

    public static float f32Ceil(float x) {
        return quiet((float) Math.ceil(x));
    }

    public static float f32Floor(float x) {
        return quiet((float) Math.floor(x));
    }

    public static float f32Trunc(float x) {
        return quiet((float) (x < 0 ? Math.ceil(x) : Math.floor(x)));
    }

    public static float f32Nearest(float x) {
        return quiet((float) Math.rint(x));
    }

    public static float f32Sqrt(float x) {
        // Rounding twice is harmless here: 53 bits are more than twice 24 and two.
        return quiet((float) Math.sqrt(x));
    }

    /** Bits of {@code x} with the sign of {@code y}. */
    public static int f32Copysign(int x, int y) {
        return (x & Integer.MAX_VALUE) | (y & Integer.MIN_VALUE);
    }

    public static double f64Min(double x, double y) {
        return quiet(Math.min(x, y));
    }

    public static double f64Max(double x, double y) {
        return quiet(Math.max(x, y));
    }

    public static double f64Ceil(double x) {
        return quiet(Math.ceil(x));
    }

    public static double f64Floor(double x) {
        return quiet(Math.floor(x));
    }

    public static double f64Trunc(double x) {
        return quiet(x < 0 ? Math.ceil(x) : Math.floor(x));
    }

    public static double f64Nearest(double x) {
        return quiet(Math.rint(x));
    }

    public static double f64Sqrt(double x) {
        return quiet(Math.sqrt(x));
    }

    /** Bits of {@code x} with the sign of {@code y}. */
    public static long f64Copysign(long x, long y) {
        return (x & Long.MAX_VALUE) | (y & Long.MIN_VALUE);
    }

    // Truncation to integers; an f32 operand widens to f64 exactly, so one form serves both.

    /** i32.trunc_f32_s, i32.trunc_f64_s. */
    public static int i32TruncS(double x) {
        if (x > -0x1.00000002p31 && x < 0x1p31) {
            return (int) x;
        }
        throw untruncatable(x);
    }

    /** i32.trunc_f32_u, i32.trunc_f64_u. */
    public static int i32TruncU(double x) {
        if (x > -1 && x < 0x1p32) {
            return (int) (long) x;
        }
        throw untruncatable(x);
    }

    /** i64.trunc_f32_s, i64.trunc_f64_s. */
    public static long i64TruncS(double x) {
        if (x >= -TWO63 && x < TWO63) {
            return (long) x;
        }
        throw untruncatable(x);
    }

    /** i64.trunc_f32_u, i64.trunc_f64_u. */
    public static long i64TruncU(double x) {
        if (x > -1 && x < TWO64) {
            return i64TruncSatU(x);
        }
        throw untruncatable(x);
    }

    private static Trap untruncatable(double x) {
        return Double.isNaN(x) ? invalidConversion() : integerOverflow();
    }

    /** i32.trunc_sat_f32_u, i32.trunc_sat_f64_u. The signed ones are Java's casts. */
    public static int i32TruncSatU(double x) {
        return (int) Math.min(Math.max((long) x, 0), 0xFFFF_FFFFL);
    }

    /** i64.trunc_sat_f32_u, i64.trunc_sat_f64_u. The signed ones are Java's casts. */
    public static long i64TruncSatU(double x) {
        if (x < TWO63) {
            return Math.max((long) x, 0);
        }
        if (x < TWO64) {
            return (long) (x - TWO63) ^ Long.MIN_VALUE;
        }
        return Double.isNaN(x) ? 0 : -1;
    }

    // Conversion of integers; the signed ones are Java's casts.

    public static float f32ConvertI32U(int x) {
        return (float) (x & 0xFFFF_FFFFL);
    }

    public static float f32ConvertI64U(long x) {
        return x >= 0 ? (float) x : (float) halved(x) * 2;
    }

    public static double f64ConvertI32U(int x) {
        return (double) (x & 0xFFFF_FFFFL);
    }

    public static double f64ConvertI64U(long x) {
        return x >= 0 ? (double) x : (double) halved(x) * 2;
    }

    /** Half of an unsigned number over 2^63, the lost bit kept sticky so that rounding holds. */
    private static long halved(long x) {
        return (x >>> 1) | (x & 1);
    }
}
