// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.code;

import io.nacelle.runtime.V128;
import io.nacelle.runtime.interp.SimdI16;
import io.nacelle.runtime.interp.SimdI8;
import io.nacelle.runtime.interp.SimdRelaxed;
import io.nacelle.runtime.interp.SimdSwar;

/** The part of {@link ScalarOps} that is about i8x16 and i16x8. */
public abstract sealed class ScalarNarrow permits ScalarWide {
    ScalarNarrow() {}

    // i8x16.

    public static V128 i8x16_eq(V128 a, V128 b) {
        return new V128(SimdI8.eq(a.low(), b.low()), SimdI8.eq(a.high(), b.high()));
    }

    public static V128 i8x16_ne(V128 a, V128 b) {
        return new V128(~SimdI8.eq(a.low(), b.low()), ~SimdI8.eq(a.high(), b.high()));
    }

    public static V128 i8x16_lt_s(V128 a, V128 b) {
        return new V128(SimdI8.ltS(a.low(), b.low()), SimdI8.ltS(a.high(), b.high()));
    }

    public static V128 i8x16_gt_s(V128 a, V128 b) {
        return new V128(SimdI8.ltS(b.low(), a.low()), SimdI8.ltS(b.high(), a.high()));
    }

    public static V128 i8x16_le_s(V128 a, V128 b) {
        return new V128(~SimdI8.ltS(b.low(), a.low()), ~SimdI8.ltS(b.high(), a.high()));
    }

    public static V128 i8x16_ge_s(V128 a, V128 b) {
        return new V128(~SimdI8.ltS(a.low(), b.low()), ~SimdI8.ltS(a.high(), b.high()));
    }

    public static V128 i8x16_lt_u(V128 a, V128 b) {
        return new V128(SimdI8.ltU(a.low(), b.low()), SimdI8.ltU(a.high(), b.high()));
    }

    public static V128 i8x16_gt_u(V128 a, V128 b) {
        return new V128(SimdI8.ltU(b.low(), a.low()), SimdI8.ltU(b.high(), a.high()));
    }

    public static V128 i8x16_le_u(V128 a, V128 b) {
        return new V128(~SimdI8.ltU(b.low(), a.low()), ~SimdI8.ltU(b.high(), a.high()));
    }

    public static V128 i8x16_ge_u(V128 a, V128 b) {
        return new V128(~SimdI8.ltU(a.low(), b.low()), ~SimdI8.ltU(a.high(), b.high()));
    }

    public static V128 i8x16_abs(V128 a) {
        return new V128(SimdI8.abs(a.low()), SimdI8.abs(a.high()));
    }

    public static V128 i8x16_neg(V128 a) {
        return new V128(SimdI8.neg(a.low()), SimdI8.neg(a.high()));
    }

    public static V128 i8x16_popcnt(V128 a) {
        return new V128(SimdI8.popcnt(a.low()), SimdI8.popcnt(a.high()));
    }

    public static V128 i8x16_add(V128 a, V128 b) {
        return new V128(SimdI8.add(a.low(), b.low()), SimdI8.add(a.high(), b.high()));
    }

    public static V128 i8x16_sub(V128 a, V128 b) {
        return new V128(SimdI8.sub(a.low(), b.low()), SimdI8.sub(a.high(), b.high()));
    }

    public static V128 i8x16_add_sat_s(V128 a, V128 b) {
        return new V128(SimdI8.addSatS(a.low(), b.low()), SimdI8.addSatS(a.high(), b.high()));
    }

    public static V128 i8x16_add_sat_u(V128 a, V128 b) {
        return new V128(SimdI8.addSatU(a.low(), b.low()), SimdI8.addSatU(a.high(), b.high()));
    }

    public static V128 i8x16_sub_sat_s(V128 a, V128 b) {
        return new V128(SimdI8.subSatS(a.low(), b.low()), SimdI8.subSatS(a.high(), b.high()));
    }

    public static V128 i8x16_sub_sat_u(V128 a, V128 b) {
        return new V128(SimdI8.subSatU(a.low(), b.low()), SimdI8.subSatU(a.high(), b.high()));
    }

