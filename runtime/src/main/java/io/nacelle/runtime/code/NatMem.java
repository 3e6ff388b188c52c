// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;
import io.nacelle.runtime.exec.NativeMemory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Accesses of memory 0 off the heap.
 *
 * <p>Parameters: the address, the value to store, the address of byte 0, the size in use when it
 * was read last, the offset, and the instance, which is asked for the size again when the access is
 * beyond that: another thread may have made the memory larger.
 */
public final class NatMem {
    private static final MemorySegment ALL = NativeMemory.ALL;
    private static final long MASK = NativeMemory.ADDRESS_MASK;
    private static final long U32 = 0xFFFF_FFFFL;
    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();
    private static final VarHandle SHORT = view(ValueLayout.JAVA_SHORT_UNALIGNED);
    private static final VarHandle INT = view(ValueLayout.JAVA_INT_UNALIGNED);
    private static final VarHandle LONG = view(ValueLayout.JAVA_LONG_UNALIGNED);

    private NatMem() {}

    private static VarHandle view(ValueLayout layout) {
        return layout.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    }

    /** The effective address of an access with a 32-bit address. */
    public static long ea(
            int address, long base, long limit, long offset, int width, CodeInstance instance) {
        return ea(address & U32, base, limit, offset, width, instance);
    }

    /** The effective address of an access, checked. */
    public static long ea(
            long address, long base, long limit, long offset, int width, CodeInstance instance) {
        long end = address + offset;
        // A sum of two that are not negative overflows to a negative one.
        if ((address | offset | end) < 0 || end > limit - width) {
            again(address, offset, end, width, instance);
        }
        return (base & MASK) + end;
    }

    private static void again(
            long address, long offset, long end, int width, CodeInstance instance) {
        if ((address | offset | end) < 0 || end > instance.nat.size() - width) {
            throw new Trap(TrapKind.OUT_OF_BOUNDS_MEMORY);
        }
    }

    public static int load8S(long at) {
        return (byte) BYTE.get(ALL, at);
    }

    public static int load8U(long at) {
        return (byte) BYTE.get(ALL, at) & 0xFF;
    }

    public static int load16S(long at) {
        return (short) SHORT.get(ALL, at);
    }

    public static int load16U(long at) {
        return (short) SHORT.get(ALL, at) & 0xFFFF;
    }

    public static int load32(long at) {
        return (int) INT.get(ALL, at);
    }

    public static long load64(long at) {
        return (long) LONG.get(ALL, at);
    }

    public static float loadF32(long at) {
        return Float.intBitsToFloat(load32(at));
    }

    public static double loadF64(long at) {
        return Double.longBitsToDouble(load64(at));
    }

    public static void store8(long at, int value) {
        BYTE.set(ALL, at, (byte) value);
    }

    public static void store16(long at, int value) {
        SHORT.set(ALL, at, (short) value);
    }

    public static void store32(long at, int value) {
        INT.set(ALL, at, value);
    }

    public static void store64(long at, long value) {
        LONG.set(ALL, at, value);
    }

    public static void storeF32(long at, float value) {
        store32(at, Float.floatToRawIntBits(value));
    }

    public static void storeF64(long at, double value) {
        store64(at, Double.doubleToRawLongBits(value));
    }

    // Whole accesses, with 32-bit and with 64-bit addresses.

    public static int load8S(
            int address, long base, long limit, long offset, CodeInstance instance) {
        return load8S(ea(address, base, limit, offset, 1, instance));
    }

    public static int load8U(
            int address, long base, long limit, long offset, CodeInstance instance) {
        return load8U(ea(address, base, limit, offset, 1, instance));
    }

    public static int load16S(
            int address, long base, long limit, long offset, CodeInstance instance) {
        return load16S(ea(address, base, limit, offset, 2, instance));
    }

    public static int load16U(
            int address, long base, long limit, long offset, CodeInstance instance) {
        return load16U(ea(address, base, limit, offset, 2, instance));
    }

