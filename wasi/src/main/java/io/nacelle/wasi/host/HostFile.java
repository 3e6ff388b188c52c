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
    private final Kernel kernel;
    private final FileType type;
    private final Fd fd;

    HostFile(Kernel kernel, int fd, FileType type) {
        this.kernel = kernel;
        this.fd = new Fd(kernel, fd);
        this.type = type;
    }

    @Override
    public FileStat stat() throws FsException {
        int number = fd.acquire();
        try {
            return kernel.stat(number);
        } finally {
            fd.release();
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws FsException {
        int number = fd.acquire();
        try {
            return kernel.read(number, target, offset, length);
        } finally {
            fd.release();
        }
    }

    @Override
    public int write(byte[] source, int offset, int length) throws FsException {
        int number = fd.acquire();
        try {
            return kernel.write(number, source, offset, length);
        } finally {
            fd.release();
        }
    }

    @Override
    public int append(byte[] source, int offset, int length) throws FsException {
        int number = fd.acquire();
        try {
            return kernel.append(number, source, offset, length);
        } finally {
            fd.release();
        }
    }

    @Override
    public int readAt(long position, byte[] target, int offset, int length) throws FsException {
        int number = fd.acquire();
        try {
            return kernel.readAt(number, position, target, offset, length);
        } finally {
            fd.release();
        }
    }

    @Override
    public int writeAt(long position, byte[] source, int offset, int length) throws FsException {
        int number = fd.acquire();
        try {
            return kernel.writeAt(number, position, source, offset, length);
        } finally {
            fd.release();
        }
    }

    @Override
    public long seek(long offset, Whence whence) throws FsException {
        int number = fd.acquire();
        try {
            return kernel.seek(number, offset, whence.ordinal());
        } finally {
            fd.release();
        }
    }

    @Override
    public void resize(long size) throws FsException {
        int number = fd.acquire();
        try {
            kernel.resize(number, size);
        } finally {
            fd.release();
        }
    }

    @Override
    public void allocate(long offset, long length) throws FsException {
        int number = fd.acquire();
        try {
            try {
                kernel.allocate(number, offset, length);
            } catch (FsException e) {
                if (e.errno() != Errno.NOTSUP) {
                    throw e;
                }
                // A file system without reservations: the size at least is as promised.
                kernel.extend(number, offset + length);
            }
        } finally {
            fd.release();
        }
    }

    @Override
    public void advise(long offset, long length, Advice advice) throws FsException {
        int number = fd.acquire();
        try {
            // Linux numbers the kinds of advice otherwise.
            int kind =
                    switch (advice) {
                        case NORMAL -> 0;
                        case RANDOM -> 1;
                        case SEQUENTIAL -> 2;
                        case WILLNEED -> 3;
                        case DONTNEED -> 4;
                        case NOREUSE -> 5;
                    };
            kernel.advise(number, offset, length, kind);
        } finally {
            fd.release();
        }
    }

    @Override
    public void setTimes(long accessed, long modified) throws FsException {
        int number = fd.acquire();
        try {
            kernel.setTimes(number, accessed, modified);
        } finally {
            fd.release();
        }
    }

    @Override
    public void sync() throws FsException {
        int number = fd.acquire();
        try {
            kernel.sync(number);
        } finally {
            fd.release();
        }
    }

    @Override
    public void dataSync() throws FsException {
        int number = fd.acquire();
        try {
            kernel.dataSync(number);
        } finally {
            fd.release();
        }
    }

    @Override
    public boolean readable() throws FsException {
        int number = fd.acquire();
        try {
            return type == FileType.REGULAR_FILE || kernel.poll(number, Kernel.POLLIN);
        } finally {
            fd.release();
        }
    }

    @Override
    public boolean writable() throws FsException {
        int number = fd.acquire();
        try {
            return type == FileType.REGULAR_FILE || kernel.poll(number, Kernel.POLLOUT);
        } finally {
            fd.release();
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
