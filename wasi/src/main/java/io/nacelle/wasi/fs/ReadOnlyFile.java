// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.fs;

/** A file whose every change is refused. */
final class ReadOnlyFile implements FileHandle {
    private final FileHandle inner;

    ReadOnlyFile(FileHandle inner) {
        this.inner = inner;
    }

    private static FsException refused() {
        return new FsException(Errno.ROFS);
    }

    @Override
    public FileStat stat() throws FsException {
        return inner.stat();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws FsException {
        return inner.read(target, offset, length);
    }

    @Override
    public int write(byte[] source, int offset, int length) throws FsException {
        throw refused();
    }

    @Override
    public int append(byte[] source, int offset, int length) throws FsException {
        throw refused();
    }

    @Override
    public int readAt(long position, byte[] target, int offset, int length) throws FsException {
        return inner.readAt(position, target, offset, length);
    }

    @Override
    public int writeAt(long position, byte[] source, int offset, int length) throws FsException {
        throw refused();
    }

    @Override
    public long seek(long offset, Whence whence) throws FsException {
        return inner.seek(offset, whence);
    }

    @Override
    public void resize(long size) throws FsException {
        throw refused();
    }

    @Override
    public void allocate(long offset, long length) throws FsException {
        throw refused();
    }

    @Override
    public void advise(long offset, long length, Advice advice) throws FsException {
        inner.advise(offset, length, advice);
    }

    @Override
    public void setTimes(long accessed, long modified) throws FsException {
        throw refused();
    }

    @Override
    public boolean readable() throws FsException {
        return inner.readable();
    }

    @Override
    public void close() throws FsException {
        inner.close();
    }
}
