// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.jit.vector;

import static jdk.incubator.vector.VectorOperators.ABS;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.B2S;
import static jdk.incubator.vector.VectorOperators.BIT_COUNT;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.MIN;
import static jdk.incubator.vector.VectorOperators.MUL;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.NEG;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.SADD;
import static jdk.incubator.vector.VectorOperators.SSUB;
import static jdk.incubator.vector.VectorOperators.SUADD;
import static jdk.incubator.vector.VectorOperators.SUB;
import static jdk.incubator.vector.VectorOperators.SUSUB;
import static jdk.incubator.vector.VectorOperators.UGE;
import static jdk.incubator.vector.VectorOperators.UGT;
import static jdk.incubator.vector.VectorOperators.ULE;
import static jdk.incubator.vector.VectorOperators.ULT;
import static jdk.incubator.vector.VectorOperators.UMAX;
import static jdk.incubator.vector.VectorOperators.UMIN;
import static jdk.incubator.vector.VectorOperators.XOR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2S;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/** The part of {@link VectorOps} that is about i8x16 and i16x8. */
abstract sealed class VectorNarrow permits VectorWide {
    VectorNarrow() {}

    // i8x16.

    public static ByteVector i8x16_eq(ByteVector a, ByteVector b) {
        return a.compare(EQ, b).toVector().reinterpretAsBytes();
    }

    public static ByteVector i8x16_ne(ByteVector a, ByteVector b) {
        return a.compare(NE, b).toVector().reinterpretAsBytes();
    }

    public static ByteVector i8x16_lt_s(ByteVector a, ByteVector b) {
        return a.compare(LT, b).toVector().reinterpretAsBytes();
    }

    public static ByteVector i8x16_gt_s(ByteVector a, ByteVector b) {
        return a.compare(GT, b).toVector().reinterpretAsBytes();
    }

    public static ByteVector i8x16_le_s(ByteVector a, ByteVector b) {
        return a.compare(LE, b).toVector().reinterpretAsBytes();
    }

    public static ByteVector i8x16_ge_s(ByteVector a, ByteVector b) {
        return a.compare(GE, b).toVector().reinterpretAsBytes();
    }

    public static ByteVector i8x16_lt_u(ByteVector a, ByteVector b) {
        return a.compare(ULT, b).toVector().reinterpretAsBytes();
    }

    public static ByteVector i8x16_gt_u(ByteVector a, ByteVector b) {
        return a.compare(UGT, b).toVector().reinterpretAsBytes();
    }

    public static ByteVector i8x16_le_u(ByteVector a, ByteVector b) {
        return a.compare(ULE, b).toVector().reinterpretAsBytes();
    }

    public static ByteVector i8x16_ge_u(ByteVector a, ByteVector b) {
        return a.compare(UGE, b).toVector().reinterpretAsBytes();
    }

    public static ByteVector i8x16_abs(ByteVector a) {
        return a.lanewise(ABS);
    }

    public static ByteVector i8x16_neg(ByteVector a) {
        return a.lanewise(NEG);
    }

    public static ByteVector i8x16_popcnt(ByteVector a) {
        return a.lanewise(BIT_COUNT);
    }

    public static ByteVector i8x16_add(ByteVector a, ByteVector b) {
        return a.lanewise(ADD, b);
    }

    public static ByteVector i8x16_sub(ByteVector a, ByteVector b) {
        return a.lanewise(SUB, b);
    }

    public static ByteVector i8x16_add_sat_s(ByteVector a, ByteVector b) {
        return a.lanewise(SADD, b);
    }

    public static ByteVector i8x16_add_sat_u(ByteVector a, ByteVector b) {
        return a.lanewise(SUADD, b);
    }

    public static ByteVector i8x16_sub_sat_s(ByteVector a, ByteVector b) {
        return a.lanewise(SSUB, b);
    }

    public static ByteVector i8x16_sub_sat_u(ByteVector a, ByteVector b) {
        return a.lanewise(SUSUB, b);
    }

    public static ByteVector i8x16_min_s(ByteVector a, ByteVector b) {
        return a.lanewise(MIN, b);
    }

    public static ByteVector i8x16_min_u(ByteVector a, ByteVector b) {
        return a.lanewise(UMIN, b);
    }

