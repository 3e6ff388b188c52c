// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.fs;

import java.io.IOException;
import java.util.Objects;

/**
 * A file operation that failed with one of WASI's error codes. It carries no stack trace: a missing
 * file is an everyday answer to a guest, not a fault of the host.
 */
public final class FsException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Errno errno;

    /** Creates a failure with the given code. */
    public FsException(Errno errno) {
        super(Objects.requireNonNull(errno, "errno").name());
        this.errno = errno;
    }

    /** Returns the code. */
    public Errno errno() {
        return errno;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
