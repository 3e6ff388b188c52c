// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.code.Assumption;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.MemType;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * A memory in a Java array.
 *
 * <p>The array is exact as long as growing is rare; once growing has copied more than the memory's
 * size over and over, the array is given slack.
 */
public final class HeapMemory extends LinearMemory {
    /** 2 GiB less a page. */
    static final long MAX_BYTES = (1L << 31) - (1 << 16);

    /** Little-endian accesses of an array, wherever they begin. */
    public static final VarHandle SHORT = view(short[].class);

    public static final VarHandle INT = view(int[].class);
    public static final VarHandle LONG = view(long[].class);
    private static final byte[] RELEASED = {};

    /** The bytes; those from {@link #limit} on are slack, and zero. Replaced when it grows. */
    public byte[] bytes;

    /** The size in bytes. */
    public int limit;

    private long copied;

    /** Whether there has been slack. */
    private boolean slack;

    /** What code assumes that is made for there being no slack. */
    private final Set<Assumption> exact = new HashSet<>();

    HeapMemory(StoreImpl store, MemType type, long size) {
        super(store, type, MAX_BYTES);
        this.bytes = new byte[(int) size];
        this.limit = (int) size;
    }

    /** That begins with an image. */
    HeapMemory(StoreImpl store, MemType type, long size, MemoryImage image) {
        super(store, type, MAX_BYTES);
        // Copied and filled up with zeros at once: nothing is written twice.
        this.bytes = Arrays.copyOf(image.bytes, (int) size);
        this.limit = (int) size;
    }

    private static VarHandle view(Class<?> arrays) {
        return MethodHandles.byteArrayViewVarHandle(arrays, ByteOrder.LITTLE_ENDIAN);
    }

    /** Has an assumption hold only as long as the array is exact. */
    public void whileExact(Assumption assumption) {
        if (slack) {
            assumption.set(false);
        } else {
            exact.add(assumption);
        }
    }

    private void giveUpExact() {
        slack = true;
        exact.forEach(assumption -> assumption.set(false));
        exact.clear();
    }

    @Override
    public long size() {
        return limit;
    }

    @Override
    boolean resize(long size) {
        if (size > bytes.length) {
            long capacity = size;
            if (copied > 2 * size) {
                capacity = Math.min(maxBytes(), size + (size >> 1));
            }
            copied += limit;
            byte[] larger;
            try {
                larger = Arrays.copyOf(bytes, (int) capacity);
            } catch (OutOfMemoryError e) {
                if (capacity == size) {
                    return false;
                }
                larger = Arrays.copyOf(bytes, (int) size);
            }
            if (larger.length > size && !slack) {
                // Before any code can see the slack.
                giveUpExact();
            }
            bytes = larger;
        }
        limit = (int) size;
        return true;
    }

    @Override
    void release() {
        bytes = RELEASED;
        limit = 0;
    }

    @Override
    public byte get8(long ea) {
        return bytes[(int) ea];
    }

    @Override
    public short get16(long ea) {
        return (short) SHORT.get(bytes, (int) ea);
    }

    @Override
    public int get32(long ea) {
        return (int) INT.get(bytes, (int) ea);
    }

    @Override
    public long get64(long ea) {
        return (long) LONG.get(bytes, (int) ea);
    }

    @Override
    public void put8(long ea, byte value) {
        bytes[(int) ea] = value;
    }

    @Override
    public void put16(long ea, short value) {
        SHORT.set(bytes, (int) ea, value);
    }

    @Override
    public void put32(long ea, int value) {
        INT.set(bytes, (int) ea, value);
    }

    @Override
    public void put64(long ea, long value) {
        LONG.set(bytes, (int) ea, value);
    }

    @Override
    void copyOut(long from, byte[] to, int at, int length) {
        System.arraycopy(bytes, (int) from, to, at, length);
    }

    @Override
    void copyIn(long to, byte[] from, int at, int length) {
        System.arraycopy(from, at, bytes, (int) to, length);
    }

    @Override
    void copyFrom(ByteSource source, int offset, long to, int length) {
        source.copy(offset, bytes, (int) to, length);
    }

    @Override
    void move(LinearMemory from, long source, long target, int length) {
        if (from instanceof HeapMemory heap) {
            System.arraycopy(heap.bytes, (int) source, bytes, (int) target, length);
        } else {
            from.copyOut(source, bytes, (int) target, length);
        }
    }

    @Override
    void set(long address, byte value, int length) {
        Arrays.fill(bytes, (int) address, (int) address + length, value);
    }
}
