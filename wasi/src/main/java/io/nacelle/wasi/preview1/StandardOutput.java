// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileType;
import io.nacelle.wasi.fs.FsException;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Supplier;

/**
 * Standard output or error on a Java stream. What a guest has written is passed on at once. The
 * stream is the host's and is never closed here.
 */
final class StandardOutput extends Descriptor {
    private final OutputStream stream;
    private final Supplier<FileType> type;

    StandardOutput(OutputStream stream, Supplier<FileType> type) {
        super(Rights.OUTPUT, 0);
        this.stream = stream;
        this.type = type;
    }

    @Override
    FileType type() {
        return type.get();
    }

    @Override
    synchronized int write(byte[] source, int offset, int length) throws FsException {
        try {
            stream.write(source, offset, length);
            stream.flush();
            return length;
        } catch (IOException e) {
            throw new FsException(IoErrors.of(e));
        }
    }

    @Override
    synchronized void sync() throws FsException {
        try {
            stream.flush();
        } catch (IOException e) {
            throw new FsException(Errno.IO);
        }
    }
}
