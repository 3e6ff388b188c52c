// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.virtual;

import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileHandle;
import io.nacelle.wasi.fs.FileStat;
import io.nacelle.wasi.fs.FsException;
import io.nacelle.wasi.fs.Whence;

/** An open file of a virtual file system. */
final class MemoryFile implements FileHandle {
    private final Tree tree;
    private final Node.Content content;
    private long position;
    private boolean closed;

    /** Takes over a content that was opened. */
    MemoryFile(Tree tree, Node.Content content) {
        this.tree = tree;
        this.content = content;
    }

    private Node.Content content() throws FsException {
        if (closed) {
            throw new FsException(Errno.BADF);
        }
        return content;
    }

    @Override
    public FileStat stat() throws FsException {
        synchronized (tree) {
            return content().stat();
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws FsException {
        synchronized (tree) {
            int n = content().read(position, target, offset, length);
            position += n;
            return n;
        }
    }

    @Override
    public int write(byte[] source, int offset, int length) throws FsException {
        synchronized (tree) {
            int n = content().write(position, source, offset, length);
            position += n;
            return n;
        }
    }

    @Override
    public int append(byte[] source, int offset, int length) throws FsException {
        synchronized (tree) {
            position = content().size();
            return write(source, offset, length);
        }
    }

    @Override
    public int readAt(long at, byte[] target, int offset, int length) throws FsException {
        requireNotNegative(at);
        synchronized (tree) {
            return content().read(at, target, offset, length);
        }
    }

    @Override
    public int writeAt(long at, byte[] source, int offset, int length) throws FsException {
        requireNotNegative(at);
        synchronized (tree) {
            return content().write(at, source, offset, length);
        }
    }

    private static void requireNotNegative(long value) throws FsException {
        if (value < 0) {
            throw new FsException(Errno.INVAL);
        }
    }

    @Override
    public long seek(long offset, Whence whence) throws FsException {
        synchronized (tree) {
            long from =
                    switch (whence) {
                        case SET -> 0;
                        case CUR -> position;
                        case END -> content().size();
                    };
            long to = from + offset;
            if (to < 0) {
                throw new FsException(offset < 0 ? Errno.INVAL : Errno.OVERFLOW);
            }
            position = to;
            return to;
        }
    }

    @Override
    public void resize(long size) throws FsException {
        requireNotNegative(size);
        synchronized (tree) {
            content().resize(size);
        }
    }

    @Override
    public void allocate(long offset, long length) throws FsException {
        requireNotNegative(offset);
        if (length <= 0) {
            throw new FsException(Errno.INVAL);
        }
        if (offset > Long.MAX_VALUE - length) {
            throw new FsException(Errno.FBIG);
        }
        synchronized (tree) {
            if (content().size() < offset + length) {
                content().resize(offset + length);
            }
        }
    }

    @Override
    public void setTimes(long accessed, long modified) throws FsException {
        synchronized (tree) {
            content().setTimes(accessed, modified);
        }
    }

    @Override
    public void close() {
        synchronized (tree) {
            if (!closed) {
                closed = true;
                content.release();
            }
        }
    }
}
