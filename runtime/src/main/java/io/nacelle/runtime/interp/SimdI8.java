// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.Simd.put;
import static io.nacelle.runtime.interp.SimdOp.*;
import static io.nacelle.runtime.interp.SimdSwar.TOP16;
import static io.nacelle.runtime.interp.SimdSwar.TOP8;

/** Operations on i8x16, in halves of eight lanes, and opcodes 0x60 to 0x7F. */
public final class SimdI8 {
    private SimdI8() {}

    public static void exec(int op, long[] s, long[] h, int a, int b, int d) {
        switch (op) {
            case I8X16_ABS -> put(s, h, d, abs(s[a]), abs(h[a]));
            case I8X16_NEG -> put(s, h, d, neg(s[a]), neg(h[a]));
            case I8X16_ALL_TRUE -> s[d] = allTrue(s[a], h[a]);
            case I8X16_BITMASK -> s[d] = bitmask(s[a]) | bitmask(h[a]) << 8;
            case I8X16_SHL -> put(s, h, d, shl(s[a], (int) s[b]), shl(h[a], (int) s[b]));
            case I8X16_SHR_S -> put(s, h, d, shrS(s[a], (int) s[b]), shrS(h[a], (int) s[b]));
            case I8X16_SHR_U -> put(s, h, d, shrU(s[a], (int) s[b]), shrU(h[a], (int) s[b]));
            case I8X16_ADD -> put(s, h, d, add(s[a], s[b]), add(h[a], h[b]));
            case I8X16_SUB -> put(s, h, d, sub(s[a], s[b]), sub(h[a], h[b]));
            case I8X16_MIN_S -> put(s, h, d, minS(s[a], s[b]), minS(h[a], h[b]));
            case I8X16_MIN_U -> put(s, h, d, minU(s[a], s[b]), minU(h[a], h[b]));
            case I8X16_MAX_S -> put(s, h, d, maxS(s[a], s[b]), maxS(h[a], h[b]));
            case I8X16_MAX_U -> put(s, h, d, maxU(s[a], s[b]), maxU(h[a], h[b]));
            case I8X16_ADD_SAT_S -> put(s, h, d, addSatS(s[a], s[b]), addSatS(h[a], h[b]));
            case I8X16_ADD_SAT_U -> put(s, h, d, addSatU(s[a], s[b]), addSatU(h[a], h[b]));
            case I8X16_SUB_SAT_S -> put(s, h, d, subSatS(s[a], s[b]), subSatS(h[a], h[b]));
            case I8X16_SUB_SAT_U -> put(s, h, d, subSatU(s[a], s[b]), subSatU(h[a], h[b]));
            case I8X16_AVGR_U -> put(s, h, d, avgrU(s[a], s[b]), avgrU(h[a], h[b]));
            case I8X16_POPCNT -> put(s, h, d, popcnt(s[a]), popcnt(h[a]));
            case I8X16_NARROW_I16X8_S -> put(s, h, d, narrowS(s[a], h[a]), narrowS(s[b], h[b]));
            case I8X16_NARROW_I16X8_U -> put(s, h, d, narrowU(s[a], h[a]), narrowU(s[b], h[b]));
            case F32X4_CEIL -> put(s, h, d, SimdF32.ceil(s[a]), SimdF32.ceil(h[a]));
            case F32X4_FLOOR -> put(s, h, d, SimdF32.floor(s[a]), SimdF32.floor(h[a]));
            case F32X4_TRUNC -> put(s, h, d, SimdF32.trunc(s[a]), SimdF32.trunc(h[a]));
            case F32X4_NEAREST -> put(s, h, d, SimdF32.nearest(s[a]), SimdF32.nearest(h[a]));
            case F64X2_CEIL -> put(s, h, d, SimdF64.ceil(s[a]), SimdF64.ceil(h[a]));
            case F64X2_FLOOR -> put(s, h, d, SimdF64.floor(s[a]), SimdF64.floor(h[a]));
            case F64X2_TRUNC -> put(s, h, d, SimdF64.trunc(s[a]), SimdF64.trunc(h[a]));
            case I16X8_EXTADD_PAIRWISE_I8X16_S ->
                    put(s, h, d, SimdI16.extaddPairwiseS(s[a]), SimdI16.extaddPairwiseS(h[a]));
            case I16X8_EXTADD_PAIRWISE_I8X16_U ->
                    put(s, h, d, SimdI16.extaddPairwiseU(s[a]), SimdI16.extaddPairwiseU(h[a]));
            case I32X4_EXTADD_PAIRWISE_I16X8_S ->
                    put(s, h, d, SimdI32.extaddPairwiseS(s[a]), SimdI32.extaddPairwiseS(h[a]));
            case I32X4_EXTADD_PAIRWISE_I16X8_U ->
                    put(s, h, d, SimdI32.extaddPairwiseU(s[a]), SimdI32.extaddPairwiseU(h[a]));
            default -> throw Simd.unknown(op);
        }
    }

