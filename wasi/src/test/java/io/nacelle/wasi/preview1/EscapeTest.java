// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import static io.nacelle.wasi.preview1.Machine.CREAT;
import static io.nacelle.wasi.preview1.Machine.DIRECTORY;
import static io.nacelle.wasi.preview1.Machine.FOLLOW;
import static io.nacelle.wasi.preview1.Machine.TRUNC;
import static io.nacelle.wasi.preview1.Machine.assertFails;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FsException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicBoolean;

/** Attempts to get out of a directory of the host. */
class EscapeTest {
    private Path top;
    private Path outside;
    private Path granted;

    @BeforeEach
    void prepare() throws Exception {
        top = Files.createTempDirectory("nacelle-escape");
        outside = Files.createDirectory(top.resolve("outside"));
        granted = Files.createDirectory(top.resolve("granted"));
        Files.writeString(outside.resolve("secret"), "secret");
    }

    @AfterEach
    void delete() throws Exception {
        FileSystems.delete(top);
    }

    private void assertUntouched() throws Exception {
        assertEquals("secret", Files.readString(outside.resolve("secret")));
        try (var files = Files.list(outside)) {
            assertEquals(1, files.count());
        }
        try (var files = Files.list(top)) {
            assertEquals(2, files.count());
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "MEMORY")
    void linksOfTheHost(FileSystems kind) throws Exception {
        Files.createSymbolicLink(granted.resolve("absolute"), outside);
        Files.createSymbolicLink(granted.resolve("relative"), Path.of("../outside"));
        Files.createSymbolicLink(granted.resolve("file"), Path.of("../outside/secret"));
        Files.createSymbolicLink(granted.resolve("absfile"), outside.resolve("secret"));
        Files.createSymbolicLink(granted.resolve("chain"), Path.of("relative"));
        Files.createSymbolicLink(granted.resolve("proc"), Path.of("/proc/self/root"));
        Files.createSymbolicLink(granted.resolve("back"), Path.of("../granted"));
        try (var m = Machine.with(kind.on(granted))) {
            for (String link : new String[] {"absolute", "relative", "chain", "proc", "back"}) {
                for (String path : new String[] {link + "/secret", link + "/", link + "/.."}) {
                    assertFails(Errno.PERM, () -> m.open(path));
                    assertFails(Errno.PERM, () -> m.stat(path, FOLLOW));
                }
                assertFails(Errno.PERM, () -> m.open(3, link + "/new", CREAT, Rights.FILE, 0));
                assertFails(Errno.PERM, () -> m.makeDirectory(link + "/new"));
                assertFails(Errno.PERM, () -> m.unlink(link + "/secret"));
                assertFails(Errno.PERM, () -> m.removeDirectory(link + "/x"));
                assertFails(Errno.PERM, () -> m.symlink("x", link + "/new"));
                assertFails(Errno.PERM, () -> m.link(0, link + "/secret", "stolen"));
                assertFails(Errno.PERM, () -> m.rename(link + "/secret", "stolen"));
                assertFails(Errno.PERM, () -> m.readLink(link + "/secret", 10));
                assertFails(Errno.PERM, () -> m.setTimes(link + "/secret", 0, 0, 0, 4));
                assertFails(
                        Errno.PERM,
                        () -> m.open(3, FOLLOW, link, DIRECTORY, Rights.DIRECTORY, 0, 0));
            }
            for (String link : new String[] {"file", "absfile"}) {
                assertFails(Errno.PERM, () -> m.open(3, FOLLOW, link, 0, Rights.FD_READ, 0, 0));
                assertFails(Errno.PERM, () -> m.open(3, FOLLOW, link, TRUNC, Rights.FILE, 0, 0));
                assertFails(Errno.PERM, () -> m.link(FOLLOW, link, "stolen"));
                assertFails(Errno.PERM, () -> m.setTimes(link, FOLLOW, 0, 0, 4));
            }
        }
        assertUntouched();
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "MEMORY")
    void linksOfTheGuest(FileSystems kind) throws Exception {
        try (var m = Machine.with(kind.on(granted))) {
            m.makeDirectory("a");
            m.makeDirectory("a/b");
            m.symlink("../../outside", "a/ok");
            m.symlink("../../../outside/secret", "a/b/link");
            m.symlink("a/b/../../..", "wide");
            assertFails(Errno.PERM, () -> m.open("a/ok/secret"));
            assertFails(Errno.PERM, () -> m.open(3, FOLLOW, "a/b/link", 0, Rights.FD_READ, 0, 0));
            assertFails(Errno.PERM, () -> m.open("wide/outside/secret"));
            // Moving a link upwards makes it point out; following it must not.
            m.symlink("../up", "a/b/moving");
            m.makeDirectory("a/up");
            m.open(3, FOLLOW, "a/b/moving", DIRECTORY, 0, 0, 0);
            m.rename("a/b/moving", "moving");
            assertFails(Errno.PERM, () -> m.open(3, FOLLOW, "moving", DIRECTORY, 0, 0, 0));
        }
        assertUntouched();
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "MEMORY")
    void aDirectoryMovedOutWhileOpen(FileSystems kind) throws Exception {
        try (var m = Machine.with(kind.on(granted))) {
            m.makeDirectory("a");
            int a = m.open(3, "a", DIRECTORY, Rights.DIRECTORY, 0);
            Files.move(granted.resolve("a"), outside.resolve("a"));
            assertFails(Errno.PERM, () -> m.open(a, "../secret", 0, Rights.FD_READ, 0));
            Files.move(outside.resolve("a"), granted.resolve("a"));
        }
        assertUntouched();
    }

    /** A guest makes the way to another of its directories lead out, before that one is used. */
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "MEMORY")
    void theWayToADirectoryGivenInsideAnother(FileSystems kind) throws Exception {
        Files.createDirectories(granted.resolve("way/inner"));
        Files.createDirectory(outside.resolve("inner"));
        Files.writeString(outside.resolve("inner/secret"), "secret");
        for (String replaced : new String[] {"way", "way/inner"}) {
            String target = replaced.equals("way") ? "../outside" : "../../outside/inner";
            try (var m =
                    Machine.with(
                            new Preview1.Mount("/", kind.on(granted)),
                            new Preview1.Mount("/i", kind.on(granted.resolve("way/inner"))))) {
                m.rename(replaced, "aside");
                m.symlink(target, replaced);
                assertFails(Errno.NOTDIR, () -> m.open(4, "secret", 0, Rights.FD_READ, 0));
                assertFails(Errno.NOTDIR, () -> m.open(4, "new", CREAT, Rights.FILE, 0));
                assertFails(Errno.NOTDIR, () -> m.stat(4));
                m.unlink(replaced);
                m.rename("aside", replaced);
                assertFails(Errno.NOENT, () -> m.open(4, "secret", 0, Rights.FD_READ, 0));
            }
        }
        FileSystems.delete(outside.resolve("inner"));
        assertUntouched();
    }