    public static V128 i8x16_min_s(V128 a, V128 b) {
        return new V128(SimdI8.minS(a.low(), b.low()), SimdI8.minS(a.high(), b.high()));
    }

    public static V128 i8x16_min_u(V128 a, V128 b) {
        return new V128(SimdI8.minU(a.low(), b.low()), SimdI8.minU(a.high(), b.high()));
    }

    public static V128 i8x16_max_s(V128 a, V128 b) {
        return new V128(SimdI8.maxS(a.low(), b.low()), SimdI8.maxS(a.high(), b.high()));
    }

    public static V128 i8x16_max_u(V128 a, V128 b) {
        return new V128(SimdI8.maxU(a.low(), b.low()), SimdI8.maxU(a.high(), b.high()));
    }

    public static V128 i8x16_avgr_u(V128 a, V128 b) {
        return new V128(SimdI8.avgrU(a.low(), b.low()), SimdI8.avgrU(a.high(), b.high()));
    }

    public static V128 i8x16_shl(V128 a, int count) {
        return new V128(SimdI8.shl(a.low(), count), SimdI8.shl(a.high(), count));
    }

    public static V128 i8x16_shr_s(V128 a, int count) {
        return new V128(SimdI8.shrS(a.low(), count), SimdI8.shrS(a.high(), count));
    }

    public static V128 i8x16_shr_u(V128 a, int count) {
        return new V128(SimdI8.shrU(a.low(), count), SimdI8.shrU(a.high(), count));
    }

    public static int i8x16_all_true(V128 a) {
        return SimdI8.allTrue(a.low(), a.high());
    }

    public static int i8x16_bitmask(V128 a) {
        return SimdI8.bitmask(a.low()) | SimdI8.bitmask(a.high()) << 8;
    }

    public static V128 i8x16_narrow_i16x8_s(V128 a, V128 b) {
        return new V128(SimdI8.narrowS(a.low(), a.high()), SimdI8.narrowS(b.low(), b.high()));
    }

    public static V128 i8x16_narrow_i16x8_u(V128 a, V128 b) {
        return new V128(SimdI8.narrowU(a.low(), a.high()), SimdI8.narrowU(b.low(), b.high()));
    }

    public static V128 i8x16_relaxed_laneselect(V128 a, V128 b, V128 c) {
        return new V128(
                SimdSwar.select(c.low(), a.low(), b.low()),
                SimdSwar.select(c.high(), a.high(), b.high()));
    }

    // i16x8.

    public static V128 i16x8_eq(V128 a, V128 b) {
        return new V128(SimdI16.eq(a.low(), b.low()), SimdI16.eq(a.high(), b.high()));
    }

    public static V128 i16x8_ne(V128 a, V128 b) {
        return new V128(~SimdI16.eq(a.low(), b.low()), ~SimdI16.eq(a.high(), b.high()));
    }

    public static V128 i16x8_lt_s(V128 a, V128 b) {
        return new V128(SimdI16.ltS(a.low(), b.low()), SimdI16.ltS(a.high(), b.high()));
    }

    public static V128 i16x8_gt_s(V128 a, V128 b) {
        return new V128(SimdI16.ltS(b.low(), a.low()), SimdI16.ltS(b.high(), a.high()));
    }

    public static V128 i16x8_le_s(V128 a, V128 b) {
        return new V128(~SimdI16.ltS(b.low(), a.low()), ~SimdI16.ltS(b.high(), a.high()));
    }

    public static V128 i16x8_ge_s(V128 a, V128 b) {
        return new V128(~SimdI16.ltS(a.low(), b.low()), ~SimdI16.ltS(a.high(), b.high()));
    }

    public static V128 i16x8_lt_u(V128 a, V128 b) {
        return new V128(SimdI16.ltU(a.low(), b.low()), SimdI16.ltU(a.high(), b.high()));
    }

    public static V128 i16x8_gt_u(V128 a, V128 b) {
        return new V128(SimdI16.ltU(b.low(), a.low()), SimdI16.ltU(b.high(), a.high()));
    }

