// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.runtime.Memory;
import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FsException;

import java.util.List;

/** What the groups of functions share in one thread: descriptors, its place to wait, buffers. */
final class Context {
    private static final int BUFFER = 64 * 1024;

    final DescriptorTable table;
    final Waits waits;
    final Hub hub;
    final Vectors vectors = new Vectors();
    private byte[] buffer = new byte[0];

    Context(DescriptorTable table, Waits waits, Hub hub) {
        this.table = table;
        this.waits = waits;
        this.hub = hub;
    }

    /** Bytes on their way between guest and host; its size bounds what a call holds at a time. */
    byte[] buffer() {
        if (buffer.length == 0) {
            buffer = new byte[BUFFER];
        }
        return buffer;
    }

    /** How much of {@code left} to move next, unless the guest is to stop. */
    int piece(long left) {
        waits.checkStore();
        return (int) Math.min(left, BUFFER);
    }

    /** Reads into the loaded vectors and returns how much. */
    long readSequential(Memory memory, Descriptor descriptor) throws FsException {
        return readSequential(memory, descriptor, vectors.total());
    }

    /** Reads into what is left of the loaded vectors, at most {@code limit}. */
    long readSequential(Memory memory, Descriptor descriptor, long limit) throws FsException {
        long total = 0;
        while (total < limit) {
            int want = piece(limit - total);
            int n;
            try {
                n = readSome(descriptor, want);
            } catch (FsException e) {
                if (total > 0) {
                    break;
                }
                throw e;
            }
            vectors.scatter(memory, buffer, n);
            total += n;
            if (n < want || descriptor.isStream()) {
                break;
            }
        }
        return total;
    }

    private int readSome(Descriptor descriptor, int want) throws FsException {
        byte[] to = buffer();
        while (true) {
            try {
                return descriptor.read(to, 0, want);
            } catch (FsException e) {
                waitOrThrow(descriptor, Waits.Direction.READ, e);
            }
        }
    }

    /** Reads at a position into the loaded vectors and returns how much. */
    long readAt(Memory memory, OpenFile file, long position) throws FsException {
        byte[] to = buffer();
        long total = 0;
        while (total < vectors.total()) {
            int want = piece(vectors.total() - total);
            int n;
            try {
                n = file.handle().readAt(position + total, to, 0, want);
            } catch (FsException e) {
                if (total > 0) {
                    break;
                }
                throw e;
            }
            vectors.scatter(memory, to, n);
            total += n;
            if (n < want) {
                break;
            }
        }
        return total;
    }

    /** Writes the loaded vectors and returns how much. */
    long writeSequential(Memory memory, Descriptor descriptor) throws FsException {
        byte[] from = buffer();
        long total = 0;
        while (total < vectors.total()) {
            int want = piece(vectors.total() - total);
            vectors.gather(memory, from, want);
            int n;
            try {
                n = writeSome(descriptor, want);
            } catch (FsException e) {
                if (total > 0) {
                    break;
                }
                throw e;
            }
            vectors.advance(n);
            total += n;
        }
        return total;
    }

    private interface Writing {
        int write() throws FsException;
    }

    /** Writes at most so many bytes, which the guest may have to be allowed. */
    private int writeCounted(int want, Writing writing) throws FsException {
        table.chargeWriting(want);
        int written = 0;
        try {
            written = writing.write();
            return written;
        } finally {
            table.notWritten(want - written);
        }
    }

    private int writeSome(Descriptor descriptor, int want) throws FsException {
        while (true) {
            try {
                return writeCounted(want, () -> descriptor.write(buffer, 0, want));
            } catch (FsException e) {
                waitOrThrow(descriptor, Waits.Direction.WRITE, e);
            }
        }
    }

    /** Writes the loaded vectors at a position and returns how much. */
    long writeAt(Memory memory, OpenFile file, long position) throws FsException {
        byte[] from = buffer();
        long total = 0;
        while (total < vectors.total()) {
            int want = piece(vectors.total() - total);
            vectors.gather(memory, from, want);
            int n;
            try {
                long at = position + total;
                n = writeCounted(want, () -> file.writeAt(at, from, 0, want));
            } catch (FsException e) {
                if (total > 0) {
                    break;
                }
                throw e;
            }
            vectors.advance(n);
            total += n;
        }
        return total;
    }

    /** Waits after AGAIN, unless the guest does not want to. */
    void waitOrThrow(Descriptor descriptor, Waits.Direction direction, FsException e)
            throws FsException {
        if (e.errno() != Errno.AGAIN || (descriptor.flags & FdFlags.NONBLOCK) != 0) {
            throw e;
        }
        waits.await(List.of(new Waits.Interest(descriptor, direction)), Long.MAX_VALUE);
    }
}
