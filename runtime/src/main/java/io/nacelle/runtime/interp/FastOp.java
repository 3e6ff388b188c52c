// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

/**
 * The instructions of the fast interpreter's register code, and how they are laid out.
 *
 * <p>Code is an array of words of 64 bits. An instruction is one word, so that fetching it costs
 * one bounds check; a few have operands in the words that follow. From the lowest bit:
 *
 * <pre>
 *   op:10  a:13  d:13  b:13  c:13  unused:2    four slots
 *   op:10  a:13  d:13  immediate:28            two slots and a signed number
 * </pre>
 *
 * <p>Slots count from the frame's first: parameters and locals, then the operand stack. d is where
 * the result goes; stores have the value in d, branches that compare two slots the second. Branches
 * that compare with a number have it in the immediate, and their target in the word that follows.
 *
 * <p>Word 0 of a function's code is not an instruction: it holds the number of parameters, of
 * locals (parameters included) and of all slots, 13 bits each, and the index of the word that
 * execution begins at.
 */
final class FastOp {
    // Control. Branches hold their target in the immediate.
    static final int UNREACHABLE = 0;
    static final int JMP = 1;
    static final int BR_EQ = 2;
    static final int BR_NE = 3;
    static final int BR_LT_S = 4;
    static final int BR_LT_U = 5;
    static final int BR_LE_S = 6;
    static final int BR_LE_U = 7;
    static final int BRI_EQ = 8;
    static final int BRI_NE = 9;
    static final int BRI_LT_S = 10;
    static final int BRI_GE_S = 11;
    static final int BRI_LT_U = 12;
    static final int BRI_GE_U = 13;
    static final int BR_TABLE = 14;
    static final int RETURN = 15;
    static final int CALL = 16;
    static final int CALL_OUT = 17;
    static final int CALL_INDIRECT = 18;
    static final int CALL_REF = 19;
    static final int TAIL_CALL = 20;
    static final int TAIL_CALL_INDIRECT = 21;
    static final int TAIL_CALL_REF = 22;
    static final int FUEL = 23;

    // Moves.
    static final int MOV = 24;
    static final int CONST = 25;
    static final int CONST64 = 26;
    static final int SELECT = 27;
    static final int GLOBAL_GET = 28;
    static final int GLOBAL_SET = 29;
    static final int MEMORY_GROW = 30;

    // Comparisons of 32-bit and 64-bit integers alike: 32-bit ones lie sign-extended.
    static final int EQ = 31;
    static final int NE = 32;
    static final int LT_S = 33;
    static final int LT_U = 34;
    static final int LE_S = 35;
    static final int LE_U = 36;
    static final int EQI = 37;
    static final int NEI = 38;
    static final int LTI_S = 39;
    static final int GEI_S = 40;
    static final int LTI_U = 41;
    static final int GEI_U = 42;

    // Bits, of either width.
    static final int AND = 43;
    static final int OR = 44;
    static final int XOR = 45;
    static final int ANDI = 46;
    static final int ORI = 47;
    static final int XORI = 48;

    // 32-bit arithmetic.
    static final int ADD32 = 49;
    static final int SUB32 = 50;
    static final int MUL32 = 51;
    static final int SHL32 = 52;
    static final int SHR32_S = 53;
    static final int SHR32_U = 54;
    static final int ROTL32 = 55;
    static final int ADDI32 = 56;
    static final int MULI32 = 57;
    static final int SHLI32 = 58;
    static final int SHRI32_S = 59;
    static final int SHRI32_U = 60;
    static final int ROTLI32 = 61;
    static final int DIV32_S = 62;
    static final int DIV32_U = 63;
    static final int REM32_S = 64;
    static final int REM32_U = 65;

    // 64-bit arithmetic.
    static final int ADD64 = 66;
    static final int SUB64 = 67;
    static final int MUL64 = 68;
    static final int SHL64 = 69;
    static final int SHR64_S = 70;
    static final int SHR64_U = 71;
    static final int ROTL64 = 72;
    static final int ADDI64 = 73;
    static final int SHLI64 = 74;
    static final int SHRI64_S = 75;
    static final int SHRI64_U = 76;
    static final int ROTLI64 = 77;

    // Conversions between integers.
    static final int WRAP = 78;
    static final int EXTEND_U = 79;
    static final int EXTEND8 = 80;
    static final int EXTEND16 = 81;

