// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.code;

import io.nacelle.runtime.V128;
import io.nacelle.runtime.interp.SimdF32;
import io.nacelle.runtime.interp.SimdF64;
import io.nacelle.runtime.interp.SimdI32;
import io.nacelle.runtime.interp.SimdI64;
import io.nacelle.runtime.interp.SimdRelaxed;
import io.nacelle.runtime.interp.SimdSwar;

/** The part of {@link ScalarOps} that is about i32x4 and i64x2. */
public abstract sealed class ScalarWide extends ScalarNarrow permits ScalarFloats {
    private static final long LOW32 = 0xFFFFFFFFL;

    ScalarWide() {}

    // i32x4.

    public static V128 i32x4_eq(V128 a, V128 b) {
        return new V128(SimdI32.eq(a.low(), b.low()), SimdI32.eq(a.high(), b.high()));
    }

    public static V128 i32x4_ne(V128 a, V128 b) {
        return new V128(~SimdI32.eq(a.low(), b.low()), ~SimdI32.eq(a.high(), b.high()));
    }

    public static V128 i32x4_lt_s(V128 a, V128 b) {
        return new V128(SimdI32.ltS(a.low(), b.low()), SimdI32.ltS(a.high(), b.high()));
    }

    public static V128 i32x4_gt_s(V128 a, V128 b) {
        return new V128(SimdI32.ltS(b.low(), a.low()), SimdI32.ltS(b.high(), a.high()));
    }

    public static V128 i32x4_le_s(V128 a, V128 b) {
        return new V128(~SimdI32.ltS(b.low(), a.low()), ~SimdI32.ltS(b.high(), a.high()));
    }

    public static V128 i32x4_ge_s(V128 a, V128 b) {
        return new V128(~SimdI32.ltS(a.low(), b.low()), ~SimdI32.ltS(a.high(), b.high()));
    }

    public static V128 i32x4_lt_u(V128 a, V128 b) {
        return new V128(SimdI32.ltU(a.low(), b.low()), SimdI32.ltU(a.high(), b.high()));
    }

    public static V128 i32x4_gt_u(V128 a, V128 b) {
        return new V128(SimdI32.ltU(b.low(), a.low()), SimdI32.ltU(b.high(), a.high()));
    }

    public static V128 i32x4_le_u(V128 a, V128 b) {
        return new V128(~SimdI32.ltU(b.low(), a.low()), ~SimdI32.ltU(b.high(), a.high()));
    }

    public static V128 i32x4_ge_u(V128 a, V128 b) {
        return new V128(~SimdI32.ltU(a.low(), b.low()), ~SimdI32.ltU(a.high(), b.high()));
    }

    public static V128 i32x4_abs(V128 a) {
        return new V128(SimdI32.abs(a.low()), SimdI32.abs(a.high()));
    }

    public static V128 i32x4_neg(V128 a) {
        return new V128(SimdI32.neg(a.low()), SimdI32.neg(a.high()));
    }

    public static V128 i32x4_add(V128 a, V128 b) {
        return new V128(SimdI32.add(a.low(), b.low()), SimdI32.add(a.high(), b.high()));
    }

    public static V128 i32x4_sub(V128 a, V128 b) {
        return new V128(SimdI32.sub(a.low(), b.low()), SimdI32.sub(a.high(), b.high()));
    }

    public static V128 i32x4_mul(V128 a, V128 b) {
        return new V128(SimdI32.mul(a.low(), b.low()), SimdI32.mul(a.high(), b.high()));
    }

    public static V128 i32x4_min_s(V128 a, V128 b) {
        return new V128(SimdI32.minS(a.low(), b.low()), SimdI32.minS(a.high(), b.high()));
    }

    public static V128 i32x4_min_u(V128 a, V128 b) {
        return new V128(SimdI32.minU(a.low(), b.low()), SimdI32.minU(a.high(), b.high()));
    }

    public static V128 i32x4_max_s(V128 a, V128 b) {
        return new V128(SimdI32.maxS(a.low(), b.low()), SimdI32.maxS(a.high(), b.high()));
    }

    public static V128 i32x4_max_u(V128 a, V128 b) {
        return new V128(SimdI32.maxU(a.low(), b.low()), SimdI32.maxU(a.high(), b.high()));
    }

    public static V128 i32x4_dot_i16x8_s(V128 a, V128 b) {
        return new V128(SimdI32.dotI16S(a.low(), b.low()), SimdI32.dotI16S(a.high(), b.high()));
    }

    public static V128 i32x4_shl(V128 a, int count) {
        return new V128(SimdI32.shl(a.low(), count), SimdI32.shl(a.high(), count));
    }

    public static V128 i32x4_shr_s(V128 a, int count) {
        return new V128(SimdI32.shrS(a.low(), count), SimdI32.shrS(a.high(), count));
    }

