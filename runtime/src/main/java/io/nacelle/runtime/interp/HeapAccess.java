// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.exec.HeapMemory;
import io.nacelle.runtime.exec.InstanceImpl;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How an interpreter's loop reaches memory 0 of an instance of a heap store. {@link NativeAccess}
 * has the same methods for native stores; the loop for those is generated from the one for heap
 * stores.
 *
 * <p>The size is passed beside the array, which may have slack. An effective address is the sum of
 * two unsigned 32-bit numbers.
 */
final class HeapAccess {
    static final VarHandle BYTE = MethodHandles.arrayElementVarHandle(byte[].class);
    static final VarHandle SHORT = HeapMemory.SHORT;
    static final VarHandle INT = HeapMemory.INT;
    static final VarHandle LONG = HeapMemory.LONG;
    private static final byte[] NONE = {};

    private HeapAccess() {}

    /** The base of memory 0. */
    static byte[] memory(InstanceImpl instance) {
        var memories = instance.memories;
        return memories.length == 0 ? NONE : ((HeapMemory) memories[0]).bytes;
    }

    /** The size of memory 0. */
    static long limit(InstanceImpl instance) {
        var memories = instance.memories;
        return memories.length == 0 ? 0 : ((HeapMemory) memories[0]).limit;
    }

    static int load8S(byte[] mem, long limit, long ea) {
        if (ea >= limit) {
            throw Traps.outOfBoundsMemory();
        }
        return mem[(int) ea];
    }

    static int load8U(byte[] mem, long limit, long ea) {
        return load8S(mem, limit, ea) & 0xFF;
    }

    static int load16S(byte[] mem, long limit, long ea) {
        if (ea > limit - 2) {
            throw Traps.outOfBoundsMemory();
        }
        return (short) SHORT.get(mem, (int) ea);
    }

    static int load16U(byte[] mem, long limit, long ea) {
        return load16S(mem, limit, ea) & 0xFFFF;
    }

    static int load32(byte[] mem, long limit, long ea) {
        if (ea > limit - 4) {
            throw Traps.outOfBoundsMemory();
        }
        return (int) INT.get(mem, (int) ea);
    }

    static long load64(byte[] mem, long limit, long ea) {
        if (ea > limit - 8) {
            throw Traps.outOfBoundsMemory();
        }
        return (long) LONG.get(mem, (int) ea);
    }

    static void store8(byte[] mem, long limit, long ea, long value) {
        if (ea >= limit) {
            throw Traps.outOfBoundsMemory();
        }
        mem[(int) ea] = (byte) value;
    }

    static void store16(byte[] mem, long limit, long ea, long value) {
        if (ea > limit - 2) {
            throw Traps.outOfBoundsMemory();
        }
        SHORT.set(mem, (int) ea, (short) value);
    }

    static void store32(byte[] mem, long limit, long ea, long value) {
        if (ea > limit - 4) {
            throw Traps.outOfBoundsMemory();
        }
        INT.set(mem, (int) ea, (int) value);
    }

    static void store64(byte[] mem, long limit, long ea, long value) {
        if (ea > limit - 8) {
            throw Traps.outOfBoundsMemory();
        }
        LONG.set(mem, (int) ea, value);
    }
}
