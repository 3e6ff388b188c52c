// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.Simd.put;
import static io.nacelle.runtime.interp.SimdOp.*;
import static io.nacelle.runtime.interp.SimdSwar.TOP16;
import static io.nacelle.runtime.interp.SimdSwar.TOP32;

/** Operations on i32x4, in halves of two lanes, and opcodes 0xA0 to 0xBF. */
public final class SimdI32 {
    private SimdI32() {}

    public static void exec(int op, long[] s, long[] h, int a, int b, int d) {
        switch (op) {
            case I32X4_ABS -> put(s, h, d, abs(s[a]), abs(h[a]));
            case I32X4_NEG -> put(s, h, d, neg(s[a]), neg(h[a]));
            case I32X4_ALL_TRUE -> s[d] = allTrue(s[a], h[a]);
            case I32X4_BITMASK -> s[d] = bitmask(s[a]) | bitmask(h[a]) << 2;
            case I32X4_SHL -> put(s, h, d, shl(s[a], (int) s[b]), shl(h[a], (int) s[b]));
            case I32X4_SHR_S -> put(s, h, d, shrS(s[a], (int) s[b]), shrS(h[a], (int) s[b]));
            case I32X4_SHR_U -> put(s, h, d, shrU(s[a], (int) s[b]), shrU(h[a], (int) s[b]));
            case I32X4_ADD -> put(s, h, d, add(s[a], s[b]), add(h[a], h[b]));
            case I32X4_SUB -> put(s, h, d, sub(s[a], s[b]), sub(h[a], h[b]));
            case I32X4_MIN_S -> put(s, h, d, minS(s[a], s[b]), minS(h[a], h[b]));
            case I32X4_MIN_U -> put(s, h, d, minU(s[a], s[b]), minU(h[a], h[b]));
            case I32X4_MAX_S -> put(s, h, d, maxS(s[a], s[b]), maxS(h[a], h[b]));
            case I32X4_MAX_U -> put(s, h, d, maxU(s[a], s[b]), maxU(h[a], h[b]));
            case I32X4_MUL -> put(s, h, d, mul(s[a], s[b]), mul(h[a], h[b]));
            case I32X4_DOT_I16X8_S -> put(s, h, d, dotI16S(s[a], s[b]), dotI16S(h[a], h[b]));
            case I32X4_EXTEND_LOW_I16X8_S ->
                    put(s, h, d, extendS((int) s[a]), extendS((int) (s[a] >>> 32)));
            case I32X4_EXTEND_LOW_I16X8_U ->
                    put(s, h, d, extendU((int) s[a]), extendU((int) (s[a] >>> 32)));
            case I32X4_EXTEND_HIGH_I16X8_S ->
                    put(s, h, d, extendS((int) h[a]), extendS((int) (h[a] >>> 32)));
            case I32X4_EXTEND_HIGH_I16X8_U ->
                    put(s, h, d, extendU((int) h[a]), extendU((int) (h[a] >>> 32)));
            case I32X4_EXTMUL_LOW_I16X8_S ->
                    put(
                            s,
                            h,
                            d,
                            mul(extendS((int) s[a]), extendS((int) s[b])),
                            mul(extendS((int) (s[a] >>> 32)), extendS((int) (s[b] >>> 32))));
            case I32X4_EXTMUL_LOW_I16X8_U ->
                    put(
                            s,
                            h,
                            d,
                            mul(extendU((int) s[a]), extendU((int) s[b])),
                            mul(extendU((int) (s[a] >>> 32)), extendU((int) (s[b] >>> 32))));
            case I32X4_EXTMUL_HIGH_I16X8_S ->
                    put(
                            s,
                            h,
                            d,
                            mul(extendS((int) h[a]), extendS((int) h[b])),
                            mul(extendS((int) (h[a] >>> 32)), extendS((int) (h[b] >>> 32))));
            case I32X4_EXTMUL_HIGH_I16X8_U ->
                    put(
                            s,
                            h,
                            d,
                            mul(extendU((int) h[a]), extendU((int) h[b])),
                            mul(extendU((int) (h[a] >>> 32)), extendU((int) (h[b] >>> 32))));
            default -> throw Simd.unknown(op);
        }
    }

    public static long add(long x, long y) {
        return SimdSwar.add(x, y, TOP32);
    }

    public static long sub(long x, long y) {
        return SimdSwar.sub(x, y, TOP32);
    }

    public static long neg(long x) {
        return SimdSwar.sub(0, x, TOP32);
    }

    public static long abs(long x) {
        return SimdSwar.abs(x, TOP32, 32);
    }

    public static long eq(long x, long y) {
        return SimdSwar.eq(x, y, TOP32, 32);
    }

    public static long ltS(long x, long y) {
        return SimdSwar.ltS(x, y, TOP32, 32);
    }

    public static long ltU(long x, long y) {
        return SimdSwar.ltU(x, y, TOP32, 32);
    }

    public static long minS(long x, long y) {
        return SimdSwar.minS(x, y, TOP32, 32);
    }

    public static long minU(long x, long y) {
        return SimdSwar.minU(x, y, TOP32, 32);
    }

    public static long maxS(long x, long y) {
        return SimdSwar.maxS(x, y, TOP32, 32);
    }

    public static long maxU(long x, long y) {
        return SimdSwar.maxU(x, y, TOP32, 32);
    }

    public static long shl(long x, int count) {
        return SimdSwar.shl(x, count, TOP32, 32);
    }

    public static long shrS(long x, int count) {
        return SimdSwar.shrS(x, count, TOP32, 32);
    }

    public static long shrU(long x, int count) {
        return SimdSwar.shrU(x, count, TOP32, 32);
    }

    public static int allTrue(long lo, long hi) {
        return (SimdSwar.nonZero(lo, TOP32) & SimdSwar.nonZero(hi, TOP32)) == TOP32 ? 1 : 0;
    }

    public static int bitmask(long x) {
        return (int) ((x >>> 31 & 1) | (x >>> 62 & 2));
    }

    public static long mul(long x, long y) {
        return of((int) x * (int) y, (int) (x >>> 32) * (int) (y >>> 32));
    }

    public static long dotI16S(long x, long y) {
        return of(dot((int) x, (int) y), dot((int) (x >>> 32), (int) (y >>> 32)));
    }

    public static int dot(int x, int y) {
        return (short) x * (short) y + (x >> 16) * (y >> 16);
    }

    public static long extendU(int shorts) {
        return (shorts & 0xFFFFL) | (shorts & 0xFFFF0000L) << 16;
    }

    public static long extendS(int shorts) {
        return of((short) shorts, shorts >> 16);
    }

    public static long extaddPairwiseU(long x) {
        return (x & 0x0000FFFF0000FFFFL) + ((x >>> 16) & 0x0000FFFF0000FFFFL);
    }

    public static long extaddPairwiseS(long x) {
        // Biased by 32768 each, the lanes are unsigned; the sum then carries a bias of 65536.
        return SimdSwar.sub(extaddPairwiseU(x ^ TOP16), 0x0001000000010000L, TOP32);
    }

    /** A half from its two lanes. */
    public static long of(int lane0, int lane1) {
        return (lane0 & 0xFFFFFFFFL) | (long) lane1 << 32;
    }
}