    public static V128 i32x4_shr_u(V128 a, int count) {
        return new V128(SimdI32.shrU(a.low(), count), SimdI32.shrU(a.high(), count));
    }

    public static int i32x4_all_true(V128 a) {
        return SimdI32.allTrue(a.low(), a.high());
    }

    public static int i32x4_bitmask(V128 a) {
        return SimdI32.bitmask(a.low()) | SimdI32.bitmask(a.high()) << 2;
    }

    public static V128 i32x4_extend_low_i16x8_s(V128 a) {
        return new V128(SimdI32.extendS((int) a.low()), SimdI32.extendS((int) (a.low() >>> 32)));
    }

    public static V128 i32x4_extend_low_i16x8_u(V128 a) {
        return new V128(SimdI32.extendU((int) a.low()), SimdI32.extendU((int) (a.low() >>> 32)));
    }

    public static V128 i32x4_extend_high_i16x8_s(V128 a) {
        return new V128(SimdI32.extendS((int) a.high()), SimdI32.extendS((int) (a.high() >>> 32)));
    }

    public static V128 i32x4_extend_high_i16x8_u(V128 a) {
        return new V128(SimdI32.extendU((int) a.high()), SimdI32.extendU((int) (a.high() >>> 32)));
    }

    public static V128 i32x4_extmul_low_i16x8_s(V128 a, V128 b) {
        return new V128(
                SimdI32.mul(SimdI32.extendS((int) a.low()), SimdI32.extendS((int) b.low())),
                SimdI32.mul(
                        SimdI32.extendS((int) (a.low() >>> 32)),
                        SimdI32.extendS((int) (b.low() >>> 32))));
    }

    public static V128 i32x4_extmul_low_i16x8_u(V128 a, V128 b) {
        return new V128(
                SimdI32.mul(SimdI32.extendU((int) a.low()), SimdI32.extendU((int) b.low())),
                SimdI32.mul(
                        SimdI32.extendU((int) (a.low() >>> 32)),
                        SimdI32.extendU((int) (b.low() >>> 32))));
    }

    public static V128 i32x4_extmul_high_i16x8_s(V128 a, V128 b) {
        return new V128(
                SimdI32.mul(SimdI32.extendS((int) a.high()), SimdI32.extendS((int) b.high())),
                SimdI32.mul(
                        SimdI32.extendS((int) (a.high() >>> 32)),
                        SimdI32.extendS((int) (b.high() >>> 32))));
    }

    public static V128 i32x4_extmul_high_i16x8_u(V128 a, V128 b) {
        return new V128(
                SimdI32.mul(SimdI32.extendU((int) a.high()), SimdI32.extendU((int) b.high())),
                SimdI32.mul(
                        SimdI32.extendU((int) (a.high() >>> 32)),
                        SimdI32.extendU((int) (b.high() >>> 32))));
    }

    public static V128 i32x4_extadd_pairwise_i16x8_s(V128 a) {
        return new V128(SimdI32.extaddPairwiseS(a.low()), SimdI32.extaddPairwiseS(a.high()));
    }

    public static V128 i32x4_extadd_pairwise_i16x8_u(V128 a) {
        return new V128(SimdI32.extaddPairwiseU(a.low()), SimdI32.extaddPairwiseU(a.high()));
    }

    public static V128 i32x4_trunc_sat_f32x4_s(V128 a) {
        return new V128(SimdF32.truncSatS(a.low()), SimdF32.truncSatS(a.high()));
    }

    public static V128 i32x4_trunc_sat_f32x4_u(V128 a) {
        return new V128(SimdF32.truncSatU(a.low()), SimdF32.truncSatU(a.high()));
    }

    public static V128 i32x4_trunc_sat_f64x2_s_zero(V128 a) {
        return new V128(SimdF64.truncSatZeroS(a.low(), a.high()), 0);
    }

    public static V128 i32x4_trunc_sat_f64x2_u_zero(V128 a) {
        return new V128(SimdF64.truncSatZeroU(a.low(), a.high()), 0);
    }

    public static V128 i32x4_relaxed_trunc_f32x4_s(V128 a) {
        return new V128(SimdF32.truncSatS(a.low()), SimdF32.truncSatS(a.high()));
    }

    public static V128 i32x4_relaxed_trunc_f32x4_u(V128 a) {
        return new V128(SimdF32.truncSatU(a.low()), SimdF32.truncSatU(a.high()));
    }

    public static V128 i32x4_relaxed_trunc_f64x2_s_zero(V128 a) {
        return new V128(SimdF64.truncSatZeroS(a.low(), a.high()), 0);
    }

    public static V128 i32x4_relaxed_trunc_f64x2_u_zero(V128 a) {
        return new V128(SimdF64.truncSatZeroU(a.low(), a.high()), 0);
    }

