// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.Memory;
import io.nacelle.runtime.StoreKind;
import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;

import java.util.Objects;
import java.util.Optional;

/**
 * A memory instance. The size in use is apart from the capacity, so that growing page by page need
 * not copy each time.
 */
public abstract sealed class LinearMemory implements Memory permits HeapMemory, NativeMemory {
    /** Bytes that bulk operations move between polls. */
    static final int CHUNK = 1 << 20;

    final StoreImpl store;
    private final MemType declared;
    private final int pageShift;

    /** The most bytes that the declared type and this kind of memory allow. */
    private final long maxBytes;

    LinearMemory(StoreImpl store, MemType type, long kindMax) {
        this.store = store;
        this.declared = type;
        this.pageShift = type.pageSizeLog2();
        this.maxBytes = Math.min(declaredMax(type), kindMax);
    }

    static long declaredMax(MemType type) {
        int shift = type.pageSizeLog2();
        long addressable =
                type.addr() == AddrType.I32 ? 1L << 32 : Long.MAX_VALUE >>> shift << shift;
        long pages = type.limits().max().orElse(-1L);
        if (Long.compareUnsigned(pages, addressable >>> shift) >= 0) {
            return addressable;
        }
        return pages << shift;
    }

    /** The bytes that a memory of this type starts with, or -1 when no memory can be so large. */
    static long initialBytes(MemType type) {
        long pages = type.limits().min();
        int shift = type.pageSizeLog2();
        return pages < 0 || pages > Long.MAX_VALUE >>> shift ? -1 : pages << shift;
    }

    static LinearMemory create(StoreImpl store, MemType type) {
        return create(store, type, null);
    }

    /**
     * Makes a memory.
     *
     * @param start how a module's memory is made that is made again and again, or null
     */
    static LinearMemory create(StoreImpl store, MemType type, MemoryStart start) {
        if (type.isShared()) {
            return new SharedView(
                    store, SharedStorage.of(store.engine, type, Optional.of(store.budget())));
        }
        long bytes = initialBytes(type);
        var kind = store.kindFor(type);
        long kindMax = kind == StoreKind.HEAP ? HeapMemory.MAX_BYTES : NativeMemory.MAX_BYTES;
        if (kind == StoreKind.HEAP && bytes > kindMax && bytes <= NativeMemory.MAX_BYTES) {
            throw new ExhaustedException(
                    ExhaustedException.Resource.MEMORY,
                    "a memory of "
                            + bytes
                            + " bytes ("
                            + type
                            + ") needs a native store; in a heap store memories end at "
                            + kindMax
                            + " bytes");
        }
        if (bytes < 0 || bytes > kindMax) {
            throw StoreImpl.exhausted(type, bytes);
        }
        store.chargeMemory(bytes, type);
        try {
            if (kind == StoreKind.HEAP) {
                return start == null || start.image() == null
                        ? new HeapMemory(store, type, bytes)
                        : new HeapMemory(store, type, bytes, start.image());
            }
            return start == null
                    ? new NativeMemory(store, type, bytes)
                    : new NativeMemory(store, type, bytes, start.image());
        } catch (OutOfMemoryError e) {
            store.releaseMemory(bytes);
            throw StoreImpl.exhausted(type, bytes);
        }
    }

    @Override
    public final MemType type() {
        return new MemType(
                declared.addr(),
                new Limits(pages(), declared.limits().max()),
                declared.sharing(),
                pageShift);
    }

    public final AddrType addrType() {
        return declared.addr();
    }

    @Override
    public final long pages() {
        return size() >>> pageShift;
    }

    final long maxBytes() {
        return maxBytes;
    }

    @Override
    public final long grow(long pages) {
        boolean entered = enterIfOutside();
        try {
            return extend(pages);
        } finally {
            leave(entered);
        }
    }

    /** Begins an access by the host; what it returns is given to {@link #leave}. */
    boolean enterIfOutside() {
        return store.enterIfOutside();
    }

    void leave(boolean entered) {
        if (entered) {
            store.exit();
        }
    }

    /** Grows by pages; the result is that of {@link #grow}. */
    long extend(long pages) {
        long before = size();
        if (pages == 0) {
            return before >>> pageShift;
        }
        if (pages < 0 || pages > (maxBytes - before) >>> pageShift) {
            return -1;
        }
        long added = pages << pageShift;
        if (!store.tryChargeMemory(added)) {
            return -1;
        }
        boolean grown;
        try {
            grown = resize(before + added);
        } catch (OutOfMemoryError e) {
            grown = false;
        }
        if (!grown) {
            store.releaseMemory(added);
            return -1;
        }
        return before >>> pageShift;
    }

    /** Where the last byte ends that is not zero. */
    final long endOfContents() {
        long end = size();
        // From the end, in pieces: most memories end with much that was never used.
        var piece = new byte[CHUNK];
        while (end > 0) {
            int n = (int) Math.min(end, CHUNK);
            copyOut(end - n, piece, 0, n);
            int at = n;
            while (at > 0 && piece[at - 1] == 0) {
                at--;
            }
            if (at > 0) {
                return end - n + at;
            }
            end -= n;
        }
        return 0;
    }

    /** Makes the memory larger. */
    abstract boolean resize(long bytes);

    /** Gives up the storage: every access fails from now on. */
    abstract void release();

    /** Gives up the storage and what it was counted for. */
    void discard() {
        store.releaseMemory(size());
        release();
    }

    void checkOpen() {
        store.checkOpen();
    }

    void poll() {
        store.poll();
    }

