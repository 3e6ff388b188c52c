// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Atomic accesses of memories, all sequentially consistent. Widths are powers of two, given as
 * logarithms; values are zero-extended. Addresses are effective addresses that were checked by
 * {@link #address}.
 *
 * <p>A memory in an array is never shared and its store is used by one thread at a time, so plain
 * accesses are atomic there.
 */
public final class Atomics {
    /** What a read-modify-write does with the old value and the operand. */
    public enum Update {
        ADD,
        SUB,
        AND,
        OR,
        XOR,
        XCHG;

        private long apply(long old, long operand) {
            return switch (this) {
                case ADD -> old + operand;
                case SUB -> old - operand;
                case AND -> old & operand;
                case OR -> old | operand;
                case XOR -> old ^ operand;
                case XCHG -> operand;
            };
        }
    }

    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();
    private static final VarHandle SHORT =
            ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    private static final VarHandle INT =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    private static final VarHandle LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    private static final long U32 = 0xFFFF_FFFFL;

    private Atomics() {}

    /**
     * The effective address of an access, which must be aligned and within the memory.
     *
     * @param address as the memory's address type has it: unsigned
     * @param offset of the instruction, unsigned
     */
    public static long address(LinearMemory memory, long address, long offset, int width) {
        if ((address + offset & (1L << width) - 1) != 0) {
            memory.checkOpen();
            throw new Trap(TrapKind.UNALIGNED_ATOMIC);
        }
        return memory.effective(address, offset, 1 << width);
    }

    private static long at(NativeMemory memory, long ea) {
        return (memory.base & NativeMemory.ADDRESS_MASK) + ea;
    }

    public static long load(LinearMemory memory, long ea, int width) {
        if (memory instanceof NativeMemory off) {
            long at = at(off, ea);
            return switch (width) {
                case 0 -> (byte) BYTE.getVolatile(NativeMemory.ALL, at) & 0xFF;
                case 1 -> (short) SHORT.getVolatile(NativeMemory.ALL, at) & 0xFFFF;
                case 2 -> (int) INT.getVolatile(NativeMemory.ALL, at) & U32;
                default -> (long) LONG.getVolatile(NativeMemory.ALL, at);
            };
        }
        return switch (width) {
            case 0 -> memory.get8(ea) & 0xFF;
            case 1 -> memory.get16(ea) & 0xFFFF;
            case 2 -> memory.get32(ea) & U32;
            default -> memory.get64(ea);
        };
    }

    public static void store(LinearMemory memory, long ea, int width, long value) {
        if (memory instanceof NativeMemory off) {
            long at = at(off, ea);
            switch (width) {
                case 0 -> BYTE.setVolatile(NativeMemory.ALL, at, (byte) value);
                case 1 -> SHORT.setVolatile(NativeMemory.ALL, at, (short) value);
                case 2 -> INT.setVolatile(NativeMemory.ALL, at, (int) value);
                default -> LONG.setVolatile(NativeMemory.ALL, at, value);
            }
            return;
        }
        put(memory, ea, width, value);
    }

    private static void put(LinearMemory memory, long ea, int width, long value) {
        switch (width) {
            case 0 -> memory.put8(ea, (byte) value);
            case 1 -> memory.put16(ea, (short) value);
            case 2 -> memory.put32(ea, (int) value);
            default -> memory.put64(ea, value);
        }
    }

    /** Changes a value; the result is the old one. */
    public static long update(LinearMemory memory, long ea, int width, Update kind, long operand) {
        if (!(memory instanceof NativeMemory off)) {
            long old = load(memory, ea, width);
            put(memory, ea, width, kind.apply(old, operand));
            return old;
        }
        long at = at(off, ea);
        return switch (width) {
            case 0, 1 -> updateNarrow(at, width, kind, operand);
            case 2 -> update32(at, kind, (int) operand) & U32;
            default -> update64(at, kind, operand);
        };
    }

    private static int update32(long at, Update kind, int operand) {
        return switch (kind) {
            case ADD -> (int) INT.getAndAdd(NativeMemory.ALL, at, operand);
            case SUB -> (int) INT.getAndAdd(NativeMemory.ALL, at, -operand);
            case AND -> (int) INT.getAndBitwiseAnd(NativeMemory.ALL, at, operand);
            case OR -> (int) INT.getAndBitwiseOr(NativeMemory.ALL, at, operand);
            case XOR -> (int) INT.getAndBitwiseXor(NativeMemory.ALL, at, operand);
            case XCHG -> (int) INT.getAndSet(NativeMemory.ALL, at, operand);
        };
    }

    private static long update64(long at, Update kind, long operand) {
        return switch (kind) {
            case ADD -> (long) LONG.getAndAdd(NativeMemory.ALL, at, operand);
            case SUB -> (long) LONG.getAndAdd(NativeMemory.ALL, at, -operand);
            case AND -> (long) LONG.getAndBitwiseAnd(NativeMemory.ALL, at, operand);
            case OR -> (long) LONG.getAndBitwiseOr(NativeMemory.ALL, at, operand);
            case XOR -> (long) LONG.getAndBitwiseXor(NativeMemory.ALL, at, operand);
            case XCHG -> (long) LONG.getAndSet(NativeMemory.ALL, at, operand);
        };
    }

    /**
     * Bytes and half words have no such operations of their own: the word around them is exchanged.
     * It lies within the storage, which is made of whole pages of the system.
     */
    private static long updateNarrow(long at, int width, Update kind, long operand) {
        long word = at & -4L;
        int shift = (int) (at & 3) << 3;
        int mask = (1 << (8 << width)) - 1;
        while (true) {
            int seen = (int) INT.getVolatile(NativeMemory.ALL, word);
            int old = seen >>> shift & mask;
            int wanted = (int) kind.apply(old, operand) & mask;
            int next = seen & ~(mask << shift) | wanted << shift;
            if (INT.compareAndSet(NativeMemory.ALL, word, seen, next)) {
                return old;
            }
        }
    }

    /**
     * Stores a value where the old one is as expected; the result is the old one.
     *
     * @param expected wider than the access it never matches
     */
    public static long exchange(
            LinearMemory memory, long ea, int width, long expected, long replacement) {
        if (!(memory instanceof NativeMemory off)) {
            long old = load(memory, ea, width);
            if (old == expected) {
                put(memory, ea, width, replacement);
            }
            return old;
        }
        long at = at(off, ea);
        if (width == 3) {
            return (long) LONG.compareAndExchange(NativeMemory.ALL, at, expected, replacement);
        }
        if (expected >>> (8 << width) != 0) {
            return load(memory, ea, width);
        }
        return width == 2
                ? (int)
                                INT.compareAndExchange(
                                        NativeMemory.ALL, at, (int) expected, (int) replacement)
                        & U32
                : exchangeNarrow(at, width, (int) expected, (int) replacement);
    }

    private static long exchangeNarrow(long at, int width, int expected, int replacement) {
        long word = at & -4L;
        int shift = (int) (at & 3) << 3;
        int mask = (1 << (8 << width)) - 1;
        while (true) {
            int seen = (int) INT.getVolatile(NativeMemory.ALL, word);
            int old = seen >>> shift & mask;
            if (old != expected) {
                return old;
            }
            int next = seen & ~(mask << shift) | (replacement & mask) << shift;
            if (INT.compareAndSet(NativeMemory.ALL, word, seen, next)) {
                return old;
            }
        }
    }

    /**
     * {@code memory.atomic.wait}.
     *
     * @param nanos how long; without end when negative
     * @return 0 when notified, 1 when the value is not the expected one, 2 when the time is over
     */
    public static int await(
            StoreImpl store, LinearMemory memory, long ea, int width, long expected, long nanos) {
        if (!(memory instanceof SharedView shared)) {
            throw new Trap(TrapKind.EXPECTED_SHARED_MEMORY);
        }
        return shared.storage.waits.await(
                store, ea, () -> load(memory, ea, width) == expected, nanos);
    }

    /**
     * {@code memory.atomic.notify}.
     *
     * @param count how many threads to wake at most, unsigned
     * @return how many were woken
     */
    public static int wake(LinearMemory memory, long ea, int count) {
        return memory instanceof SharedView shared ? shared.storage.waits.wake(ea, count) : 0;
    }
}
