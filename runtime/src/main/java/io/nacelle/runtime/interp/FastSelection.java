// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.FastOp.*;

import io.nacelle.wasm.syntax.Opcode;

/** Which instruction of the register code does the work of which WebAssembly instruction. */
final class FastSelection {
    private static final int[] HOT = new int[Opcode.values().length];

    static {
        for (var op : Opcode.values()) {
            HOT[op.ordinal()] = select(op);
        }
    }

    private FastSelection() {}

    /** The register instruction, or -1 when there is only a rare one. */
    static int hot(Opcode op) {
        return HOT[op.ordinal()];
    }

    private static int select(Opcode op) {
        return switch (op) {
            case I32_EQ, I64_EQ -> EQ;
            case I32_NE, I64_NE -> NE;
            case I32_LT_S, I64_LT_S, I32_GT_S, I64_GT_S -> LT_S;
            case I32_LT_U, I64_LT_U, I32_GT_U, I64_GT_U -> LT_U;
            case I32_LE_S, I64_LE_S, I32_GE_S, I64_GE_S -> LE_S;
            case I32_LE_U, I64_LE_U, I32_GE_U, I64_GE_U -> LE_U;
            case I32_AND, I64_AND -> AND;
            case I32_OR, I64_OR -> OR;
            case I32_XOR, I64_XOR -> XOR;
            case I32_ADD -> ADD32;
            case I32_SUB -> SUB32;
            case I32_MUL -> MUL32;
            case I32_SHL -> SHL32;
            case I32_SHR_S -> SHR32_S;
            case I32_SHR_U -> SHR32_U;
            case I32_ROTL -> ROTL32;
            case I32_DIV_S -> DIV32_S;
            case I32_DIV_U -> DIV32_U;
            case I32_REM_S -> REM32_S;
            case I32_REM_U -> REM32_U;
            case I64_ADD -> ADD64;
            case I64_SUB -> SUB64;
            case I64_MUL -> MUL64;
            case I64_SHL -> SHL64;
            case I64_SHR_S -> SHR64_S;
            case I64_SHR_U -> SHR64_U;
            case I64_ROTL -> ROTL64;
            case I32_WRAP_I64, I64_EXTEND32_S -> WRAP;
            case I64_EXTEND_I32_U -> EXTEND_U;
            case I32_EXTEND8_S, I64_EXTEND8_S -> EXTEND8;
            case I32_EXTEND16_S, I64_EXTEND16_S -> EXTEND16;
            case I32_LOAD8_S, I64_LOAD8_S -> LOAD8_S;
            case I32_LOAD8_U, I64_LOAD8_U -> LOAD8_U;
            case I32_LOAD16_S, I64_LOAD16_S -> LOAD16_S;
            case I32_LOAD16_U, I64_LOAD16_U -> LOAD16_U;
            case I32_LOAD, F32_LOAD, I64_LOAD32_S -> LOAD32;
            case I64_LOAD32_U -> LOAD32_U;
            case I64_LOAD, F64_LOAD -> LOAD64;
            case I32_STORE8, I64_STORE8 -> STORE8;
            case I32_STORE16, I64_STORE16 -> STORE16;
            case I32_STORE, F32_STORE, I64_STORE32 -> STORE32;
            case I64_STORE, F64_STORE -> STORE64;
            case F64_ADD -> ADD_F64;
            case F64_SUB -> SUB_F64;
            case F64_MUL -> MUL_F64;
            case F64_DIV -> DIV_F64;
            case F64_NEG -> NEG_F64;
            case F64_ABS -> ABS_F64;
            case F64_SQRT -> SQRT_F64;
            case F64_EQ -> EQ_F64;
            case F64_NE -> NE_F64;
            case F64_LT, F64_GT -> LT_F64;
            case F64_LE, F64_GE -> LE_F64;
            case F32_ADD -> ADD_F32;
            case F32_SUB -> SUB_F32;
            case F32_MUL -> MUL_F32;
            case F32_DIV -> DIV_F32;
            case F32_LT, F32_GT -> LT_F32;
            case F32_LE, F32_GE -> LE_F32;
            case F64_CONVERT_I32_S, F64_CONVERT_I64_S -> CONVERT_F64_S;
            default -> -1;
        };
    }

    /** Whether the register instruction takes the operands the other way round. */
    static boolean swaps(Opcode op) {
        return switch (op) {
            case I32_GT_S,
                    I64_GT_S,
                    I32_GT_U,
                    I64_GT_U,
                    I32_GE_S,
                    I64_GE_S,
                    I32_GE_U,
                    I64_GE_U,
                    F64_GT,
                    F64_GE,
                    F32_GT,
                    F32_GE ->
                    true;
            default -> false;
        };
    }

    /** Whether the operands of a register instruction can change places. */
    static boolean commutes(int op) {
        return switch (op) {
            case EQ, NE, AND, OR, XOR, ADD32, MUL32, ADD64 -> true;
            default -> false;
        };
    }

    /** The form of a register instruction whose right operand is a number, or -1. */
    static int withImmediate(int op) {
        return switch (op) {
            case EQ -> EQI;
            case NE -> NEI;
            case AND -> ANDI;
            case OR -> ORI;
            case XOR -> XORI;
            case ADD32 -> ADDI32;
            case MUL32 -> MULI32;
            case SHL32 -> SHLI32;
            case SHR32_S -> SHRI32_S;
            case SHR32_U -> SHRI32_U;
            case ROTL32 -> ROTLI32;
            case ADD64 -> ADDI64;
            case SHL64 -> SHLI64;
            case SHR64_S -> SHRI64_S;
            case SHR64_U -> SHRI64_U;
            case ROTL64 -> ROTLI64;
            default -> -1;
        };
    }
}
