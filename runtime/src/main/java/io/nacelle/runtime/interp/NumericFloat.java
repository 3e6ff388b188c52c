// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

/** Scalar float arithmetic, opcodes 0x8B to 0xA6, on raw bits. */
final class NumericFloat {
    private NumericFloat() {}

    static int eval32(int opcode, long[] s, int a, int b) {
        return switch (opcode) {
            case 0x8B -> (int) s[a] & Integer.MAX_VALUE; // f32.abs
            case 0x8C -> (int) s[a] ^ Integer.MIN_VALUE; // f32.neg
            case 0x8D -> bits(Numeric.f32Ceil(f32(s[a]))); // f32.ceil
            case 0x8E -> bits(Numeric.f32Floor(f32(s[a]))); // f32.floor
            case 0x8F -> bits(Numeric.f32Trunc(f32(s[a]))); // f32.trunc
            case 0x90 -> bits(Numeric.f32Nearest(f32(s[a]))); // f32.nearest
            case 0x91 -> bits(Numeric.f32Sqrt(f32(s[a]))); // f32.sqrt
            case 0x92 -> bits(f32(s[a]) + f32(s[b])); // f32.add
            case 0x93 -> bits(f32(s[a]) - f32(s[b])); // f32.sub
            case 0x94 -> bits(f32(s[a]) * f32(s[b])); // f32.mul
            case 0x95 -> bits(f32(s[a]) / f32(s[b])); // f32.div
            case 0x96 -> bits(Numeric.f32Min(f32(s[a]), f32(s[b]))); // f32.min
            case 0x97 -> bits(Numeric.f32Max(f32(s[a]), f32(s[b]))); // f32.max
            case 0x98 -> Numeric.f32Copysign((int) s[a], (int) s[b]); // f32.copysign
            default -> throw Simd.unknown(opcode);
        };
    }

    static long eval64(int opcode, long[] s, int a, int b) {
        return switch (opcode) {
            case 0x99 -> s[a] & Long.MAX_VALUE; // f64.abs
            case 0x9A -> s[a] ^ Long.MIN_VALUE; // f64.neg
            case 0x9B -> bits(Numeric.f64Ceil(f64(s[a]))); // f64.ceil
            case 0x9C -> bits(Numeric.f64Floor(f64(s[a]))); // f64.floor
            case 0x9D -> bits(Numeric.f64Trunc(f64(s[a]))); // f64.trunc
            case 0x9E -> bits(Numeric.f64Nearest(f64(s[a]))); // f64.nearest
            case 0x9F -> bits(Numeric.f64Sqrt(f64(s[a]))); // f64.sqrt
            case 0xA0 -> bits(f64(s[a]) + f64(s[b])); // f64.add
            case 0xA1 -> bits(f64(s[a]) - f64(s[b])); // f64.sub
            case 0xA2 -> bits(f64(s[a]) * f64(s[b])); // f64.mul
            case 0xA3 -> bits(f64(s[a]) / f64(s[b])); // f64.div
            case 0xA4 -> bits(Numeric.f64Min(f64(s[a]), f64(s[b]))); // f64.min
            case 0xA5 -> bits(Numeric.f64Max(f64(s[a]), f64(s[b]))); // f64.max
            case 0xA6 -> Numeric.f64Copysign(s[a], s[b]); // f64.copysign
            default -> throw Simd.unknown(opcode);
        };
    }

    /** The f32 whose bits are in the low half of a slot. */
    static float f32(long slot) {
        return Float.intBitsToFloat((int) slot);
    }

    static double f64(long slot) {
        return Double.longBitsToDouble(slot);
    }

    static int bits(float x) {
        return Float.floatToRawIntBits(x);
    }

    static long bits(double x) {
        return Double.doubleToRawLongBits(x);
    }
}
