// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Random;

/**
 * The numeric operations as the specification words them, on arbitrary-precision numbers: slow and
 * plain, to hold the fast forms against. Values are bit patterns of a width, zero-extended; a trap
 * is an ArithmeticException with the trap's message.
 */
final class NumericReference {
    private NumericReference() {}

    static long mask(int width) {
        return -1L >>> (64 - width);
    }

    static BigInteger unsigned(long x, int width) {
        return BigInteger.valueOf(x)
                .mod(BigInteger.ONE.shiftLeft(64))
                .and(new BigInteger(Long.toUnsignedString(mask(width))));
    }

    static BigInteger signed(long x, int width) {
        var magnitude = unsigned(x, width);
        return magnitude.testBit(width - 1)
                ? magnitude.subtract(BigInteger.ONE.shiftLeft(width))
                : magnitude;
    }

    static long bits(BigInteger x, int width) {
        return x.longValue() & mask(width);
    }

    static long clamp(BigInteger x, int width, boolean signed) {
        var span = BigInteger.ONE.shiftLeft(signed ? width - 1 : width);
        var least = signed ? span.negate() : BigInteger.ZERO;
        return bits(x.max(least).min(span.subtract(BigInteger.ONE)), width);
    }

    /** Whether the name is of an integer relation or test, with result 0 or 1. */
    static boolean isRelation(String name) {
        return name.matches("eqz|eq|ne|(lt|gt|le|ge)(_[su])?");
    }

    static long integer(String name, int width, long xBits, long yBits) {
        var isSigned = name.endsWith("_s");
        var x = isSigned ? signed(xBits, width) : unsigned(xBits, width);
        var y = isSigned ? signed(yBits, width) : unsigned(yBits, width);
        var count = (int) (yBits & (width - 1));
        return switch (name) {
            case "eqz" -> x.signum() == 0 ? 1 : 0;
            case "eq" -> x.equals(y) ? 1 : 0;
            case "ne" -> x.equals(y) ? 0 : 1;
            case "lt_s", "lt_u" -> x.compareTo(y) < 0 ? 1 : 0;
            case "gt_s", "gt_u" -> x.compareTo(y) > 0 ? 1 : 0;
            case "le_s", "le_u" -> x.compareTo(y) <= 0 ? 1 : 0;
            case "ge_s", "ge_u" -> x.compareTo(y) >= 0 ? 1 : 0;
            case "clz" -> width - x.bitLength();
            case "ctz" -> x.signum() == 0 ? width : x.getLowestSetBit();
            case "popcnt" -> x.bitCount();
            case "add" -> bits(x.add(y), width);
            case "sub" -> bits(x.subtract(y), width);
            case "mul" -> bits(x.multiply(y), width);
            case "div_s", "div_u" -> {
                if (y.signum() == 0) {
                    throw new ArithmeticException("integer divide by zero");
                }
                var quotient = x.divide(y);
                if (isSigned && quotient.bitLength() >= width) {
                    throw new ArithmeticException("integer overflow");
                }
                yield bits(quotient, width);
            }
            case "rem_s", "rem_u" -> {
                if (y.signum() == 0) {
                    throw new ArithmeticException("integer divide by zero");
                }
                yield bits(x.remainder(y), width);
            }
            case "and" -> bits(x.and(y), width);
            case "or" -> bits(x.or(y), width);
            case "xor" -> bits(x.xor(y), width);
            case "shl" -> bits(x.shiftLeft(count), width);
            case "shr_s", "shr_u" -> bits(x.shiftRight(count), width);
            case "rotl" -> bits(x.shiftLeft(count).or(x.shiftRight(width - count)), width);
            case "rotr" -> bits(x.shiftRight(count).or(x.shiftLeft(width - count)), width);
            case "abs" -> bits(signed(xBits, width).abs(), width);
            case "neg" -> bits(x.negate(), width);
            case "min_s", "min_u" -> bits(x.min(y), width);
            case "max_s", "max_u" -> bits(x.max(y), width);
            case "add_sat_s", "add_sat_u" -> clamp(x.add(y), width, isSigned);
            case "sub_sat_s", "sub_sat_u" -> clamp(x.subtract(y), width, isSigned);
            case "avgr_u" -> bits(x.add(y).add(BigInteger.ONE).shiftRight(1), width);
            case "q15mulr_sat_s", "relaxed_q15mulr_s" ->
                    clamp(
                            x.multiply(y).add(BigInteger.valueOf(0x4000)).shiftRight(15),
                            width,
                            true);
            default -> throw new AssertionError("no reference for integer " + name);
        };
    }

