// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.aotc.obj;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The relocations that position-independent code has (System V ABI for x86-64, 4.4; ELF for the Arm
 * 64-bit architecture, 5.7). The code is at a multiple of a page.
 */
final class Relocations {
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int X86_PC32 = 2;
    private static final int X86_PLT32 = 4;
    private static final int X86_PC64 = 24;

    private static final int ARM_PREL64 = 260;
    private static final int ARM_PREL32 = 261;
    private static final int ARM_LD_PREL_LO19 = 273;
    private static final int ARM_ADR_PREL_LO21 = 274;
    private static final int ARM_ADR_PREL_PG_HI21 = 275;
    private static final int ARM_ADD_ABS_LO12_NC = 277;
    private static final int ARM_LDST8_ABS_LO12_NC = 278;
    private static final int ARM_TSTBR14 = 279;
    private static final int ARM_CONDBR19 = 280;
    private static final int ARM_JUMP26 = 282;
    private static final int ARM_CALL26 = 283;
    private static final int ARM_LDST16_ABS_LO12_NC = 284;
    private static final int ARM_LDST32_ABS_LO12_NC = 285;
    private static final int ARM_LDST64_ABS_LO12_NC = 286;
    private static final int ARM_LDST128_ABS_LO12_NC = 299;

    private Relocations() {}

    /**
     * Applies a relocation.
     *
     * @param at the place in the code
     * @param target what it is to refer to: symbol and addend
     */
    static void apply(ElfObject.Machine machine, byte[] code, int at, int type, long target) {
        switch (machine) {
            case X86_64 -> x86(code, at, type, target);
            case AARCH64 -> arm(code, at, type, target);
        }
    }

    private static void x86(byte[] code, int at, int type, long target) {
        switch (type) {
            case X86_PC32, X86_PLT32 -> INT.set(code, at, (int) signed(target - at, 32));
            case X86_PC64 -> LONG.set(code, at, target - at);
            default -> throw unknown(type);
        }
    }

    private static void arm(byte[] code, int at, int type, long target) {
        long from = target - at;
        switch (type) {
            case ARM_PREL64 -> LONG.set(code, at, from);
            case ARM_PREL32 -> INT.set(code, at, (int) signed(from, 32));
            case ARM_LD_PREL_LO19, ARM_CONDBR19 -> field(code, at, signed(from, 21) >> 2, 19, 5);
            case ARM_TSTBR14 -> field(code, at, signed(from, 16) >> 2, 14, 5);
            case ARM_JUMP26, ARM_CALL26 -> field(code, at, signed(from, 28) >> 2, 26, 0);
            case ARM_ADR_PREL_LO21 -> address(code, at, signed(from, 21));
            case ARM_ADR_PREL_PG_HI21 -> address(code, at, signed((target >> 12) - (at >> 12), 21));
            case ARM_ADD_ABS_LO12_NC, ARM_LDST8_ABS_LO12_NC -> low(code, at, target, 0);
            case ARM_LDST16_ABS_LO12_NC -> low(code, at, target, 1);
            case ARM_LDST32_ABS_LO12_NC -> low(code, at, target, 2);
            case ARM_LDST64_ABS_LO12_NC -> low(code, at, target, 3);
            case ARM_LDST128_ABS_LO12_NC -> low(code, at, target, 4);
            default -> throw unknown(type);
        }
    }

    /** The offset within a page, in units of what is accessed. */
    private static void low(byte[] code, int at, long target, int shift) {
        field(code, at, (target & 0xFFF) >> shift, 12, 10);
    }

    /** The immediate of adr and adrp, in two pieces. */
    private static void address(byte[] code, int at, long value) {
        field(code, at, value & 3, 2, 29);
        field(code, at, value >> 2, 19, 5);
    }

    private static void field(byte[] code, int at, long value, int bits, int shift) {
        int mask = (1 << bits) - 1;
        int old = (int) INT.get(code, at);
        INT.set(code, at, old & ~(mask << shift) | ((int) value & mask) << shift);
    }

    private static long signed(long value, int bits) {
        if (value != value << 64 - bits >> 64 - bits) {
            throw new ObjectException("it is too far away: " + value + " bytes");
        }
        return value;
    }

    private static ObjectException unknown(int type) {
        return new ObjectException("a relocation that flat code cannot have: number " + type);
    }
}
