// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.SimdOp.*;

/**
 * Vector instructions over frame slots. A v128 in slot i has its low half in {@code s[i]} and its
 * high half in {@code h[i]}; a scalar is in {@code s[i]} alone, and reading one ignores the bits
 * above its width. The destination may be one of the operands: every operation reads all before it
 * writes. An opcode is one of {@link SimdOp}; which are accepted says each method, and another is a
 * mistake of the caller (IllegalArgumentException), since guests are validated.
 *
 * <p>The work is divided by rows of the opcode table so that every method stays small enough for
 * the JVM to compile. Specification, section 4.3.5 ("Vector Operations") and following.
 */
public final class Simd {
    private Simd() {}

    /**
     * Executes an instruction that has no immediate: unary ones read slot a, binary ones a and b,
     * ternary ones a, b and c; splats and shift counts are scalars.
     */
    public static void exec(int op, long[] s, long[] h, int a, int b, int c, int d) {
        switch (op >> 5) {
            case 0 -> swizzleOrSplat(op, s, h, a, b, d);
            case 1, 2 -> {
                if (op <= F64X2_GE) {
                    SimdCompare.exec(op, s, h, a, b, d);
                } else {
                    bitwise(op, s, h, a, b, c, d);
                }
            }
            case 3 -> SimdI8.exec(op, s, h, a, b, d);
            case 4 -> SimdI16.exec(op, s, h, a, b, d);
            case 5 -> SimdI32.exec(op, s, h, a, b, d);
            case 6 -> SimdI64.exec(op, s, h, a, b, d);
            case 7 -> SimdFloat.exec(op, s, h, a, b, d);
            case 8 -> SimdRelaxed.exec(op, s, h, a, b, c, d);
            default -> throw unknown(op);
        }
    }

    private static void swizzleOrSplat(int op, long[] s, long[] h, int a, int b, int d) {
        switch (op) {
            case I8X16_SWIZZLE ->
                    put(s, h, d, swizzle(s[a], h[a], s[b]), swizzle(s[a], h[a], h[b]));
            case I8X16_SPLAT -> putBoth(s, h, d, splat8(s[a]));
            case I16X8_SPLAT -> putBoth(s, h, d, splat16(s[a]));
            case I32X4_SPLAT, F32X4_SPLAT -> putBoth(s, h, d, splat32(s[a]));
            case I64X2_SPLAT, F64X2_SPLAT -> putBoth(s, h, d, s[a]);
            default -> throw unknown(op);
        }
    }

    private static void bitwise(int op, long[] s, long[] h, int a, int b, int c, int d) {
        switch (op) {
            case V128_NOT -> put(s, h, d, ~s[a], ~h[a]);
            case V128_AND -> put(s, h, d, s[a] & s[b], h[a] & h[b]);
            case V128_ANDNOT -> put(s, h, d, s[a] & ~s[b], h[a] & ~h[b]);
            case V128_OR -> put(s, h, d, s[a] | s[b], h[a] | h[b]);
            case V128_XOR -> put(s, h, d, s[a] ^ s[b], h[a] ^ h[b]);
            case V128_BITSELECT ->
                    put(
                            s,
                            h,
                            d,
                            SimdSwar.select(s[c], s[a], s[b]),
                            SimdSwar.select(h[c], h[a], h[b]));
            case V128_ANY_TRUE -> s[d] = (s[a] | h[a]) != 0 ? 1 : 0;
            case F32X4_DEMOTE_F64X2_ZERO -> put(s, h, d, SimdF64.demoteZero(s[a], h[a]), 0);
            case F64X2_PROMOTE_LOW_F32X4 ->
                    put(s, h, d, SimdF64.bits(SimdF32.f0(s[a])), SimdF64.bits(SimdF32.f1(s[a])));
            default -> throw unknown(op);
        }
    }

