// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileType;
import io.nacelle.wasi.fs.FsException;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;

/**
 * Standard input on a Java stream. A Java stream can neither be asked whether its end is near nor
 * be woken from a read, so a read that would block is done by a thread of its own, for as many
 * bytes as the guest asked for and no more; for a poll that is one byte. What the host did not give
 * away stays in the stream.
 */
final class StandardInput extends Descriptor {
    private static final int MAX_READ = 64 * 1024;

    private enum State {
        /** No read is under way. */
        IDLE,
        /** The thread has been asked to read. */
        ASKED,
        /** Bytes have been read and not yet taken. */
        FULL,
        /** The stream's end was met and not yet reported. */
        END,
        /** The stream failed and that is not yet reported. */
        FAILED
    }

    private final InputStream stream;
    private final Supplier<FileType> type;
    private final Hub hub;

    // Guarded by this.
    private State state = State.IDLE;
    private byte[] buffer = new byte[0];
    private int position;
    private int limit;
    private Errno failure = Errno.IO;
    private int wanted;
    private Thread reader;
    private boolean closed;

    StandardInput(InputStream stream, Supplier<FileType> type, Hub hub) {
        super(Rights.INPUT, 0);
        this.stream = stream;
        this.type = type;
        this.hub = hub;
    }

    @Override
    FileType type() {
        return type.get();
    }

    @Override
    synchronized int read(byte[] target, int offset, int length) throws FsException {
        if (closed) {
            throw new FsException(Errno.BADF);
        }
        if (length == 0) {
            return 0;
        }
        switch (state) {
            case FULL -> {
                int n = Math.min(length, limit - position);
                System.arraycopy(buffer, position, target, offset, n);
                position += n;
                if (position < limit) {
                    return n;
                }
                state = State.IDLE;
                int more = Math.min(length - n, ready());
                try {
                    return more > 0 ? n + readNow(target, offset + n, more) : n;
                } catch (FsException e) {
                    // What came before the failure comes first.
                    state = State.FAILED;
                    failure = e.errno();
                    return n;
                }
            }
            case END -> {
                state = State.IDLE;
                return 0;
            }
            case FAILED -> {
                state = State.IDLE;
                throw new FsException(failure);
            }
            case IDLE -> {
                int now = Math.min(length, ready());
                if (now > 0) {
                    return readNow(target, offset, now);
                }
                ask(Math.min(length, MAX_READ));
                throw new FsException(Errno.AGAIN);
            }
            case ASKED -> throw new FsException(Errno.AGAIN);
        }
        throw new AssertionError(state);
    }

    private int ready() {
        try {
            return stream.available();
        } catch (IOException e) {
            // The read itself will tell.
            return 0;
        }
    }

    private int readNow(byte[] target, int offset, int length) throws FsException {
        try {
            return Math.max(0, stream.read(target, offset, length));
        } catch (IOException e) {
            throw new FsException(IoErrors.of(e));
        }
    }

    @Override
    synchronized boolean readable() {
        if (closed) {
            return true;
        }
        return switch (state) {
            case FULL, END, FAILED -> true;
            case ASKED -> false;
            case IDLE -> {
                if (ready() > 0) {
                    yield true;
                }
                ask(1);
                yield false;
            }
        };
    }

    @Override
    synchronized long available() {
        int held = state == State.FULL ? limit - position : 0;
        return state == State.ASKED ? 0 : held + (long) ready();
    }

    @Override
    synchronized boolean hungUp() {
        return state == State.END;
    }

    private void ask(int bytes) {
        state = State.ASKED;
        wanted = bytes;
        if (reader == null) {
            Thread made = Thread.ofPlatform().daemon().name("nacelle-stdin").unstarted(this::serve);
            try {
                made.start();
                reader = made;
            } catch (OutOfMemoryError e) {
                // The system has no more threads: the next read says so, a later one tries again.
                failure = Errno.NOMEM;
                state = State.FAILED;
            }
        } else {
            notifyAll();
        }
    }

    private void serve() {
        while (true) {
            int bytes;
            synchronized (this) {
                while (state != State.ASKED) {
                    if (closed) {
                        return;
                    }
                    try {
                        wait();
                    } catch (InterruptedException e) {
                        return;
                    }
                }
                bytes = wanted;
            }
            byte[] read = new byte[bytes];
            State outcome;
            int n = 0;
            Errno why = Errno.IO;
            try {
                n = stream.read(read, 0, bytes);
                outcome = n < 0 ? State.END : State.FULL;
            } catch (IOException | RuntimeException e) {
                outcome = State.FAILED;
                why = IoErrors.of(e);
            }
            synchronized (this) {
                buffer = read;
                position = 0;
                limit = n;
                failure = why;
                state = outcome;
            }
            hub.wake();
        }
    }

    @Override
    void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        hub.wake();
    }
}
