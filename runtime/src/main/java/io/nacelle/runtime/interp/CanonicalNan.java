// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.exec.Slots;
import io.nacelle.wasm.syntax.Opcode;

/**
 * The deterministic profile of the specification (appendix "Profiles"): every NaN that a
 * floating-point instruction generates is the canonical, positive one. Instructions that only move
 * or change the sign of what they are given (abs, neg, copysign, pmin, pmax) generate none.
 */
public final class CanonicalNan {
    /** The instruction generates no NaN. */
    public static final int NONE = 0;

    public static final int F32 = 1;
    public static final int F64 = 2;
    public static final int F32X4 = 3;
    public static final int F64X2 = 4;

    private static final long SMALL = 0x7FC0_0000L;
    private static final long LARGE = 0x7FF8_0000_0000_0000L;
    private static final long INFINITE = 0x7FF0_0000_0000_0000L;
    private static final int SMALL_INFINITE = 0x7F80_0000;

    private static final byte[] KINDS = new byte[Opcode.values().length];
    private static final byte[] VECTOR_KINDS = new byte[0x114];

    static {
        for (var op : Opcode.values()) {
            KINDS[op.ordinal()] = (byte) select(op);
            if (op.prefix() == ClassicOp.VECTOR) {
                VECTOR_KINDS[op.sub()] = (byte) select(op);
            }
        }
    }

    private CanonicalNan() {}

    /** Of which form the results of an instruction are that can be NaNs which it generates. */
    public static int kind(Opcode op) {
        return KINDS[op.ordinal()];
    }

    /** The same for a vector instruction, by its number. */
    public static int vectorKind(int sub) {
        return VECTOR_KINDS[sub];
    }

    private static int select(Opcode op) {
        return switch (op) {
            case F32_CEIL,
                    F32_FLOOR,
                    F32_TRUNC,
                    F32_NEAREST,
                    F32_SQRT,
                    F32_ADD,
                    F32_SUB,
                    F32_MUL,
                    F32_DIV,
                    F32_MIN,
                    F32_MAX,
                    F32_DEMOTE_F64 ->
                    F32;
            case F64_CEIL,
                    F64_FLOOR,
                    F64_TRUNC,
                    F64_NEAREST,
                    F64_SQRT,
                    F64_ADD,
                    F64_SUB,
                    F64_MUL,
                    F64_DIV,
                    F64_MIN,
                    F64_MAX,
                    F64_PROMOTE_F32 ->
                    F64;
            case F32X4_CEIL,
                    F32X4_FLOOR,
                    F32X4_TRUNC,
                    F32X4_NEAREST,
                    F32X4_SQRT,
                    F32X4_ADD,
                    F32X4_SUB,
                    F32X4_MUL,
                    F32X4_DIV,
                    F32X4_MIN,
                    F32X4_MAX,
                    F32X4_DEMOTE_F64X2_ZERO,
                    F32X4_RELAXED_MADD,
                    F32X4_RELAXED_NMADD,
                    F32X4_RELAXED_MIN,
                    F32X4_RELAXED_MAX ->
                    F32X4;
            case F64X2_CEIL,
                    F64X2_FLOOR,
                    F64X2_TRUNC,
                    F64X2_NEAREST,
                    F64X2_SQRT,
                    F64X2_ADD,
                    F64X2_SUB,
                    F64X2_MUL,
                    F64X2_DIV,
                    F64X2_MIN,
                    F64X2_MAX,
                    F64X2_PROMOTE_LOW_F32X4,
                    F64X2_RELAXED_MADD,
                    F64X2_RELAXED_NMADD,
                    F64X2_RELAXED_MIN,
                    F64X2_RELAXED_MAX ->
                    F64X2;
            default -> NONE;
        };
    }

    /** Copies a value from one slot to another, or to the same, and makes its NaNs canonical. */
    public static void apply(int kind, Slots values, int from, int to) {
        var s = values.slots;
        switch (kind) {
            case F32 -> s[to] = small((int) s[from]);
            case F64 -> s[to] = large(s[from]);
            case F32X4 -> {
                s[to] = lanes(s[from]);
                values.high[to] = lanes(values.high[from]);
            }
            case F64X2 -> {
                s[to] = large(s[from]);
                values.high[to] = large(values.high[from]);
            }
            default -> throw new AssertionError(kind);
        }
    }

    private static long small(int bits) {
        return (bits & Integer.MAX_VALUE) > SMALL_INFINITE ? SMALL : bits;
    }

    private static long large(long bits) {
        return (bits & Long.MAX_VALUE) > INFINITE ? LARGE : bits;
    }

    private static long lanes(long half) {
        return small((int) half) & 0xFFFF_FFFFL | small((int) (half >>> 32)) << 32;
    }
}
