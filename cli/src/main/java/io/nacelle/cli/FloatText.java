// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import java.math.BigDecimal;

/** Floating-point numbers as the text format writes them, and their reading. */
final class FloatText {
    private static final int F32_FRACTION = 0x7F_FFFF;
    private static final int F32_CANONICAL = 0x40_0000;
    private static final long F64_FRACTION = 0xF_FFFF_FFFF_FFFFL;
    private static final long F64_CANONICAL = 0x8_0000_0000_0000L;

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

    /** Reads what {@link #of(float)} writes, and any other spelling that Java knows. */
    static float parseFloat(String text) {
        // A conversion from double need not keep the sign of a NaN.
        return switch (text) {
            case "nan", "+nan" -> Float.NaN;
            case "-nan" -> Float.intBitsToFloat(0xFFC0_0000);
            case "inf", "+inf" -> Float.POSITIVE_INFINITY;
            case "-inf" -> Float.NEGATIVE_INFINITY;
            default -> Float.parseFloat(text);
        };
    }

    /** Reads what {@link #of(double)} writes, and any other spelling that Java knows. */
    static double parseDouble(String text) {
        return switch (text) {
            case "nan", "+nan" -> Double.NaN;
            case "-nan" -> Double.longBitsToDouble(0xFFF8_0000_0000_0000L);
            case "inf", "+inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }
}
