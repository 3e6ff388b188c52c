// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.LinearMemory;
import io.nacelle.wasm.syntax.MemType;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A memory instance (spec 4.2.9), read and written by the host with checked addresses.
 *
 * <p>Addresses are unsigned byte offsets. Every access that is not wholly within the memory throws
 * a {@link Trap} of kind {@link TrapKind#OUT_OF_BOUNDS_MEMORY} and changes nothing. Values are
 * little-endian and need no alignment. After its store is closed, every access throws {@link
 * ClosedException}.
 *
 * <p>Used by one thread at a time, as its store is: an access while another thread is inside the
 * store throws {@link IllegalStateException}. Only shared memories may be used by any thread.
 */
public sealed interface Memory extends Extern permits LinearMemory {
    @Override
    MemType type();

    /** The current size in bytes. */
    long size();

    /** The current size in pages. */
    long pages();

    /**
     * Grows the memory.
     *
     * @return the size in pages before, or -1 when the memory cannot grow so far
     */
    long grow(long pages);

    byte readI8(long address);

    short readI16(long address);

    int readI32(long address);

    long readI64(long address);

    void writeI8(long address, byte value);

    void writeI16(long address, short value);

    void writeI32(long address, int value);

    void writeI64(long address, long value);

    /** Copies bytes out of the memory. */
    void read(long address, byte[] to, int at, int length);

    /** Copies bytes into the memory. */
    void write(long address, byte[] from, int at, int length);

    /** Fills bytes with one value. */
    void fill(long address, byte value, long length);

    /** Checks that bytes are within the memory, as every access of them does. */
    void checkRange(long address, long length);

    /**
     * A part of the memory, without a copy, which stays good when the memory grows.
     *
     * @throws Trap when it is not wholly within the memory
     */
    default MemoryView view(long address, long length) {
        return MemoryView.of(this, address, length);
    }

    /**
     * Copies bytes out of the memory. Nothing is allocated before the range is checked.
     *
     * @throws IllegalArgumentException when they are too many for an array
     */
    default byte[] readBytes(long address, long length) {
        checkRange(address, length);
        if (length > Integer.MAX_VALUE - Long.BYTES) {
            throw new IllegalArgumentException(length + " bytes are too many for an array");
        }
        var bytes = new byte[(int) length];
        read(address, bytes, 0, bytes.length);
        return bytes;
    }

    /**
     * Reads a string of so many bytes; what is no UTF-8 becomes U+FFFD.
     *
     * @throws IllegalArgumentException when they are too many for an array
     */
    default String readUtf8(long address, long length) {
        return new String(readBytes(address, length), StandardCharsets.UTF_8);
    }

    /**
     * Reads a string that ends before a zero byte.
     *
     * @param most the most bytes that it may have
     * @throws IllegalArgumentException when there is no zero byte behind so many
     */
    default String readCString(long address, int most) {
        var chunk = new byte[256];
        var bytes = new ByteArrayOutputStream();
        while (true) {
            // A byte at least: beyond the memory's end that traps.
            long room = Math.max(1, size() - address);
            int count = (int) Math.min(Math.min(chunk.length, room), most - bytes.size() + 1L);
            if (count <= 0) {
                throw new IllegalArgumentException("no zero byte behind " + most + " bytes");
            }
            read(address, chunk, 0, count);
            for (int i = 0; i < count; i++) {
                if (chunk[i] == 0) {
                    bytes.write(chunk, 0, i);
                    return bytes.toString(StandardCharsets.UTF_8);
                }
            }
            bytes.write(chunk, 0, count);
            address += count;
        }
    }

    /**
     * Writes a string.
     *
     * @return how many bytes it has taken
     */
    default int writeUtf8(long address, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        write(address, bytes, 0, bytes.length);
        return bytes.length;
    }

    /**
     * Writes a string and a zero byte behind it.
     *
     * @return how many bytes it has taken, with the zero
     */
    default int writeCString(long address, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var ended = Arrays.copyOf(bytes, bytes.length + 1);
        write(address, ended, 0, ended.length);
        return ended.length;
    }
}
