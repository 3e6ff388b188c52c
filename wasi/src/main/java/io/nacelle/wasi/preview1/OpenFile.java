// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.wasi.fs.FileHandle;
import io.nacelle.wasi.fs.FileStat;
import io.nacelle.wasi.fs.FileType;
import io.nacelle.wasi.fs.FsException;
import io.nacelle.wasi.fs.Whence;

/** A file opened by a path. */
final class OpenFile extends Descriptor {
    private final FileHandle handle;
    private final FileType type;

    OpenFile(FileHandle handle, FileType type, long rights, long inheriting) {
        super(rights & Rights.FILE, inheriting);
        this.handle = handle;
        this.type = type;
    }

    FileHandle handle() {
        return handle;
    }

    @Override
    FileType type() {
        return type;
    }

    @Override
    FileStat stat() throws FsException {
        return handle.stat();
    }

    @Override
    boolean isStream() {
        return type != FileType.REGULAR_FILE;
    }

    @Override
    int read(byte[] target, int offset, int length) throws FsException {
        return handle.read(target, offset, length);
    }

    @Override
    int write(byte[] source, int offset, int length) throws FsException {
        int n =
                (flags & FdFlags.APPEND) != 0
                        ? handle.append(source, offset, length)
                        : handle.write(source, offset, length);
        afterWrite();
        return n;
    }

    int writeAt(long position, byte[] source, int offset, int length) throws FsException {
        int n = handle.writeAt(position, source, offset, length);
        afterWrite();
        return n;
    }

    private void afterWrite() throws FsException {
        if ((flags & FdFlags.SYNC) != 0) {
            handle.sync();
        } else if ((flags & FdFlags.DSYNC) != 0) {
            handle.dataSync();
        }
    }

    @Override
    boolean readable() throws FsException {
        return handle.readable();
    }

    @Override
    boolean writable() throws FsException {
        return handle.writable();
    }

    @Override
    long available() throws FsException {
        if (isStream()) {
            return 1;
        }
        return Math.max(0, handle.stat().size() - handle.seek(0, Whence.CUR));
    }

    @Override
    boolean mustBePolled() {
        return isStream();
    }

    @Override
    void sync() throws FsException {
        handle.sync();
    }

    @Override
    void dataSync() throws FsException {
        handle.dataSync();
    }

    @Override
    void close() throws FsException {
        handle.close();
    }
}
