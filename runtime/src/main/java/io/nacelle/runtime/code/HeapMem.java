// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.exec.HeapMemory;

import java.util.Objects;

/**
 * Accesses of memory 0 as an array. A failed check leaves as {@link IndexOutOfBoundsException},
 * which within compiled code means this and nothing else: C2 then treats the check as it treats
 * that of any array, and takes it out of loops.
 *
 * <p>Parameters: the address, the value to store, the array, the size in use, the offset.
 */
public final class HeapMem {
    private HeapMem() {}

    private static int check(int address, int offset, int limit) {
        if (offset == 0) {
            return Objects.checkIndex(address, limit);
        }
        // The sum first, as it is what loops usually count by: with it C2 counts them, too.
        int index = Objects.checkIndex(address + offset, limit);
        if (index < offset) {
            // The sum is beyond 32 bits.
            throw new IndexOutOfBoundsException();
        }
        return index;
    }

    public static int load8S(int address, byte[] memory, int limit, int offset) {
        return memory[check(address, offset, limit)];
    }

    public static int load8U(int address, byte[] memory, int limit, int offset) {
        return memory[check(address, offset, limit)] & 0xFF;
    }

    public static int load16S(int address, byte[] memory, int limit, int offset) {
        return (short) HeapMemory.SHORT.get(memory, check(address, offset, limit - 1));
    }

    public static int load16U(int address, byte[] memory, int limit, int offset) {
        return (short) HeapMemory.SHORT.get(memory, check(address, offset, limit - 1)) & 0xFFFF;
    }

    public static int load32(int address, byte[] memory, int limit, int offset) {
        return (int) HeapMemory.INT.get(memory, check(address, offset, limit - 3));
    }

    public static long load64(int address, byte[] memory, int limit, int offset) {
        return (long) HeapMemory.LONG.get(memory, check(address, offset, limit - 7));
    }

    public static float loadF32(int address, byte[] memory, int limit, int offset) {
        return Float.intBitsToFloat(load32(address, memory, limit, offset));
    }

    public static double loadF64(int address, byte[] memory, int limit, int offset) {
        return Double.longBitsToDouble(load64(address, memory, limit, offset));
    }

    public static void store8(int address, int value, byte[] memory, int limit, int offset) {
        memory[check(address, offset, limit)] = (byte) value;
    }

    public static void store16(int address, int value, byte[] memory, int limit, int offset) {
        HeapMemory.SHORT.set(memory, check(address, offset, limit - 1), (short) value);
    }

    public static void store32(int address, int value, byte[] memory, int limit, int offset) {
        HeapMemory.INT.set(memory, check(address, offset, limit - 3), value);
    }

    public static void store64(int address, long value, byte[] memory, int limit, int offset) {
        HeapMemory.LONG.set(memory, check(address, offset, limit - 7), value);
    }

    public static void storeF32(int address, float value, byte[] memory, int limit, int offset) {
        store32(address, Float.floatToRawIntBits(value), memory, limit, offset);
    }

    public static void storeF64(int address, double value, byte[] memory, int limit, int offset) {
        store64(address, Double.doubleToRawLongBits(value), memory, limit, offset);
    }

    /** What leaves code that has such accesses in place, where address and offset are too large. */
    public static IndexOutOfBoundsException beyond() {
        return new IndexOutOfBoundsException();
    }
}
