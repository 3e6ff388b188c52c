// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.exec.FuncBody;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.Opcode;

import java.util.Arrays;

/**
 * How the classic interpreter makes NaNs canonical, for engines that are to be deterministic: there
 * it executes a copy of a function's bytes, in which the instructions that can generate a NaN have
 * bytes that stand for nothing in a module. So the loop is what it is for all other engines.
 */
final class ClassicCanonical {
    /** A number may be cut by the end of the copy. */
    private static final int FOLLOWING = 11;

    // What stands for f32.ceil to f32.max, for f64.ceil to f64.max, and for two conversions.
    private static final int FIRST_F32 = 0xC5;
    private static final int LAST_F32 = 0xCF;
    private static final int DEMOTE = 0xED;
    private static final int PROMOTE = 0xEE;
    private static final int FIRST_F64 = 0xF0;
    private static final int LAST_F64 = 0xFA;

    private ClassicCanonical() {}

    /** A copy of the bytes of a function, which may be changed. */
    static ByteSource.Window copy(ByteSource.Window window) {
        int end = Math.min(window.bytes().length, window.end() + FOLLOWING);
        return new ByteSource.Window(
                Arrays.copyOfRange(window.bytes(), window.start(), end),
                0,
                window.end() - window.start(),
                window.origin() + window.start(),
                window.following());
    }

    /** The bytes that a function is read from. */
    static ByteSource.Window window(FuncBody body, ByteSource.Window window) {
        return body.module.isDeterministic() ? copy(window) : window;
    }

    /** Puts the byte in the place of an instruction that stands for it here, if there is one. */
    static void mark(Opcode op, byte[] code, int at) {
        if (op.prefix() != 0 || CanonicalNan.kind(op) == CanonicalNan.NONE) {
            return;
        }
        int number = op.code();
        code[at] =
                (byte)
                        switch (number) {
                            case ClassicOp.F32_DEMOTE_F64 -> DEMOTE;
                            case ClassicOp.F64_PROMOTE_F32 -> PROMOTE;
                            default ->
                                    number <= ClassicOp.F32_MAX
                                            ? number - ClassicOp.F32_CEIL + FIRST_F32
                                            : number - ClassicOp.F64_CEIL + FIRST_F64;
                        };
    }

    /** The instruction that a byte stands for, or -1. */
    static int original(int op) {
        if (op >= FIRST_F32 && op <= LAST_F32) {
            return op - FIRST_F32 + ClassicOp.F32_CEIL;
        }
        if (op >= FIRST_F64 && op <= LAST_F64) {
            return op - FIRST_F64 + ClassicOp.F64_CEIL;
        }
        return switch (op) {
            case DEMOTE -> ClassicOp.F32_DEMOTE_F64;
            case PROMOTE -> ClassicOp.F64_PROMOTE_F32;
            default -> -1;
        };
    }

    /**
     * Executes an instruction and makes its result canonical.
     *
     * @param op what {@link #original} gives
     */
    static void exec(int op, Stack stack, int at, int sp) {
        Numeric.exec(op, stack.slots, at, sp, at);
        boolean small =
                op >= ClassicOp.F32_CEIL && op <= ClassicOp.F32_MAX
                        || op == ClassicOp.F32_DEMOTE_F64;
        CanonicalNan.apply(small ? CanonicalNan.F32 : CanonicalNan.F64, stack, at, at);
    }
}
