// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

/** Floats in the text format: the shortest decimal that reads back as the same bits. */
final class FloatText {
    private static final int F32_PAYLOAD = 0x7F_FFFF;
    private static final int F32_QUIET = 0x40_0000;
    private static final long F64_PAYLOAD = 0xF_FFFF_FFFF_FFFFL;
    private static final long F64_QUIET = 0x8_0000_0000_0000L;

    private FloatText() {}

    static String f32(int bits) {
        float value = Float.intBitsToFloat(bits);
        if (Float.isNaN(value)) {
            return nan(bits < 0, bits & F32_PAYLOAD, F32_QUIET);
        }
        return decimal(Float.toString(value));
    }

    static String f64(long bits) {
        double value = Double.longBitsToDouble(bits);
        if (Double.isNaN(value)) {
            return nan(bits < 0, bits & F64_PAYLOAD, F64_QUIET);
        }
        return decimal(Double.toString(value));
    }

    private static String nan(boolean minus, long payload, long quiet) {
        var sign = minus ? "-" : "";
        return payload == quiet ? sign + "nan" : sign + "nan:0x" + Long.toHexString(payload);
    }

    private static String decimal(String java) {
        if (java.endsWith("Infinity")) {
            return java.startsWith("-") ? "-inf" : "inf";
        }
        var text = java.endsWith(".0") ? java.substring(0, java.length() - 2) : java;
        return text.replace(".0E", "e").replace('E', 'e');
    }
}
