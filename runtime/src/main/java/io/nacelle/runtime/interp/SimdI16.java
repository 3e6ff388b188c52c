// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.Simd.put;
import static io.nacelle.runtime.interp.SimdOp.*;
import static io.nacelle.runtime.interp.SimdSwar.TOP16;
import static io.nacelle.runtime.interp.SimdSwar.TOP8;

/** Operations on i16x8, in halves of four lanes, and opcodes 0x80 to 0x9F. */
public final class SimdI16 {
    private SimdI16() {}

    public static void exec(int op, long[] s, long[] h, int a, int b, int d) {
        switch (op) {
            case I16X8_ABS -> put(s, h, d, abs(s[a]), abs(h[a]));
            case I16X8_NEG -> put(s, h, d, neg(s[a]), neg(h[a]));
            case I16X8_ALL_TRUE -> s[d] = allTrue(s[a], h[a]);
            case I16X8_BITMASK -> s[d] = bitmask(s[a]) | bitmask(h[a]) << 4;
            case I16X8_SHL -> put(s, h, d, shl(s[a], (int) s[b]), shl(h[a], (int) s[b]));
            case I16X8_SHR_S -> put(s, h, d, shrS(s[a], (int) s[b]), shrS(h[a], (int) s[b]));
            case I16X8_SHR_U -> put(s, h, d, shrU(s[a], (int) s[b]), shrU(h[a], (int) s[b]));
            case I16X8_ADD -> put(s, h, d, add(s[a], s[b]), add(h[a], h[b]));
            case I16X8_SUB -> put(s, h, d, sub(s[a], s[b]), sub(h[a], h[b]));
            case I16X8_MIN_S -> put(s, h, d, minS(s[a], s[b]), minS(h[a], h[b]));
            case I16X8_MIN_U -> put(s, h, d, minU(s[a], s[b]), minU(h[a], h[b]));
            case I16X8_MAX_S -> put(s, h, d, maxS(s[a], s[b]), maxS(h[a], h[b]));
            case I16X8_MAX_U -> put(s, h, d, maxU(s[a], s[b]), maxU(h[a], h[b]));
            case I16X8_ADD_SAT_S -> put(s, h, d, addSatS(s[a], s[b]), addSatS(h[a], h[b]));
            case I16X8_ADD_SAT_U -> put(s, h, d, addSatU(s[a], s[b]), addSatU(h[a], h[b]));
            case I16X8_SUB_SAT_S -> put(s, h, d, subSatS(s[a], s[b]), subSatS(h[a], h[b]));
            case I16X8_SUB_SAT_U -> put(s, h, d, subSatU(s[a], s[b]), subSatU(h[a], h[b]));
            case I16X8_AVGR_U -> put(s, h, d, avgrU(s[a], s[b]), avgrU(h[a], h[b]));
            case I16X8_NARROW_I32X4_S -> put(s, h, d, narrowS(s[a], h[a]), narrowS(s[b], h[b]));
            case I16X8_NARROW_I32X4_U -> put(s, h, d, narrowU(s[a], h[a]), narrowU(s[b], h[b]));
            case I16X8_Q15MULR_SAT_S ->
                    put(s, h, d, q15mulrSatS(s[a], s[b]), q15mulrSatS(h[a], h[b]));
            case I16X8_MUL -> put(s, h, d, mul(s[a], s[b]), mul(h[a], h[b]));
            case I16X8_EXTEND_LOW_I8X16_S ->
                    put(s, h, d, extendS((int) s[a]), extendS((int) (s[a] >>> 32)));
            case I16X8_EXTEND_LOW_I8X16_U ->
                    put(s, h, d, extendU((int) s[a]), extendU((int) (s[a] >>> 32)));
            case I16X8_EXTEND_HIGH_I8X16_S ->
                    put(s, h, d, extendS((int) h[a]), extendS((int) (h[a] >>> 32)));
            case I16X8_EXTEND_HIGH_I8X16_U ->
                    put(s, h, d, extendU((int) h[a]), extendU((int) (h[a] >>> 32)));
            case I16X8_EXTMUL_LOW_I8X16_S ->
                    put(
                            s,
                            h,
                            d,
                            mul(extendS((int) s[a]), extendS((int) s[b])),
                            mul(extendS((int) (s[a] >>> 32)), extendS((int) (s[b] >>> 32))));
            case I16X8_EXTMUL_LOW_I8X16_U ->
                    put(
                            s,
                            h,
                            d,
                            mul(extendU((int) s[a]), extendU((int) s[b])),
                            mul(extendU((int) (s[a] >>> 32)), extendU((int) (s[b] >>> 32))));
            case I16X8_EXTMUL_HIGH_I8X16_S ->
                    put(
                            s,
                            h,
                            d,
                            mul(extendS((int) h[a]), extendS((int) h[b])),
                            mul(extendS((int) (h[a] >>> 32)), extendS((int) (h[b] >>> 32))));
            case I16X8_EXTMUL_HIGH_I8X16_U ->
                    put(
                            s,
                            h,
                            d,
                            mul(extendU((int) h[a]), extendU((int) h[b])),
                            mul(extendU((int) (h[a] >>> 32)), extendU((int) (h[b] >>> 32))));
            case F64X2_NEAREST -> put(s, h, d, SimdF64.nearest(s[a]), SimdF64.nearest(h[a]));
            default -> throw Simd.unknown(op);
        }
    }

