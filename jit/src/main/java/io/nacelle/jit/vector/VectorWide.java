// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.jit.vector;

import static jdk.incubator.vector.VectorOperators.ABS;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.D2I;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.F2I;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2L;
import static jdk.incubator.vector.VectorOperators.L2I;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.MIN;
import static jdk.incubator.vector.VectorOperators.MUL;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.NEG;
import static jdk.incubator.vector.VectorOperators.S2I;
import static jdk.incubator.vector.VectorOperators.SUB;
import static jdk.incubator.vector.VectorOperators.UGE;
import static jdk.incubator.vector.VectorOperators.UGT;
import static jdk.incubator.vector.VectorOperators.ULE;
import static jdk.incubator.vector.VectorOperators.ULT;
import static jdk.incubator.vector.VectorOperators.UMAX;
import static jdk.incubator.vector.VectorOperators.UMIN;
import static jdk.incubator.vector.VectorOperators.XOR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_I2L;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;

/** The part of {@link VectorOps} that is about i32x4 and i64x2. */
abstract sealed class VectorWide extends VectorNarrow permits VectorFloats {
    VectorWide() {}

    // i32x4.

    public static ByteVector i32x4_eq(ByteVector a, ByteVector b) {
        return a.reinterpretAsInts()
                .compare(EQ, b.reinterpretAsInts())
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_ne(ByteVector a, ByteVector b) {
        return a.reinterpretAsInts()
                .compare(NE, b.reinterpretAsInts())
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_lt_s(ByteVector a, ByteVector b) {
        return a.reinterpretAsInts()
                .compare(LT, b.reinterpretAsInts())
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_gt_s(ByteVector a, ByteVector b) {
        return a.reinterpretAsInts()
                .compare(GT, b.reinterpretAsInts())
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_le_s(ByteVector a, ByteVector b) {
        return a.reinterpretAsInts()
                .compare(LE, b.reinterpretAsInts())
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_ge_s(ByteVector a, ByteVector b) {
        return a.reinterpretAsInts()
                .compare(GE, b.reinterpretAsInts())
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_lt_u(ByteVector a, ByteVector b) {
        return a.reinterpretAsInts()
                .compare(ULT, b.reinterpretAsInts())
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_gt_u(ByteVector a, ByteVector b) {
        return a.reinterpretAsInts()
                .compare(UGT, b.reinterpretAsInts())
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_le_u(ByteVector a, ByteVector b) {
        return a.reinterpretAsInts()
                .compare(ULE, b.reinterpretAsInts())
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_ge_u(ByteVector a, ByteVector b) {
        return a.reinterpretAsInts()
                .compare(UGE, b.reinterpretAsInts())
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_abs(ByteVector a) {
        return a.reinterpretAsInts().lanewise(ABS).reinterpretAsBytes();
    }

    public static ByteVector i32x4_neg(ByteVector a) {
        return a.reinterpretAsInts().lanewise(NEG).reinterpretAsBytes();
    }

    public static ByteVector i32x4_add(ByteVector a, ByteVector b) {
        return a.reinterpretAsInts().lanewise(ADD, b.reinterpretAsInts()).reinterpretAsBytes();
    }

    public static ByteVector i32x4_sub(ByteVector a, ByteVector b) {
        return a.reinterpretAsInts().lanewise(SUB, b.reinterpretAsInts()).reinterpretAsBytes();
    }

    public static ByteVector i32x4_mul(ByteVector a, ByteVector b) {
        return a.reinterpretAsInts().lanewise(MUL, b.reinterpretAsInts()).reinterpretAsBytes();
    }

    public static ByteVector i32x4_min_s(ByteVector a, ByteVector b) {
        return a.reinterpretAsInts().lanewise(MIN, b.reinterpretAsInts()).reinterpretAsBytes();
    }

    public static ByteVector i32x4_min_u(ByteVector a, ByteVector b) {
        return a.reinterpretAsInts().lanewise(UMIN, b.reinterpretAsInts()).reinterpretAsBytes();
    }

    public static ByteVector i32x4_max_s(ByteVector a, ByteVector b) {
        return a.reinterpretAsInts().lanewise(MAX, b.reinterpretAsInts()).reinterpretAsBytes();
    }

    public static ByteVector i32x4_max_u(ByteVector a, ByteVector b) {
        return a.reinterpretAsInts().lanewise(UMAX, b.reinterpretAsInts()).reinterpretAsBytes();
    }

    public static ByteVector i32x4_shl(ByteVector a, int count) {
        return a.reinterpretAsInts().lanewise(LSHL, count).reinterpretAsBytes();
    }

    public static ByteVector i32x4_shr_s(ByteVector a, int count) {
        return a.reinterpretAsInts().lanewise(ASHR, count).reinterpretAsBytes();
    }

    public static ByteVector i32x4_shr_u(ByteVector a, int count) {
        return a.reinterpretAsInts().lanewise(LSHR, count).reinterpretAsBytes();
    }

    public static int i32x4_all_true(ByteVector a) {
        return a.reinterpretAsInts().compare(EQ, 0).anyTrue() ? 0 : 1;
    }

    public static int i32x4_bitmask(ByteVector a) {
        return (int) a.reinterpretAsInts().compare(LT, 0).toLong();
    }

    public static ByteVector i32x4_extend_low_i16x8_s(ByteVector a) {
        return a.reinterpretAsShorts()
                .convertShape(S2I, IntVector.SPECIES_128, 0)
                .reinterpretAsInts()
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_extend_low_i16x8_u(ByteVector a) {
        return a.reinterpretAsShorts()
                .convertShape(ZERO_EXTEND_S2I, IntVector.SPECIES_128, 0)
                .reinterpretAsInts()
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_extend_high_i16x8_s(ByteVector a) {
        return a.rearrange(Shuffles.HIGH_SHORTS)
                .reinterpretAsInts()
                .lanewise(ASHR, 16)
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_extend_high_i16x8_u(ByteVector a) {
        return a.rearrange(Shuffles.HIGH_SHORTS)
                .reinterpretAsInts()
                .lanewise(LSHR, 16)
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_extmul_low_i16x8_s(ByteVector a, ByteVector b) {
        return i32x4_mul(i32x4_extend_low_i16x8_s(a), i32x4_extend_low_i16x8_s(b));
    }

    public static ByteVector i32x4_extmul_low_i16x8_u(ByteVector a, ByteVector b) {
        return i32x4_mul(i32x4_extend_low_i16x8_u(a), i32x4_extend_low_i16x8_u(b));
    }

    public static ByteVector i32x4_extmul_high_i16x8_s(ByteVector a, ByteVector b) {
        return i32x4_mul(i32x4_extend_high_i16x8_s(a), i32x4_extend_high_i16x8_s(b));
    }

    public static ByteVector i32x4_extmul_high_i16x8_u(ByteVector a, ByteVector b) {
        return i32x4_mul(i32x4_extend_high_i16x8_u(a), i32x4_extend_high_i16x8_u(b));
    }

    public static ByteVector i32x4_extadd_pairwise_i16x8_s(ByteVector a) {
        return evenShorts(a).lanewise(ADD, oddShorts(a)).reinterpretAsBytes();
    }

    public static ByteVector i32x4_extadd_pairwise_i16x8_u(ByteVector a) {
        return a.reinterpretAsInts()
                .lanewise(AND, 0xFFFF)
                .lanewise(ADD, a.reinterpretAsInts().lanewise(LSHR, 16))
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_dot_i16x8_s(ByteVector a, ByteVector b) {
        return evenShorts(a)
                .lanewise(MUL, evenShorts(b))
                .lanewise(ADD, oddShorts(a).lanewise(MUL, oddShorts(b)))
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_relaxed_dot_i8x16_i7x16_add_s(
            ByteVector a, ByteVector b, ByteVector c) {
        return i32x4_add(i32x4_extadd_pairwise_i16x8_s(i16x8_relaxed_dot_i8x16_i7x16_s(a, b)), c);
    }

    public static ByteVector i32x4_trunc_sat_f32x4_s(ByteVector a) {
        return a.reinterpretAsFloats()
                .convertShape(F2I, IntVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_trunc_sat_f32x4_u(ByteVector a) {
        // A cast has 31 bits: 2^31 is taken off before and put back after, where there is room for
        // it.
        var x = a.reinterpretAsFloats();
        var large =
                x.compare(GE, 0x1p31f).cast(IntVector.SPECIES_128).toVector().reinterpretAsInts();
        return x.lanewise(
                        SUB,
                        large.lanewise(AND, Float.floatToRawIntBits(0x1p31f)).reinterpretAsFloats())
                .convertShape(F2I, IntVector.SPECIES_128, 0)
                .reinterpretAsInts()
                .lanewise(MAX, 0)
                .lanewise(XOR, large.lanewise(LSHL, 31))
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_trunc_sat_f64x2_s_zero(ByteVector a) {
        return a.reinterpretAsDoubles()
                .convertShape(D2I, IntVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_trunc_sat_f64x2_u_zero(ByteVector a) {
        var x = a.reinterpretAsDoubles();
        var large =
                maskedDoubles(a)
                        .compare(GE, 0x1p31)
                        .cast(Species.MASKED_LONGS)
                        .toVector()
                        .reinterpretShape(LongVector.SPECIES_128, 0)
                        .reinterpretAsLongs();
        return x.lanewise(
                        SUB,
                        large.lanewise(AND, Double.doubleToRawLongBits(0x1p31))
                                .reinterpretAsDoubles())
                .convertShape(D2I, IntVector.SPECIES_128, 0)
                .reinterpretAsInts()
                .lanewise(MAX, 0)
                .lanewise(
                        XOR,
                        large.convertShape(L2I, IntVector.SPECIES_128, 0)
                                .reinterpretAsInts()
                                .lanewise(LSHL, 31))
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_relaxed_trunc_f32x4_s(ByteVector a) {
        return a.reinterpretAsFloats()
                .convertShape(F2I, IntVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_relaxed_trunc_f32x4_u(ByteVector a) {
        return i32x4_trunc_sat_f32x4_u(a);
    }

    public static ByteVector i32x4_relaxed_trunc_f64x2_s_zero(ByteVector a) {
        return a.reinterpretAsDoubles()
                .convertShape(D2I, IntVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_relaxed_trunc_f64x2_u_zero(ByteVector a) {
        return i32x4_trunc_sat_f64x2_u_zero(a);
    }

    public static ByteVector i32x4_relaxed_laneselect(ByteVector a, ByteVector b, ByteVector c) {
        return b.lanewise(XOR, a.lanewise(XOR, b).lanewise(AND, c));
    }

    // i64x2.

    static LongVector maskedLongs(ByteVector a) {
        return a.reinterpretShape(Species.MASKED_LONGS, 0).reinterpretAsLongs();
    }

    static DoubleVector maskedDoubles(ByteVector a) {
        return a.reinterpretShape(Species.MASKED_DOUBLES, 0).reinterpretAsDoubles();
    }

    public static ByteVector i64x2_eq(ByteVector a, ByteVector b) {
        return maskedLongs(a)
                .compare(EQ, maskedLongs(b))
                .toVector()
                .reinterpretShape(ByteVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    public static ByteVector i64x2_ne(ByteVector a, ByteVector b) {
        return maskedLongs(a)
                .compare(NE, maskedLongs(b))
                .toVector()
                .reinterpretShape(ByteVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    public static ByteVector i64x2_lt_s(ByteVector a, ByteVector b) {
        return maskedLongs(a)
                .compare(LT, maskedLongs(b))
                .toVector()
                .reinterpretShape(ByteVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    public static ByteVector i64x2_gt_s(ByteVector a, ByteVector b) {
        return maskedLongs(a)
                .compare(GT, maskedLongs(b))
                .toVector()
                .reinterpretShape(ByteVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    public static ByteVector i64x2_le_s(ByteVector a, ByteVector b) {
        return maskedLongs(a)
                .compare(LE, maskedLongs(b))
                .toVector()
                .reinterpretShape(ByteVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    public static ByteVector i64x2_ge_s(ByteVector a, ByteVector b) {
        return maskedLongs(a)
                .compare(GE, maskedLongs(b))
                .toVector()
                .reinterpretShape(ByteVector.SPECIES_128, 0)
                .reinterpretAsBytes();
    }

    public static ByteVector i64x2_abs(ByteVector a) {
        return a.reinterpretAsLongs()
                .lanewise(MAX, a.reinterpretAsLongs().lanewise(NEG))
                .reinterpretAsBytes();
    }

    public static ByteVector i64x2_neg(ByteVector a) {
        return a.reinterpretAsLongs().lanewise(NEG).reinterpretAsBytes();
    }

    public static ByteVector i64x2_add(ByteVector a, ByteVector b) {
        return a.reinterpretAsLongs().lanewise(ADD, b.reinterpretAsLongs()).reinterpretAsBytes();
    }

    public static ByteVector i64x2_sub(ByteVector a, ByteVector b) {
        return a.reinterpretAsLongs().lanewise(SUB, b.reinterpretAsLongs()).reinterpretAsBytes();
    }

    public static ByteVector i64x2_mul(ByteVector a, ByteVector b) {
        return a.reinterpretAsLongs().lanewise(MUL, b.reinterpretAsLongs()).reinterpretAsBytes();
    }

    public static ByteVector i64x2_shl(ByteVector a, int count) {
        return a.reinterpretAsLongs().lanewise(LSHL, count).reinterpretAsBytes();
    }

    public static ByteVector i64x2_shr_s(ByteVector a, int count) {
        return a.reinterpretAsLongs().lanewise(ASHR, count).reinterpretAsBytes();
    }

    public static ByteVector i64x2_shr_u(ByteVector a, int count) {
        return a.reinterpretAsLongs().lanewise(LSHR, count).reinterpretAsBytes();
    }

    public static int i64x2_all_true(ByteVector a) {
        return a.reinterpretAsLongs().lane(0) != 0 && a.reinterpretAsLongs().lane(1) != 0 ? 1 : 0;
    }

    public static int i64x2_bitmask(ByteVector a) {
        return (int)
                (a.reinterpretAsLongs().lane(0) >>> 63
                        | a.reinterpretAsLongs().lane(1) >>> 63 << 1);
    }

    public static ByteVector i64x2_extend_low_i32x4_s(ByteVector a) {
        return a.reinterpretAsInts()
                .convertShape(I2L, LongVector.SPECIES_128, 0)
                .reinterpretAsLongs()
                .reinterpretAsBytes();
    }

    public static ByteVector i64x2_extend_low_i32x4_u(ByteVector a) {
        return a.reinterpretAsInts()
                .convertShape(ZERO_EXTEND_I2L, LongVector.SPECIES_128, 0)
                .reinterpretAsLongs()
                .reinterpretAsBytes();
    }

    public static ByteVector i64x2_extend_high_i32x4_s(ByteVector a) {
        return a.rearrange(Shuffles.HIGH_LONG)
                .reinterpretAsInts()
                .convertShape(I2L, LongVector.SPECIES_128, 0)
                .reinterpretAsLongs()
                .reinterpretAsBytes();
    }

    public static ByteVector i64x2_extend_high_i32x4_u(ByteVector a) {
        return a.rearrange(Shuffles.HIGH_LONG)
                .reinterpretAsInts()
                .convertShape(ZERO_EXTEND_I2L, LongVector.SPECIES_128, 0)
                .reinterpretAsLongs()
                .reinterpretAsBytes();
    }

    public static ByteVector i64x2_extmul_low_i32x4_s(ByteVector a, ByteVector b) {
        return i64x2_mul(i64x2_extend_low_i32x4_s(a), i64x2_extend_low_i32x4_s(b));
    }

    public static ByteVector i64x2_extmul_low_i32x4_u(ByteVector a, ByteVector b) {
        return i64x2_mul(i64x2_extend_low_i32x4_u(a), i64x2_extend_low_i32x4_u(b));
    }

    public static ByteVector i64x2_extmul_high_i32x4_s(ByteVector a, ByteVector b) {
        return i64x2_mul(i64x2_extend_high_i32x4_s(a), i64x2_extend_high_i32x4_s(b));
    }

    public static ByteVector i64x2_extmul_high_i32x4_u(ByteVector a, ByteVector b) {
        return i64x2_mul(i64x2_extend_high_i32x4_u(a), i64x2_extend_high_i32x4_u(b));
    }

    public static ByteVector i64x2_relaxed_laneselect(ByteVector a, ByteVector b, ByteVector c) {
        return b.lanewise(XOR, a.lanewise(XOR, b).lanewise(AND, c));
    }
}