    /** The exception for an access that the size does not cover. */
    final RuntimeException outOfBounds() {
        checkOpen();
        return new Trap(TrapKind.OUT_OF_BOUNDS_MEMORY);
    }

    /**
     * The effective address of an access, checked.
     *
     * @param address as the memory's address type has it: unsigned
     * @param offset of the instruction, unsigned
     */
    public final long effective(long address, long offset, int width) {
        long ea = address + offset;
        if (address < 0 || offset < 0 || ea < 0 || ea > size() - width) {
            throw outOfBounds();
        }
        return ea;
    }

    /** Checks a range before anything is done to it. */
    public final void check(long address, long length) {
        long size = size();
        if (address < 0 || length < 0 || address > size || length > size - address) {
            throw outOfBounds();
        }
    }

    @Override
    public final void checkRange(long address, long length) {
        boolean entered = enterIfOutside();
        try {
            check(address, length);
        } finally {
            leave(entered);
        }
    }

    /** An address of this memory's type, as a non-negative number where it can be in bounds. */
    public final long address(long slot) {
        return declared.addr() == AddrType.I32 ? slot & 0xFFFF_FFFFL : slot;
    }

    public final boolean isShared() {
        return declared.isShared();
    }

    // Accesses at effective addresses that have been checked.

    public abstract byte get8(long ea);

    public abstract short get16(long ea);

    public abstract int get32(long ea);

    public abstract long get64(long ea);

    public abstract void put8(long ea, byte value);

    public abstract void put16(long ea, short value);

    public abstract void put32(long ea, int value);

    public abstract void put64(long ea, long value);

    abstract void copyOut(long from, byte[] to, int at, int length);

    abstract void copyIn(long to, byte[] from, int at, int length);

    abstract void copyFrom(ByteSource source, int offset, long to, int length);

    abstract void move(LinearMemory from, long source, long target, int length);

    abstract void set(long address, byte value, int length);

    /** {@code memory.copy}: this memory is the destination. */
    public final void copy(LinearMemory from, long target, long source, long length) {
        from.check(source, length);
        check(target, length);
        if (from == this && target > source) {
            for (long left = length; left > 0; ) {
                int n = (int) Math.min(left, CHUNK);
                left -= n;
                move(from, source + left, target + left, n);
                pollBetweenChunks(left);
            }
            return;
        }
        for (long done = 0; done < length; ) {
            int n = (int) Math.min(length - done, CHUNK);
            move(from, source + done, target + done, n);
            done += n;
            pollBetweenChunks(length - done);
        }
    }

    /** {@code memory.init}, of a segment's bytes that have been checked. */
    public final void init(ByteSource source, int offset, long target, int length) {
        for (int done = 0; done < length; ) {
            int n = Math.min(length - done, CHUNK);
            copyFrom(source, offset + done, target + done, n);
            done += n;
            pollBetweenChunks(length - done);
        }
    }

    private void pollBetweenChunks(long left) {
        if (left > 0) {
            poll();
        }
    }

    @Override
    public final void fill(long address, byte value, long length) {
        boolean entered = enterIfOutside();
        try {
            check(address, length);
            for (long done = 0; done < length; ) {
                int n = (int) Math.min(length - done, CHUNK);
                set(address + done, value, n);
                done += n;
                pollBetweenChunks(length - done);
            }
        } finally {
            leave(entered);
        }
    }

    @Override
    public final byte readI8(long address) {
        boolean entered = enterIfOutside();
        try {
            return get8(effective(address, 0, 1));
        } finally {
            leave(entered);
        }
    }

    @Override
    public final short readI16(long address) {
        boolean entered = enterIfOutside();
        try {
            return get16(effective(address, 0, 2));
        } finally {
            leave(entered);
        }
    }

    @Override
    public final int readI32(long address) {
        boolean entered = enterIfOutside();
        try {
            return get32(effective(address, 0, 4));
        } finally {
            leave(entered);
        }
    }

    @Override
    public final long readI64(long address) {
        boolean entered = enterIfOutside();
        try {
            return get64(effective(address, 0, 8));
        } finally {
            leave(entered);
        }
    }

    @Override
    public final void writeI8(long address, byte value) {
        boolean entered = enterIfOutside();
        try {
            put8(effective(address, 0, 1), value);
        } finally {
            leave(entered);
        }
    }

    @Override
    public final void writeI16(long address, short value) {
        boolean entered = enterIfOutside();
        try {
            put16(effective(address, 0, 2), value);
        } finally {
            leave(entered);
        }
    }

    @Override
    public final void writeI32(long address, int value) {
        boolean entered = enterIfOutside();
        try {
            put32(effective(address, 0, 4), value);
        } finally {
            leave(entered);
        }
    }

    @Override
    public final void writeI64(long address, long value) {
        boolean entered = enterIfOutside();
        try {
            put64(effective(address, 0, 8), value);
        } finally {
            leave(entered);
        }
    }

    @Override
    public final void read(long address, byte[] to, int at, int length) {
        Objects.checkFromIndexSize(at, length, to.length);
        boolean entered = enterIfOutside();
        try {
            check(address, length);
            copyOut(address, to, at, length);
        } finally {
            leave(entered);
        }
    }

    @Override
    public final void write(long address, byte[] from, int at, int length) {
        Objects.checkFromIndexSize(at, length, from.length);
        boolean entered = enterIfOutside();
        try {
            check(address, length);
            copyIn(address, from, at, length);
        } finally {
            leave(entered);
        }
    }
}