    public static long add(long x, long y) {
        return SimdSwar.add(x, y, TOP16);
    }

    public static long sub(long x, long y) {
        return SimdSwar.sub(x, y, TOP16);
    }

    public static long neg(long x) {
        return SimdSwar.sub(0, x, TOP16);
    }

    public static long abs(long x) {
        return SimdSwar.abs(x, TOP16, 16);
    }

    public static long eq(long x, long y) {
        return SimdSwar.eq(x, y, TOP16, 16);
    }

    public static long ltS(long x, long y) {
        return SimdSwar.ltS(x, y, TOP16, 16);
    }

    public static long ltU(long x, long y) {
        return SimdSwar.ltU(x, y, TOP16, 16);
    }

    public static long minS(long x, long y) {
        return SimdSwar.minS(x, y, TOP16, 16);
    }

    public static long minU(long x, long y) {
        return SimdSwar.minU(x, y, TOP16, 16);
    }

    public static long maxS(long x, long y) {
        return SimdSwar.maxS(x, y, TOP16, 16);
    }

    public static long maxU(long x, long y) {
        return SimdSwar.maxU(x, y, TOP16, 16);
    }

    public static long addSatS(long x, long y) {
        return SimdSwar.addSatS(x, y, TOP16, 16);
    }

    public static long addSatU(long x, long y) {
        return SimdSwar.addSatU(x, y, TOP16, 16);
    }

    public static long subSatS(long x, long y) {
        return SimdSwar.subSatS(x, y, TOP16, 16);
    }

    public static long subSatU(long x, long y) {
        return SimdSwar.subSatU(x, y, TOP16, 16);
    }

    public static long avgrU(long x, long y) {
        return SimdSwar.avgrU(x, y, TOP16, 16);
    }

    public static long shl(long x, int count) {
        return SimdSwar.shl(x, count, TOP16, 16);
    }

    public static long shrS(long x, int count) {
        return SimdSwar.shrS(x, count, TOP16, 16);
    }

    public static long shrU(long x, int count) {
        return SimdSwar.shrU(x, count, TOP16, 16);
    }

    public static int allTrue(long lo, long hi) {
        return (SimdSwar.nonZero(lo, TOP16) & SimdSwar.nonZero(hi, TOP16)) == TOP16 ? 1 : 0;
    }

    public static int bitmask(long x) {
        var bits = (x & TOP16) >>> 15;
        return (int) (bits | bits >>> 15 | bits >>> 30 | bits >>> 45) & 0xF;
    }

    public static long mul(long x, long y) {
        return of(
                (int) x * (int) y,
                (int) (x >>> 16) * (int) (y >>> 16),
                (int) (x >>> 32) * (int) (y >>> 32),
                (int) (x >>> 48) * (int) (y >>> 48));
    }

    public static long q15mulrSatS(long x, long y) {
        return of(
                q15((short) x, (short) y),
                q15((short) (x >>> 16), (short) (y >>> 16)),
                q15((short) (x >>> 32), (short) (y >>> 32)),
                q15((short) (x >>> 48), (short) (y >>> 48)));
    }

    public static int q15(int x, int y) {
        // Only -1 times -1 leaves the range, by one.
        return Math.min((x * y + 0x4000) >> 15, Short.MAX_VALUE);
    }

    public static long narrowS(long lo, long hi) {
        return of(clampS(lo), clampS(lo >>> 32), clampS(hi), clampS(hi >>> 32));
    }

    public static long narrowU(long lo, long hi) {
        return of(clampU(lo), clampU(lo >>> 32), clampU(hi), clampU(hi >>> 32));
    }

    public static int clampS(long lane) {
        return Math.min(Math.max((int) lane, Short.MIN_VALUE), Short.MAX_VALUE);
    }

    public static int clampU(long lane) {
        return Math.min(Math.max((int) lane, 0), 0xFFFF);
    }

    public static long extendU(int bytes) {
        var pairs = (bytes & 0xFFFFL) | (bytes & 0xFFFF0000L) << 16;
        return (pairs | pairs << 8) & 0x00FF00FF00FF00FFL;
    }

    public static long extendS(int bytes) {
        var lanes = extendU(bytes);
        var signs = lanes & 0x0080008000800080L;
        return lanes | ((signs << 9) - (signs << 1));
    }

    public static long extaddPairwiseU(long x) {
        return (x & 0x00FF00FF00FF00FFL) + ((x >>> 8) & 0x00FF00FF00FF00FFL);
    }

    public static long extaddPairwiseS(long x) {
        // Biased by 128 each, the bytes are unsigned; the sum then carries a bias of 256.
        return SimdSwar.sub(extaddPairwiseU(x ^ TOP8), 0x0100010001000100L, TOP16);
    }

    /** A half of four lanes from the low 16 bits of each. */
    public static long of(int lane0, int lane1, int lane2, int lane3) {
        return (lane0 & 0xFFFFL)
                | (lane1 & 0xFFFFL) << 16
                | (lane2 & 0xFFFFL) << 32
                | (long) lane3 << 48;
    }
}
