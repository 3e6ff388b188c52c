// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import static io.nacelle.wasi.preview1.Machine.RESULT;
import static io.nacelle.wasi.preview1.Machine.assertFails;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileType;
import io.nacelle.wasi.fs.FsException;

import org.junit.jupiter.api.Test;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/** Sockets, over the loopback interface. */
class SocketTest {
    private static final int FLAGS = RESULT + 8;

    private static ServerSocketChannel listen() throws Exception {
        return ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static Machine machine(SelectableChannel... channels) {
        return new Machine(
                Machine.setup(
                        InputStream.nullInputStream(),
                        OutputStream.nullOutputStream(),
                        List.of(channels)));
    }

    private static String receive(Machine m, int fd, int size, int flags) throws FsException {
        int buffer = m.allocate(size);
        m.wasi.socket().receive(m.memory, fd, m.vector(buffer, size), 1, flags, RESULT, FLAGS);
        return m.string(buffer, m.result32());
    }

    private static int send(Machine m, int fd, String data) throws FsException {
        Machine.Text text = m.text(data);
        m.wasi.socket().send(m.memory, fd, m.vector(text.at(), text.length()), 1, 0, RESULT);
        return m.result32();
    }

    @Test
    void acceptSendReceiveShutdown() throws Exception {
        ServerSocketChannel server = listen();
        int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
        try (var m = machine(server)) {
            m.wasi.fd().fdstatGet(m.memory, 3, RESULT);
            assertEquals(FileType.SOCKET_STREAM.code(), m.memory.readI8(RESULT));
            m.wasi.fd().fdstatSetFlags(3, FdFlags.NONBLOCK);
            assertFails(Errno.AGAIN, () -> m.wasi.socket().accept(m.memory, 3, 0, RESULT));
            m.wasi.fd().fdstatSetFlags(3, 0);
            int subscription = m.allocate(48);
            int event = m.allocate(32);
            try (var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                m.subscribeFd(subscription, 5, 1, 3);
                m.wasi.poll().poll(m.memory, subscription, event, 1, RESULT);
                assertEquals(5, m.memory.readI64(event));
                assertEquals(0, m.memory.readI16(event + 8));
                m.wasi.socket().accept(m.memory, 3, 0, RESULT);
                int fd = m.result32();
                assertEquals(4, fd);

                m.subscribeFd(subscription, 6, 2, fd);
                m.wasi.poll().poll(m.memory, subscription, event, 1, RESULT);
                assertEquals(1, m.result32());
                assertEquals(5, send(m, fd, "hello"));
                assertEquals("hello", new String(client.getInputStream().readNBytes(5)));

                client.getOutputStream().write("abcdef".getBytes());
                m.subscribeFd(subscription, 7, 1, fd);
                m.wasi.poll().poll(m.memory, subscription, event, 1, RESULT);
                assertEquals(7, m.memory.readI64(event));
                assertEquals("abc", receive(m, fd, 3, 1));
                assertEquals("ab", receive(m, fd, 2, 0));
                assertEquals("c", receive(m, fd, 1, 0));
                assertEquals("def", m.read(fd, 10));
                assertEquals(1, m.write(fd, "x"));

                var slow =
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            try {
                                                for (int i = 0; i < 4; i++) {
                                                    client.getOutputStream().write('0' + i);
                                                    Thread.sleep(20);
                                                }
                                                client.shutdownOutput();
                                            } catch (Exception e) {
                                                throw new AssertionError(e);
                                            }
                                        });
                assertEquals("0123", receive(m, fd, 4, 2));
                assertEquals("", receive(m, fd, 4, 2));
                slow.join();
                assertFails(Errno.INVAL, () -> receive(m, fd, 1, 4));
                assertFails(Errno.INVAL, () -> m.wasi.socket().shutdown(fd, 0));
                assertFails(Errno.INVAL, () -> m.wasi.socket().shutdown(fd, 4));
                assertFails(Errno.SPIPE, () -> m.seek(fd, 0, 0));
                m.wasi.socket().shutdown(fd, 2);
                client.getInputStream().read();
                assertEquals(-1, client.getInputStream().read());
                assertFails(Errno.PIPE, () -> send(m, fd, "more"));
                m.wasi.fd().close(fd);
                assertFails(Errno.BADF, () -> send(m, fd, "more"));
            }
            assertFails(Errno.NOTSOCK, () -> m.wasi.socket().accept(m.memory, 1, 0, RESULT));
            assertFails(Errno.NOTSOCK, () -> send(m, 1, "x"));
            assertFails(Errno.NOTSOCK, () -> m.wasi.socket().shutdown(1, 1));
            assertFails(Errno.BADF, () -> m.wasi.socket().shutdown(9, 1));
            assertFails(Errno.NOTCONN, () -> send(m, 3, "x"));
        }
    }

    @Test
    void aLargeMessageToASlowReader() throws Exception {
        ServerSocketChannel server = listen();
        int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
        try (var m = machine(server);
                var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            m.wasi.socket().accept(m.memory, 3, 0, RESULT);
            int fd = m.result32();
            var counted = new long[1];
            var reader =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            Thread.sleep(50);
                                            counted[0] =
                                                    client.getInputStream().readAllBytes().length;
                                        } catch (Exception e) {
                                            throw new AssertionError(e);
                                        }
                                    });
            long sent = 0;
            for (int i = 0; i < 100; i++) {
                m.wasi.socket().send(m.memory, fd, m.vector(1024, 200_000), 1, 0, RESULT);
                sent += m.result32();
            }
            m.wasi.fd().close(fd);
            reader.join();
            assertEquals(20_000_000, sent);
            assertEquals(sent, counted[0]);
        }
    }

    /** A selector holds on to what it has waited for; closing must not wait for its next turn. */
    @Test
    void aClosedListenerIsGoneAtOnce() throws Exception {
        ServerSocketChannel server = listen();
        var address = server.getLocalAddress();
        try (var m = machine(server)) {
            int subscriptions = m.allocate(96);
            int events = m.allocate(64);
            m.subscribeFd(subscriptions, 1, 1, 3);
            m.subscribeClock(subscriptions + 48, 2, 1, 0, 0);
            m.wasi.poll().poll(m.memory, subscriptions, events, 2, RESULT);
            assertEquals(1, m.result32());
            m.wasi.fd().close(3);
            try (var client = SocketChannel.open()) {
                assertThrows(ConnectException.class, () -> client.connect(address));
            }
        }
    }
}
