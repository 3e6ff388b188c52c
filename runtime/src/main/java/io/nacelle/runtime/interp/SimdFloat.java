// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.Simd.put;
import static io.nacelle.runtime.interp.SimdOp.*;

/** Float arithmetic and conversions, opcodes 0xE0 to 0xFF. */
final class SimdFloat {
    private SimdFloat() {}

    static void exec(int op, long[] s, long[] h, int a, int b, int d) {
        switch (op) {
            case F32X4_ABS -> put(s, h, d, SimdF32.abs(s[a]), SimdF32.abs(h[a]));
            case F32X4_NEG -> put(s, h, d, SimdF32.neg(s[a]), SimdF32.neg(h[a]));
            case F32X4_SQRT -> put(s, h, d, SimdF32.sqrt(s[a]), SimdF32.sqrt(h[a]));
            case F32X4_ADD -> put(s, h, d, SimdF32.add(s[a], s[b]), SimdF32.add(h[a], h[b]));
            case F32X4_SUB -> put(s, h, d, SimdF32.sub(s[a], s[b]), SimdF32.sub(h[a], h[b]));
            case F32X4_MUL -> put(s, h, d, SimdF32.mul(s[a], s[b]), SimdF32.mul(h[a], h[b]));
            case F32X4_DIV -> put(s, h, d, SimdF32.div(s[a], s[b]), SimdF32.div(h[a], h[b]));
            case F32X4_MIN -> put(s, h, d, SimdF32.min(s[a], s[b]), SimdF32.min(h[a], h[b]));
            case F32X4_MAX -> put(s, h, d, SimdF32.max(s[a], s[b]), SimdF32.max(h[a], h[b]));
            case F32X4_PMIN -> put(s, h, d, SimdF32.pmin(s[a], s[b]), SimdF32.pmin(h[a], h[b]));
            case F32X4_PMAX -> put(s, h, d, SimdF32.pmax(s[a], s[b]), SimdF32.pmax(h[a], h[b]));
            case F64X2_ABS -> put(s, h, d, SimdF64.abs(s[a]), SimdF64.abs(h[a]));
            case F64X2_NEG -> put(s, h, d, SimdF64.neg(s[a]), SimdF64.neg(h[a]));
            case F64X2_SQRT -> put(s, h, d, SimdF64.sqrt(s[a]), SimdF64.sqrt(h[a]));
            case F64X2_ADD -> put(s, h, d, SimdF64.add(s[a], s[b]), SimdF64.add(h[a], h[b]));
            case F64X2_SUB -> put(s, h, d, SimdF64.sub(s[a], s[b]), SimdF64.sub(h[a], h[b]));
            case F64X2_MUL -> put(s, h, d, SimdF64.mul(s[a], s[b]), SimdF64.mul(h[a], h[b]));
            case F64X2_DIV -> put(s, h, d, SimdF64.div(s[a], s[b]), SimdF64.div(h[a], h[b]));
            case F64X2_MIN -> put(s, h, d, SimdF64.min(s[a], s[b]), SimdF64.min(h[a], h[b]));
            case F64X2_MAX -> put(s, h, d, SimdF64.max(s[a], s[b]), SimdF64.max(h[a], h[b]));
            case F64X2_PMIN -> put(s, h, d, SimdF64.pmin(s[a], s[b]), SimdF64.pmin(h[a], h[b]));
            case F64X2_PMAX -> put(s, h, d, SimdF64.pmax(s[a], s[b]), SimdF64.pmax(h[a], h[b]));
            case I32X4_TRUNC_SAT_F32X4_S ->
                    put(s, h, d, SimdF32.truncSatS(s[a]), SimdF32.truncSatS(h[a]));
            case I32X4_TRUNC_SAT_F32X4_U ->
                    put(s, h, d, SimdF32.truncSatU(s[a]), SimdF32.truncSatU(h[a]));
            case F32X4_CONVERT_I32X4_S ->
                    put(s, h, d, SimdF32.convertS(s[a]), SimdF32.convertS(h[a]));
            case F32X4_CONVERT_I32X4_U ->
                    put(s, h, d, SimdF32.convertU(s[a]), SimdF32.convertU(h[a]));
            case I32X4_TRUNC_SAT_F64X2_S_ZERO -> put(s, h, d, SimdF64.truncSatZeroS(s[a], h[a]), 0);
            case I32X4_TRUNC_SAT_F64X2_U_ZERO -> put(s, h, d, SimdF64.truncSatZeroU(s[a], h[a]), 0);
            case F64X2_CONVERT_LOW_I32X4_S ->
                    put(s, h, d, SimdF64.bits((int) s[a]), SimdF64.bits((int) (s[a] >> 32)));
            case F64X2_CONVERT_LOW_I32X4_U ->
                    put(s, h, d, SimdF64.bits(s[a] & 0xFFFFFFFFL), SimdF64.bits(s[a] >>> 32));
            default -> throw Simd.unknown(op);
        }
    }
}