    static double toDouble(long bits, int width) {
        return width == 32 ? Float.intBitsToFloat((int) bits) : Double.longBitsToDouble(bits);
    }

    static long fromDouble(double x, int width) {
        return width == 32
                ? Float.floatToRawIntBits((float) x) & mask(32)
                : Double.doubleToRawLongBits(x);
    }

    static boolean isNaN(long bits, int width) {
        return Double.isNaN(toDouble(bits, width));
    }

    static boolean isQuiet(long bits, int width) {
        return (bits >>> (width == 32 ? 22 : 51) & 1) != 0;
    }

    static boolean isCanonical(long bits, int width) {
        var fraction = bits & mask(width == 32 ? 23 : 52);
        return isNaN(bits, width) && fraction == 1L << (width == 32 ? 22 : 51);
    }

    /** Operations whose NaN result the specification leaves open within the quiet NaNs. */
    static boolean isArithmetic(String name) {
        return name.matches(
                "(relaxed_)?(add|sub|mul|div|min|max|madd|nmadd)|ceil|floor|trunc|nearest|sqrt"
                        + "|demote.*|promote.*");
    }

    /** An operation from floats to floats, or a relation. */
    static long floating(String name, int width, long xBits, long yBits) {
        var x = toDouble(xBits, width);
        var y = toDouble(yBits, width);
        var sign = 1L << (width - 1);
        return switch (name) {
            case "eq" -> x == y ? 1 : 0;
            case "ne" -> x == y ? 0 : 1;
            case "lt" -> x < y ? 1 : 0;
            case "gt" -> x > y ? 1 : 0;
            case "le" -> x <= y ? 1 : 0;
            case "ge" -> x >= y ? 1 : 0;
            case "abs" -> xBits & ~sign;
            case "neg" -> xBits ^ sign;
            case "copysign" -> (xBits & ~sign) | (yBits & sign);
            case "pmin" -> y < x ? yBits : xBits;
            case "pmax" -> x < y ? yBits : xBits;
            case "ceil" -> round(x, width, RoundingMode.CEILING);
            case "floor" -> round(x, width, RoundingMode.FLOOR);
            case "trunc" -> round(x, width, RoundingMode.DOWN);
            case "nearest" -> round(x, width, RoundingMode.HALF_EVEN);
            case "sqrt" -> fromDouble(StrictMath.sqrt(x), width);
            case "add" -> fromDouble(width == 32 ? (float) x + (float) y : x + y, width);
            case "sub" -> fromDouble(width == 32 ? (float) x - (float) y : x - y, width);
            case "mul" -> fromDouble(width == 32 ? (float) x * (float) y : x * y, width);
            case "div" -> fromDouble(width == 32 ? (float) x / (float) y : x / y, width);
            case "min", "relaxed_min" -> {
                if (Double.isNaN(x) || Double.isNaN(y)) {
                    yield fromDouble(Double.NaN, width);
                }
                yield x < y ? xBits : y < x ? yBits : xBits | yBits;
            }
            case "max", "relaxed_max" -> {
                if (Double.isNaN(x) || Double.isNaN(y)) {
                    yield fromDouble(Double.NaN, width);
                }
                yield x > y ? xBits : y > x ? yBits : xBits & yBits;
            }
            default -> throw new AssertionError("no reference for float " + name);
        };
    }

    private static long round(double x, int width, RoundingMode mode) {
        if (Double.isNaN(x) || Double.isInfinite(x)) {
            return fromDouble(x, width);
        }
        var rounded = new BigDecimal(x).setScale(0, mode).doubleValue();
        return fromDouble(Math.copySign(rounded, x), width);
    }

    /** Truncation to an integer; out of range it traps. */
    static long truncate(long xBits, int from, int to, boolean signed) {
        var x = toDouble(xBits, from);
        if (Double.isNaN(x)) {
            throw new ArithmeticException("invalid conversion to integer");
        }
        if (Double.isInfinite(x)) {
            throw new ArithmeticException("integer overflow");
        }
        var whole = new BigDecimal(x).toBigInteger();
        var result = bits(whole, to);
        if (!whole.equals(signed ? signed(result, to) : unsigned(result, to))) {
            throw new ArithmeticException("integer overflow");
        }
        return result;
    }

