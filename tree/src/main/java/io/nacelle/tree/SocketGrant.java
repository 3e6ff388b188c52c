// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * A socket at an address. WASI 0.1 cannot open sockets, so a guest has those that are opened for
 * it, and the address is the whole rule.
 */
record SocketGrant(Kind kind, InetSocketAddress address) {
    enum Kind {
        LISTEN,
        CONNECT
    }

    SelectableChannel open() throws IOException {
        // A name is looked up when the socket is opened, and not when the manifest is read.
        var resolved =
                address.isUnresolved()
                        ? new InetSocketAddress(address.getHostString(), address.getPort())
                        : address;
        if (resolved.isUnresolved()) {
            throw new IOException("unknown host " + address.getHostString());
        }
        if (kind == Kind.CONNECT) {
            return SocketChannel.open(resolved);
        }
        var server = ServerSocketChannel.open();
        try {
            return server.bind(resolved);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }
}
