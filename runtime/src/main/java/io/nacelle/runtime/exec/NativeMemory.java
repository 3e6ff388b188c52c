// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.MemType;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A memory off the heap, in address space that is reserved when the memory is made and committed as
 * it grows, so that it never moves. Where the system cannot reserve, growing moves it.
 */
public sealed class NativeMemory extends LinearMemory permits SharedView {
    /** 256 GiB: beyond any machine that this is for, and well within an address space. */
    static final long MAX_BYTES = 1L << 38;

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /**
     * All addresses. Every access through it is at an address that lies within a reservation and
     * below its memory's limit, by this class's and its callers' own checks.
     */
    public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /** Clears the sign, so that the compiler sees that the JDK's own check cannot fail. */
    public static final long ADDRESS_MASK = 0xFFFF_FFFF_FFFFL;

    /** The address of byte 0. */
    public long base;

    /** The size in bytes. */
    public volatile long limit;

    private Reservation reservation;

    NativeMemory(StoreImpl store, MemType type, long size) {
        super(store, type, MAX_BYTES);
        this.reservation = Reservation.of(Math.max(size, firstReservation()), store.budget().space);
        commit(reservation, size);
        this.base = reservation.address();
        this.limit = size;
    }

    /**
     * Of a module that is instantiated again and again.
     *
     * @param image what it begins with, or null for zeros
     */
    NativeMemory(StoreImpl store, MemType type, long size, MemoryImage image) {
        super(store, type, MAX_BYTES);
        var range = image == null ? null : image.range();
        this.reservation =
                Reservation.of(
                        Math.max(size, firstReservation()),
                        store.budget().space,
                        store.engine.pool(),
                        range);
        commit(reservation, size);
        this.base = reservation.address();
        this.limit = size;
        if (image != null && (range == null || reservation.image() == null)) {
            copyIn(0, image.bytes, 0, image.bytes.length);
        }
    }

    /** Over storage that is another's. */
    NativeMemory(StoreImpl store, MemType type, SharedStorage storage) {
        super(store, type, MAX_BYTES);
        this.base = storage.base();
    }

    /** Up to 4 GiB are reserved at once; larger memories are moved when they grow beyond. */
    private long firstReservation() {
        return Math.min(maxBytes(), 1L << 32);
    }

    /** Commits the first bytes of a new reservation, which is given up if that fails. */
    private static void commit(Reservation made, long size) {
        try {
            made.commit(size);
        } catch (OutOfMemoryError e) {
            made.free();
            throw e;
        }
    }

    @Override
    public long size() {
        return limit;
    }

    @Override
    boolean resize(long size) {
        if (size > reservation.size()) {
            var larger =
                    Reservation.of(
                            Math.min(maxBytes(), Math.max(size, 2 * limit)), store.budget().space);
            commit(larger, size);
            MemorySegment.copy(ALL, base, ALL, larger.address(), limit);
            reservation.free();
            reservation = larger;
            base = larger.address();
        } else {
            reservation.commit(size);
        }
        limit = size;
        return true;
    }

    @Override
    void release() {
        limit = 0;
        reservation.free();
    }

    private long at(long ea) {
        return (base & ADDRESS_MASK) + ea;
    }

    @Override
    public byte get8(long ea) {
        return ALL.get(ValueLayout.JAVA_BYTE, at(ea));
    }

    @Override
    public short get16(long ea) {
        return ALL.get(SHORT, at(ea));
    }

    @Override
    public int get32(long ea) {
        return ALL.get(INT, at(ea));
    }

    @Override
    public long get64(long ea) {
        return ALL.get(LONG, at(ea));
    }

    @Override
    public void put8(long ea, byte value) {
        ALL.set(ValueLayout.JAVA_BYTE, at(ea), value);
    }

    @Override
    public void put16(long ea, short value) {
        ALL.set(SHORT, at(ea), value);
    }

    @Override
    public void put32(long ea, int value) {
        ALL.set(INT, at(ea), value);
    }

    @Override
    public void put64(long ea, long value) {
        ALL.set(LONG, at(ea), value);
    }

    @Override
    void copyOut(long from, byte[] to, int at, int length) {
        MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, at(from), to, at, length);
    }

    @Override
    void copyIn(long to, byte[] from, int at, int length) {
        MemorySegment.copy(from, at, ALL, ValueLayout.JAVA_BYTE, at(to), length);
    }

    @Override
    void copyFrom(ByteSource source, int offset, long to, int length) {
        source.copy(offset, ALL, at(to), length);
    }

    @Override
    void move(LinearMemory from, long source, long target, int length) {
        if (from instanceof HeapMemory heap) {
            copyIn(target, heap.bytes, (int) source, length);
        } else {
            MemorySegment.copy(ALL, ((NativeMemory) from).at(source), ALL, at(target), length);
        }
    }

    @Override
    void set(long address, byte value, int length) {
        ALL.asSlice(at(address), length).fill(value);
    }
}
