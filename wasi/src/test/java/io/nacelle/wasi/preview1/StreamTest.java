// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import static io.nacelle.wasi.preview1.Machine.RESULT;
import static io.nacelle.wasi.preview1.Machine.assertFails;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.StoppedException;
import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileType;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Standard streams, and polls on them and on clocks. */
class StreamTest {
    private static final long MILLIS = 1_000_000L;

    private static Machine machine(InputStream in, OutputStream out) {
        return new Machine(Machine.setup(in, out, List.of()));
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void inputAndOutput() throws Exception {
        var out = new ByteArrayOutputStream();
        try (var m = machine(bytes("line one"), out)) {
            assertEquals("line", m.read(0, 4));
            assertEquals(" one", m.read(0, 100));
            assertEquals("", m.read(0, 100));
            assertEquals(5, m.write(1, "hello"));
            assertEquals(3, m.write(2, "err"));
            assertEquals("helloerr", out.toString(StandardCharsets.UTF_8));
            assertFails(Errno.NOTCAPABLE, () -> m.write(0, "x"));
            assertFails(Errno.NOTCAPABLE, () -> m.read(1, 1));
            for (int fd = 0; fd < 3; fd++) {
                int stream = fd;
                assertFails(Errno.SPIPE, () -> m.seek(stream, 0, 0));
                assertFails(Errno.SPIPE, () -> m.readAt(stream, 1, 0));
                assertFails(Errno.SPIPE, () -> m.writeAt(stream, "x", 0));
                assertFails(Errno.NOTSOCK, () -> m.wasi.socket().shutdown(stream, 1));
                m.wasi.fd().fdstatGet(m.memory, stream, RESULT);
                assertEquals(FileType.UNKNOWN.code(), m.memory.readI8(RESULT));
            }
            m.wasi.fd().sync(1);
            m.wasi.fd().close(1);
            assertFails(Errno.BADF, () -> m.write(1, "x"));
        }
    }

    @Test
    void takesNoMoreThanTheGuestReads() throws Exception {
        InputStream in = bytes("0123456789");
        try (var m = machine(in, OutputStream.nullOutputStream())) {
            m.read(0, 4);
            assertEquals('4', in.read());
        }
    }

    @Test
    void failuresOfStreams() throws Exception {
        var bad =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("broken");
                    }
                };
        var full =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                };
        try (var m = machine(bad, full)) {
            assertFails(Errno.IO, () -> m.read(0, 1));
            assertFails(Errno.PIPE, () -> m.write(1, "x"));
        }
    }

    @Test
    void waitsForInputAndPollsIt() throws Exception {
        var sender = new PipedOutputStream();
        var receiver = new PipedInputStream(sender);
        try (var m = machine(receiver, OutputStream.nullOutputStream())) {
            m.wasi.fd().fdstatSetFlags(0, FdFlags.NONBLOCK);
            assertFails(Errno.AGAIN, () -> m.read(0, 10));
            m.wasi.fd().fdstatSetFlags(0, 0);
            int subscriptions = m.allocate(96);
            int events = m.allocate(64);
            m.subscribeFd(subscriptions, 11, 1, 0);
            m.subscribeClock(subscriptions + 48, 22, 1, 20 * MILLIS, 0);
            long start = System.nanoTime();
            m.wasi.poll().poll(m.memory, subscriptions, events, 2, RESULT);
            assertTrue(System.nanoTime() - start >= 20 * MILLIS);
            assertEquals(1, m.result32());
            assertEquals(22, m.memory.readI64(events));
            assertEquals(0, m.memory.readI8(events + 10));

            m.memory.writeI64(subscriptions + 48 + 24, 60_000 * MILLIS);
            var late =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            Thread.sleep(30);
                                            sender.write("late".getBytes());
                                            sender.flush();
                                        } catch (IOException | InterruptedException e) {
                                            throw new AssertionError(e);
                                        }
                                    });
            m.wasi.poll().poll(m.memory, subscriptions, events, 2, RESULT);
            assertEquals(1, m.result32());
            assertEquals(11, m.memory.readI64(events));
            assertEquals(1, m.memory.readI8(events + 10));
            assertTrue(m.memory.readI64(events + 16) >= 1);
            late.join();
            var text = new StringBuilder();
            while (text.length() < 4) {
                text.append(m.read(0, 10));
            }
            assertEquals("late", text.toString());
            sender.close();
            m.wasi.poll().poll(m.memory, subscriptions, events, 1, RESULT);
            assertEquals(1, m.result32());
            assertEquals(1, m.memory.readI16(events + 24), "hung up");
            assertEquals("", m.read(0, 10));
        }
    }

    @Test
    void pollOfOutputsAndBadDescriptors() throws Exception {
        try (var m = machine(bytes(""), OutputStream.nullOutputStream())) {
            int subscriptions = m.allocate(48 * 5);
            int events = m.allocate(32 * 5);
            m.subscribeFd(subscriptions, 1, 2, 1);
            m.subscribeFd(subscriptions + 48, 2, 2, 2);
            m.subscribeFd(subscriptions + 96, 3, 1, 77);
            m.subscribeFd(subscriptions + 144, 4, 1, 1);
            m.subscribeClock(subscriptions + 192, 5, 1, 60_000 * MILLIS, 0);
            m.wasi.poll().poll(m.memory, subscriptions, events, 5, RESULT);
            assertEquals(4, m.result32());
            int[] errors = {
                0, 0, Errno.BADF.code(), Errno.NOTCAPABLE.code(),
            };
            for (int i = 0; i < 4; i++) {
                assertEquals(i + 1, m.memory.readI64(events + 32 * i));
                assertEquals(errors[i], m.memory.readI16(events + 32 * i + 8));
            }
            assertFails(
                    Errno.INVAL,
                    () -> m.wasi.poll().poll(m.memory, subscriptions, events, 0, RESULT));
            assertFails(
                    Errno.INVAL,
                    () -> m.wasi.poll().poll(m.memory, subscriptions, events, -1, RESULT));
            assertFails(
                    Errno.FAULT,
                    () ->
                            m.wasi.poll()
                                    .poll(m.memory, Machine.MEMORY_SIZE - 47, events, 1, RESULT));
        }
    }

    @Test
    void pollOfClocks() throws Exception {
        try (var m = machine(bytes(""), OutputStream.nullOutputStream())) {
            int subscriptions = m.allocate(48 * 5);
            int events = m.allocate(32 * 5);
            m.subscribeClock(subscriptions, 1, 0, 30 * MILLIS, 0);
            m.subscribeClock(subscriptions + 48, 2, 1, 60_000 * MILLIS, 0);
            long start = System.nanoTime();
            m.wasi.poll().poll(m.memory, subscriptions, events, 2, RESULT);
            long took = System.nanoTime() - start;
            assertTrue(took >= 30 * MILLIS && took < 10_000 * MILLIS);
            assertEquals(1, m.result32());
            assertEquals(1, m.memory.readI64(events));

            m.wasi.process().clockTimeGet(m.memory, 1, RESULT);
            m.subscribeClock(subscriptions, 3, 1, m.result64() + 20 * MILLIS, 1);
            m.wasi.poll().poll(m.memory, subscriptions, events, 1, RESULT);
            assertEquals(3, m.memory.readI64(events));
            m.subscribeClock(subscriptions, 4, 0, 1000, 1);
            m.subscribeClock(subscriptions + 48, 5, 9, 0, 0);
            m.subscribeClock(subscriptions + 96, 6, 2, 0, 0);
            m.subscribeClock(subscriptions + 144, 7, 1, -1L, 0);
            m.wasi.poll().poll(m.memory, subscriptions, events, 4, RESULT);
            assertEquals(3, m.result32());
            assertEquals(0, m.memory.readI16(events + 8));
            assertEquals(Errno.INVAL.code(), m.memory.readI16(events + 32 + 8));
            assertEquals(Errno.NOTSUP.code(), m.memory.readI16(events + 64 + 8));
        }
    }

    @Test
    void everyWaitCanBeStopped() throws Exception {
        var silent = new PipedInputStream(new PipedOutputStream());
        try (var m = machine(silent, OutputStream.nullOutputStream())) {
            int subscriptions = m.allocate(48);
            int events = m.allocate(32);
            m.subscribeClock(subscriptions, 1, 1, -1L, 0);
            Machine.Call poll =
                    () -> m.wasi.poll().poll(m.memory, subscriptions, events, 1, RESULT);
            Machine.Call read = () -> m.read(0, 1);
            for (Machine.Call wait : List.of(poll, read)) {
                var stopper =
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            try {
                                                Thread.sleep(50);
                                            } catch (InterruptedException e) {
                                                throw new AssertionError(e);
                                            }
                                            m.wasi.stop();
                                        });
                long start = System.nanoTime();
                assertThrows(StoppedException.class, wait::run);
                assertTrue(System.nanoTime() - start < 1_000 * MILLIS);
                stopper.join();
                Thread.currentThread().interrupt();
                assertThrows(StoppedException.class, wait::run);
                assertTrue(Thread.interrupted());
            }
        }
    }
}
