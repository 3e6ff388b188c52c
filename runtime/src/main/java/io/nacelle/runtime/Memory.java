// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.LinearMemory;
import io.nacelle.wasm.syntax.MemType;

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
}
