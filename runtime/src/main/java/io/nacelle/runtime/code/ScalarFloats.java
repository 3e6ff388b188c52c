// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.code;

import io.nacelle.runtime.V128;
import io.nacelle.runtime.interp.SimdF32;
import io.nacelle.runtime.interp.SimdF64;
import io.nacelle.runtime.interp.SimdI32;

/** The part of {@link ScalarOps} that is about f32x4 and f64x2. */
public abstract sealed class ScalarFloats extends ScalarWide permits ScalarOps {
    ScalarFloats() {}

    // f32x4.

    public static V128 f32x4_eq(V128 a, V128 b) {
        return new V128(SimdF32.eq(a.low(), b.low()), SimdF32.eq(a.high(), b.high()));
    }

    public static V128 f32x4_ne(V128 a, V128 b) {
        return new V128(~SimdF32.eq(a.low(), b.low()), ~SimdF32.eq(a.high(), b.high()));
    }

    public static V128 f32x4_lt(V128 a, V128 b) {
        return new V128(SimdF32.lt(a.low(), b.low()), SimdF32.lt(a.high(), b.high()));
    }

    public static V128 f32x4_gt(V128 a, V128 b) {
        return new V128(SimdF32.lt(b.low(), a.low()), SimdF32.lt(b.high(), a.high()));
    }

    public static V128 f32x4_le(V128 a, V128 b) {
        return new V128(SimdF32.le(a.low(), b.low()), SimdF32.le(a.high(), b.high()));
    }

    public static V128 f32x4_ge(V128 a, V128 b) {
        return new V128(SimdF32.le(b.low(), a.low()), SimdF32.le(b.high(), a.high()));
    }

    public static V128 f32x4_abs(V128 a) {
        return new V128(SimdF32.abs(a.low()), SimdF32.abs(a.high()));
    }

    public static V128 f32x4_neg(V128 a) {
        return new V128(SimdF32.neg(a.low()), SimdF32.neg(a.high()));
    }

    public static V128 f32x4_sqrt(V128 a) {
        return new V128(SimdF32.sqrt(a.low()), SimdF32.sqrt(a.high()));
    }

    public static V128 f32x4_ceil(V128 a) {
        return new V128(SimdF32.ceil(a.low()), SimdF32.ceil(a.high()));
    }

    public static V128 f32x4_floor(V128 a) {
        return new V128(SimdF32.floor(a.low()), SimdF32.floor(a.high()));
    }

    public static V128 f32x4_trunc(V128 a) {
        return new V128(SimdF32.trunc(a.low()), SimdF32.trunc(a.high()));
    }

    public static V128 f32x4_nearest(V128 a) {
        return new V128(SimdF32.nearest(a.low()), SimdF32.nearest(a.high()));
    }

    public static V128 f32x4_add(V128 a, V128 b) {
        return new V128(SimdF32.add(a.low(), b.low()), SimdF32.add(a.high(), b.high()));
    }

    public static V128 f32x4_sub(V128 a, V128 b) {
        return new V128(SimdF32.sub(a.low(), b.low()), SimdF32.sub(a.high(), b.high()));
    }

    public static V128 f32x4_mul(V128 a, V128 b) {
        return new V128(SimdF32.mul(a.low(), b.low()), SimdF32.mul(a.high(), b.high()));
    }

    public static V128 f32x4_div(V128 a, V128 b) {
        return new V128(SimdF32.div(a.low(), b.low()), SimdF32.div(a.high(), b.high()));
    }

    public static V128 f32x4_min(V128 a, V128 b) {
        return new V128(SimdF32.min(a.low(), b.low()), SimdF32.min(a.high(), b.high()));
    }

    public static V128 f32x4_max(V128 a, V128 b) {
        return new V128(SimdF32.max(a.low(), b.low()), SimdF32.max(a.high(), b.high()));
    }

    public static V128 f32x4_pmin(V128 a, V128 b) {
        return new V128(SimdF32.pmin(a.low(), b.low()), SimdF32.pmin(a.high(), b.high()));
    }

    public static V128 f32x4_pmax(V128 a, V128 b) {
        return new V128(SimdF32.pmax(a.low(), b.low()), SimdF32.pmax(a.high(), b.high()));
    }

    public static V128 f32x4_relaxed_min(V128 a, V128 b) {
        return new V128(SimdF32.min(a.low(), b.low()), SimdF32.min(a.high(), b.high()));
    }

    public static V128 f32x4_relaxed_max(V128 a, V128 b) {
        return new V128(SimdF32.max(a.low(), b.low()), SimdF32.max(a.high(), b.high()));
    }

    public static V128 f32x4_relaxed_madd(V128 a, V128 b, V128 c) {
        return new V128(
                SimdF32.madd(a.low(), b.low(), c.low()),
                SimdF32.madd(a.high(), b.high(), c.high()));
    }

    public static V128 f32x4_relaxed_nmadd(V128 a, V128 b, V128 c) {
        return new V128(
                SimdF32.madd(SimdF32.neg(a.low()), b.low(), c.low()),
                SimdF32.madd(SimdF32.neg(a.high()), b.high(), c.high()));
    }

    public static V128 f32x4_convert_i32x4_s(V128 a) {
        return new V128(SimdF32.convertS(a.low()), SimdF32.convertS(a.high()));
    }

    public static V128 f32x4_convert_i32x4_u(V128 a) {
        return new V128(SimdF32.convertU(a.low()), SimdF32.convertU(a.high()));
    }

    public static V128 f32x4_demote_f64x2_zero(V128 a) {
        return new V128(SimdF64.demoteZero(a.low(), a.high()), 0);
    }

    /** Every NaN becomes the positive canonical one. */
    public static V128 canonical_f32x4(V128 a) {
        return new V128(canonical32(a.low()), canonical32(a.high()));
    }