    /** Truncation to an integer; out of range it gives the nearest bound, for NaN 0. */
    static long truncateSaturating(long xBits, int from, int to, boolean signed) {
        var x = toDouble(xBits, from);
        if (Double.isNaN(x)) {
            return 0;
        }
        if (Double.isInfinite(x)) {
            return clamp(
                    BigInteger.ONE
                            .shiftLeft(70)
                            .multiply(BigInteger.valueOf((long) Math.signum(x))),
                    to,
                    signed);
        }
        return clamp(new BigDecimal(x).toBigInteger(), to, signed);
    }

    /** Conversion of an integer to the nearest float, ties to even. */
    static long convert(long xBits, int from, int to, boolean signed) {
        var x = signed ? signed(xBits, from) : unsigned(xBits, from);
        return to == 32
                ? Float.floatToRawIntBits(Float.parseFloat(x.toString())) & mask(32)
                : Double.doubleToRawLongBits(Double.parseDouble(x.toString()));
    }

    /** A bit pattern of the width: an edge of integers or floats, or a random one. */
    static long sample(Random random, int width) {
        var edges = width == 64 ? EDGES64 : width == 32 ? EDGES32 : SMALL;
        return switch (random.nextInt(4)) {
            case 0 -> random.nextLong() & mask(width);
            case 1 -> (1L << random.nextInt(width)) - random.nextInt(2) & mask(width);
            default -> edges[random.nextInt(edges.length)] & mask(width);
        };
    }

    private static final long[] SMALL = {
        0, 1, 2, 0x7E, 0x7F, 0x80, 0x81, 0xFE, 0xFF, 0x100, 0x7FFF, 0x8000, 0x8001, -1, -2, 0x5A5A
    };

    private static final long[] EDGES32 = edges(32);
    private static final long[] EDGES64 = edges(64);

    private static long[] edges(int width) {
        double[] magnitudes = {
            0,
            0.25,
            0.5,
            Math.nextDown(0.5),
            0.75,
            1,
            1.5,
            2,
            2.5,
            3.5,
            4.75,
            100.5,
            0x1p-149,
            0x1p-1074,
            0x1p-126,
            0x1p-1022,
            32767,
            32768,
            65535,
            8388607.5,
            8388608,
            16777215,
            16777217,
            2147483647,
            2147483648.0,
            2147483648.5,
            2147483649.0,
            4294967295.0,
            4294967295.5,
            4294967296.0,
            0x1p51,
            0x1p52,
            0x1.8p52,
            0x1p53,
            0x1.fffffffffffffp62,
            0x1p63,
            0x1.0000000000001p63,
            0x1.fffffep63,
            0x1.fffffffffffffp63,
            0x1p64,
            Float.MAX_VALUE,
            Double.MAX_VALUE,
            Double.POSITIVE_INFINITY
        };
        long[] patterns =
                width == 32
                        ? new long[] {
                            0x7FC00000, 0x7F800001, 0x7FA00000, 0x7FFFFFFF, 0x7FC00001, 0x7FFFFFFE,
                            0x00000001, 0x00FFFFFF, 0x01000001, 0x7FFFFFBF, 0x0000FFFF, 0x00008000
                        }
                        : new long[] {
                            0x7FF8000000000000L,
                            0x7FF0000000000001L,
                            0x7FF4000000000000L,
                            0x7FFFFFFFFFFFFFFFL,
                            0x7FF8000000000001L,
                            0x0020000000000001L,
                            0x7FFFFFFFFFFFFBFFL,
                            0x7FFFFF4000000001L, // just over and at ties of unsigned conversion
                            0x8000000000000401L,
                            0x8000000000000400L,
                            0x8000008000000001L,
                            0x8000008000000000L,
                            0x0000000100000000L,
                            0x00000000FFFFFFFFL,
                            0x0000000080000000L,
                            0x000000007FFFFFFFL
                        };
        var result = new long[2 * (magnitudes.length + patterns.length)];
        var n = 0;
        for (var magnitude : magnitudes) {
            result[n++] = fromDouble(magnitude, width);
            result[n++] = fromDouble(-magnitude, width);
        }
        for (var pattern : patterns) {
            result[n++] = pattern;
            result[n++] = pattern | 1L << (width - 1);
        }
        return result;
    }
}