    /**
     * Executes extract_lane (vector in a) or replace_lane (vector in a, scalar in b). The lane is
     * the instruction's immediate, valid for its shape.
     */
    public static void lane(int op, long[] s, long[] h, int a, int b, int lane, int d) {
        switch (op) {
            case I8X16_EXTRACT_LANE_S -> s[d] = (byte) extract(s, h, a, lane, 3);
            case I8X16_EXTRACT_LANE_U -> s[d] = extract(s, h, a, lane, 3) & 0xFF;
            case I16X8_EXTRACT_LANE_S -> s[d] = (short) extract(s, h, a, lane, 4);
            case I16X8_EXTRACT_LANE_U -> s[d] = extract(s, h, a, lane, 4) & 0xFFFF;
            case I32X4_EXTRACT_LANE, F32X4_EXTRACT_LANE -> s[d] = (int) extract(s, h, a, lane, 5);
            case I64X2_EXTRACT_LANE, F64X2_EXTRACT_LANE -> s[d] = extract(s, h, a, lane, 6);
            case I8X16_REPLACE_LANE -> insert(s, h, a, lane, 3, s[b], d);
            case I16X8_REPLACE_LANE -> insert(s, h, a, lane, 4, s[b], d);
            case I32X4_REPLACE_LANE, F32X4_REPLACE_LANE -> insert(s, h, a, lane, 5, s[b], d);
            case I64X2_REPLACE_LANE, F64X2_REPLACE_LANE -> insert(s, h, a, lane, 6, s[b], d);
            default -> throw unknown(op);
        }
    }

    /** Executes i8x16.shuffle; the mask is the immediate's sixteen bytes in lane order. */
    public static void shuffle(long maskLo, long maskHi, long[] s, long[] h, int a, int b, int d) {
        long lo0 = s[a];
        long hi0 = h[a];
        long lo1 = s[b];
        long hi1 = h[b];
        put(s, h, d, shuffle(lo0, hi0, lo1, hi1, maskLo), shuffle(lo0, hi0, lo1, hi1, maskHi));
    }

    public static long shuffle(long lo0, long hi0, long lo1, long hi1, long mask) {
        var result = 0L;
        for (var shift = 0; shift < 64; shift += 8) {
            var index = (int) (mask >>> shift);
            var first = (index & 8) == 0 ? lo0 : hi0;
            var second = (index & 8) == 0 ? lo1 : hi1;
            var word = (index & 16) == 0 ? first : second;
            result |= (word >>> (index << 3) & 0xFF) << shift;
        }
        return result;
    }

    /** Half of a swizzle: the bytes of lo and hi picked by eight indices, 0 for those over 15. */
    public static long swizzle(long lo, long hi, long indices) {
        var result = 0L;
        for (var shift = 0; shift < 64; shift += 8) {
            var index = (int) (indices >>> shift) & 0xFF;
            if (index < 16) {
                var word = index < 8 ? lo : hi;
                result |= (word >>> (index << 3) & 0xFF) << shift;
            }
        }
        return result;
    }

    /**
     * Finishes v128.load8x8_s and its like, up to v128.load32x2_u.
     *
     * @param value the eight bytes read from memory, little-endian
     */
    public static void extendLoad(int op, long value, long[] s, long[] h, int d) {
        var low = (int) value;
        var high = (int) (value >>> 32);
        switch (op) {
            case V128_LOAD8X8_S -> put(s, h, d, SimdI16.extendS(low), SimdI16.extendS(high));
            case V128_LOAD8X8_U -> put(s, h, d, SimdI16.extendU(low), SimdI16.extendU(high));
            case V128_LOAD16X4_S -> put(s, h, d, SimdI32.extendS(low), SimdI32.extendS(high));
            case V128_LOAD16X4_U -> put(s, h, d, SimdI32.extendU(low), SimdI32.extendU(high));
            case V128_LOAD32X2_S -> put(s, h, d, low, high);
            case V128_LOAD32X2_U -> put(s, h, d, value & 0xFFFFFFFFL, value >>> 32);
            default -> throw unknown(op);
        }
    }

