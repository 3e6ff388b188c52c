// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.Simd.put;
import static io.nacelle.runtime.interp.SimdOp.*;

/**
 * Lane comparisons, opcodes 0x23 to 0x4C. Integer relations are all made from equal and less; with
 * floats a negated less is not greater-or-equal, so less and less-or-equal are both primitive.
 */
public final class SimdCompare {
    private SimdCompare() {}

    public static void exec(int op, long[] s, long[] h, int a, int b, int d) {
        switch (op) {
            case I8X16_EQ -> put(s, h, d, SimdI8.eq(s[a], s[b]), SimdI8.eq(h[a], h[b]));
            case I8X16_NE -> put(s, h, d, ~SimdI8.eq(s[a], s[b]), ~SimdI8.eq(h[a], h[b]));
            case I8X16_LT_S -> put(s, h, d, SimdI8.ltS(s[a], s[b]), SimdI8.ltS(h[a], h[b]));
            case I8X16_GT_S -> put(s, h, d, SimdI8.ltS(s[b], s[a]), SimdI8.ltS(h[b], h[a]));
            case I8X16_LE_S -> put(s, h, d, ~SimdI8.ltS(s[b], s[a]), ~SimdI8.ltS(h[b], h[a]));
            case I8X16_GE_S -> put(s, h, d, ~SimdI8.ltS(s[a], s[b]), ~SimdI8.ltS(h[a], h[b]));
            case I8X16_LT_U -> put(s, h, d, SimdI8.ltU(s[a], s[b]), SimdI8.ltU(h[a], h[b]));
            case I8X16_GT_U -> put(s, h, d, SimdI8.ltU(s[b], s[a]), SimdI8.ltU(h[b], h[a]));
            case I8X16_LE_U -> put(s, h, d, ~SimdI8.ltU(s[b], s[a]), ~SimdI8.ltU(h[b], h[a]));
            case I8X16_GE_U -> put(s, h, d, ~SimdI8.ltU(s[a], s[b]), ~SimdI8.ltU(h[a], h[b]));
            case I16X8_EQ -> put(s, h, d, SimdI16.eq(s[a], s[b]), SimdI16.eq(h[a], h[b]));
            case I16X8_NE -> put(s, h, d, ~SimdI16.eq(s[a], s[b]), ~SimdI16.eq(h[a], h[b]));
            case I16X8_LT_S -> put(s, h, d, SimdI16.ltS(s[a], s[b]), SimdI16.ltS(h[a], h[b]));
            case I16X8_GT_S -> put(s, h, d, SimdI16.ltS(s[b], s[a]), SimdI16.ltS(h[b], h[a]));
            case I16X8_LE_S -> put(s, h, d, ~SimdI16.ltS(s[b], s[a]), ~SimdI16.ltS(h[b], h[a]));
            case I16X8_GE_S -> put(s, h, d, ~SimdI16.ltS(s[a], s[b]), ~SimdI16.ltS(h[a], h[b]));
            case I16X8_LT_U -> put(s, h, d, SimdI16.ltU(s[a], s[b]), SimdI16.ltU(h[a], h[b]));
            case I16X8_GT_U -> put(s, h, d, SimdI16.ltU(s[b], s[a]), SimdI16.ltU(h[b], h[a]));
            case I16X8_LE_U -> put(s, h, d, ~SimdI16.ltU(s[b], s[a]), ~SimdI16.ltU(h[b], h[a]));
            case I16X8_GE_U -> put(s, h, d, ~SimdI16.ltU(s[a], s[b]), ~SimdI16.ltU(h[a], h[b]));
            case I32X4_EQ -> put(s, h, d, SimdI32.eq(s[a], s[b]), SimdI32.eq(h[a], h[b]));
            case I32X4_NE -> put(s, h, d, ~SimdI32.eq(s[a], s[b]), ~SimdI32.eq(h[a], h[b]));
            case I32X4_LT_S -> put(s, h, d, SimdI32.ltS(s[a], s[b]), SimdI32.ltS(h[a], h[b]));
            case I32X4_GT_S -> put(s, h, d, SimdI32.ltS(s[b], s[a]), SimdI32.ltS(h[b], h[a]));
            case I32X4_LE_S -> put(s, h, d, ~SimdI32.ltS(s[b], s[a]), ~SimdI32.ltS(h[b], h[a]));
            case I32X4_GE_S -> put(s, h, d, ~SimdI32.ltS(s[a], s[b]), ~SimdI32.ltS(h[a], h[b]));
            case I32X4_LT_U -> put(s, h, d, SimdI32.ltU(s[a], s[b]), SimdI32.ltU(h[a], h[b]));
            case I32X4_GT_U -> put(s, h, d, SimdI32.ltU(s[b], s[a]), SimdI32.ltU(h[b], h[a]));
            case I32X4_LE_U -> put(s, h, d, ~SimdI32.ltU(s[b], s[a]), ~SimdI32.ltU(h[b], h[a]));
            case I32X4_GE_U -> put(s, h, d, ~SimdI32.ltU(s[a], s[b]), ~SimdI32.ltU(h[a], h[b]));
            case F32X4_EQ -> put(s, h, d, SimdF32.eq(s[a], s[b]), SimdF32.eq(h[a], h[b]));
            case F32X4_NE -> put(s, h, d, ~SimdF32.eq(s[a], s[b]), ~SimdF32.eq(h[a], h[b]));
            case F32X4_LT -> put(s, h, d, SimdF32.lt(s[a], s[b]), SimdF32.lt(h[a], h[b]));
            case F32X4_GT -> put(s, h, d, SimdF32.lt(s[b], s[a]), SimdF32.lt(h[b], h[a]));
            case F32X4_LE -> put(s, h, d, SimdF32.le(s[a], s[b]), SimdF32.le(h[a], h[b]));
            case F32X4_GE -> put(s, h, d, SimdF32.le(s[b], s[a]), SimdF32.le(h[b], h[a]));
            case F64X2_EQ -> put(s, h, d, SimdF64.eq(s[a], s[b]), SimdF64.eq(h[a], h[b]));
            case F64X2_NE -> put(s, h, d, ~SimdF64.eq(s[a], s[b]), ~SimdF64.eq(h[a], h[b]));
            case F64X2_LT -> put(s, h, d, SimdF64.lt(s[a], s[b]), SimdF64.lt(h[a], h[b]));
            case F64X2_GT -> put(s, h, d, SimdF64.lt(s[b], s[a]), SimdF64.lt(h[b], h[a]));
            case F64X2_LE -> put(s, h, d, SimdF64.le(s[a], s[b]), SimdF64.le(h[a], h[b]));
            case F64X2_GE -> put(s, h, d, SimdF64.le(s[b], s[a]), SimdF64.le(h[b], h[a]));
            default -> throw Simd.unknown(op);
        }
    }
}
