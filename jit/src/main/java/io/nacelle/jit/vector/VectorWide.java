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
import static jdk.incubator.vector.VectorOperators.ROL;
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
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.Vector;

/** The part of {@link VectorOps} that is about i32x4 and i64x2. */
abstract sealed class VectorWide extends VectorNarrow permits VectorFloats {
    VectorWide() {}

    // i32x4.

    public static ByteVector i32x4_eq(ByteVector a, ByteVector b) {
        return ((IntVector) a.reinterpretAsInts().compare(EQ, b.reinterpretAsInts()).toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_ne(ByteVector a, ByteVector b) {
        return ((IntVector) a.reinterpretAsInts().compare(NE, b.reinterpretAsInts()).toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_lt_s(ByteVector a, ByteVector b) {
        return ((IntVector) a.reinterpretAsInts().compare(LT, b.reinterpretAsInts()).toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_gt_s(ByteVector a, ByteVector b) {
        return ((IntVector) a.reinterpretAsInts().compare(GT, b.reinterpretAsInts()).toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_le_s(ByteVector a, ByteVector b) {
        return ((IntVector) a.reinterpretAsInts().compare(LE, b.reinterpretAsInts()).toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_ge_s(ByteVector a, ByteVector b) {
        return ((IntVector) a.reinterpretAsInts().compare(GE, b.reinterpretAsInts()).toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_lt_u(ByteVector a, ByteVector b) {
        return ((IntVector) a.reinterpretAsInts().compare(ULT, b.reinterpretAsInts()).toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_gt_u(ByteVector a, ByteVector b) {
        return ((IntVector) a.reinterpretAsInts().compare(UGT, b.reinterpretAsInts()).toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_le_u(ByteVector a, ByteVector b) {
        return ((IntVector) a.reinterpretAsInts().compare(ULE, b.reinterpretAsInts()).toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_ge_u(ByteVector a, ByteVector b) {
        return ((IntVector) a.reinterpretAsInts().compare(UGE, b.reinterpretAsInts()).toVector())
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

    /** What two shifts and a union make. */
    public static ByteVector i32x4_rotl(ByteVector a, int count) {
        return a.reinterpretAsInts().lanewise(ROL, count).reinterpretAsBytes();
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
        return lowShortsS(a.reinterpretAsShorts()).reinterpretAsBytes();
    }

    public static ByteVector i32x4_extend_low_i16x8_u(ByteVector a) {
        return lowShortsU(a.reinterpretAsShorts()).reinterpretAsBytes();
    }

    public static ByteVector i32x4_extend_high_i16x8_s(ByteVector a) {
        return highShortsS(a).reinterpretAsBytes();
    }

    public static ByteVector i32x4_extend_high_i16x8_u(ByteVector a) {
        return highShortsU(a).reinterpretAsBytes();
    }

    public static ByteVector i32x4_extmul_low_i16x8_s(ByteVector a, ByteVector b) {
        return lowShortsS(a.reinterpretAsShorts())
                .lanewise(MUL, lowShortsS(b.reinterpretAsShorts()))
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_extmul_low_i16x8_u(ByteVector a, ByteVector b) {
        return lowShortsU(a.reinterpretAsShorts())
                .lanewise(MUL, lowShortsU(b.reinterpretAsShorts()))
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_extmul_high_i16x8_s(ByteVector a, ByteVector b) {
        return highShortsS(a).lanewise(MUL, highShortsS(b)).reinterpretAsBytes();
    }

    public static ByteVector i32x4_extmul_high_i16x8_u(ByteVector a, ByteVector b) {
        return highShortsU(a).lanewise(MUL, highShortsU(b)).reinterpretAsBytes();
    }

    static IntVector lowShortsS(ShortVector x) {
        return (IntVector) x.convertShape(S2I, IntVector.SPECIES_128, 0);
    }

    static IntVector lowShortsU(ShortVector x) {
        return (IntVector) x.convertShape(ZERO_EXTEND_S2I, IntVector.SPECIES_128, 0);
    }

    static IntVector highShortsS(ByteVector x) {
        return VectorConstants.HIGH_SHORTS
                .reinterpretAsBytes()
                .selectFrom(x)
                .reinterpretAsInts()
                .lanewise(ASHR, 16);
    }

    static IntVector highShortsU(ByteVector x) {
        return VectorConstants.HIGH_SHORTS
                .reinterpretAsBytes()
                .selectFrom(x)
                .reinterpretAsInts()
                .lanewise(LSHR, 16);
    }

    public static ByteVector i32x4_extadd_pairwise_i16x8_s(ByteVector a) {
        return pairSums(a.reinterpretAsInts()).reinterpretAsBytes();
    }

    static IntVector pairSums(IntVector x) {
        return even(x).lanewise(ADD, odd(x));
    }

    public static ByteVector i32x4_extadd_pairwise_i16x8_u(ByteVector a) {
        var x = a.reinterpretAsInts();
        return x.lanewise(AND, 0xFFFF).lanewise(ADD, x.lanewise(LSHR, 16)).reinterpretAsBytes();
    }

    public static ByteVector i32x4_dot_i16x8_s(ByteVector a, ByteVector b) {
        var x = a.reinterpretAsInts();
        var y = b.reinterpretAsInts();
        return even(x).lanewise(MUL, even(y))
                .lanewise(ADD, odd(x).lanewise(MUL, odd(y)))
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_relaxed_dot_i8x16_i7x16_add_s(
            ByteVector a, ByteVector b, ByteVector c) {
        var dot = dot(a.reinterpretAsShorts(), b.reinterpretAsShorts()).reinterpretAsInts();
        return pairSums(dot).lanewise(ADD, c.reinterpretAsInts()).reinterpretAsBytes();
    }

    public static ByteVector i32x4_trunc_sat_f32x4_s(ByteVector a) {
        return truncated(a.reinterpretAsFloats()).reinterpretAsBytes();
    }

    static IntVector truncated(FloatVector x) {
        return (IntVector) x.convertShape(F2I, IntVector.SPECIES_128, 0);
    }

    public static ByteVector i32x4_trunc_sat_f32x4_u(ByteVector a) {
        // A cast has 31 bits: 2^31 is taken off before and put back after, where there is room for
        // it.
        var x = a.reinterpretAsFloats();
        var large = (IntVector) x.compare(GE, 0x1p31f).cast(IntVector.SPECIES_128).toVector();
        var excess = large.lanewise(AND, Float.floatToRawIntBits(0x1p31f)).reinterpretAsFloats();
        return truncated(x.lanewise(SUB, excess))
                .lanewise(MAX, 0)
                .lanewise(XOR, large.lanewise(LSHL, 31))
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_trunc_sat_f64x2_s_zero(ByteVector a) {
        return truncated(a.reinterpretAsDoubles()).reinterpretAsBytes();
    }

    static IntVector truncated(DoubleVector x) {
        return (IntVector) x.convertShape(D2I, IntVector.SPECIES_128, 0);
    }

    public static ByteVector i32x4_trunc_sat_f64x2_u_zero(ByteVector a) {
        var x = a.reinterpretAsDoubles();
        var large =
                narrowed(
                        masked(x)
                                .compare(GE, 0x1p31)
                                .cast(VectorConstants.MASKED_LONGS)
                                .toVector());
        var excess = large.lanewise(AND, Double.doubleToRawLongBits(0x1p31)).reinterpretAsDoubles();
        var top =
                ((IntVector) large.convertShape(L2I, IntVector.SPECIES_128, 0)).lanewise(LSHL, 31);
        return truncated(x.lanewise(SUB, excess))
                .lanewise(MAX, 0)
                .lanewise(XOR, top)
                .reinterpretAsBytes();
    }

    public static ByteVector i32x4_relaxed_trunc_f32x4_s(ByteVector a) {
        return i32x4_trunc_sat_f32x4_s(a);
    }

    public static ByteVector i32x4_relaxed_trunc_f32x4_u(ByteVector a) {
        return i32x4_trunc_sat_f32x4_u(a);
    }

    public static ByteVector i32x4_relaxed_trunc_f64x2_s_zero(ByteVector a) {
        return i32x4_trunc_sat_f64x2_s_zero(a);
    }

    public static ByteVector i32x4_relaxed_trunc_f64x2_u_zero(ByteVector a) {
        return i32x4_trunc_sat_f64x2_u_zero(a);
    }

    public static ByteVector i32x4_relaxed_laneselect(ByteVector a, ByteVector b, ByteVector c) {
        return i8x16_relaxed_laneselect(a, b, c);
    }

    // i64x2.

    public static ByteVector i64x2_eq(ByteVector a, ByteVector b) {
        return narrowed(
                        masked(a.reinterpretAsLongs())
                                .compare(EQ, masked(b.reinterpretAsLongs()))
                                .toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i64x2_ne(ByteVector a, ByteVector b) {
        return narrowed(
                        masked(a.reinterpretAsLongs())
                                .compare(NE, masked(b.reinterpretAsLongs()))
                                .toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i64x2_lt_s(ByteVector a, ByteVector b) {
        return narrowed(
                        masked(a.reinterpretAsLongs())
                                .compare(LT, masked(b.reinterpretAsLongs()))
                                .toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i64x2_gt_s(ByteVector a, ByteVector b) {
        return narrowed(
                        masked(a.reinterpretAsLongs())
                                .compare(GT, masked(b.reinterpretAsLongs()))
                                .toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i64x2_le_s(ByteVector a, ByteVector b) {
        return narrowed(
                        masked(a.reinterpretAsLongs())
                                .compare(LE, masked(b.reinterpretAsLongs()))
                                .toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i64x2_ge_s(ByteVector a, ByteVector b) {
        return narrowed(
                        masked(a.reinterpretAsLongs())
                                .compare(GE, masked(b.reinterpretAsLongs()))
                                .toVector())
                .reinterpretAsBytes();
    }

    static LongVector masked(LongVector x) {
        return (LongVector) x.reinterpretShape(VectorConstants.MASKED_LONGS, 0);
    }

    static DoubleVector masked(DoubleVector x) {
        return (DoubleVector) x.reinterpretShape(VectorConstants.MASKED_DOUBLES, 0);
    }

    static LongVector narrowed(Vector<Long> x) {
        return (LongVector) x.reinterpretShape(LongVector.SPECIES_128, 0);
    }

    static DoubleVector narrowed(DoubleVector x) {
        return (DoubleVector) x.reinterpretShape(DoubleVector.SPECIES_128, 0);
    }

    public static ByteVector i64x2_abs(ByteVector a) {
        var x = a.reinterpretAsLongs();
        return x.lanewise(MAX, x.lanewise(NEG)).reinterpretAsBytes();
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

    /** What two shifts and a union make. */
    public static ByteVector i64x2_rotl(ByteVector a, int count) {
        return a.reinterpretAsLongs().lanewise(ROL, count).reinterpretAsBytes();
    }

    public static ByteVector i64x2_shr_s(ByteVector a, int count) {
        return a.reinterpretAsLongs().lanewise(ASHR, count).reinterpretAsBytes();
    }

    public static ByteVector i64x2_shr_u(ByteVector a, int count) {
        return a.reinterpretAsLongs().lanewise(LSHR, count).reinterpretAsBytes();
    }

    public static int i64x2_all_true(ByteVector a) {
        var x = a.reinterpretAsLongs();
        return x.lane(0) != 0 && x.lane(1) != 0 ? 1 : 0;
    }

    public static int i64x2_bitmask(ByteVector a) {
        var x = a.reinterpretAsLongs();
        return (int) (x.lane(0) >>> 63 | x.lane(1) >>> 63 << 1);
    }

    public static ByteVector i64x2_extend_low_i32x4_s(ByteVector a) {
        return lowIntsS(a.reinterpretAsInts()).reinterpretAsBytes();
    }

    public static ByteVector i64x2_extend_low_i32x4_u(ByteVector a) {
        return lowIntsU(a.reinterpretAsInts()).reinterpretAsBytes();
    }

    public static ByteVector i64x2_extend_high_i32x4_s(ByteVector a) {
        return highIntsS(a).reinterpretAsBytes();
    }

    public static ByteVector i64x2_extend_high_i32x4_u(ByteVector a) {
        return highIntsU(a).reinterpretAsBytes();
    }

    public static ByteVector i64x2_extmul_low_i32x4_s(ByteVector a, ByteVector b) {
        return lowIntsS(a.reinterpretAsInts())
                .lanewise(MUL, lowIntsS(b.reinterpretAsInts()))
                .reinterpretAsBytes();
    }

    public static ByteVector i64x2_extmul_low_i32x4_u(ByteVector a, ByteVector b) {
        return lowIntsU(a.reinterpretAsInts())
                .lanewise(MUL, lowIntsU(b.reinterpretAsInts()))
                .reinterpretAsBytes();
    }

    public static ByteVector i64x2_extmul_high_i32x4_s(ByteVector a, ByteVector b) {
        return highIntsS(a).lanewise(MUL, highIntsS(b)).reinterpretAsBytes();
    }

    public static ByteVector i64x2_extmul_high_i32x4_u(ByteVector a, ByteVector b) {
        return highIntsU(a).lanewise(MUL, highIntsU(b)).reinterpretAsBytes();
    }

    static LongVector lowIntsS(IntVector x) {
        return (LongVector) x.convertShape(I2L, LongVector.SPECIES_128, 0);
    }

    static LongVector lowIntsU(IntVector x) {
        return (LongVector) x.convertShape(ZERO_EXTEND_I2L, LongVector.SPECIES_128, 0);
    }

    static LongVector highIntsS(ByteVector x) {
        return lowIntsS(
                VectorConstants.HIGH_LONG.reinterpretAsBytes().selectFrom(x).reinterpretAsInts());
    }

    static LongVector highIntsU(ByteVector x) {
        return lowIntsU(
                VectorConstants.HIGH_LONG.reinterpretAsBytes().selectFrom(x).reinterpretAsInts());
    }

    public static ByteVector i64x2_relaxed_laneselect(ByteVector a, ByteVector b, ByteVector c) {
        return i8x16_relaxed_laneselect(a, b, c);
    }
}
