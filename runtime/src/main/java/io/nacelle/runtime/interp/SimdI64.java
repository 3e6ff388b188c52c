// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.Simd.put;
import static io.nacelle.runtime.interp.SimdOp.*;

/** Operations on i64x2, opcodes 0xC0 to 0xDF. */
public final class SimdI64 {
    private static final long LOW32 = 0xFFFFFFFFL;

    private SimdI64() {}

    public static void exec(int op, long[] s, long[] h, int a, int b, int d) {
        switch (op) {
            case I64X2_ABS -> put(s, h, d, Math.abs(s[a]), Math.abs(h[a]));
            case I64X2_NEG -> put(s, h, d, -s[a], -h[a]);
            case I64X2_ALL_TRUE -> s[d] = s[a] != 0 && h[a] != 0 ? 1 : 0;
            case I64X2_BITMASK -> s[d] = s[a] >>> 63 | (h[a] >>> 63) << 1;
            case I64X2_EXTEND_LOW_I32X4_S -> put(s, h, d, (int) s[a], s[a] >> 32);
            case I64X2_EXTEND_HIGH_I32X4_S -> put(s, h, d, (int) h[a], h[a] >> 32);
            case I64X2_EXTEND_LOW_I32X4_U -> put(s, h, d, s[a] & LOW32, s[a] >>> 32);
            case I64X2_EXTEND_HIGH_I32X4_U -> put(s, h, d, h[a] & LOW32, h[a] >>> 32);
            case I64X2_SHL -> put(s, h, d, s[a] << (int) s[b], h[a] << (int) s[b]);
            case I64X2_SHR_S -> put(s, h, d, s[a] >> (int) s[b], h[a] >> (int) s[b]);
            case I64X2_SHR_U -> put(s, h, d, s[a] >>> (int) s[b], h[a] >>> (int) s[b]);
            case I64X2_ADD -> put(s, h, d, s[a] + s[b], h[a] + h[b]);
            case I64X2_SUB -> put(s, h, d, s[a] - s[b], h[a] - h[b]);
            case I64X2_MUL -> put(s, h, d, s[a] * s[b], h[a] * h[b]);
            case I64X2_EQ -> put(s, h, d, mask(s[a] == s[b]), mask(h[a] == h[b]));
            case I64X2_NE -> put(s, h, d, mask(s[a] != s[b]), mask(h[a] != h[b]));
            case I64X2_LT_S -> put(s, h, d, mask(s[a] < s[b]), mask(h[a] < h[b]));
            case I64X2_GT_S -> put(s, h, d, mask(s[a] > s[b]), mask(h[a] > h[b]));
            case I64X2_LE_S -> put(s, h, d, mask(s[a] <= s[b]), mask(h[a] <= h[b]));
            case I64X2_GE_S -> put(s, h, d, mask(s[a] >= s[b]), mask(h[a] >= h[b]));
            case I64X2_EXTMUL_LOW_I32X4_S ->
                    put(s, h, d, (long) (int) s[a] * (int) s[b], (s[a] >> 32) * (s[b] >> 32));
            case I64X2_EXTMUL_LOW_I32X4_U ->
                    put(s, h, d, (s[a] & LOW32) * (s[b] & LOW32), (s[a] >>> 32) * (s[b] >>> 32));
            case I64X2_EXTMUL_HIGH_I32X4_S ->
                    put(s, h, d, (long) (int) h[a] * (int) h[b], (h[a] >> 32) * (h[b] >> 32));
            case I64X2_EXTMUL_HIGH_I32X4_U ->
                    put(s, h, d, (h[a] & LOW32) * (h[b] & LOW32), (h[a] >>> 32) * (h[b] >>> 32));
            default -> throw Simd.unknown(op);
        }
    }

    public static long mask(boolean holds) {
        return holds ? -1L : 0;
    }
}
