// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.text.Lexer.Token;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The numbers of the text format (spec 6.3.1 and 6.3.2): their form and their value. Values that do
 * not fit are empty; the caller knows what to call them.
 */
final class Numbers {
    private static final int NO_DIGITS = -1;

    /** Beyond this an exponent makes any literal that fits in memory zero or too large. */
    private static final long EXPONENT_CLAMP = 1L << 40;

    private Numbers() {}

    static int hexDigit(int c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /** What kind of number a word is, or RESERVED. */
    static Token classify(byte[] b, int start, int stop) {
        int p = start;
        boolean sign = b[p] == '+' || b[p] == '-';
        if (sign) {
            p++;
        }
        if (p == stop) {
            return Token.RESERVED;
        }
        if (isSpecial(b, p, stop)) {
            return Token.FLOAT;
        }
        boolean hex = isHex(b, p, stop);
        p = digits(b, hex ? p + 2 : p, stop, hex);
        if (p == NO_DIGITS) {
            return Token.RESERVED;
        }
        if (p == stop) {
            return sign ? Token.INT : Token.NAT;
        }
        if (b[p] == '.') {
            p++;
            if (p < stop && isDigit(b[p], hex)) {
                p = digits(b, p, stop, hex);
                if (p == NO_DIGITS) {
                    return Token.RESERVED;
                }
            }
        }
        if (p < stop && (b[p] | 0x20) == (hex ? 'p' : 'e')) {
            p++;
            if (p < stop && (b[p] == '+' || b[p] == '-')) {
                p++;
            }
            p = digits(b, p, stop, false);
        }
        return p == stop ? Token.FLOAT : Token.RESERVED;
    }

    /** Whether a word is {@code inf}, {@code nan} or a NaN with its payload, without sign. */
    static boolean isSpecial(byte[] b, int start, int stop) {
        int length = stop - start;
        if (length < 3) {
            return false;
        }
        if (length == 3) {
            return b[start] == 'i' && b[start + 1] == 'n' && b[start + 2] == 'f' || isNan(b, start);
        }
        return isNan(b, start)
                && b[start + 3] == ':'
                && isHex(b, start + 4, stop)
                && digits(b, start + 6, stop, true) == stop;
    }

    private static boolean isNan(byte[] b, int start) {
        return b[start] == 'n' && b[start + 1] == 'a' && b[start + 2] == 'n';
    }

    private static boolean isHex(byte[] b, int p, int stop) {
        return p + 2 <= stop && b[p] == '0' && b[p + 1] == 'x';
    }

    private static boolean isDigit(int c, boolean hex) {
        return hex ? hexDigit(c) >= 0 : c >= '0' && c <= '9';
    }

    /** The offset after a run of digits, in which single underscores may stand between two. */
    private static int digits(byte[] b, int from, int stop, boolean hex) {
        int p = from;
        if (p >= stop || !isDigit(b[p], hex)) {
            return NO_DIGITS;
        }
        while (p < stop) {
            if (isDigit(b[p], hex)) {
                p++;
            } else if (b[p] == '_') {
                p++;
                if (p >= stop || !isDigit(b[p], hex)) {
                    return NO_DIGITS;
                }
            } else {
                return p;
            }
        }
        return p;
    }

    /** An unsigned number of so many bits. */
    static OptionalLong unsigned(byte[] b, int start, int stop, int bits) {
        boolean hex = isHex(b, start, stop);
        long base = hex ? 16 : 10;
        long value = 0;
        for (int p = hex ? start + 2 : start; p < stop; p++) {
            if (b[p] == '_') {
                continue;
            }
            int digit = hexDigit(b[p]);
            // Digits that are none end here too: floats are not integers.
            if (digit < 0 || digit >= base) {
                return OptionalLong.empty();
            }
            if (hex ? value >>> 60 != 0 : overflows(value, digit)) {
                return OptionalLong.empty();
            }
            value = value * base + digit;
        }
        return bits < 64 && value >>> bits != 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private static boolean overflows(long value, int digit) {
        long limit = Long.divideUnsigned(-1, 10);
        int order = Long.compareUnsigned(value, limit);
        return order > 0 || order == 0 && digit > 5;
    }

    /** An integer of so many bits, signed or not; the bits above are zero. */
    static OptionalLong integer(byte[] b, int start, int stop, int bits) {
        boolean minus = b[start] == '-';
        boolean sign = minus || b[start] == '+';
        var magnitude = unsigned(b, sign ? start + 1 : start, stop, bits);
        if (!minus || magnitude.isEmpty()) {
            return magnitude;
        }
        long value = magnitude.getAsLong();
        if (Long.compareUnsigned(value, 1L << (bits - 1)) > 0) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(bits == 64 ? -value : -value & (1L << bits) - 1);
    }

    /** The bits of a 32-bit float. */
    static OptionalInt f32(byte[] b, int start, int stop) {
        var bits = parseFloat(b, start, stop, 23, 8);
        return bits.isPresent() ? OptionalInt.of((int) bits.getAsLong()) : OptionalInt.empty();
    }

    /** The bits of a 64-bit float. */
    static OptionalLong f64(byte[] b, int start, int stop) {
        return parseFloat(b, start, stop, 52, 11);
    }

    private static OptionalLong parseFloat(
            byte[] b, int start, int stop, int mantissaBits, int exponentBits) {
        boolean minus = b[start] == '-';
        int p = minus || b[start] == '+' ? start + 1 : start;
        long sign = minus ? 1L << (mantissaBits + exponentBits) : 0;
        long infinity = ((1L << exponentBits) - 1) << mantissaBits;
        long magnitude;
        if (b[p] == 'i') {
            return OptionalLong.of(sign | infinity);
        } else if (b[p] == 'n') {
            long payload = 1L << (mantissaBits - 1);
            if (stop - p > 3) {
                var given = unsigned(b, p + 4, stop, mantissaBits);
                if (given.isEmpty() || given.getAsLong() == 0) {
                    return OptionalLong.empty();
                }
                payload = given.getAsLong();
            }
            return OptionalLong.of(sign | infinity | payload);
        } else if (isHex(b, p, stop)) {
            magnitude = hexFloat(b, p + 2, stop, mantissaBits, exponentBits);
        } else {
            var text = plain(b, p, stop);
            magnitude =
                    mantissaBits == 23
                            ? Float.floatToRawIntBits(Float.parseFloat(text))
                            : Double.doubleToRawLongBits(Double.parseDouble(text));
        }
        return magnitude >= infinity ? OptionalLong.empty() : OptionalLong.of(sign | magnitude);
    }

    private static String plain(byte[] b, int start, int stop) {
        var text = new String(b, start, stop - start, StandardCharsets.ISO_8859_1);
        return text.indexOf('_') < 0 ? text : text.replace("_", "");
    }

    /** The bits of a hexadecimal float, rounded to nearest, ties to even. */
    private static long hexFloat(
            byte[] b, int start, int stop, int mantissaBits, int exponentBits) {
        long mantissa = 0;
        boolean sticky = false;
        long exponent = 0;
        boolean fraction = false;
        int p = start;
        for (; p < stop && (b[p] | 0x20) != 'p'; p++) {
            if (b[p] == '.') {
                fraction = true;
            } else if (b[p] != '_') {
                int digit = hexDigit(b[p]);
                if (mantissa >>> 58 == 0) {
                    mantissa = mantissa << 4 | digit;
                    exponent -= fraction ? 4 : 0;
                } else {
                    sticky |= digit != 0;
                    exponent += fraction ? 0 : 4;
                }
            }
        }
        if (p < stop) {
            exponent += exponent(b, p + 1, stop);
        }
        return round(mantissa, sticky, exponent, mantissaBits, exponentBits);
    }

    private static long exponent(byte[] b, int start, int stop) {
        boolean minus = b[start] == '-';
        long value = 0;
        for (int p = minus || b[start] == '+' ? start + 1 : start; p < stop; p++) {
            if (b[p] != '_') {
                value = Math.min(value * 10 + b[p] - '0', EXPONENT_CLAMP);
            }
        }
        return minus ? -value : value;
    }

    private static long round(
            long mantissa, boolean sticky, long exponent, int mantissaBits, int exponentBits) {
        if (mantissa == 0) {
            return 0;
        }
        int bias = (1 << (exponentBits - 1)) - 1;
        long infinity = ((1L << exponentBits) - 1) << mantissaBits;
        int length = 64 - Long.numberOfLeadingZeros(mantissa);
        long top = exponent + length - 1;
        if (top > bias) {
            return infinity;
        }
        boolean subnormal = top < 1 - bias;
        // How many bits below the last place that is kept.
        long drop =
                subnormal ? 1L - bias - mantissaBits - exponent : (long) length - mantissaBits - 1;
        long kept;
        if (drop <= 0) {
            kept = mantissa << -drop;
        } else if (drop > 63) {
            kept = 0;
        } else {
            kept = mantissa >>> drop;
            long rest = mantissa & (1L << drop) - 1;
            long half = 1L << (drop - 1);
            if (rest > half || rest == half && (sticky || (kept & 1) != 0)) {
                kept++;
            }
        }
        // A carry out of the mantissa lands in the exponent, where it belongs.
        return subnormal ? kept : ((top + bias - 1) << mantissaBits) + kept;
    }
}
