// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

/**
 * Decodes immediates where they lie in the code. The code is valid, so nothing is checked; numbers
 * may still be padded to their greatest length.
 *
 * <p>A number and the place behind it are handed over as one {@code long}: the place in the high
 * half, the number in the low half. That spares an object for each.
 */
final class ClassicLeb {
    /** The result of {@link #memArg} for an access that needs the general path. */
    static final long GENERAL = -1;

    private static final int MEMORY_INDEX_FLAG = 0x40;
    private static final int REF = 0x64;
    private static final int REF_NULL = 0x63;
    private static final int EXACT = 0x62;

    private ClassicLeb() {}

    private static long pack(int pc, int value) {
        return (long) pc << 32 | value & 0xFFFF_FFFFL;
    }

    /** An unsigned number of 32 bits, and the place behind it. */
    static long u32(byte[] code, int pc) {
        int at = pc;
        int value = 0;
        int shift = 0;
        int b;
        do {
            b = code[at++];
            value |= (b & 0x7F) << shift;
            shift += 7;
        } while (b < 0);
        return pack(at, value);
    }

    /** A signed number of 32 bits, and the place behind it. */
    static long s32(byte[] code, int pc) {
        int at = pc;
        int value = 0;
        int shift = 0;
        int b;
        do {
            b = code[at++];
            value |= (b & 0x7F) << shift;
            shift += 7;
        } while (b < 0);
        if (shift < 32) {
            value = value << 32 - shift >> 32 - shift;
        }
        return pack(at, value);
    }

    /** An unsigned number of 64 bits. */
    static long u64(byte[] code, int pc) {
        int at = pc;
        long value = 0;
        int shift = 0;
        int b;
        do {
            b = code[at++];
            value |= (long) (b & 0x7F) << shift;
            shift += 7;
        } while (b < 0);
        return value;
    }

    /** A signed number of 64 bits. */
    static long s64(byte[] code, int pc) {
        int at = pc;
        long value = 0;
        int shift = 0;
        int b;
        do {
            b = code[at++];
            value |= (long) (b & 0x7F) << shift;
            shift += 7;
        } while (b < 0);
        return shift < 64 ? value << 64 - shift >> 64 - shift : value;
    }

    /** The place behind a number of any kind. */
    static int skip(byte[] code, int pc) {
        int at = pc;
        while (code[at] < 0) {
            at++;
        }
        return at + 1;
    }

    static int fixed32(byte[] code, int pc) {
        return code[pc] & 0xFF
                | (code[pc + 1] & 0xFF) << 8
                | (code[pc + 2] & 0xFF) << 16
                | code[pc + 3] << 24;
    }

    static long fixed64(byte[] code, int pc) {
        return fixed32(code, pc) & 0xFFFF_FFFFL | (long) fixed32(code, pc + 4) << 32;
    }

    /**
     * The offset of an access to memory 0, and the place behind it; {@link #GENERAL} when the
     * access is to another memory or memory 0 has 64-bit addresses.
     */
    static long memArg(byte[] code, int pc, int traits) {
        int offset = code[pc + 1];
        if ((code[pc] & 0xC0 | offset & 0x80 | traits & ClassicCode.WIDE_ADDRESSES) == 0) {
            return (long) (pc + 2) << 32 | offset;
        }
        return longMemArg(code, pc, traits);
    }

    private static long longMemArg(byte[] code, int pc, int traits) {
        if ((traits & ClassicCode.WIDE_ADDRESSES) != 0 || code[pc] < 0) {
            return GENERAL;
        }
        return (code[pc] & MEMORY_INDEX_FLAG) != 0 ? GENERAL : u32(code, pc + 1);
    }

    /** Whether a memory access names its memory. */
    static boolean namesMemory(int flags) {
        return (flags & MEMORY_INDEX_FLAG) != 0;
    }

    /** The place behind a block type. */
    static int skipBlockType(byte[] code, int pc) {
        int b = code[pc];
        return b >= 0 && b != REF && b != REF_NULL ? pc + 1 : skipLongBlockType(code, pc);
    }

    private static int skipLongBlockType(byte[] code, int pc) {
        return code[pc] < 0 ? skip(code, pc) : skipHeapType(code, pc + 1);
    }

    /** The place behind a value type. */
    static int skipValType(byte[] code, int pc) {
        return code[pc] == REF || code[pc] == REF_NULL ? skipHeapType(code, pc + 1) : pc + 1;
    }

    /** The place behind a heap type. */
    static int skipHeapType(byte[] code, int pc) {
        return code[pc] == EXACT ? skip(code, pc + 1) : skip(code, pc);
    }
}
