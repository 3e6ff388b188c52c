// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.Simd.put;
import static io.nacelle.runtime.interp.SimdOp.*;

/**
 * Relaxed vector operations, opcodes 0x100 to 0x113. Of the results that the specification allows,
 * these are the ones of its deterministic profile (section 4.3.8, the first of each list), so that
 * a guest computes the same on every machine and in every engine: multiply-add rounds twice,
 * swizzle, trunc, min, max, laneselect and q15mulr are the strict operations, and the dot product
 * takes both operands as signed and saturates its pairwise sum.
 */
public final class SimdRelaxed {
    private SimdRelaxed() {}

    public static void exec(int op, long[] s, long[] h, int a, int b, int c, int d) {
        switch (op) {
            case I8X16_RELAXED_SWIZZLE ->
                    put(s, h, d, Simd.swizzle(s[a], h[a], s[b]), Simd.swizzle(s[a], h[a], h[b]));
            case I32X4_RELAXED_TRUNC_F32X4_S ->
                    put(s, h, d, SimdF32.truncSatS(s[a]), SimdF32.truncSatS(h[a]));
            case I32X4_RELAXED_TRUNC_F32X4_U ->
                    put(s, h, d, SimdF32.truncSatU(s[a]), SimdF32.truncSatU(h[a]));
            case I32X4_RELAXED_TRUNC_F64X2_S_ZERO ->
                    put(s, h, d, SimdF64.truncSatZeroS(s[a], h[a]), 0);
            case I32X4_RELAXED_TRUNC_F64X2_U_ZERO ->
                    put(s, h, d, SimdF64.truncSatZeroU(s[a], h[a]), 0);
            case F32X4_RELAXED_MADD ->
                    put(s, h, d, SimdF32.madd(s[a], s[b], s[c]), SimdF32.madd(h[a], h[b], h[c]));
            case F32X4_RELAXED_NMADD ->
                    put(
                            s,
                            h,
                            d,
                            SimdF32.madd(SimdF32.neg(s[a]), s[b], s[c]),
                            SimdF32.madd(SimdF32.neg(h[a]), h[b], h[c]));
            case F64X2_RELAXED_MADD ->
                    put(s, h, d, SimdF64.madd(s[a], s[b], s[c]), SimdF64.madd(h[a], h[b], h[c]));
            case F64X2_RELAXED_NMADD ->
                    put(
                            s,
                            h,
                            d,
                            SimdF64.madd(SimdF64.neg(s[a]), s[b], s[c]),
                            SimdF64.madd(SimdF64.neg(h[a]), h[b], h[c]));
            case I8X16_RELAXED_LANESELECT,
                    I16X8_RELAXED_LANESELECT,
                    I32X4_RELAXED_LANESELECT,
                    I64X2_RELAXED_LANESELECT ->
                    put(
                            s,
                            h,
                            d,
                            SimdSwar.select(s[c], s[a], s[b]),
                            SimdSwar.select(h[c], h[a], h[b]));
            case F32X4_RELAXED_MIN ->
                    put(s, h, d, SimdF32.min(s[a], s[b]), SimdF32.min(h[a], h[b]));
            case F32X4_RELAXED_MAX ->
                    put(s, h, d, SimdF32.max(s[a], s[b]), SimdF32.max(h[a], h[b]));
            case F64X2_RELAXED_MIN ->
                    put(s, h, d, SimdF64.min(s[a], s[b]), SimdF64.min(h[a], h[b]));
            case F64X2_RELAXED_MAX ->
                    put(s, h, d, SimdF64.max(s[a], s[b]), SimdF64.max(h[a], h[b]));
            case I16X8_RELAXED_Q15MULR_S ->
                    put(s, h, d, SimdI16.q15mulrSatS(s[a], s[b]), SimdI16.q15mulrSatS(h[a], h[b]));
            case I16X8_RELAXED_DOT_I8X16_I7X16_S -> put(s, h, d, dot(s[a], s[b]), dot(h[a], h[b]));
            case I32X4_RELAXED_DOT_I8X16_I7X16_ADD_S ->
                    put(s, h, d, dotAdd(s[a], s[b], s[c]), dotAdd(h[a], h[b], h[c]));
            default -> throw Simd.unknown(op);
        }
    }

    public static long dot(long x, long y) {
        return SimdSwar.addSatS(
                SimdI16.mul(evenBytes(x), evenBytes(y)),
                SimdI16.mul(oddBytes(x), oddBytes(y)),
                SimdSwar.TOP16,
                16);
    }

    public static long dotAdd(long x, long y, long z) {
        return SimdI32.add(SimdI32.extaddPairwiseS(dot(x, y)), z);
    }

    public static long evenBytes(long x) {
        return SimdI16.shrS(x << 8, 8);
    }

    public static long oddBytes(long x) {
        return SimdI16.shrS(x, 8);
    }
}