    public static V128 i16x8_le_u(V128 a, V128 b) {
        return new V128(~SimdI16.ltU(b.low(), a.low()), ~SimdI16.ltU(b.high(), a.high()));
    }

    public static V128 i16x8_ge_u(V128 a, V128 b) {
        return new V128(~SimdI16.ltU(a.low(), b.low()), ~SimdI16.ltU(a.high(), b.high()));
    }

    public static V128 i16x8_abs(V128 a) {
        return new V128(SimdI16.abs(a.low()), SimdI16.abs(a.high()));
    }

    public static V128 i16x8_neg(V128 a) {
        return new V128(SimdI16.neg(a.low()), SimdI16.neg(a.high()));
    }

    public static V128 i16x8_add(V128 a, V128 b) {
        return new V128(SimdI16.add(a.low(), b.low()), SimdI16.add(a.high(), b.high()));
    }

    public static V128 i16x8_sub(V128 a, V128 b) {
        return new V128(SimdI16.sub(a.low(), b.low()), SimdI16.sub(a.high(), b.high()));
    }

    public static V128 i16x8_mul(V128 a, V128 b) {
        return new V128(SimdI16.mul(a.low(), b.low()), SimdI16.mul(a.high(), b.high()));
    }

    public static V128 i16x8_add_sat_s(V128 a, V128 b) {
        return new V128(SimdI16.addSatS(a.low(), b.low()), SimdI16.addSatS(a.high(), b.high()));
    }

    public static V128 i16x8_add_sat_u(V128 a, V128 b) {
        return new V128(SimdI16.addSatU(a.low(), b.low()), SimdI16.addSatU(a.high(), b.high()));
    }

    public static V128 i16x8_sub_sat_s(V128 a, V128 b) {
        return new V128(SimdI16.subSatS(a.low(), b.low()), SimdI16.subSatS(a.high(), b.high()));
    }

    public static V128 i16x8_sub_sat_u(V128 a, V128 b) {
        return new V128(SimdI16.subSatU(a.low(), b.low()), SimdI16.subSatU(a.high(), b.high()));
    }

    public static V128 i16x8_min_s(V128 a, V128 b) {
        return new V128(SimdI16.minS(a.low(), b.low()), SimdI16.minS(a.high(), b.high()));
    }

    public static V128 i16x8_min_u(V128 a, V128 b) {
        return new V128(SimdI16.minU(a.low(), b.low()), SimdI16.minU(a.high(), b.high()));
    }

    public static V128 i16x8_max_s(V128 a, V128 b) {
        return new V128(SimdI16.maxS(a.low(), b.low()), SimdI16.maxS(a.high(), b.high()));
    }

    public static V128 i16x8_max_u(V128 a, V128 b) {
        return new V128(SimdI16.maxU(a.low(), b.low()), SimdI16.maxU(a.high(), b.high()));
    }

    public static V128 i16x8_avgr_u(V128 a, V128 b) {
        return new V128(SimdI16.avgrU(a.low(), b.low()), SimdI16.avgrU(a.high(), b.high()));
    }

    public static V128 i16x8_q15mulr_sat_s(V128 a, V128 b) {
        return new V128(
                SimdI16.q15mulrSatS(a.low(), b.low()), SimdI16.q15mulrSatS(a.high(), b.high()));
    }

    public static V128 i16x8_relaxed_q15mulr_s(V128 a, V128 b) {
        return new V128(
                SimdI16.q15mulrSatS(a.low(), b.low()), SimdI16.q15mulrSatS(a.high(), b.high()));
    }

    public static V128 i16x8_shl(V128 a, int count) {
        return new V128(SimdI16.shl(a.low(), count), SimdI16.shl(a.high(), count));
    }

    public static V128 i16x8_shr_s(V128 a, int count) {
        return new V128(SimdI16.shrS(a.low(), count), SimdI16.shrS(a.high(), count));
    }

