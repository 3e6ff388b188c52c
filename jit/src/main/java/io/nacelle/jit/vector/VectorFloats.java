// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.jit.vector;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.DIV;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2D;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.MIN;
import static jdk.incubator.vector.VectorOperators.MUL;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.SQRT;
import static jdk.incubator.vector.VectorOperators.SUB;
import static jdk.incubator.vector.VectorOperators.XOR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_I2L;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;

/** The part of {@link VectorOps} that is about f32x4 and f64x2. */
abstract sealed class VectorFloats extends VectorWide permits VectorOps {
    VectorFloats() {}

    // f32x4.

    public static ByteVector f32x4_eq(ByteVector a, ByteVector b) {
        return a.reinterpretAsFloats()
                .compare(EQ, b.reinterpretAsFloats())
                .cast(IntVector.SPECIES_128)
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector f32x4_ne(ByteVector a, ByteVector b) {
        return a.reinterpretAsFloats()
                .compare(NE, b.reinterpretAsFloats())
                .cast(IntVector.SPECIES_128)
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector f32x4_lt(ByteVector a, ByteVector b) {
        return a.reinterpretAsFloats()
                .compare(LT, b.reinterpretAsFloats())
                .cast(IntVector.SPECIES_128)
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector f32x4_gt(ByteVector a, ByteVector b) {
        return a.reinterpretAsFloats()
                .compare(GT, b.reinterpretAsFloats())
                .cast(IntVector.SPECIES_128)
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector f32x4_le(ByteVector a, ByteVector b) {
        return a.reinterpretAsFloats()
                .compare(LE, b.reinterpretAsFloats())
                .cast(IntVector.SPECIES_128)
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector f32x4_ge(ByteVector a, ByteVector b) {
        return a.reinterpretAsFloats()
                .compare(GE, b.reinterpretAsFloats())
                .cast(IntVector.SPECIES_128)
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector f32x4_abs(ByteVector a) {
        return a.reinterpretAsInts().lanewise(AND, Integer.MAX_VALUE).reinterpretAsBytes();
    }

    public static ByteVector f32x4_neg(ByteVector a) {
        return a.reinterpretAsInts().lanewise(XOR, Integer.MIN_VALUE).reinterpretAsBytes();
    }

    public static ByteVector f32x4_sqrt(ByteVector a) {
        return a.reinterpretAsFloats().lanewise(SQRT).reinterpretAsBytes();
    }

    public static ByteVector f32x4_add(ByteVector a, ByteVector b) {
        return a.reinterpretAsFloats().lanewise(ADD, b.reinterpretAsFloats()).reinterpretAsBytes();
    }

    public static ByteVector f32x4_sub(ByteVector a, ByteVector b) {
        return a.reinterpretAsFloats().lanewise(SUB, b.reinterpretAsFloats()).reinterpretAsBytes();
    }

    public static ByteVector f32x4_mul(ByteVector a, ByteVector b) {
        return a.reinterpretAsFloats().lanewise(MUL, b.reinterpretAsFloats()).reinterpretAsBytes();
    }

    public static ByteVector f32x4_div(ByteVector a, ByteVector b) {
        return a.reinterpretAsFloats().lanewise(DIV, b.reinterpretAsFloats()).reinterpretAsBytes();
    }

    // The subtraction keeps numbers and makes NaNs quiet.
    public static ByteVector f32x4_min(ByteVector a, ByteVector b) {
        return a.reinterpretAsFloats()
                .lanewise(MIN, b.reinterpretAsFloats())
                .lanewise(SUB, 0f)
                .reinterpretAsBytes();
    }

    // The subtraction keeps numbers and makes NaNs quiet.
    public static ByteVector f32x4_max(ByteVector a, ByteVector b) {
        return a.reinterpretAsFloats()
                .lanewise(MAX, b.reinterpretAsFloats())
                .lanewise(SUB, 0f)
                .reinterpretAsBytes();
    }

    // The subtraction keeps numbers and makes NaNs quiet.
    public static ByteVector f32x4_relaxed_min(ByteVector a, ByteVector b) {
        return a.reinterpretAsFloats()
                .lanewise(MIN, b.reinterpretAsFloats())
                .lanewise(SUB, 0f)
                .reinterpretAsBytes();
    }

    // The subtraction keeps numbers and makes NaNs quiet.
    public static ByteVector f32x4_relaxed_max(ByteVector a, ByteVector b) {
        return a.reinterpretAsFloats()
                .lanewise(MAX, b.reinterpretAsFloats())
                .lanewise(SUB, 0f)
                .reinterpretAsBytes();
    }

    public static ByteVector f32x4_pmin(ByteVector a, ByteVector b) {
        return a.reinterpretAsFloats()
                .blend(
                        b.reinterpretAsFloats(),
                        b.reinterpretAsFloats().compare(LT, a.reinterpretAsFloats()))
                .reinterpretAsBytes();
    }

    public static ByteVector f32x4_pmax(ByteVector a, ByteVector b) {
        return a.reinterpretAsFloats()
                .blend(
                        b.reinterpretAsFloats(),
                        a.reinterpretAsFloats().compare(LT, b.reinterpretAsFloats()))
                .reinterpretAsBytes();
    }

    public static ByteVector f32x4_relaxed_madd(ByteVector a, ByteVector b, ByteVector c) {
        return f32x4_add(f32x4_mul(a, b), c);
    }

    public static ByteVector f32x4_relaxed_nmadd(ByteVector a, ByteVector b, ByteVector c) {
        return f32x4_add(f32x4_mul(f32x4_neg(a), b), c);
    }

    /** Rounds to nearest, ties to even; the sign of zero is lost. NaNs become quiet. */
    static FloatVector rounded(FloatVector x) {
        // Adding and taking off this much leaves no room for a fraction. Numbers as large have
        // none.
        var magnitude =
                x.reinterpretAsInts().lanewise(AND, Integer.MAX_VALUE).reinterpretAsFloats();
        var sign = x.reinterpretAsInts().lanewise(AND, Integer.MIN_VALUE);
        var shift =
                FloatVector.zero(FloatVector.SPECIES_128)
                        .blend(0x1p23f, magnitude.compare(LT, 0x1p23f))
                        .reinterpretAsInts()
                        .lanewise(OR, sign)
                        .reinterpretAsFloats();
        return x.lanewise(ADD, shift).lanewise(SUB, shift);
    }

    /** The first with the sign of the second or, if negative already, as it is. */
    static ByteVector withSign(FloatVector x, ByteVector sign) {
        return x.reinterpretAsInts()
                .lanewise(OR, sign.reinterpretAsInts().lanewise(AND, Integer.MIN_VALUE))
                .reinterpretAsBytes();
    }

    public static ByteVector f32x4_nearest(ByteVector a) {
        return withSign(rounded(a.reinterpretAsFloats()), a);
    }

    public static ByteVector f32x4_ceil(ByteVector a) {
        var x = a.reinterpretAsFloats();
        var r = rounded(x);
        return withSign(r.lanewise(ADD, 1f, r.compare(LT, x)), a);
    }

    public static ByteVector f32x4_floor(ByteVector a) {
        var x = a.reinterpretAsFloats();
        var r = rounded(x);
        return withSign(r.lanewise(SUB, 1f, r.compare(GT, x)), a);
    }

    public static ByteVector f32x4_trunc(ByteVector a) {
        var x = f32x4_abs(a).reinterpretAsFloats();
        var r = rounded(x);
        return withSign(r.lanewise(SUB, 1f, r.compare(GT, x)), a);
    }

    public static ByteVector f32x4_convert_i32x4_s(ByteVector a) {
        return a.reinterpretAsInts()
                .convertShape(I2F, FloatVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    // Both halves of a lane are exact as floats; only their sum is rounded.
    public static ByteVector f32x4_convert_i32x4_u(ByteVector a) {
        return a.reinterpretAsInts()
                .lanewise(LSHR, 16)
                .convertShape(I2F, FloatVector.SPECIES_128, 0)
                .reinterpretAsFloats()
                .lanewise(MUL, 0x1p16f)
                .lanewise(
                        ADD,
                        a.reinterpretAsInts()
                                .lanewise(AND, 0xFFFF)
                                .convertShape(I2F, FloatVector.SPECIES_128, 0))
                .reinterpretAsBytes();
    }

    public static ByteVector f32x4_demote_f64x2_zero(ByteVector a) {
        return a.reinterpretAsDoubles()
                .convertShape(D2F, FloatVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    /** Every NaN becomes the positive canonical one. */
    public static ByteVector canonical_f32x4(ByteVector a) {
        return a.reinterpretAsInts()
                .blend(
                        0x7FC00000,
                        a.reinterpretAsFloats()
                                .compare(NE, a.reinterpretAsFloats())
                                .cast(IntVector.SPECIES_128))
                .reinterpretAsBytes();
    }

    // f64x2.

    public static ByteVector f64x2_eq(ByteVector a, ByteVector b) {
        return maskedDoubles(a)
                .compare(EQ, maskedDoubles(b))
                .cast(Species.MASKED_LONGS)
                .toVector()
                .reinterpretShape(ByteVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_ne(ByteVector a, ByteVector b) {
        return maskedDoubles(a)
                .compare(NE, maskedDoubles(b))
                .cast(Species.MASKED_LONGS)
                .toVector()
                .reinterpretShape(ByteVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_lt(ByteVector a, ByteVector b) {
        return maskedDoubles(a)
                .compare(LT, maskedDoubles(b))
                .cast(Species.MASKED_LONGS)
                .toVector()
                .reinterpretShape(ByteVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_gt(ByteVector a, ByteVector b) {
        return maskedDoubles(a)
                .compare(GT, maskedDoubles(b))
                .cast(Species.MASKED_LONGS)
                .toVector()
                .reinterpretShape(ByteVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_le(ByteVector a, ByteVector b) {
        return maskedDoubles(a)
                .compare(LE, maskedDoubles(b))
                .cast(Species.MASKED_LONGS)
                .toVector()
                .reinterpretShape(ByteVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_ge(ByteVector a, ByteVector b) {
        return maskedDoubles(a)
                .compare(GE, maskedDoubles(b))
                .cast(Species.MASKED_LONGS)
                .toVector()
                .reinterpretShape(ByteVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_abs(ByteVector a) {
        return a.reinterpretAsLongs().lanewise(AND, Long.MAX_VALUE).reinterpretAsBytes();
    }

    public static ByteVector f64x2_neg(ByteVector a) {
        return a.reinterpretAsLongs().lanewise(XOR, Long.MIN_VALUE).reinterpretAsBytes();
    }

    public static ByteVector f64x2_sqrt(ByteVector a) {
        return a.reinterpretAsDoubles().lanewise(SQRT).reinterpretAsBytes();
    }

    public static ByteVector f64x2_add(ByteVector a, ByteVector b) {
        return a.reinterpretAsDoubles()
                .lanewise(ADD, b.reinterpretAsDoubles())
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_sub(ByteVector a, ByteVector b) {
        return a.reinterpretAsDoubles()
                .lanewise(SUB, b.reinterpretAsDoubles())
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_mul(ByteVector a, ByteVector b) {
        return a.reinterpretAsDoubles()
                .lanewise(MUL, b.reinterpretAsDoubles())
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_div(ByteVector a, ByteVector b) {
        return a.reinterpretAsDoubles()
                .lanewise(DIV, b.reinterpretAsDoubles())
                .reinterpretAsBytes();
    }

    // The subtraction keeps numbers and makes NaNs quiet.
    public static ByteVector f64x2_min(ByteVector a, ByteVector b) {
        return a.reinterpretAsDoubles()
                .lanewise(MIN, b.reinterpretAsDoubles())
                .lanewise(SUB, 0d)
                .reinterpretAsBytes();
    }

    // The subtraction keeps numbers and makes NaNs quiet.
    public static ByteVector f64x2_max(ByteVector a, ByteVector b) {
        return a.reinterpretAsDoubles()
                .lanewise(MAX, b.reinterpretAsDoubles())
                .lanewise(SUB, 0d)
                .reinterpretAsBytes();
    }

    // The subtraction keeps numbers and makes NaNs quiet.
    public static ByteVector f64x2_relaxed_min(ByteVector a, ByteVector b) {
        return a.reinterpretAsDoubles()
                .lanewise(MIN, b.reinterpretAsDoubles())
                .lanewise(SUB, 0d)
                .reinterpretAsBytes();
    }

    // The subtraction keeps numbers and makes NaNs quiet.
    public static ByteVector f64x2_relaxed_max(ByteVector a, ByteVector b) {
        return a.reinterpretAsDoubles()
                .lanewise(MAX, b.reinterpretAsDoubles())
                .lanewise(SUB, 0d)
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_pmin(ByteVector a, ByteVector b) {
        return maskedDoubles(a)
                .blend(maskedDoubles(b), maskedDoubles(b).compare(LT, maskedDoubles(a)))
                .reinterpretShape(ByteVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_pmax(ByteVector a, ByteVector b) {
        return maskedDoubles(a)
                .blend(maskedDoubles(b), maskedDoubles(a).compare(LT, maskedDoubles(b)))
                .reinterpretShape(ByteVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_relaxed_madd(ByteVector a, ByteVector b, ByteVector c) {
        return f64x2_add(f64x2_mul(a, b), c);
    }

    public static ByteVector f64x2_relaxed_nmadd(ByteVector a, ByteVector b, ByteVector c) {
        return f64x2_add(f64x2_mul(f64x2_neg(a), b), c);
    }

    public static ByteVector f64x2_ceil(ByteVector a) {
        return ofDoubles(
                Math.ceil(a.reinterpretAsDoubles().lane(0)),
                Math.ceil(a.reinterpretAsDoubles().lane(1)));
    }

    public static ByteVector f64x2_floor(ByteVector a) {
        return ofDoubles(
                Math.floor(a.reinterpretAsDoubles().lane(0)),
                Math.floor(a.reinterpretAsDoubles().lane(1)));
    }

    public static ByteVector f64x2_nearest(ByteVector a) {
        return ofDoubles(
                Math.rint(a.reinterpretAsDoubles().lane(0)),
                Math.rint(a.reinterpretAsDoubles().lane(1)));
    }

    public static ByteVector f64x2_trunc(ByteVector a) {
        return withSign(f64x2_floor(f64x2_abs(a)).reinterpretAsDoubles(), a);
    }

    /** The subtraction makes NaNs quiet. */
    static ByteVector ofDoubles(double lane0, double lane1) {
        return DoubleVector.broadcast(DoubleVector.SPECIES_128, lane0)
                .withLane(1, lane1)
                .lanewise(SUB, 0d)
                .reinterpretAsBytes();
    }

    static ByteVector withSign(DoubleVector x, ByteVector sign) {
        return x.reinterpretAsLongs()
                .lanewise(OR, sign.reinterpretAsLongs().lanewise(AND, Long.MIN_VALUE))
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_convert_low_i32x4_s(ByteVector a) {
        return a.reinterpretAsInts()
                .convertShape(I2D, DoubleVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    // As the low bits of a double of this exponent the integer is added to 2^52.
    public static ByteVector f64x2_convert_low_i32x4_u(ByteVector a) {
        return a.reinterpretAsInts()
                .convertShape(ZERO_EXTEND_I2L, LongVector.SPECIES_128, 0)
                .reinterpretAsLongs()
                .lanewise(OR, Double.doubleToRawLongBits(0x1p52))
                .reinterpretAsDoubles()
                .lanewise(SUB, 0x1p52)
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_promote_low_f32x4(ByteVector a) {
        return a.reinterpretAsFloats()
                .convertShape(F2D, DoubleVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    /** Every NaN becomes the positive canonical one. */
    public static ByteVector canonical_f64x2(ByteVector a) {
        return maskedDoubles(a)
                .blend(Double.NaN, maskedDoubles(a).compare(NE, maskedDoubles(a)))
                .reinterpretShape(ByteVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }
}
