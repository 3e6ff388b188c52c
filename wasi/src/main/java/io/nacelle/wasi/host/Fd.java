// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.host;

import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FsException;

/**
 * A descriptor of the host that several threads use. It is closed when nobody uses it any more, so
 * that no call can meet the number in its next life. Thread-safe.
 */
final class Fd {
    private final Kernel kernel;
    private final int number;
    private int users;
    private boolean closed;

    Fd(Kernel kernel, int number) {
        this.kernel = kernel;
        this.number = number;
    }

    /** Begins a use, which {@link #release} ends. */
    synchronized int acquire() throws FsException {
        if (closed) {
            throw new FsException(Errno.BADF);
        }
        users++;
        return number;
    }

    void release() {
        synchronized (this) {
            users--;
            if (!closed || users > 0) {
                return;
            }
        }
        kernel.close(number);
    }

    /** No further use begins. */
    void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (users > 0) {
                return;
            }
        }
        kernel.close(number);
    }
}
