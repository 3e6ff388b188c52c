// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.runtime.Memory;
import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FsException;

/**
 * The scatter and gather list of one call. All of it is checked before anything is moved; the
 * object is used again for the next call.
 */
final class Vectors {
    /** Linux's limit as well. */
    private static final int MAX_COUNT = 1024;

    private final long[] address = new long[MAX_COUNT];
    private final long[] length = new long[MAX_COUNT];
    private int count;
    private long total;
    private int current;
    private long offset;

    /** Reads the list at {@code pointer}. */
    void load(Memory memory, int pointer, int number) throws FsException {
        if (number < 0 || number > MAX_COUNT) {
            throw new FsException(Errno.INVAL);
        }
        long at = Guest.require(memory, pointer, 8L * number);
        total = 0;
        for (int i = 0; i < number; i++) {
            length[i] = Guest.address(memory.readI32(at + 8L * i + 4));
            address[i] = Guest.require(memory, memory.readI32(at + 8L * i), length[i]);
            total += length[i];
        }
        // The number of bytes moved is told in 32 bits; a POSIX system keeps it below 2^31 as well.
        total = Math.min(total, Integer.MAX_VALUE);
        count = number;
        current = 0;
        offset = 0;
    }

    long total() {
        return total;
    }

    /** Copies the next {@code n} bytes into the guest and moves on. */
    void scatter(Memory memory, byte[] from, int n) {
        int done = 0;
        while (done < n) {
            int part = (int) Math.min(n - done, length[current] - offset);
            memory.write(address[current] + offset, from, done, part);
            done += part;
            advance(part);
        }
    }

    /** Copies the next {@code n} bytes out of the guest without moving on. */
    void gather(Memory memory, byte[] to, int n) {
        int done = 0;
        int vector = current;
        long from = offset;
        while (done < n) {
            int part = (int) Math.min(n - done, length[vector] - from);
            memory.read(address[vector] + from, to, done, part);
            done += part;
            vector++;
            from = 0;
        }
    }

    /** Moves on by {@code n} bytes. */
    void advance(int n) {
        offset += n;
        while (current < count && offset >= length[current]) {
            offset -= length[current];
            current++;
        }
    }
}
