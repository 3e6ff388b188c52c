// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileType;
import io.nacelle.wasi.fs.FsException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/** A connected stream socket. */
final class Connection extends Descriptor {
    private final SocketChannel channel;

    /** Bytes that a guest has peeked at and not yet taken; read from start to end. */
    private byte[] peeked = new byte[0];

    private int start;
    private boolean ended;

    Connection(SocketChannel channel) throws IOException {
        super(Rights.CONNECTION, 0);
        this.channel = channel;
        channel.configureBlocking(false);
    }

    @Override
    FileType type() {
        return FileType.SOCKET_STREAM;
    }

    @Override
    synchronized int read(byte[] target, int offset, int length) throws FsException {
        if (length == 0) {
            return 0;
        }
        int held = peeked.length - start;
        if (held > 0) {
            int n = Math.min(held, length);
            System.arraycopy(peeked, start, target, offset, n);
            start += n;
            return n;
        }
        return receive(target, offset, length);
    }

    /** Reads without taking away. */
    synchronized int peek(byte[] target, int offset, int length) throws FsException {
        if (length == 0) {
            return 0;
        }
        if (start == peeked.length) {
            byte[] bytes = new byte[length];
            int n = receive(bytes, 0, length);
            peeked = java.util.Arrays.copyOf(bytes, n);
            start = 0;
        }
        int n = Math.min(peeked.length - start, length);
        System.arraycopy(peeked, start, target, offset, n);
        return n;
    }

    private int receive(byte[] target, int offset, int length) throws FsException {
        try {
            int n = channel.read(ByteBuffer.wrap(target, offset, length));
            if (n == 0) {
                throw new FsException(Errno.AGAIN);
            }
            ended = n < 0;
            return Math.max(0, n);
        } catch (IOException | NotYetConnectedException e) {
            throw new FsException(IoErrors.of(e));
        }
    }

    @Override
    int write(byte[] source, int offset, int length) throws FsException {
        if (length == 0) {
            return 0;
        }
        try {
            int n = channel.write(ByteBuffer.wrap(source, offset, length));
            if (n == 0) {
                throw new FsException(Errno.AGAIN);
            }
            return n;
        } catch (IOException | NotYetConnectedException e) {
            throw new FsException(IoErrors.of(e));
        }
    }

    void shutdownInput() throws FsException {
        try {
            channel.shutdownInput();
        } catch (IOException | NotYetConnectedException e) {
            throw new FsException(Errno.NOTCONN);
        }
    }

    void shutdownOutput() throws FsException {
        try {
            channel.shutdownOutput();
        } catch (IOException | NotYetConnectedException e) {
            throw new FsException(Errno.NOTCONN);
        }
    }

    @Override
    synchronized boolean readable() {
        return start < peeked.length || ended;
    }

    /** Only a selector knows. */
    @Override
    boolean writable() {
        return false;
    }

    @Override
    synchronized long available() {
        return Math.max(1, peeked.length - start);
    }

    @Override
    synchronized boolean hungUp() {
        return ended;
    }

    @Override
    Optional<SelectableChannel> channel() {
        return Optional.of(channel);
    }

    @Override
    void close() throws FsException {
        try {
            channel.close();
        } catch (IOException e) {
            throw new FsException(Errno.IO);
        }
    }
}