    public static long add(long x, long y) {
        return SimdSwar.add(x, y, TOP8);
    }

    public static long sub(long x, long y) {
        return SimdSwar.sub(x, y, TOP8);
    }

    public static long neg(long x) {
        return SimdSwar.sub(0, x, TOP8);
    }

    public static long abs(long x) {
        return SimdSwar.abs(x, TOP8, 8);
    }

    public static long eq(long x, long y) {
        return SimdSwar.eq(x, y, TOP8, 8);
    }

    public static long ltS(long x, long y) {
        return SimdSwar.ltS(x, y, TOP8, 8);
    }

    public static long ltU(long x, long y) {
        return SimdSwar.ltU(x, y, TOP8, 8);
    }

    public static long minS(long x, long y) {
        return SimdSwar.minS(x, y, TOP8, 8);
    }

    public static long minU(long x, long y) {
        return SimdSwar.minU(x, y, TOP8, 8);
    }

    public static long maxS(long x, long y) {
        return SimdSwar.maxS(x, y, TOP8, 8);
    }

    public static long maxU(long x, long y) {
        return SimdSwar.maxU(x, y, TOP8, 8);
    }

    public static long addSatS(long x, long y) {
        return SimdSwar.addSatS(x, y, TOP8, 8);
    }

    public static long addSatU(long x, long y) {
        return SimdSwar.addSatU(x, y, TOP8, 8);
    }

    public static long subSatS(long x, long y) {
        return SimdSwar.subSatS(x, y, TOP8, 8);
    }

    public static long subSatU(long x, long y) {
        return SimdSwar.subSatU(x, y, TOP8, 8);
    }

    public static long avgrU(long x, long y) {
        return SimdSwar.avgrU(x, y, TOP8, 8);
    }

    public static long shl(long x, int count) {
        return SimdSwar.shl(x, count, TOP8, 8);
    }

    public static long shrS(long x, int count) {
        return SimdSwar.shrS(x, count, TOP8, 8);
    }

    public static long shrU(long x, int count) {
        return SimdSwar.shrU(x, count, TOP8, 8);
    }

    public static int allTrue(long lo, long hi) {
        return (SimdSwar.nonZero(lo, TOP8) & SimdSwar.nonZero(hi, TOP8)) == TOP8 ? 1 : 0;
    }

    public static long popcnt(long x) {
        var pairs = x - ((x >>> 1) & 0x5555555555555555L);
        var nibbles = (pairs & 0x3333333333333333L) + ((pairs >>> 2) & 0x3333333333333333L);
        return (nibbles + (nibbles >>> 4)) & 0x0F0F0F0F0F0F0F0FL;
    }

    public static int bitmask(long x) {
        // The factor moves the bit of lane i to bit 56 + i without two ever meeting.
        return (int) ((((x & TOP8) >>> 7) * 0x0102040810204080L) >>> 56);
    }

    public static long narrowS(long lo, long hi) {
        return pack(clampS(lo)) | pack(clampS(hi)) << 32;
    }

    public static long narrowU(long lo, long hi) {
        return pack(clampU(lo)) | pack(clampU(hi)) << 32;
    }

    public static long clampS(long x) {
        var atLeast = SimdSwar.maxS(x, 0xFF80FF80FF80FF80L, TOP16, 16);
        return SimdSwar.minS(atLeast, 0x007F007F007F007FL, TOP16, 16);
    }

    public static long clampU(long x) {
        return SimdSwar.minS(SimdSwar.maxS(x, 0, TOP16, 16), 0x00FF00FF00FF00FFL, TOP16, 16);
    }

    /** Gathers the low bytes of four 16-bit lanes in the low 32 bits. */
    public static long pack(long x) {
        var bytes = x & 0x00FF00FF00FF00FFL;
        var pairs = (bytes | bytes >>> 8) & 0x0000FFFF0000FFFFL;
        return (pairs | pairs >>> 16) & 0xFFFFFFFFL;
    }
}
