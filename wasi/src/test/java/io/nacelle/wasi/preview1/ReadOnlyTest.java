// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import static io.nacelle.wasi.preview1.Machine.CREAT;
import static io.nacelle.wasi.preview1.Machine.DIRECTORY;
import static io.nacelle.wasi.preview1.Machine.EXCL;
import static io.nacelle.wasi.preview1.Machine.FOLLOW;
import static io.nacelle.wasi.preview1.Machine.TRUNC;
import static io.nacelle.wasi.preview1.Machine.assertFails;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileSystem;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file system given read-only can be looked at and not changed, through any function. */
class ReadOnlyTest {
    @ParameterizedTest
    @EnumSource
    void everyChangeIsRefused(FileSystems kind) throws Exception {
        Path directory = Files.createTempDirectory("nacelle-ro");
        FileSystem files = kind.on(directory);
        try {
            Machine.Stat before;
            try (var writer = Machine.with(files)) {
                writer.write(writer.create("file"), "content");
                writer.makeDirectory("dir");
                writer.symlink("file", "link");
                before = writer.stat("file", 0);
            }
            try (var m = Machine.with(files.readOnly())) {
                attack(m);
                assertEquals(before.size(), m.stat("file", 0).size());
                assertEquals(before.modified(), m.stat("file", 0).modified());
                assertEquals(1, m.stat("file", 0).links());
                int root = m.open(3, ".", DIRECTORY, Rights.DIRECTORY, 0);
                assertEquals(
                        List.of(".", "..", "dir", "file", "link"),
                        m.list(root, 200).stream().map(Machine.Entry::name).sorted().toList());
            }
        } finally {
            FileSystems.delete(directory);
        }
    }

    private static void attack(Machine m) throws Exception {
        assertFails(Errno.ROFS, () -> m.open(3, "new", CREAT, 0, 0));
        assertFails(Errno.ROFS, () -> m.open(3, "new", CREAT | EXCL, 0, 0));
        assertFails(Errno.EXIST, () -> m.open(3, "file", CREAT | EXCL, 0, 0));
        assertFails(Errno.ROFS, () -> m.open(3, "file", TRUNC, 0, 0));
        assertFails(Errno.ROFS, () -> m.open(3, FOLLOW, "link", TRUNC, 0, 0, 0));
        assertFails(Errno.ROFS, () -> m.open(3, "file", 0, Rights.FD_WRITE, 0));
        assertFails(Errno.ROFS, () -> m.open(3, "file", 0, Rights.FD_ALLOCATE, 0));
        assertFails(Errno.ROFS, () -> m.open(3, "file", 0, Rights.FD_FILESTAT_SET_SIZE, 0));
        assertFails(Errno.ISDIR, () -> m.open(3, "dir", 0, Rights.FD_WRITE, 0));
        assertFails(Errno.ROFS, () -> m.makeDirectory("new"));
        assertFails(Errno.ROFS, () -> m.removeDirectory("dir"));
        assertFails(Errno.ROFS, () -> m.unlink("file"));
        assertFails(Errno.ROFS, () -> m.symlink("a", "b"));
        assertFails(Errno.ROFS, () -> m.link(0, "file", "second"));
        assertFails(Errno.ROFS, () -> m.rename("file", "second"));
        assertFails(Errno.ROFS, () -> m.setTimes("file", 0, 0, 0, 4));
        assertFails(Errno.ROFS, () -> m.setTimes(".", 0, 0, 0, 4));
        int fd =
                m.open(
                        3,
                        "file",
                        0,
                        Rights.FILE
                                & ~(Rights.FD_WRITE
                                        | Rights.FD_ALLOCATE
                                        | Rights.FD_FILESTAT_SET_SIZE),
                        0);
        assertEquals("content", m.read(fd, 20));
        assertFails(Errno.NOTCAPABLE, () -> m.write(fd, "x"));
        assertFails(Errno.ROFS, () -> m.wasi.fd().filestatSetTimes(fd, 0, 0, 5));
        int dir = m.open(3, "dir", DIRECTORY, Rights.DIRECTORY, 0);
        assertFails(Errno.ROFS, () -> m.open(dir, "new", CREAT, 0, 0));
        assertFails(Errno.ROFS, () -> m.wasi.fd().filestatSetTimes(dir, 0, 0, 5));
        assertEquals("file", m.readLink("link", 20));
    }

    /** What may be written in one directory gives no way to write in another. */
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "MEMORY")
    void besideADirectoryThatCanBeWritten(FileSystems kind) throws Exception {
        Path top = Files.createTempDirectory("nacelle-wasi");
        Path writable = Files.createDirectory(top.resolve("writable"));
        Path fixed = Files.createDirectory(top.resolve("fixed"));
        Files.writeString(fixed.resolve("file"), "content");
        Files.writeString(writable.resolve("other"), "other");
        try (var m =
                Machine.with(
                        new Preview1.Mount("/w", kind.on(writable)),
                        new Preview1.Mount("/r", kind.on(fixed).readOnly()))) {
            var file = m.text("file");
            var other = m.text("other");
            var paths = m.wasi.path();
            for (var name : List.of(file, other)) {
                int target = name.length();
                assertFails(
                        Errno.ROFS,
                        () -> paths.rename(m.memory, 4, file.at(), 4, 3, name.at(), target));
                assertFails(
                        Errno.ROFS,
                        () -> paths.link(m.memory, 4, 0, file.at(), 4, 3, name.at(), target));
                assertFails(
                        Errno.XDEV,
                        () -> paths.rename(m.memory, 3, other.at(), 5, 4, name.at(), target));
                assertFails(
                        Errno.XDEV,
                        () -> paths.link(m.memory, 3, 0, other.at(), 5, 4, name.at(), target));
            }
            // Whatever number it has, and however often it is opened.
            m.wasi.fd().renumber(4, 3);
            int again = m.open(3, ".", DIRECTORY, Rights.DIRECTORY, 0);
            assertFails(Errno.ROFS, () -> m.open(3, "file", 0, Rights.FD_WRITE, 0));
            assertFails(Errno.ROFS, () -> m.open(again, "file", 0, Rights.FD_WRITE, 0));
            assertFails(Errno.ROFS, () -> m.open(again, "file", TRUNC, 0, 0));
        }
        assertEquals("content", Files.readString(fixed.resolve("file")));
        FileSystems.delete(top);
    }
}
