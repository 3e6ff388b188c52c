// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.wasm.syntax.Opcode;

/**
 * Lanes that are rotated: a local is shifted both ways, by constants that are a lane's bits
 * together, and the results are united. WebAssembly has no instruction for that, but processors
 * have.
 */
final class Rotation {
    /** How many instructions there are from the first shift on. */
    static final int LENGTH = 5;

    private Rotation() {}

    /**
     * By how many bits lanes are rotated to the left from an instruction on, which is the first
     * shift; 0 if they are not.
     */
    static int find(Ir ir, int i, int end) {
        if (i < 2 || i + LENGTH > end) {
            return 0;
        }
        for (int j = i - 2; j < i + LENGTH; j++) {
            if (ir.op(j) == Ir.FUEL) {
                return 0;
            }
        }
        var first = ir.opcode(i);
        var second = opposite(first);
        if (second == null
                || ir.opcode(i + 3) != second
                || ir.opcode(i + 4) != Opcode.V128_OR
                || ir.opcode(i - 1) != Opcode.I32_CONST
                || ir.opcode(i + 2) != Opcode.I32_CONST
                || ir.opcode(i + 1) != Opcode.LOCAL_GET
                || ir.opcode(i - 2) != Opcode.LOCAL_GET && ir.opcode(i - 2) != Opcode.LOCAL_TEE
                || ir.x[i - 2] != ir.x[i + 1]) {
            return 0;
        }
        int bits = is64(first) ? 64 : 32;
        int there = (int) ir.n[i - 1] & bits - 1;
        int back = (int) ir.n[i + 2] & bits - 1;
        if (there + back != bits) {
            return 0;
        }
        return isLeft(first) ? there : back;
    }

    static boolean is64(Opcode shift) {
        return shift == Opcode.I64X2_SHL || shift == Opcode.I64X2_SHR_U;
    }

    private static boolean isLeft(Opcode shift) {
        return shift == Opcode.I32X4_SHL || shift == Opcode.I64X2_SHL;
    }

    private static Opcode opposite(Opcode shift) {
        return switch (shift) {
            case I32X4_SHL -> Opcode.I32X4_SHR_U;
            case I32X4_SHR_U -> Opcode.I32X4_SHL;
            case I64X2_SHL -> Opcode.I64X2_SHR_U;
            case I64X2_SHR_U -> Opcode.I64X2_SHL;
            default -> null;
        };
    }
}
