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

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** The part of {@link VectorOps} that is about f32x4 and f64x2. */
abstract sealed class VectorFloats extends VectorWide permits VectorOps {
    VectorFloats() {}

    // f32x4.

    public static ByteVector f32x4_eq(ByteVector a, ByteVector b) {
        return ((IntVector)
                        a.reinterpretAsFloats()
                                .compare(EQ, b.reinterpretAsFloats())
                                .cast(IntVector.SPECIES_128)
                                .toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector f32x4_ne(ByteVector a, ByteVector b) {
        return ((IntVector)
                        a.reinterpretAsFloats()
                                .compare(NE, b.reinterpretAsFloats())
                                .cast(IntVector.SPECIES_128)
                                .toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector f32x4_lt(ByteVector a, ByteVector b) {
        return ((IntVector)
                        a.reinterpretAsFloats()
                                .compare(LT, b.reinterpretAsFloats())
                                .cast(IntVector.SPECIES_128)
                                .toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector f32x4_gt(ByteVector a, ByteVector b) {
        return ((IntVector)
                        a.reinterpretAsFloats()
                                .compare(GT, b.reinterpretAsFloats())
                                .cast(IntVector.SPECIES_128)
                                .toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector f32x4_le(ByteVector a, ByteVector b) {
        return ((IntVector)
                        a.reinterpretAsFloats()
                                .compare(LE, b.reinterpretAsFloats())
                                .cast(IntVector.SPECIES_128)
                                .toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector f32x4_ge(ByteVector a, ByteVector b) {
        return ((IntVector)
                        a.reinterpretAsFloats()
                                .compare(GE, b.reinterpretAsFloats())
                                .cast(IntVector.SPECIES_128)
                                .toVector())
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

    public static ByteVector f32x4_min(ByteVector a, ByteVector b) {
        return quiet(a.reinterpretAsFloats().lanewise(MIN, b.reinterpretAsFloats()))
                .reinterpretAsBytes();
    }

    public static ByteVector f32x4_max(ByteVector a, ByteVector b) {
        return quiet(a.reinterpretAsFloats().lanewise(MAX, b.reinterpretAsFloats()))
                .reinterpretAsBytes();
    }

    public static ByteVector f32x4_relaxed_min(ByteVector a, ByteVector b) {
        return f32x4_min(a, b);
    }

    public static ByteVector f32x4_relaxed_max(ByteVector a, ByteVector b) {
        return f32x4_max(a, b);
    }

    /** Keeps numbers, and makes NaNs quiet. */
    static FloatVector quiet(FloatVector x) {
        return x.lanewise(SUB, 0f);
    }

    public static ByteVector f32x4_pmin(ByteVector a, ByteVector b) {
        var x = a.reinterpretAsFloats();
        var y = b.reinterpretAsFloats();
        return x.blend(y, y.compare(LT, x)).reinterpretAsBytes();
    }

    public static ByteVector f32x4_pmax(ByteVector a, ByteVector b) {
        var x = a.reinterpretAsFloats();
        var y = b.reinterpretAsFloats();
        return x.blend(y, x.compare(LT, y)).reinterpretAsBytes();
    }

    public static ByteVector f32x4_relaxed_madd(ByteVector a, ByteVector b, ByteVector c) {
        return a.reinterpretAsFloats()
                .lanewise(MUL, b.reinterpretAsFloats())
                .lanewise(ADD, c.reinterpretAsFloats())
                .reinterpretAsBytes();
    }

    public static ByteVector f32x4_relaxed_nmadd(ByteVector a, ByteVector b, ByteVector c) {
        // The product is that of the first negated, in all but the sign of a NaN.
        return c.reinterpretAsFloats()
                .lanewise(SUB, a.reinterpretAsFloats().lanewise(MUL, b.reinterpretAsFloats()))
                .reinterpretAsBytes();
    }

    /** Rounds to nearest, ties to even; the sign of zero is lost. NaNs become quiet. */
    static FloatVector rounded(FloatVector x) {
        // Adding and taking off this much leaves no room for a fraction. Numbers as large have
        // none.
        var magnitude =
                x.reinterpretAsInts().lanewise(AND, Integer.MAX_VALUE).reinterpretAsFloats();
        var shift =
                FloatVector.zero(FloatVector.SPECIES_128)
                        .blend(0x1p23f, magnitude.compare(LT, 0x1p23f));
        var signed = withSign(shift, x);
        return x.lanewise(ADD, signed).lanewise(SUB, signed);
    }

    /** The first with the sign of the second too: negative if either is. */
    static FloatVector withSign(FloatVector x, FloatVector sign) {
        return x.reinterpretAsInts()
                .lanewise(OR, sign.reinterpretAsInts().lanewise(AND, Integer.MIN_VALUE))
                .reinterpretAsFloats();
    }

    public static ByteVector f32x4_nearest(ByteVector a) {
        var x = a.reinterpretAsFloats();
        return withSign(rounded(x), x).reinterpretAsBytes();
    }

    public static ByteVector f32x4_ceil(ByteVector a) {
        var x = a.reinterpretAsFloats();
        var r = rounded(x);
        return withSign(r.lanewise(ADD, 1f, r.compare(LT, x)), x).reinterpretAsBytes();
    }

    public static ByteVector f32x4_floor(ByteVector a) {
        var x = a.reinterpretAsFloats();
        return withSign(floor(x), x).reinterpretAsBytes();
    }

    static FloatVector floor(FloatVector x) {
        var r = rounded(x);
        return r.lanewise(SUB, 1f, r.compare(GT, x));
    }

    public static ByteVector f32x4_trunc(ByteVector a) {
        var x = a.reinterpretAsFloats();
        return withSign(
                        floor(
                                x.reinterpretAsInts()
                                        .lanewise(AND, Integer.MAX_VALUE)
                                        .reinterpretAsFloats()),
                        x)
                .reinterpretAsBytes();
    }

    public static ByteVector f32x4_convert_i32x4_s(ByteVector a) {
        return converted(a.reinterpretAsInts()).reinterpretAsBytes();
    }

    static FloatVector converted(IntVector x) {
        return (FloatVector) x.convertShape(I2F, FloatVector.SPECIES_128, 0);
    }

    public static ByteVector f32x4_convert_i32x4_u(ByteVector a) {
        // Both halves of a lane are exact as floats; only their sum is rounded.
        var x = a.reinterpretAsInts();
        var high = converted(x.lanewise(LSHR, 16)).lanewise(MUL, 0x1p16f);
        return high.lanewise(ADD, converted(x.lanewise(AND, 0xFFFF))).reinterpretAsBytes();
    }

    public static ByteVector f32x4_demote_f64x2_zero(ByteVector a) {
        return ((FloatVector)
                        a.reinterpretAsDoubles().convertShape(D2F, FloatVector.SPECIES_128, 0))
                .reinterpretAsBytes();
    }

    /** Every NaN becomes the positive canonical one. */
    public static ByteVector canonical_f32x4(ByteVector a) {
        var x = a.reinterpretAsFloats();
        return x.blend(Float.NaN, x.compare(NE, x)).reinterpretAsBytes();
    }

    // f64x2.

    public static ByteVector f64x2_eq(ByteVector a, ByteVector b) {
        return narrowed(
                        masked(a.reinterpretAsDoubles())
                                .compare(EQ, masked(b.reinterpretAsDoubles()))
                                .cast(VectorConstants.MASKED_LONGS)
                                .toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_ne(ByteVector a, ByteVector b) {
        return narrowed(
                        masked(a.reinterpretAsDoubles())
                                .compare(NE, masked(b.reinterpretAsDoubles()))
                                .cast(VectorConstants.MASKED_LONGS)
                                .toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_lt(ByteVector a, ByteVector b) {
        return narrowed(
                        masked(a.reinterpretAsDoubles())
                                .compare(LT, masked(b.reinterpretAsDoubles()))
                                .cast(VectorConstants.MASKED_LONGS)
                                .toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_gt(ByteVector a, ByteVector b) {
        return narrowed(
                        masked(a.reinterpretAsDoubles())
                                .compare(GT, masked(b.reinterpretAsDoubles()))
                                .cast(VectorConstants.MASKED_LONGS)
                                .toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_le(ByteVector a, ByteVector b) {
        return narrowed(
                        masked(a.reinterpretAsDoubles())
                                .compare(LE, masked(b.reinterpretAsDoubles()))
                                .cast(VectorConstants.MASKED_LONGS)
                                .toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_ge(ByteVector a, ByteVector b) {
        return narrowed(
                        masked(a.reinterpretAsDoubles())
                                .compare(GE, masked(b.reinterpretAsDoubles()))
                                .cast(VectorConstants.MASKED_LONGS)
                                .toVector())
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

    public static ByteVector f64x2_min(ByteVector a, ByteVector b) {
        return quiet(a.reinterpretAsDoubles().lanewise(MIN, b.reinterpretAsDoubles()))
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_max(ByteVector a, ByteVector b) {
        return quiet(a.reinterpretAsDoubles().lanewise(MAX, b.reinterpretAsDoubles()))
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_relaxed_min(ByteVector a, ByteVector b) {
        return f64x2_min(a, b);
    }

    public static ByteVector f64x2_relaxed_max(ByteVector a, ByteVector b) {
        return f64x2_max(a, b);
    }

    /** Keeps numbers, and makes NaNs quiet. */
    static DoubleVector quiet(DoubleVector x) {
        return x.lanewise(SUB, 0d);
    }

    public static ByteVector f64x2_pmin(ByteVector a, ByteVector b) {
        var x = masked(a.reinterpretAsDoubles());
        var y = masked(b.reinterpretAsDoubles());
        return narrowed(x.blend(y, y.compare(LT, x))).reinterpretAsBytes();
    }

    public static ByteVector f64x2_pmax(ByteVector a, ByteVector b) {
        var x = masked(a.reinterpretAsDoubles());
        var y = masked(b.reinterpretAsDoubles());
        return narrowed(x.blend(y, x.compare(LT, y))).reinterpretAsBytes();
    }

    public static ByteVector f64x2_relaxed_madd(ByteVector a, ByteVector b, ByteVector c) {
        return a.reinterpretAsDoubles()
                .lanewise(MUL, b.reinterpretAsDoubles())
                .lanewise(ADD, c.reinterpretAsDoubles())
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_relaxed_nmadd(ByteVector a, ByteVector b, ByteVector c) {
        // The product is that of the first negated, in all but the sign of a NaN.
        return c.reinterpretAsDoubles()
                .lanewise(SUB, a.reinterpretAsDoubles().lanewise(MUL, b.reinterpretAsDoubles()))
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_ceil(ByteVector a) {
        var x = a.reinterpretAsDoubles();
        return doubles(Math.ceil(x.lane(0)), Math.ceil(x.lane(1))).reinterpretAsBytes();
    }

    public static ByteVector f64x2_floor(ByteVector a) {
        var x = a.reinterpretAsDoubles();
        return doubles(Math.floor(x.lane(0)), Math.floor(x.lane(1))).reinterpretAsBytes();
    }

    public static ByteVector f64x2_nearest(ByteVector a) {
        var x = a.reinterpretAsDoubles();
        return doubles(Math.rint(x.lane(0)), Math.rint(x.lane(1))).reinterpretAsBytes();
    }

    public static ByteVector f64x2_trunc(ByteVector a) {
        var x = a.reinterpretAsDoubles();
        var magnitude = doubles(Math.floor(Math.abs(x.lane(0))), Math.floor(Math.abs(x.lane(1))));
        var sign = x.reinterpretAsLongs().lanewise(AND, Long.MIN_VALUE);
        return magnitude.reinterpretAsLongs().lanewise(OR, sign).reinterpretAsBytes();
    }

    static DoubleVector doubles(double lane0, double lane1) {
        return quiet(DoubleVector.broadcast(DoubleVector.SPECIES_128, lane0).withLane(1, lane1));
    }

    public static ByteVector f64x2_convert_low_i32x4_s(ByteVector a) {
        return ((DoubleVector) a.reinterpretAsInts().convertShape(I2D, DoubleVector.SPECIES_128, 0))
                .reinterpretAsBytes();
    }

    public static ByteVector f64x2_convert_low_i32x4_u(ByteVector a) {
        // As the low bits of a double of this exponent the integer is added to 2^52.
        var sum = lowIntsU(a.reinterpretAsInts()).lanewise(OR, Double.doubleToRawLongBits(0x1p52));
        return sum.reinterpretAsDoubles().lanewise(SUB, 0x1p52).reinterpretAsBytes();
    }

    public static ByteVector f64x2_promote_low_f32x4(ByteVector a) {
        return ((DoubleVector)
                        a.reinterpretAsFloats().convertShape(F2D, DoubleVector.SPECIES_128, 0))
                .reinterpretAsBytes();
    }

    /** Every NaN becomes the positive canonical one. */
    public static ByteVector canonical_f64x2(ByteVector a) {
        var x = masked(a.reinterpretAsDoubles());
        return narrowed(x.blend(Double.NaN, x.compare(NE, x))).reinterpretAsBytes();
    }
}