    public static int load32(
            int address, long base, long limit, long offset, CodeInstance instance) {
        return load32(ea(address, base, limit, offset, 4, instance));
    }

    public static long load64(
            int address, long base, long limit, long offset, CodeInstance instance) {
        return load64(ea(address, base, limit, offset, 8, instance));
    }

    public static float loadF32(
            int address, long base, long limit, long offset, CodeInstance instance) {
        return loadF32(ea(address, base, limit, offset, 4, instance));
    }

    public static double loadF64(
            int address, long base, long limit, long offset, CodeInstance instance) {
        return loadF64(ea(address, base, limit, offset, 8, instance));
    }

    public static void store8(
            int address, int value, long base, long limit, long offset, CodeInstance instance) {
        store8(ea(address, base, limit, offset, 1, instance), value);
    }

    public static void store16(
            int address, int value, long base, long limit, long offset, CodeInstance instance) {
        store16(ea(address, base, limit, offset, 2, instance), value);
    }

    public static void store32(
            int address, int value, long base, long limit, long offset, CodeInstance instance) {
        store32(ea(address, base, limit, offset, 4, instance), value);
    }

    public static void store64(
            int address, long value, long base, long limit, long offset, CodeInstance instance) {
        store64(ea(address, base, limit, offset, 8, instance), value);
    }

    public static void storeF32(
            int address, float value, long base, long limit, long offset, CodeInstance instance) {
        storeF32(ea(address, base, limit, offset, 4, instance), value);
    }

    public static void storeF64(
            int address, double value, long base, long limit, long offset, CodeInstance instance) {
        storeF64(ea(address, base, limit, offset, 8, instance), value);
    }

    public static int load8S(
            long address, long base, long limit, long offset, CodeInstance instance) {
        return load8S(ea(address, base, limit, offset, 1, instance));
    }

    public static int load8U(
            long address, long base, long limit, long offset, CodeInstance instance) {
        return load8U(ea(address, base, limit, offset, 1, instance));
    }

    public static int load16S(
            long address, long base, long limit, long offset, CodeInstance instance) {
        return load16S(ea(address, base, limit, offset, 2, instance));
    }

    public static int load16U(
            long address, long base, long limit, long offset, CodeInstance instance) {
        return load16U(ea(address, base, limit, offset, 2, instance));
    }

    public static int load32(
            long address, long base, long limit, long offset, CodeInstance instance) {
        return load32(ea(address, base, limit, offset, 4, instance));
    }

    public static long load64(
            long address, long base, long limit, long offset, CodeInstance instance) {
        return load64(ea(address, base, limit, offset, 8, instance));
    }

    public static float loadF32(
            long address, long base, long limit, long offset, CodeInstance instance) {
        return loadF32(ea(address, base, limit, offset, 4, instance));
    }

    public static double loadF64(
            long address, long base, long limit, long offset, CodeInstance instance) {
        return loadF64(ea(address, base, limit, offset, 8, instance));
    }

    public static void store8(
            long address, int value, long base, long limit, long offset, CodeInstance instance) {
        store8(ea(address, base, limit, offset, 1, instance), value);
    }

    public static void store16(
            long address, int value, long base, long limit, long offset, CodeInstance instance) {
        store16(ea(address, base, limit, offset, 2, instance), value);
    }

    public static void store32(
            long address, int value, long base, long limit, long offset, CodeInstance instance) {
        store32(ea(address, base, limit, offset, 4, instance), value);
    }

    public static void store64(
            long address, long value, long base, long limit, long offset, CodeInstance instance) {
        store64(ea(address, base, limit, offset, 8, instance), value);
    }

    public static void storeF32(
            long address, float value, long base, long limit, long offset, CodeInstance instance) {
        storeF32(ea(address, base, limit, offset, 4, instance), value);
    }

    public static void storeF64(
            long address, double value, long base, long limit, long offset, CodeInstance instance) {
        storeF64(ea(address, base, limit, offset, 8, instance), value);
    }
}