    public static ByteVector i8x16_max_s(ByteVector a, ByteVector b) {
        return a.lanewise(MAX, b);
    }

    public static ByteVector i8x16_max_u(ByteVector a, ByteVector b) {
        return a.lanewise(UMAX, b);
    }

    // (a | b) - ((a ^ b) >>> 1) rounds up. There is no shift of bytes in hardware: bits that would
    // cross are cleared.

    public static ByteVector i8x16_avgr_u(ByteVector a, ByteVector b) {
        return a.lanewise(OR, b)
                .lanewise(
                        SUB,
                        a.lanewise(XOR, b)
                                .lanewise(AND, (byte) 0xFE)
                                .reinterpretAsShorts()
                                .lanewise(LSHR, 1)
                                .reinterpretAsBytes());
    }

    public static ByteVector i8x16_shl(ByteVector a, int count) {
        return a.reinterpretAsShorts()
                .lanewise(LSHL, count & 7)
                .reinterpretAsBytes()
                .lanewise(AND, (byte) (0xFF << (count & 7)));
    }

    public static ByteVector i8x16_shr_s(ByteVector a, int count) {
        return i8x16_shr_u(a, count)
                .lanewise(XOR, (byte) (0x80 >> (count & 7)))
                .lanewise(SUB, (byte) (0x80 >> (count & 7)));
    }

    public static ByteVector i8x16_shr_u(ByteVector a, int count) {
        return a.reinterpretAsShorts()
                .lanewise(LSHR, count & 7)
                .reinterpretAsBytes()
                .lanewise(AND, (byte) (0xFF >> (count & 7)));
    }

    public static int i8x16_all_true(ByteVector a) {
        return a.compare(EQ, (byte) 0).anyTrue() ? 0 : 1;
    }

    public static int i8x16_bitmask(ByteVector a) {
        return (int) a.compare(LT, (byte) 0).toLong();
    }

    public static ByteVector i8x16_narrow_i16x8_s(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts()
                .lanewise(MAX, Byte.MIN_VALUE)
                .lanewise(MIN, Byte.MAX_VALUE)
                .lanewise(AND, (short) 0xFF)
                .lanewise(
                        OR,
                        b.reinterpretAsShorts()
                                .lanewise(MAX, Byte.MIN_VALUE)
                                .lanewise(MIN, Byte.MAX_VALUE)
                                .lanewise(LSHL, 8))
                .reinterpretAsBytes()
                .rearrange(Shuffles.EVEN_BYTES_FIRST);
    }

    public static ByteVector i8x16_narrow_i16x8_u(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts()
                .lanewise(MAX, (short) 0)
                .lanewise(MIN, (short) 0xFF)
                .lanewise(AND, (short) 0xFF)
                .lanewise(
                        OR,
                        b.reinterpretAsShorts()
                                .lanewise(MAX, (short) 0)
                                .lanewise(MIN, (short) 0xFF)
                                .lanewise(LSHL, 8))
                .reinterpretAsBytes()
                .rearrange(Shuffles.EVEN_BYTES_FIRST);
    }

    public static ByteVector i8x16_relaxed_laneselect(ByteVector a, ByteVector b, ByteVector c) {
        return b.lanewise(XOR, a.lanewise(XOR, b).lanewise(AND, c));
    }

    // i16x8.

