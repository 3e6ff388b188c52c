// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.NumericFloat.bits;
import static io.nacelle.runtime.interp.NumericFloat.f32;
import static io.nacelle.runtime.interp.NumericFloat.f64;

/** Scalar conversions, opcodes 0xA7 to 0xC4 and 0xFC00 to 0xFC07. */
final class NumericConvert {
    private NumericConvert() {}

    static long eval(int opcode, long x) {
        return switch (opcode) {
            case 0xA7 -> (int) x; // i32.wrap_i64
            case 0xA8 -> Numeric.i32TruncS(f32(x)); // i32.trunc_f32_s
            case 0xA9 -> Numeric.i32TruncU(f32(x)); // i32.trunc_f32_u
            case 0xAA -> Numeric.i32TruncS(f64(x)); // i32.trunc_f64_s
            case 0xAB -> Numeric.i32TruncU(f64(x)); // i32.trunc_f64_u
            case 0xAC -> (int) x; // i64.extend_i32_s
            case 0xAD -> x & 0xFFFF_FFFFL; // i64.extend_i32_u
            case 0xAE -> Numeric.i64TruncS(f32(x)); // i64.trunc_f32_s
            case 0xAF -> Numeric.i64TruncU(f32(x)); // i64.trunc_f32_u
            case 0xB0 -> Numeric.i64TruncS(f64(x)); // i64.trunc_f64_s
            case 0xB1 -> Numeric.i64TruncU(f64(x)); // i64.trunc_f64_u
            case 0xB2 -> bits((float) (int) x); // f32.convert_i32_s
            case 0xB3 -> bits(Numeric.f32ConvertI32U((int) x)); // f32.convert_i32_u
            case 0xB4 -> bits((float) x); // f32.convert_i64_s
            case 0xB5 -> bits(Numeric.f32ConvertI64U(x)); // f32.convert_i64_u
            case 0xB6 -> bits((float) f64(x)); // f32.demote_f64
            case 0xB7 -> bits((double) (int) x); // f64.convert_i32_s
            case 0xB8 -> bits(Numeric.f64ConvertI32U((int) x)); // f64.convert_i32_u
            case 0xB9 -> bits((double) x); // f64.convert_i64_s
            case 0xBA -> bits(Numeric.f64ConvertI64U(x)); // f64.convert_i64_u
            case 0xBB -> bits((double) f32(x)); // f64.promote_f32
            case 0xBC -> (int) x; // i32.reinterpret_f32
            case 0xBD -> x; // i64.reinterpret_f64
            case 0xBE -> (int) x; // f32.reinterpret_i32
            case 0xBF -> x; // f64.reinterpret_i64
            case 0xC0 -> (byte) x; // i32.extend8_s
            case 0xC1 -> (short) x; // i32.extend16_s
            case 0xC2 -> (byte) x; // i64.extend8_s
            case 0xC3 -> (short) x; // i64.extend16_s
            case 0xC4 -> (int) x; // i64.extend32_s
            default -> throw Simd.unknown(opcode);
        };
    }

    static long evalSaturating(int opcode, long x) {
        return switch (opcode) {
            case 0xFC00 -> (int) f32(x); // i32.trunc_sat_f32_s
            case 0xFC01 -> Numeric.i32TruncSatU(f32(x)); // i32.trunc_sat_f32_u
            case 0xFC02 -> (int) f64(x); // i32.trunc_sat_f64_s
            case 0xFC03 -> Numeric.i32TruncSatU(f64(x)); // i32.trunc_sat_f64_u
            case 0xFC04 -> (long) f32(x); // i64.trunc_sat_f32_s
            case 0xFC05 -> Numeric.i64TruncSatU(f32(x)); // i64.trunc_sat_f32_u
            case 0xFC06 -> (long) f64(x); // i64.trunc_sat_f64_s
            case 0xFC07 -> Numeric.i64TruncSatU(f64(x)); // i64.trunc_sat_f64_u
            default -> throw Simd.unknown(opcode);
        };
    }
}
