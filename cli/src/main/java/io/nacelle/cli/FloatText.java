// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import java.math.BigDecimal;
import java.util.regex.Pattern;

/** Floating-point numbers as the text format writes them, and their reading. */
final class FloatText {
    private static final int F32_FRACTION = 0x7F_FFFF;
    private static final int F32_CANONICAL = 0x40_0000;
    private static final long F64_FRACTION = 0xF_FFFF_FFFF_FFFFL;
    private static final long F64_CANONICAL = 0x8_0000_0000_0000L;

    private static final Pattern SPECIAL =
            Pattern.compile("[+-]?(inf|nan(:0x[0-9a-fA-F]+(_[0-9a-fA-F]+)*)?)");

    private FloatText() {}

    static String of(float value) {
        int bits = Float.floatToRawIntBits(value);
        var sign = bits < 0 ? "-" : "";
        if (Float.isNaN(value)) {
            int payload = bits & F32_FRACTION;
            return sign
                    + (payload == F32_CANONICAL ? "nan" : "nan:0x" + Integer.toHexString(payload));
        }
        if (Float.isInfinite(value)) {
            return sign + "inf";
        }
        return sign + plain(Float.toString(Math.abs(value)));
    }

    static String of(double value) {
        long bits = Double.doubleToRawLongBits(value);
        var sign = bits < 0 ? "-" : "";
        if (Double.isNaN(value)) {
            long payload = bits & F64_FRACTION;
            return sign + (payload == F64_CANONICAL ? "nan" : "nan:0x" + Long.toHexString(payload));
        }
        if (Double.isInfinite(value)) {
            return sign + "inf";
        }
        return sign + plain(Double.toString(Math.abs(value)));
    }

    /** Java's shortest form without a fraction of zero: {@code 1}, {@code 0.1}, {@code 1e+300}. */
    private static String plain(String shortest) {
        var number = new BigDecimal(shortest).stripTrailingZeros();
        if (number.signum() == 0) {
            return "0";
        }
        return number.scale() > -20 && number.scale() < 20
                ? number.toPlainString()
                : number.toString().replace('E', 'e');
    }

    /**
     * Reads what {@link #of(float)} writes, and any other spelling of a number that Java knows.
     *
     * @throws NumberFormatException when it is none
     */
    static float parseFloat(String text) {
        if (!SPECIAL.matcher(text).matches()) {
            return Float.parseFloat(number(text));
        }
        // By bits: a change of sign or of width need not keep a NaN as it is.
        int sign = text.startsWith("-") ? Integer.MIN_VALUE : 0;
        int infinity = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);
        return Float.intBitsToFloat(
                sign | infinity | (int) payload(text, F32_CANONICAL, F32_FRACTION));
    }

    /**
     * Reads what {@link #of(double)} writes, and any other spelling of a number that Java knows.
     *
     * @throws NumberFormatException when it is none
     */
    static double parseDouble(String text) {
        if (!SPECIAL.matcher(text).matches()) {
            return Double.parseDouble(number(text));
        }
        long sign = text.startsWith("-") ? Long.MIN_VALUE : 0;
        long infinity = Double.doubleToRawLongBits(Double.POSITIVE_INFINITY);
        return Double.longBitsToDouble(
                sign | infinity | payload(text, F64_CANONICAL, F64_FRACTION));
    }

    /** The payload of a NaN, which is not zero; zero for an infinity. */
    private static long payload(String text, long canonical, long most) {
        if (text.endsWith("inf")) {
            return 0;
        }
        int colon = text.indexOf(':');
        if (colon < 0) {
            return canonical;
        }
        var digits = text.substring(colon + ":0x".length()).replace("_", "");
        long payload = Long.parseUnsignedLong(digits, 16);
        if (payload == 0 || Long.compareUnsigned(payload, most) > 0) {
            throw new NumberFormatException(text);
        }
        return payload;
    }

    /** Java takes the letters that end its literals; no one else does. */
    private static String number(String text) {
        if (!text.isEmpty() && "fFdD".indexOf(text.charAt(text.length() - 1)) >= 0
                || !text.strip().equals(text)) {
            throw new NumberFormatException(text);
        }
        return text;
    }
}