    public static V128 i32x4_relaxed_dot_i8x16_i7x16_add_s(V128 a, V128 b, V128 c) {
        return new V128(
                SimdRelaxed.dotAdd(a.low(), b.low(), c.low()),
                SimdRelaxed.dotAdd(a.high(), b.high(), c.high()));
    }

    public static V128 i32x4_relaxed_laneselect(V128 a, V128 b, V128 c) {
        return new V128(
                SimdSwar.select(c.low(), a.low(), b.low()),
                SimdSwar.select(c.high(), a.high(), b.high()));
    }

    // i64x2.

    public static V128 i64x2_eq(V128 a, V128 b) {
        return new V128(SimdI64.mask(a.low() == b.low()), SimdI64.mask(a.high() == b.high()));
    }

    public static V128 i64x2_ne(V128 a, V128 b) {
        return new V128(SimdI64.mask(a.low() != b.low()), SimdI64.mask(a.high() != b.high()));
    }

    public static V128 i64x2_lt_s(V128 a, V128 b) {
        return new V128(SimdI64.mask(a.low() < b.low()), SimdI64.mask(a.high() < b.high()));
    }

    public static V128 i64x2_gt_s(V128 a, V128 b) {
        return new V128(SimdI64.mask(a.low() > b.low()), SimdI64.mask(a.high() > b.high()));
    }

    public static V128 i64x2_le_s(V128 a, V128 b) {
        return new V128(SimdI64.mask(a.low() <= b.low()), SimdI64.mask(a.high() <= b.high()));
    }

    public static V128 i64x2_ge_s(V128 a, V128 b) {
        return new V128(SimdI64.mask(a.low() >= b.low()), SimdI64.mask(a.high() >= b.high()));
    }

    public static V128 i64x2_abs(V128 a) {
        return new V128(Math.abs(a.low()), Math.abs(a.high()));
    }

    public static V128 i64x2_neg(V128 a) {
        return new V128(-a.low(), -a.high());
    }

    public static V128 i64x2_add(V128 a, V128 b) {
        return new V128(a.low() + b.low(), a.high() + b.high());
    }

    public static V128 i64x2_sub(V128 a, V128 b) {
        return new V128(a.low() - b.low(), a.high() - b.high());
    }

    public static V128 i64x2_mul(V128 a, V128 b) {
        return new V128(a.low() * b.low(), a.high() * b.high());
    }

    public static V128 i64x2_shl(V128 a, int count) {
        return new V128(a.low() << count, a.high() << count);
    }

    public static V128 i64x2_shr_s(V128 a, int count) {
        return new V128(a.low() >> count, a.high() >> count);
    }

    public static V128 i64x2_shr_u(V128 a, int count) {
        return new V128(a.low() >>> count, a.high() >>> count);
    }

    public static int i64x2_all_true(V128 a) {
        return a.low() != 0 && a.high() != 0 ? 1 : 0;
    }

    public static int i64x2_bitmask(V128 a) {
        return (int) (a.low() >>> 63 | a.high() >>> 63 << 1);
    }

    public static V128 i64x2_extend_low_i32x4_s(V128 a) {
        return new V128((int) a.low(), a.low() >> 32);
    }

    public static V128 i64x2_extend_low_i32x4_u(V128 a) {
        return new V128(a.low() & LOW32, a.low() >>> 32);
    }

    public static V128 i64x2_extend_high_i32x4_s(V128 a) {
        return new V128((int) a.high(), a.high() >> 32);
    }

    public static V128 i64x2_extend_high_i32x4_u(V128 a) {
        return new V128(a.high() & LOW32, a.high() >>> 32);
    }

    public static V128 i64x2_extmul_low_i32x4_s(V128 a, V128 b) {
        return new V128((long) (int) a.low() * (int) b.low(), (a.low() >> 32) * (b.low() >> 32));
    }

    public static V128 i64x2_extmul_low_i32x4_u(V128 a, V128 b) {
        return new V128((a.low() & LOW32) * (b.low() & LOW32), (a.low() >>> 32) * (b.low() >>> 32));
    }

    public static V128 i64x2_extmul_high_i32x4_s(V128 a, V128 b) {
        return new V128(
                (long) (int) a.high() * (int) b.high(), (a.high() >> 32) * (b.high() >> 32));
    }

    public static V128 i64x2_extmul_high_i32x4_u(V128 a, V128 b) {
        return new V128(
                (a.high() & LOW32) * (b.high() & LOW32), (a.high() >>> 32) * (b.high() >>> 32));
    }

    public static V128 i64x2_relaxed_laneselect(V128 a, V128 b, V128 c) {
        return new V128(
                SimdSwar.select(c.low(), a.low(), b.low()),
                SimdSwar.select(c.high(), a.high(), b.high()));
    }
}
