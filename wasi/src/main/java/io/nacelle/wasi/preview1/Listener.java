// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileType;
import io.nacelle.wasi.fs.FsException;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/** A listening stream socket. */
final class Listener extends Descriptor {
    private final ServerSocketChannel channel;

    Listener(ServerSocketChannel channel) throws IOException {
        super(Rights.LISTENER, Rights.CONNECTION);
        this.channel = channel;
        channel.configureBlocking(false);
    }

    @Override
    FileType type() {
        return FileType.SOCKET_STREAM;
    }

    Connection accept() throws FsException {
        try {
            SocketChannel accepted = channel.accept();
            if (accepted == null) {
                throw new FsException(Errno.AGAIN);
            }
            return new Connection(accepted);
        } catch (IOException e) {
            throw new FsException(IoErrors.of(e));
        }
    }

    /** Only a selector knows. */
    @Override
    boolean readable() {
        return false;
    }

    @Override
    boolean writable() {
        return false;
    }

    @Override
    long available() {
        return 1;
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
