// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A part of a memory, without a copy of it. Every access checks that it is within the view and goes
 * to the memory as it is at that time, so a view stays good when the memory grows, and throws
 * {@link ClosedException} when its store is closed. A view that a host function was given throws
 * {@link IllegalStateException} once the call has ended.
 *
 * <p>An access costs what one of {@link Memory} does, and a comparison: who reads many bytes had
 * better {@linkplain #read copy} them in one go.
 *
 * <p>Offsets are from the beginning of the view; one outside of it is an {@link
 * IndexOutOfBoundsException}. Values are little-endian and need no alignment. Used as the memory
 * is, by one thread at a time.
 */
public final class MemoryView {
    private final Memory memory;
    private final long address;
    private final long size;
    private final boolean writable;

    /** The view that this one was made of, or itself: it ends when that does. */
    private final MemoryView whole;

    private volatile boolean ended;

    private MemoryView(
            Memory memory, long address, long size, boolean writable, MemoryView parent) {
        this.memory = memory;
        this.address = address;
        this.size = size;
        this.writable = writable;
        this.whole = parent == null ? this : parent.whole;
    }

    static MemoryView of(Memory memory, long address, long size) {
        memory.checkRange(address, size);
        return new MemoryView(memory, address, size, true, null);
    }

    /** Ends the view, and all that were made of it. */
    void end() {
        whole.ended = true;
    }

    /** The memory that it is a part of. */
    public Memory memory() {
        return memory;
    }

    /** Where in the memory it begins. */
    public long address() {
        return address;
    }

    /** Its length in bytes. */
    public long size() {
        return size;
    }

    public boolean isReadOnly() {
        return !writable;
    }

    /** The same part, not to be written. */
    public MemoryView asReadOnly() {
        return new MemoryView(memory, address, size, false, this);
    }

    /** A part of this part. */
    public MemoryView slice(long offset, long length) {
        Objects.checkFromIndexSize(offset, length, size);
        return new MemoryView(memory, address + offset, length, writable, this);
    }

    private long at(long offset, long width) {
        if (whole.ended) {
            throw new IllegalStateException("the call that the view was made for has ended");
        }
        Objects.checkFromIndexSize(offset, width, size);
        return address + offset;
    }

    private long toWrite(long offset, long width) {
        if (!writable) {
            throw new UnsupportedOperationException("the view is read-only");
        }
        return at(offset, width);
    }

    public byte readI8(long offset) {
        return memory.readI8(at(offset, Byte.BYTES));
    }

    public short readI16(long offset) {
        return memory.readI16(at(offset, Short.BYTES));
    }

    public int readI32(long offset) {
        return memory.readI32(at(offset, Integer.BYTES));
    }

    public long readI64(long offset) {
        return memory.readI64(at(offset, Long.BYTES));
    }

    public float readF32(long offset) {
        return Float.intBitsToFloat(readI32(offset));
    }

    public double readF64(long offset) {
        return Double.longBitsToDouble(readI64(offset));
    }

    public void writeI8(long offset, byte value) {
        memory.writeI8(toWrite(offset, Byte.BYTES), value);
    }

    public void writeI16(long offset, short value) {
        memory.writeI16(toWrite(offset, Short.BYTES), value);
    }

    public void writeI32(long offset, int value) {
        memory.writeI32(toWrite(offset, Integer.BYTES), value);
    }

    public void writeI64(long offset, long value) {
        memory.writeI64(toWrite(offset, Long.BYTES), value);
    }

    public void writeF32(long offset, float value) {
        writeI32(offset, Float.floatToRawIntBits(value));
    }

    public void writeF64(long offset, double value) {
        writeI64(offset, Double.doubleToRawLongBits(value));
    }

    /** Copies bytes out of the view. */
    public void read(long offset, byte[] to, int at, int length) {
        memory.read(at(offset, length), to, at, length);
    }

    /** Copies bytes into the view. */
    public void write(long offset, byte[] from, int at, int length) {
        memory.write(toWrite(offset, length), from, at, length);
    }

    /** Sets all bytes to one value. */
    public void fill(byte value) {
        memory.fill(toWrite(0, size), value, size);
    }

    /**
     * A copy of all bytes.
     *
     * @throws IllegalArgumentException when they are too many for an array
     */
    public byte[] toByteArray() {
        return memory.readBytes(at(0, size), size);
    }

    /** All bytes as a string; what is no UTF-8 becomes U+FFFD. */
    public String toUtf8() {
        return new String(toByteArray(), StandardCharsets.UTF_8);
    }
}