    public static ByteVector i16x8_eq(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts()
                .compare(EQ, b.reinterpretAsShorts())
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_ne(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts()
                .compare(NE, b.reinterpretAsShorts())
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_lt_s(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts()
                .compare(LT, b.reinterpretAsShorts())
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_gt_s(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts()
                .compare(GT, b.reinterpretAsShorts())
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_le_s(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts()
                .compare(LE, b.reinterpretAsShorts())
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_ge_s(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts()
                .compare(GE, b.reinterpretAsShorts())
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_lt_u(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts()
                .compare(ULT, b.reinterpretAsShorts())
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_gt_u(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts()
                .compare(UGT, b.reinterpretAsShorts())
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_le_u(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts()
                .compare(ULE, b.reinterpretAsShorts())
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_ge_u(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts()
                .compare(UGE, b.reinterpretAsShorts())
                .toVector()
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_abs(ByteVector a) {
        return a.reinterpretAsShorts().lanewise(ABS).reinterpretAsBytes();
    }

    public static ByteVector i16x8_neg(ByteVector a) {
        return a.reinterpretAsShorts().lanewise(NEG).reinterpretAsBytes();
    }

    public static ByteVector i16x8_add(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts().lanewise(ADD, b.reinterpretAsShorts()).reinterpretAsBytes();
    }

    public static ByteVector i16x8_sub(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts().lanewise(SUB, b.reinterpretAsShorts()).reinterpretAsBytes();
    }

    public static ByteVector i16x8_mul(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts().lanewise(MUL, b.reinterpretAsShorts()).reinterpretAsBytes();
    }

    public static ByteVector i16x8_add_sat_s(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts().lanewise(SADD, b.reinterpretAsShorts()).reinterpretAsBytes();
    }

    public static ByteVector i16x8_add_sat_u(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts()
                .lanewise(SUADD, b.reinterpretAsShorts())
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_sub_sat_s(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts().lanewise(SSUB, b.reinterpretAsShorts()).reinterpretAsBytes();
    }

    public static ByteVector i16x8_sub_sat_u(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts()
                .lanewise(SUSUB, b.reinterpretAsShorts())
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_min_s(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts().lanewise(MIN, b.reinterpretAsShorts()).reinterpretAsBytes();
    }

    public static ByteVector i16x8_min_u(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts().lanewise(UMIN, b.reinterpretAsShorts()).reinterpretAsBytes();
    }

    public static ByteVector i16x8_max_s(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts().lanewise(MAX, b.reinterpretAsShorts()).reinterpretAsBytes();
    }

    public static ByteVector i16x8_max_u(ByteVector a, ByteVector b) {
        return a.reinterpretAsShorts().lanewise(UMAX, b.reinterpretAsShorts()).reinterpretAsBytes();
    }

    public static ByteVector i16x8_avgr_u(ByteVector a, ByteVector b) {
        return a.lanewise(OR, b)
                .reinterpretAsShorts()
                .lanewise(SUB, a.lanewise(XOR, b).reinterpretAsShorts().lanewise(LSHR, 1))
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_q15mulr_sat_s(ByteVector a, ByteVector b) {
        return q15(evenShorts(a).lanewise(MUL, evenShorts(b)))
                .lanewise(AND, 0xFFFF)
                .lanewise(OR, q15(oddShorts(a).lanewise(MUL, oddShorts(b))).lanewise(LSHL, 16))
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_relaxed_q15mulr_s(ByteVector a, ByteVector b) {
        return q15(evenShorts(a).lanewise(MUL, evenShorts(b)))
                .lanewise(AND, 0xFFFF)
                .lanewise(OR, q15(oddShorts(a).lanewise(MUL, oddShorts(b))).lanewise(LSHL, 16))
                .reinterpretAsBytes();
    }

    // Only -1 times -1 leaves the range, by one.
    static IntVector q15(IntVector product) {
        return product.lanewise(ADD, 0x4000).lanewise(ASHR, 15).lanewise(MIN, Short.MAX_VALUE);
    }

    static IntVector evenShorts(ByteVector a) {
        return a.reinterpretAsInts().lanewise(LSHL, 16).lanewise(ASHR, 16);
    }

    static IntVector oddShorts(ByteVector a) {
        return a.reinterpretAsInts().lanewise(ASHR, 16);
    }

    static ShortVector evenBytes(ByteVector a) {
        return a.reinterpretAsShorts().lanewise(LSHL, 8).lanewise(ASHR, 8);
    }

    static ShortVector oddBytes(ByteVector a) {
        return a.reinterpretAsShorts().lanewise(ASHR, 8);
    }

    public static ByteVector i16x8_shl(ByteVector a, int count) {
        return a.reinterpretAsShorts().lanewise(LSHL, (short) (count & 15)).reinterpretAsBytes();
    }

    public static ByteVector i16x8_shr_s(ByteVector a, int count) {
        return a.reinterpretAsShorts().lanewise(ASHR, (short) (count & 15)).reinterpretAsBytes();
    }

    public static ByteVector i16x8_shr_u(ByteVector a, int count) {
        return a.reinterpretAsShorts().lanewise(LSHR, (short) (count & 15)).reinterpretAsBytes();
    }

    public static int i16x8_all_true(ByteVector a) {
        return a.reinterpretAsShorts().compare(EQ, (short) 0).anyTrue() ? 0 : 1;
    }

    public static int i16x8_bitmask(ByteVector a) {
        return (int) a.reinterpretAsShorts().compare(LT, (short) 0).toLong();
    }

    public static ByteVector i16x8_narrow_i32x4_s(ByteVector a, ByteVector b) {
        return a.reinterpretAsInts()
                .lanewise(MAX, Short.MIN_VALUE)
                .lanewise(MIN, Short.MAX_VALUE)
                .lanewise(AND, 0xFFFF)
                .lanewise(
                        OR,
                        b.reinterpretAsInts()
                                .lanewise(MAX, Short.MIN_VALUE)
                                .lanewise(MIN, Short.MAX_VALUE)
                                .lanewise(LSHL, 16))
                .reinterpretAsBytes()
                .rearrange(Shuffles.EVEN_SHORTS_FIRST);
    }

    public static ByteVector i16x8_narrow_i32x4_u(ByteVector a, ByteVector b) {
        return a.reinterpretAsInts()
                .lanewise(MAX, 0)
                .lanewise(MIN, 0xFFFF)
                .lanewise(AND, 0xFFFF)
                .lanewise(
                        OR,
                        b.reinterpretAsInts()
                                .lanewise(MAX, 0)
                                .lanewise(MIN, 0xFFFF)
                                .lanewise(LSHL, 16))
                .reinterpretAsBytes()
                .rearrange(Shuffles.EVEN_SHORTS_FIRST);
    }

    public static ByteVector i16x8_extend_low_i8x16_s(ByteVector a) {
        return a.convertShape(B2S, ShortVector.SPECIES_128, 0)
                .reinterpretAsShorts()
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_extend_low_i8x16_u(ByteVector a) {
        return a.convertShape(ZERO_EXTEND_B2S, ShortVector.SPECIES_128, 0)
                .reinterpretAsShorts()
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_extend_high_i8x16_s(ByteVector a) {
        return a.rearrange(Shuffles.HIGH_BYTES)
                .reinterpretAsShorts()
                .lanewise(ASHR, 8)
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_extend_high_i8x16_u(ByteVector a) {
        return a.rearrange(Shuffles.HIGH_BYTES)
                .reinterpretAsShorts()
                .lanewise(LSHR, 8)
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_extmul_low_i8x16_s(ByteVector a, ByteVector b) {
        return i16x8_mul(i16x8_extend_low_i8x16_s(a), i16x8_extend_low_i8x16_s(b));
    }

    public static ByteVector i16x8_extmul_low_i8x16_u(ByteVector a, ByteVector b) {
        return i16x8_mul(i16x8_extend_low_i8x16_u(a), i16x8_extend_low_i8x16_u(b));
    }

    public static ByteVector i16x8_extmul_high_i8x16_s(ByteVector a, ByteVector b) {
        return i16x8_mul(i16x8_extend_high_i8x16_s(a), i16x8_extend_high_i8x16_s(b));
    }

    public static ByteVector i16x8_extmul_high_i8x16_u(ByteVector a, ByteVector b) {
        return i16x8_mul(i16x8_extend_high_i8x16_u(a), i16x8_extend_high_i8x16_u(b));
    }

    public static ByteVector i16x8_extadd_pairwise_i8x16_s(ByteVector a) {
        return evenBytes(a).lanewise(ADD, oddBytes(a)).reinterpretAsBytes();
    }

    public static ByteVector i16x8_extadd_pairwise_i8x16_u(ByteVector a) {
        return a.reinterpretAsShorts()
                .lanewise(AND, (short) 0xFF)
                .lanewise(ADD, a.reinterpretAsShorts().lanewise(LSHR, 8))
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_relaxed_dot_i8x16_i7x16_s(ByteVector a, ByteVector b) {
        return evenBytes(a)
                .lanewise(MUL, evenBytes(b))
                .lanewise(SADD, oddBytes(a).lanewise(MUL, oddBytes(b)))
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_relaxed_laneselect(ByteVector a, ByteVector b, ByteVector c) {
        return b.lanewise(XOR, a.lanewise(XOR, b).lanewise(AND, c));
    }
}