    // Memory 0, 32-bit addresses, offset in the immediate.
    static final int LOAD8_S = 82;
    static final int LOAD8_U = 83;
    static final int LOAD16_S = 84;
    static final int LOAD16_U = 85;
    static final int LOAD32 = 86;
    static final int LOAD32_U = 87;
    static final int LOAD64 = 88;
    static final int STORE8 = 89;
    static final int STORE16 = 90;
    static final int STORE32 = 91;
    static final int STORE64 = 92;

    // The same, with the address wrapping around: an addition of 32 bits comes before the access.
    static final int LOADW8_S = 93;
    static final int LOADW8_U = 94;
    static final int LOADW16_S = 95;
    static final int LOADW16_U = 96;
    static final int LOADW32 = 97;
    static final int LOADW32_U = 98;
    static final int LOADW64 = 99;
    static final int STOREW8 = 100;
    static final int STOREW16 = 101;
    static final int STOREW32 = 102;
    static final int STOREW64 = 103;

    // Floating point.
    static final int ADD_F64 = 104;
    static final int SUB_F64 = 105;
    static final int MUL_F64 = 106;
    static final int DIV_F64 = 107;
    static final int NEG_F64 = 108;
    static final int ABS_F64 = 109;
    static final int SQRT_F64 = 110;
    static final int EQ_F64 = 111;
    static final int NE_F64 = 112;
    static final int LT_F64 = 113;
    static final int LE_F64 = 114;
    static final int ADD_F32 = 115;
    static final int SUB_F32 = 116;
    static final int MUL_F32 = 117;
    static final int DIV_F32 = 118;
    static final int LT_F32 = 119;
    static final int LE_F32 = 120;
    static final int CONVERT_F64_S = 121;

    // Everything else: a word with the opcode and two indices follows; see FastRare. Numbers from
    // FastGcOp.FIRST on are for objects.
    static final int RARE = 122;

    // Counts how often control comes here: a word with the count that is left follows, and one with
    // the module offset of the loop, or -1 at the beginning of the function.
    static final int TIER = 123;

    static final int OP_BITS = 10;
    static final int SLOT_BITS = 13;
    static final int MAX_SLOTS = 1 << SLOT_BITS;
    static final int SLOT_MASK = MAX_SLOTS - 1;
    static final int A_SHIFT = OP_BITS;
    static final int D_SHIFT = A_SHIFT + SLOT_BITS;
    static final int B_SHIFT = D_SHIFT + SLOT_BITS;

    private FastOp() {}

    /** Word 0 of a function's code. */
    static long header(int params, int locals, int slots, int start) {
        return params
                | (long) locals << SLOT_BITS
                | (long) slots << 2 * SLOT_BITS
                | (long) start << 3 * SLOT_BITS;
    }

    /** The parameters of a function, by word 0 of its code. */
    static int params(long header) {
        return (int) header & SLOT_MASK;
    }

    /** The locals of a function, parameters included. */
    static int locals(long header) {
        return (int) (header >>> SLOT_BITS) & SLOT_MASK;
    }

    /** The slots of a function's frame. */
    static int frameSlots(long header) {
        return (int) (header >>> 2 * SLOT_BITS) & SLOT_MASK;
    }

    /** The word that execution begins at. */
    static int start(long header) {
        return (int) (header >>> 3 * SLOT_BITS);
    }

    /** Whether a number fits the immediate of an instruction. */
    static boolean fits(long value) {
        return value << B_SHIFT >> B_SHIFT == value;
    }

    static long encode(int op, int a, int d, long immediate) {
        return op
                | (long) (a & SLOT_MASK) << A_SHIFT
                | (long) (d & SLOT_MASK) << D_SHIFT
                | immediate << B_SHIFT;
    }

    static int op(long word) {
        return (int) word & (1 << OP_BITS) - 1;
    }

    static int a(long word) {
        return (int) (word >>> A_SHIFT) & SLOT_MASK;
    }

    static int d(long word) {
        return (int) (word >>> D_SHIFT) & SLOT_MASK;
    }

    static int b(long word) {
        return (int) (word >>> B_SHIFT) & SLOT_MASK;
    }

    static int c(long word) {
        return (int) (word >>> B_SHIFT + SLOT_BITS) & SLOT_MASK;
    }

    /** The immediate that holds two slots. */
    static long pair(int b, int c) {
        return b | (long) c << SLOT_BITS;
    }

    static int immediate(long word) {
        return (int) (word >> B_SHIFT);
    }

    static long withD(long word, int d) {
        return word & ~((long) SLOT_MASK << D_SHIFT) | (long) d << D_SHIFT;
    }

    static long withImmediate(long word, int immediate) {
        return word & (1L << B_SHIFT) - 1 | (long) immediate << B_SHIFT;
    }
}
