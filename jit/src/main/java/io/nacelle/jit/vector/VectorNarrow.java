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
        return (ByteVector) a.compare(EQ, b).toVector();
    }

    public static ByteVector i8x16_ne(ByteVector a, ByteVector b) {
        return (ByteVector) a.compare(NE, b).toVector();
    }

    public static ByteVector i8x16_lt_s(ByteVector a, ByteVector b) {
        return (ByteVector) a.compare(LT, b).toVector();
    }

    public static ByteVector i8x16_gt_s(ByteVector a, ByteVector b) {
        return (ByteVector) a.compare(GT, b).toVector();
    }

    public static ByteVector i8x16_le_s(ByteVector a, ByteVector b) {
        return (ByteVector) a.compare(LE, b).toVector();
    }

    public static ByteVector i8x16_ge_s(ByteVector a, ByteVector b) {
        return (ByteVector) a.compare(GE, b).toVector();
    }

    public static ByteVector i8x16_lt_u(ByteVector a, ByteVector b) {
        return (ByteVector) a.compare(ULT, b).toVector();
    }

    public static ByteVector i8x16_gt_u(ByteVector a, ByteVector b) {
        return (ByteVector) a.compare(UGT, b).toVector();
    }

    public static ByteVector i8x16_le_u(ByteVector a, ByteVector b) {
        return (ByteVector) a.compare(ULE, b).toVector();
    }

    public static ByteVector i8x16_ge_u(ByteVector a, ByteVector b) {
        return (ByteVector) a.compare(UGE, b).toVector();
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

    public static ByteVector i8x16_avgr_u(ByteVector a, ByteVector b) {
        // Half the difference from above rounds up. Its lowest bits would cross into other bytes.
        var half =
                a.lanewise(XOR, b)
                        .lanewise(AND, (byte) 0xFE)
                        .reinterpretAsShorts()
                        .lanewise(LSHR, 1)
                        .reinterpretAsBytes();
        return a.lanewise(OR, b).lanewise(SUB, half);
    }

    // There is no shift of bytes in hardware: they are shifted as pairs, and bits that cross
    // cleared.

    public static ByteVector i8x16_shl(ByteVector a, int count) {
        return a.reinterpretAsShorts()
                .lanewise(LSHL, count & 7)
                .reinterpretAsBytes()
                .lanewise(AND, (byte) (0xFF << (count & 7)));
    }

    public static ByteVector i8x16_shr_u(ByteVector a, int count) {
        return a.reinterpretAsShorts()
                .lanewise(LSHR, count & 7)
                .reinterpretAsBytes()
                .lanewise(AND, (byte) (0xFF >> (count & 7)));
    }

    public static ByteVector i8x16_shr_s(ByteVector a, int count) {
        // Taking off what the sign bit has become makes all bits above it set.
        var sign = (byte) (0x80 >> (count & 7));
        return a.reinterpretAsShorts()
                .lanewise(LSHR, count & 7)
                .reinterpretAsBytes()
                .lanewise(AND, (byte) (0xFF >> (count & 7)))
                .lanewise(XOR, sign)
                .lanewise(SUB, sign);
    }

    public static int i8x16_all_true(ByteVector a) {
        return a.compare(EQ, (byte) 0).anyTrue() ? 0 : 1;
    }

    public static int i8x16_bitmask(ByteVector a) {
        return (int) a.compare(LT, (byte) 0).toLong();
    }

    public static ByteVector i8x16_narrow_i16x8_s(ByteVector a, ByteVector b) {
        return packed(
                clamp(a.reinterpretAsShorts(), Byte.MIN_VALUE, Byte.MAX_VALUE),
                clamp(b.reinterpretAsShorts(), Byte.MIN_VALUE, Byte.MAX_VALUE));
    }

    public static ByteVector i8x16_narrow_i16x8_u(ByteVector a, ByteVector b) {
        return packed(
                clamp(a.reinterpretAsShorts(), (short) 0, (short) 0xFF),
                clamp(b.reinterpretAsShorts(), (short) 0, (short) 0xFF));
    }

    static ShortVector clamp(ShortVector x, short least, short most) {
        return x.lanewise(MAX, least).lanewise(MIN, most);
    }

    /** The low bytes of the lanes of one and then of the other. */
    static ByteVector packed(ShortVector x, ShortVector y) {
        var pairs = x.lanewise(AND, (short) 0xFF).lanewise(OR, y.lanewise(LSHL, 8));
        return VectorConstants.EVEN_BYTES_FIRST
                .reinterpretAsBytes()
                .selectFrom(pairs.reinterpretAsBytes());
    }

    public static ByteVector i8x16_relaxed_laneselect(ByteVector a, ByteVector b, ByteVector c) {
        return b.lanewise(XOR, a.lanewise(XOR, b).lanewise(AND, c));
    }

    // i16x8.

    public static ByteVector i16x8_eq(ByteVector a, ByteVector b) {
        return ((ShortVector)
                        a.reinterpretAsShorts().compare(EQ, b.reinterpretAsShorts()).toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_ne(ByteVector a, ByteVector b) {
        return ((ShortVector)
                        a.reinterpretAsShorts().compare(NE, b.reinterpretAsShorts()).toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_lt_s(ByteVector a, ByteVector b) {
        return ((ShortVector)
                        a.reinterpretAsShorts().compare(LT, b.reinterpretAsShorts()).toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_gt_s(ByteVector a, ByteVector b) {
        return ((ShortVector)
                        a.reinterpretAsShorts().compare(GT, b.reinterpretAsShorts()).toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_le_s(ByteVector a, ByteVector b) {
        return ((ShortVector)
                        a.reinterpretAsShorts().compare(LE, b.reinterpretAsShorts()).toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_ge_s(ByteVector a, ByteVector b) {
        return ((ShortVector)
                        a.reinterpretAsShorts().compare(GE, b.reinterpretAsShorts()).toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_lt_u(ByteVector a, ByteVector b) {
        return ((ShortVector)
                        a.reinterpretAsShorts().compare(ULT, b.reinterpretAsShorts()).toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_gt_u(ByteVector a, ByteVector b) {
        return ((ShortVector)
                        a.reinterpretAsShorts().compare(UGT, b.reinterpretAsShorts()).toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_le_u(ByteVector a, ByteVector b) {
        return ((ShortVector)
                        a.reinterpretAsShorts().compare(ULE, b.reinterpretAsShorts()).toVector())
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_ge_u(ByteVector a, ByteVector b) {
        return ((ShortVector)
                        a.reinterpretAsShorts().compare(UGE, b.reinterpretAsShorts()).toVector())
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
        var x = a.reinterpretAsShorts();
        var y = b.reinterpretAsShorts();
        return x.lanewise(OR, y)
                .lanewise(SUB, x.lanewise(XOR, y).lanewise(LSHR, 1))
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_shl(ByteVector a, int count) {
        return a.reinterpretAsShorts().lanewise(LSHL, count & 15).reinterpretAsBytes();
    }

    public static ByteVector i16x8_shr_s(ByteVector a, int count) {
        return a.reinterpretAsShorts().lanewise(ASHR, count & 15).reinterpretAsBytes();
    }

    public static ByteVector i16x8_shr_u(ByteVector a, int count) {
        return a.reinterpretAsShorts().lanewise(LSHR, count & 15).reinterpretAsBytes();
    }

    public static int i16x8_all_true(ByteVector a) {
        return a.reinterpretAsShorts().compare(EQ, (short) 0).anyTrue() ? 0 : 1;
    }

    public static int i16x8_bitmask(ByteVector a) {
        return (int) a.reinterpretAsShorts().compare(LT, (short) 0).toLong();
    }

    public static ByteVector i16x8_narrow_i32x4_s(ByteVector a, ByteVector b) {
        return packed(
                clamp(a.reinterpretAsInts(), Short.MIN_VALUE, Short.MAX_VALUE),
                clamp(b.reinterpretAsInts(), Short.MIN_VALUE, Short.MAX_VALUE));
    }

    public static ByteVector i16x8_narrow_i32x4_u(ByteVector a, ByteVector b) {
        return packed(
                clamp(a.reinterpretAsInts(), 0, 0xFFFF), clamp(b.reinterpretAsInts(), 0, 0xFFFF));
    }

    static IntVector clamp(IntVector x, int least, int most) {
        return x.lanewise(MAX, least).lanewise(MIN, most);
    }

    static ByteVector packed(IntVector x, IntVector y) {
        return VectorConstants.EVEN_SHORTS_FIRST
                .reinterpretAsBytes()
                .selectFrom(merged(x, y).reinterpretAsBytes());
    }

    /** The low half of every lane from one, its high half the low half of the other's. */
    static IntVector merged(IntVector x, IntVector y) {
        return x.lanewise(AND, 0xFFFF).lanewise(OR, y.lanewise(LSHL, 16));
    }

    public static ByteVector i16x8_q15mulr_sat_s(ByteVector a, ByteVector b) {
        var x = a.reinterpretAsInts();
        var y = b.reinterpretAsInts();
        return merged(q15(even(x).lanewise(MUL, even(y))), q15(odd(x).lanewise(MUL, odd(y))))
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_relaxed_q15mulr_s(ByteVector a, ByteVector b) {
        return i16x8_q15mulr_sat_s(a, b);
    }

    static IntVector q15(IntVector product) {
        // Only -1 times -1 leaves the range, by one.
        return product.lanewise(ADD, 0x4000).lanewise(ASHR, 15).lanewise(MIN, Short.MAX_VALUE);
    }

    public static ByteVector i16x8_extend_low_i8x16_s(ByteVector a) {
        return lowBytesS(a).reinterpretAsBytes();
    }

    public static ByteVector i16x8_extend_low_i8x16_u(ByteVector a) {
        return lowBytesU(a).reinterpretAsBytes();
    }

    public static ByteVector i16x8_extend_high_i8x16_s(ByteVector a) {
        return highBytesS(a).reinterpretAsBytes();
    }

    public static ByteVector i16x8_extend_high_i8x16_u(ByteVector a) {
        return highBytesU(a).reinterpretAsBytes();
    }

    public static ByteVector i16x8_extmul_low_i8x16_s(ByteVector a, ByteVector b) {
        return lowBytesS(a).lanewise(MUL, lowBytesS(b)).reinterpretAsBytes();
    }

    public static ByteVector i16x8_extmul_low_i8x16_u(ByteVector a, ByteVector b) {
        return lowBytesU(a).lanewise(MUL, lowBytesU(b)).reinterpretAsBytes();
    }

    public static ByteVector i16x8_extmul_high_i8x16_s(ByteVector a, ByteVector b) {
        return highBytesS(a).lanewise(MUL, highBytesS(b)).reinterpretAsBytes();
    }

    public static ByteVector i16x8_extmul_high_i8x16_u(ByteVector a, ByteVector b) {
        return highBytesU(a).lanewise(MUL, highBytesU(b)).reinterpretAsBytes();
    }

    static ShortVector lowBytesS(ByteVector x) {
        return (ShortVector) x.convertShape(B2S, ShortVector.SPECIES_128, 0);
    }

    static ShortVector lowBytesU(ByteVector x) {
        return (ShortVector) x.convertShape(ZERO_EXTEND_B2S, ShortVector.SPECIES_128, 0);
    }

    static ShortVector highBytesS(ByteVector x) {
        return VectorConstants.HIGH_BYTES
                .reinterpretAsBytes()
                .selectFrom(x)
                .reinterpretAsShorts()
                .lanewise(ASHR, 8);
    }

    static ShortVector highBytesU(ByteVector x) {
        return VectorConstants.HIGH_BYTES
                .reinterpretAsBytes()
                .selectFrom(x)
                .reinterpretAsShorts()
                .lanewise(LSHR, 8);
    }

    public static ByteVector i16x8_extadd_pairwise_i8x16_s(ByteVector a) {
        var x = a.reinterpretAsShorts();
        return even(x).lanewise(ADD, odd(x)).reinterpretAsBytes();
    }

    public static ByteVector i16x8_extadd_pairwise_i8x16_u(ByteVector a) {
        var x = a.reinterpretAsShorts();
        return x.lanewise(AND, (short) 0xFF)
                .lanewise(ADD, x.lanewise(LSHR, 8))
                .reinterpretAsBytes();
    }

    public static ByteVector i16x8_relaxed_dot_i8x16_i7x16_s(ByteVector a, ByteVector b) {
        return dot(a.reinterpretAsShorts(), b.reinterpretAsShorts()).reinterpretAsBytes();
    }

    static ShortVector dot(ShortVector x, ShortVector y) {
        return even(x).lanewise(MUL, even(y)).lanewise(SADD, odd(x).lanewise(MUL, odd(y)));
    }

    public static ByteVector i16x8_relaxed_laneselect(ByteVector a, ByteVector b, ByteVector c) {
        return i8x16_relaxed_laneselect(a, b, c);
    }

    // The halves of lanes, signed.

    static ShortVector even(ShortVector x) {
        return x.lanewise(LSHL, 8).lanewise(ASHR, 8);
    }

    static ShortVector odd(ShortVector x) {
        return x.lanewise(ASHR, 8);
    }

    static IntVector even(IntVector x) {
        return x.lanewise(LSHL, 16).lanewise(ASHR, 16);
    }

    static IntVector odd(IntVector x) {
        return x.lanewise(ASHR, 16);
    }
}