    public static V128 i16x8_shr_u(V128 a, int count) {
        return new V128(SimdI16.shrU(a.low(), count), SimdI16.shrU(a.high(), count));
    }

    public static int i16x8_all_true(V128 a) {
        return SimdI16.allTrue(a.low(), a.high());
    }

    public static int i16x8_bitmask(V128 a) {
        return SimdI16.bitmask(a.low()) | SimdI16.bitmask(a.high()) << 4;
    }

    public static V128 i16x8_narrow_i32x4_s(V128 a, V128 b) {
        return new V128(SimdI16.narrowS(a.low(), a.high()), SimdI16.narrowS(b.low(), b.high()));
    }

    public static V128 i16x8_narrow_i32x4_u(V128 a, V128 b) {
        return new V128(SimdI16.narrowU(a.low(), a.high()), SimdI16.narrowU(b.low(), b.high()));
    }

    public static V128 i16x8_extend_low_i8x16_s(V128 a) {
        return new V128(SimdI16.extendS((int) a.low()), SimdI16.extendS((int) (a.low() >>> 32)));
    }

    public static V128 i16x8_extend_low_i8x16_u(V128 a) {
        return new V128(SimdI16.extendU((int) a.low()), SimdI16.extendU((int) (a.low() >>> 32)));
    }

    public static V128 i16x8_extend_high_i8x16_s(V128 a) {
        return new V128(SimdI16.extendS((int) a.high()), SimdI16.extendS((int) (a.high() >>> 32)));
    }

    public static V128 i16x8_extend_high_i8x16_u(V128 a) {
        return new V128(SimdI16.extendU((int) a.high()), SimdI16.extendU((int) (a.high() >>> 32)));
    }

    public static V128 i16x8_extmul_low_i8x16_s(V128 a, V128 b) {
        return new V128(
                SimdI16.mul(SimdI16.extendS((int) a.low()), SimdI16.extendS((int) b.low())),
                SimdI16.mul(
                        SimdI16.extendS((int) (a.low() >>> 32)),
                        SimdI16.extendS((int) (b.low() >>> 32))));
    }

    public static V128 i16x8_extmul_low_i8x16_u(V128 a, V128 b) {
        return new V128(
                SimdI16.mul(SimdI16.extendU((int) a.low()), SimdI16.extendU((int) b.low())),
                SimdI16.mul(
                        SimdI16.extendU((int) (a.low() >>> 32)),
                        SimdI16.extendU((int) (b.low() >>> 32))));
    }

    public static V128 i16x8_extmul_high_i8x16_s(V128 a, V128 b) {
        return new V128(
                SimdI16.mul(SimdI16.extendS((int) a.high()), SimdI16.extendS((int) b.high())),
                SimdI16.mul(
                        SimdI16.extendS((int) (a.high() >>> 32)),
                        SimdI16.extendS((int) (b.high() >>> 32))));
    }

    public static V128 i16x8_extmul_high_i8x16_u(V128 a, V128 b) {
        return new V128(
                SimdI16.mul(SimdI16.extendU((int) a.high()), SimdI16.extendU((int) b.high())),
                SimdI16.mul(
                        SimdI16.extendU((int) (a.high() >>> 32)),
                        SimdI16.extendU((int) (b.high() >>> 32))));
    }

    public static V128 i16x8_extadd_pairwise_i8x16_s(V128 a) {
        return new V128(SimdI16.extaddPairwiseS(a.low()), SimdI16.extaddPairwiseS(a.high()));
    }

    public static V128 i16x8_extadd_pairwise_i8x16_u(V128 a) {
        return new V128(SimdI16.extaddPairwiseU(a.low()), SimdI16.extaddPairwiseU(a.high()));
    }

    public static V128 i16x8_relaxed_dot_i8x16_i7x16_s(V128 a, V128 b) {
        return new V128(SimdRelaxed.dot(a.low(), b.low()), SimdRelaxed.dot(a.high(), b.high()));
    }

    public static V128 i16x8_relaxed_laneselect(V128 a, V128 b, V128 c) {
        return i8x16_relaxed_laneselect(a, b, c);
    }
}
