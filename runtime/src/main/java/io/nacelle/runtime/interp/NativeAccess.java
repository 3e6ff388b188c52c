// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.exec.InstanceImpl;
import io.nacelle.runtime.exec.NativeMemory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** As {@link HeapAccess}, for instances of native stores. */
final class NativeAccess {
    /** See {@link NativeMemory}: all addresses, and what to mask a base with. */
    static final MemorySegment ALL = NativeMemory.ALL;

    static final long MASK = NativeMemory.ADDRESS_MASK;
    static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();
    static final VarHandle SHORT = view(ValueLayout.JAVA_SHORT_UNALIGNED);
    static final VarHandle INT = view(ValueLayout.JAVA_INT_UNALIGNED);
    static final VarHandle LONG = view(ValueLayout.JAVA_LONG_UNALIGNED);

    private NativeAccess() {}

    private static VarHandle view(ValueLayout layout) {
        return layout.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    }

    /** Memory 0, or null when there is none: validated code does not reach it then. */
    static NativeMemory memory(InstanceImpl instance) {
        var memories = instance.memories;
        return memories.length == 0 ? null : (NativeMemory) memories[0];
    }

    /** The size of memory 0. */
    static long limit(InstanceImpl instance) {
        var memories = instance.memories;
        return memories.length == 0 ? 0 : memories[0].size();
    }

    /**
     * Looks at the size again after an access that the limit did not allow.
     *
     * @return a larger limit, with which to try once more
     */
    static long limitAgain(NativeMemory mem, long limit) {
        long now = mem.size();
        if (now <= limit) {
            throw Traps.outOfBoundsMemory();
        }
        return now;
    }

    /** Checks an access that the limit did not allow: another thread may have grown the memory. */
    private static void checkAgain(NativeMemory mem, long ea, int width) {
        if (ea > mem.size() - width) {
            throw Traps.outOfBoundsMemory();
        }
    }

    static int load8S(NativeMemory mem, long limit, long ea) {
        if (ea >= limit) {
            checkAgain(mem, ea, 1);
        }
        return mem.get8(ea);
    }

    static int load8U(NativeMemory mem, long limit, long ea) {
        return load8S(mem, limit, ea) & 0xFF;
    }

    static int load16S(NativeMemory mem, long limit, long ea) {
        if (ea > limit - 2) {
            checkAgain(mem, ea, 2);
        }
        return mem.get16(ea);
    }

    static int load16U(NativeMemory mem, long limit, long ea) {
        return load16S(mem, limit, ea) & 0xFFFF;
    }

    static int load32(NativeMemory mem, long limit, long ea) {
        if (ea > limit - 4) {
            checkAgain(mem, ea, 4);
        }
        return mem.get32(ea);
    }

    static long load64(NativeMemory mem, long limit, long ea) {
        if (ea > limit - 8) {
            checkAgain(mem, ea, 8);
        }
        return mem.get64(ea);
    }

    static void store8(NativeMemory mem, long limit, long ea, long value) {
        if (ea >= limit) {
            checkAgain(mem, ea, 1);
        }
        mem.put8(ea, (byte) value);
    }

    static void store16(NativeMemory mem, long limit, long ea, long value) {
        if (ea > limit - 2) {
            checkAgain(mem, ea, 2);
        }
        mem.put16(ea, (short) value);
    }

    static void store32(NativeMemory mem, long limit, long ea, long value) {
        if (ea > limit - 4) {
            checkAgain(mem, ea, 4);
        }
        mem.put32(ea, (int) value);
    }

    static void store64(NativeMemory mem, long limit, long ea, long value) {
        if (ea > limit - 8) {
            checkAgain(mem, ea, 8);
        }
        mem.put64(ea, value);
    }
}