    /** Links of the host on the way to a directory are followed, once, when it is given. */
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "MEMORY")
    void aDirectoryGivenByALink(FileSystems kind) throws Exception {
        Path link = Files.createSymbolicLink(top.resolve("link"), granted);
        try (var m = Machine.with(kind.on(link))) {
            Files.delete(link);
            Files.createSymbolicLink(link, outside);
            m.touch("file");
        }
        Files.delete(link);
        assertTrue(Files.exists(granted.resolve("file")));
        assertUntouched();
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "MEMORY")
    void noDescriptorOfTheHostIsLeftOpen(FileSystems kind) throws Exception {
        Files.createSymbolicLink(granted.resolve("out"), outside);
        long before;
        try (var m = Machine.with(kind.on(granted))) {
            m.makeDirectory("a");
            m.makeDirectory("a/b");
            m.symlink("b/loop", "a/b/loop");
            m.touch("a/b/file");
            before = openDescriptors();
            for (int i = 0; i < 50; i++) {
                m.wasi.fd().close(m.open("a/b/../b/file"));
                assertFails(Errno.PERM, () -> m.open("a/b/../../../x"));
                assertFails(Errno.PERM, () -> m.open("a/../out/x"));
                assertFails(Errno.NOTDIR, () -> m.open("a/b/file/x"));
                assertFails(Errno.NOTDIR, () -> m.open("a/b/file/"));
                assertFails(Errno.ISDIR, () -> m.open(3, "a/b", 0, Rights.FD_WRITE, 0));
                assertFails(Errno.LOOP, () -> m.open("a/b/loop"));
                assertFails(Errno.EXIST, () -> m.link(0, "a/b/file", "a/b/file"));
                m.rename("a/b/file", "a/file");
                m.rename("a/file", "a/b/file");
                int fd = m.open(3, "a/b", DIRECTORY, Rights.DIRECTORY, 0);
                m.list(fd, 100);
                m.wasi.fd().sync(fd);
                m.wasi.fd().renumber(fd, 2);
            }
            m.wasi.fd().close(2);
            assertEquals(before, openDescriptors());
            m.create("left open");
        }
        assertEquals(before - 1, openDescriptors());
    }

    private static long openDescriptors() throws Exception {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    /** A thread of the host keeps swapping a directory for a link that leads out. */
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "MEMORY")
    void raceBetweenCheckAndUse(FileSystems kind) throws Exception {
        Path real = Files.createDirectory(granted.resolve("real"));
        Files.writeString(real.resolve("secret"), "inside");
        Path link = Files.createSymbolicLink(granted.resolve("link"), outside);
        Path swapped = granted.resolve("swapped");
        var stop = new AtomicBoolean();
        var swapper =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        while (!stop.get()) {
                                            Files.move(real, swapped);
                                            Files.move(swapped, real);
                                            Files.move(
                                                    link, swapped, StandardCopyOption.ATOMIC_MOVE);
                                            Files.move(swapped, link);
                                        }
                                    } catch (java.io.IOException e) {
                                        throw new java.io.UncheckedIOException(e);
                                    }
                                });
        int inside = 0;
        int refused = 0;
        try (var m = Machine.with(kind.on(granted))) {
            long end = System.nanoTime() + 10_000_000_000L;
            for (int i = 0;
                    (i < 20_000 || inside == 0 || refused == 0) && System.nanoTime() < end;
                    i++) {
                try {
                    int fd = m.open(3, FOLLOW, "swapped/secret", 0, Rights.FILE, 0, 0);
                    assertEquals("inside", m.read(fd, 10));
                    m.wasi.fd().close(fd);
                    inside++;
                } catch (FsException e) {
                    assertTrue(
                            e.errno() == Errno.PERM
                                    || e.errno() == Errno.NOENT
                                    || e.errno() == Errno.NOTDIR,
                            e.errno().name());
                    refused += e.errno() == Errno.PERM ? 1 : 0;
                }
                try {
                    m.wasi.fd().close(m.open(3, "swapped/new", CREAT, Rights.FILE, 0));
                    m.unlink("swapped/new");
                } catch (FsException e) {
                    assertFalse(Files.exists(outside.resolve("new")));
                }
            }
        } finally {
            stop.set(true);
            swapper.join();
        }
        Files.deleteIfExists(real.resolve("new"));
        assertTrue(inside > 0 && refused > 0, inside + " inside, " + refused + " refused");
        assertUntouched();
    }
}