    public static long canonical32(long x) {
        return SimdI32.of(Float.floatToIntBits(SimdF32.f0(x)), Float.floatToIntBits(SimdF32.f1(x)));
    }

    // f64x2.

    public static V128 f64x2_eq(V128 a, V128 b) {
        return new V128(SimdF64.eq(a.low(), b.low()), SimdF64.eq(a.high(), b.high()));
    }

    public static V128 f64x2_ne(V128 a, V128 b) {
        return new V128(~SimdF64.eq(a.low(), b.low()), ~SimdF64.eq(a.high(), b.high()));
    }

    public static V128 f64x2_lt(V128 a, V128 b) {
        return new V128(SimdF64.lt(a.low(), b.low()), SimdF64.lt(a.high(), b.high()));
    }

    public static V128 f64x2_gt(V128 a, V128 b) {
        return new V128(SimdF64.lt(b.low(), a.low()), SimdF64.lt(b.high(), a.high()));
    }

    public static V128 f64x2_le(V128 a, V128 b) {
        return new V128(SimdF64.le(a.low(), b.low()), SimdF64.le(a.high(), b.high()));
    }

    public static V128 f64x2_ge(V128 a, V128 b) {
        return new V128(SimdF64.le(b.low(), a.low()), SimdF64.le(b.high(), a.high()));
    }

    public static V128 f64x2_abs(V128 a) {
        return new V128(SimdF64.abs(a.low()), SimdF64.abs(a.high()));
    }

    public static V128 f64x2_neg(V128 a) {
        return new V128(SimdF64.neg(a.low()), SimdF64.neg(a.high()));
    }

    public static V128 f64x2_sqrt(V128 a) {
        return new V128(SimdF64.sqrt(a.low()), SimdF64.sqrt(a.high()));
    }

    public static V128 f64x2_ceil(V128 a) {
        return new V128(SimdF64.ceil(a.low()), SimdF64.ceil(a.high()));
    }

    public static V128 f64x2_floor(V128 a) {
        return new V128(SimdF64.floor(a.low()), SimdF64.floor(a.high()));
    }

    public static V128 f64x2_trunc(V128 a) {
        return new V128(SimdF64.trunc(a.low()), SimdF64.trunc(a.high()));
    }

    public static V128 f64x2_nearest(V128 a) {
        return new V128(SimdF64.nearest(a.low()), SimdF64.nearest(a.high()));
    }

    public static V128 f64x2_add(V128 a, V128 b) {
        return new V128(SimdF64.add(a.low(), b.low()), SimdF64.add(a.high(), b.high()));
    }

    public static V128 f64x2_sub(V128 a, V128 b) {
        return new V128(SimdF64.sub(a.low(), b.low()), SimdF64.sub(a.high(), b.high()));
    }

    public static V128 f64x2_mul(V128 a, V128 b) {
        return new V128(SimdF64.mul(a.low(), b.low()), SimdF64.mul(a.high(), b.high()));
    }

    public static V128 f64x2_div(V128 a, V128 b) {
        return new V128(SimdF64.div(a.low(), b.low()), SimdF64.div(a.high(), b.high()));
    }

    public static V128 f64x2_min(V128 a, V128 b) {
        return new V128(SimdF64.min(a.low(), b.low()), SimdF64.min(a.high(), b.high()));
    }

    public static V128 f64x2_max(V128 a, V128 b) {
        return new V128(SimdF64.max(a.low(), b.low()), SimdF64.max(a.high(), b.high()));
    }

    public static V128 f64x2_pmin(V128 a, V128 b) {
        return new V128(SimdF64.pmin(a.low(), b.low()), SimdF64.pmin(a.high(), b.high()));
    }

    public static V128 f64x2_pmax(V128 a, V128 b) {
        return new V128(SimdF64.pmax(a.low(), b.low()), SimdF64.pmax(a.high(), b.high()));
    }

    public static V128 f64x2_relaxed_min(V128 a, V128 b) {
        return new V128(SimdF64.min(a.low(), b.low()), SimdF64.min(a.high(), b.high()));
    }

    public static V128 f64x2_relaxed_max(V128 a, V128 b) {
        return new V128(SimdF64.max(a.low(), b.low()), SimdF64.max(a.high(), b.high()));
    }

    public static V128 f64x2_relaxed_madd(V128 a, V128 b, V128 c) {
        return new V128(
                SimdF64.madd(a.low(), b.low(), c.low()),
                SimdF64.madd(a.high(), b.high(), c.high()));
    }

    public static V128 f64x2_relaxed_nmadd(V128 a, V128 b, V128 c) {
        return new V128(
                SimdF64.madd(SimdF64.neg(a.low()), b.low(), c.low()),
                SimdF64.madd(SimdF64.neg(a.high()), b.high(), c.high()));
    }

    public static V128 f64x2_convert_low_i32x4_s(V128 a) {
        return new V128(SimdF64.bits((int) a.low()), SimdF64.bits((int) (a.low() >> 32)));
    }

    public static V128 f64x2_convert_low_i32x4_u(V128 a) {
        return new V128(SimdF64.bits(a.low() & 0xFFFFFFFFL), SimdF64.bits(a.low() >>> 32));
    }

    public static V128 f64x2_promote_low_f32x4(V128 a) {
        return new V128(SimdF64.bits(SimdF32.f0(a.low())), SimdF64.bits(SimdF32.f1(a.low())));
    }

    /** Every NaN becomes the positive canonical one. */
    public static V128 canonical_f64x2(V128 a) {
        return new V128(
                Double.doubleToLongBits(SimdF64.f(a.low())),
                Double.doubleToLongBits(SimdF64.f(a.high())));
    }
}