    /**
     * Finishes v128.load8_splat, load16_splat, load32_splat or load64_splat.
     *
     * @param value what was read from memory; bits above the access's width are ignored
     */
    public static void splatLoad(int op, long value, long[] s, long[] h, int d) {
        switch (op) {
            case V128_LOAD8_SPLAT -> putBoth(s, h, d, splat8(value));
            case V128_LOAD16_SPLAT -> putBoth(s, h, d, splat16(value));
            case V128_LOAD32_SPLAT -> putBoth(s, h, d, splat32(value));
            case V128_LOAD64_SPLAT -> putBoth(s, h, d, value);
            default -> throw unknown(op);
        }
    }

    /**
     * Finishes v128.load32_zero or load64_zero.
     *
     * @param value what was read from memory; bits above the access's width are ignored
     */
    public static void zeroLoad(int op, long value, long[] s, long[] h, int d) {
        switch (op) {
            case V128_LOAD32_ZERO -> put(s, h, d, value & 0xFFFFFFFFL, 0);
            case V128_LOAD64_ZERO -> put(s, h, d, value, 0);
            default -> throw unknown(op);
        }
    }

    /**
     * Finishes v128.load8_lane and its like: slot d becomes the vector of slot a with one lane
     * replaced.
     *
     * @param value what was read from memory; bits above the access's width are ignored
     */
    public static void laneLoad(int op, long value, long[] s, long[] h, int a, int lane, int d) {
        switch (op) {
            case V128_LOAD8_LANE -> insert(s, h, a, lane, 3, value, d);
            case V128_LOAD16_LANE -> insert(s, h, a, lane, 4, value, d);
            case V128_LOAD32_LANE -> insert(s, h, a, lane, 5, value, d);
            case V128_LOAD64_LANE -> insert(s, h, a, lane, 6, value, d);
            default -> throw unknown(op);
        }
    }

    /** What v128.store8_lane and its like are to write: the lane, zero-extended. */
    public static long laneStore(int op, long[] s, long[] h, int a, int lane) {
        return switch (op) {
            case V128_STORE8_LANE -> extract(s, h, a, lane, 3) & 0xFF;
            case V128_STORE16_LANE -> extract(s, h, a, lane, 4) & 0xFFFF;
            case V128_STORE32_LANE -> extract(s, h, a, lane, 5) & 0xFFFFFFFFL;
            case V128_STORE64_LANE -> extract(s, h, a, lane, 6);
            default -> throw unknown(op);
        };
    }

    /**
     * The vector in slot a shifted down so that the lane is lowest; the bits above the lane are
     * whatever lies above it in its half.
     *
     * @param log2 binary logarithm of the lane's width in bits
     */
    public static long extract(long[] s, long[] h, int a, int lane, int log2) {
        var bit = lane << log2;
        return (bit < 64 ? s[a] : h[a]) >>> bit;
    }

    /**
     * Sets slot d to the vector in slot a with one lane replaced.
     *
     * @param log2 binary logarithm of the lane's width in bits
     * @param value the new lane; bits above its width are ignored
     */
    public static void insert(long[] s, long[] h, int a, int lane, int log2, long value, int d) {
        var bit = lane << log2;
        var mask = (-1L >>> (64 - (1 << log2))) << bit;
        var lo = s[a];
        var hi = h[a];
        if (bit < 64) {
            put(s, h, d, SimdSwar.select(mask, value << bit, lo), hi);
        } else {
            put(s, h, d, lo, SimdSwar.select(mask, value << bit, hi));
        }
    }

    public static long splat8(long value) {
        return (value & 0xFF) * 0x0101010101010101L;
    }

    public static long splat16(long value) {
        return (value & 0xFFFF) * 0x0001000100010001L;
    }

    public static long splat32(long value) {
        return (value & 0xFFFFFFFFL) * 0x0000000100000001L;
    }

    public static void put(long[] s, long[] h, int d, long lo, long hi) {
        s[d] = lo;
        h[d] = hi;
    }

    private static void putBoth(long[] s, long[] h, int d, long half) {
        put(s, h, d, half, half);
    }

    public static IllegalArgumentException unknown(int op) {
        return new IllegalArgumentException(
                "opcode not handled here: 0x" + Integer.toHexString(op));
    }
}
