// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.host;

import io.nacelle.wasi.fs.Advice;
import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileHandle;
import io.nacelle.wasi.fs.FileStat;
import io.nacelle.wasi.fs.FileType;
import io.nacelle.wasi.fs.FsException;
import io.nacelle.wasi.fs.Whence;

/** An open file of the host; its position is the kernel's. */
final class HostFile implements FileHandle {
    private static final int CLOSED = -1;

    private final Kernel kernel;
    private final FileType type;
    private int fd;

    HostFile(Kernel kernel, int fd, FileType type) {
        this.kernel = kernel;
        this.fd = fd;
        this.type = type;
    }

    private int fd() throws FsException {
        if (fd == CLOSED) {
            throw new FsException(Errno.BADF);
        }
        return fd;
    }

    @Override
    public FileStat stat() throws FsException {
        return kernel.stat(fd());
    }

    @Override
    public int read(byte[] target, int offset, int length) throws FsException {
        return kernel.read(fd(), target, offset, length);
    }

    @Override
    public int write(byte[] source, int offset, int length) throws FsException {
        return kernel.write(fd(), source, offset, length);
    }

    @Override
    public int append(byte[] source, int offset, int length) throws FsException {
        return kernel.append(fd(), source, offset, length);
    }

    @Override
    public int readAt(long position, byte[] target, int offset, int length) throws FsException {
        return kernel.readAt(fd(), position, target, offset, length);
    }

    @Override
    public int writeAt(long position, byte[] source, int offset, int length) throws FsException {
        return kernel.writeAt(fd(), position, source, offset, length);
    }

    @Override
    public long seek(long offset, Whence whence) throws FsException {
        return kernel.seek(fd(), offset, whence.ordinal());
    }

    @Override
    public void resize(long size) throws FsException {
        kernel.resize(fd(), size);
    }

    @Override
    public void allocate(long offset, long length) throws FsException {
        try {
            kernel.allocate(fd(), offset, length);
        } catch (FsException e) {
            if (e.errno() != Errno.NOTSUP) {
                throw e;
            }
            // A file system without reservations: the size at least is as promised.
            if (kernel.stat(fd()).size() < offset + length) {
                kernel.resize(fd(), offset + length);
            }
        }
    }

    @Override
    public void advise(long offset, long length, Advice advice) throws FsException {
        // Linux numbers the kinds of advice otherwise.
        int number =
                switch (advice) {
                    case NORMAL -> 0;
                    case RANDOM -> 1;
                    case SEQUENTIAL -> 2;
                    case WILLNEED -> 3;
                    case DONTNEED -> 4;
                    case NOREUSE -> 5;
                };
        kernel.advise(fd(), offset, length, number);
    }

    @Override
    public void setTimes(long accessed, long modified) throws FsException {
        kernel.setTimes(fd(), accessed, modified);
    }

    @Override
    public void sync() throws FsException {
        kernel.sync(fd());
    }

    @Override
    public void dataSync() throws FsException {
        kernel.dataSync(fd());
    }

    @Override
    public boolean readable() throws FsException {
        return type == FileType.REGULAR_FILE || kernel.poll(fd(), Kernel.POLLIN);
    }

    @Override
    public boolean writable() throws FsException {
        return type == FileType.REGULAR_FILE || kernel.poll(fd(), Kernel.POLLOUT);
    }

    @Override
    public void close() {
        if (fd != CLOSED) {
            kernel.close(fd);
            fd = CLOSED;
        }
    }
}
