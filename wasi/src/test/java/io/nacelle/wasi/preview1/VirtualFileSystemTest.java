// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import static io.nacelle.wasi.preview1.Machine.CREAT;
import static io.nacelle.wasi.preview1.Machine.DIRECTORY;
import static io.nacelle.wasi.preview1.Machine.assertFails;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileSystem;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.FileNotFoundException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** What is particular to file systems that are not the host's. */
class VirtualFileSystemTest {
    private Path top;
    private Path archive;

    @BeforeEach
    void prepare() throws Exception {
        top = Files.createTempDirectory("nacelle-virtual");
        archive = top.resolve("a.zip");
        try (var zip = new ZipOutputStream(Files.newOutputStream(archive))) {
            for (String name :
                    new String[] {
                        "data/", "data/one.txt", "data/deep/er/two.txt", "../evil", "/abs"
                    }) {
                zip.putNextEntry(new ZipEntry(name));
                if (!name.endsWith("/")) {
                    zip.write(("content of " + name).getBytes());
                }
                zip.closeEntry();
            }
        }
    }

    @AfterEach
    void delete() throws Exception {
        FileSystems.delete(top);
    }

    private static List<String> names(Machine m, String path) throws Exception {
        int fd = m.open(3, path, DIRECTORY, Rights.DIRECTORY, 0);
        return m.list(fd, 300).stream().map(Machine.Entry::name).toList();
    }

    @Test
    void zipArchive() throws Exception {
        try (var m = Machine.with(FileSystem.zip(archive))) {
            assertEquals(List.of(".", "..", "data"), names(m, "."));
            assertEquals(List.of(".", "..", "deep", "one.txt"), names(m, "data"));
            assertEquals("content of data/one.txt", m.read(m.open("data/one.txt"), 100));
            int fd = m.open("data/deep/er/two.txt");
            long rights = Rights.FD_READ | Rights.FD_FILESTAT_GET;
            int second = m.open(3, "data/deep/er/../er/two.txt", 0, rights, 0);
            assertEquals("content", m.read(fd, 7));
            m.wasi.fd().close(fd);
            assertEquals("content of data/deep/er/two.txt", m.read(second, 100));
            assertEquals(31, m.stat(second).size());
            assertTrue(m.stat(second).modified() > 0);
            assertFails(Errno.ROFS, () -> m.create("data/new"));
            assertFails(Errno.ROFS, () -> m.unlink("data/one.txt"));
            assertFails(Errno.PERM, () -> m.open("../evil"));
        }
    }

    @Test
    void classPathFromAJarAndFromADirectory() throws Exception {
        Path classes = Files.createDirectories(top.resolve("classes"));
        Files.createDirectories(classes.resolve("data/sub"));
        Files.writeString(classes.resolve("data/file"), "from a directory");
        try (var loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, null);
                var m = Machine.with(FileSystem.classPath(loader, "data"))) {
            assertEquals(List.of(".", "..", "file", "sub"), names(m, "."));
            assertEquals("from a directory", m.read(m.open("file"), 100));
            assertFails(Errno.ROFS, () -> m.makeDirectory("new"));
        }
        try (var loader = new URLClassLoader(new URL[] {archive.toUri().toURL()}, null);
                var m = Machine.with(FileSystem.classPath(loader, "data"))) {
            assertEquals(List.of(".", "..", "deep", "one.txt"), names(m, "."));
            assertEquals("content of data/one.txt", m.read(m.open("one.txt"), 100));
            assertThrows(
                    FileNotFoundException.class, () -> FileSystem.classPath(loader, "nothing"));
        }
    }

    @Test
    void memoryIsLimited() throws Exception {
        try (var m = Machine.with(FileSystem.inMemory(100_000))) {
            int fd = m.create("file");
            assertFails(Errno.NOSPC, () -> m.wasi.fd().filestatSetSize(fd, 200_000));
            assertFails(Errno.FBIG, () -> m.wasi.fd().filestatSetSize(fd, Long.MAX_VALUE));
            assertFails(Errno.FBIG, () -> m.wasi.fd().allocate(fd, 1L << 40, 1));
            assertFails(Errno.NOSPC, () -> m.writeAt(fd, "x", 1_000_000));
            assertFails(Errno.FBIG, () -> m.writeAt(fd, "x", 1L << 50));
            assertEquals(0, m.stat(fd).size());
            m.wasi.fd().filestatSetSize(fd, 90_000);
            int other = m.create("other");
            assertFails(Errno.NOSPC, () -> m.writeAt(other, "x", 20_000));
            // The space of a file comes back when its last name and its last descriptor are gone.
            m.unlink("file");
            assertFails(Errno.NOSPC, () -> m.writeAt(other, "x", 20_000));
            m.wasi.fd().close(fd);
            assertEquals(1, m.writeAt(other, "x", 20_000));
            m.wasi.fd().filestatSetSize(other, 10);
            for (int round = 0; round < 3; round++) {
                int made = 0;
                Errno errno;
                do {
                    String name = "n" + made++;
                    errno = Machine.errno(() -> m.makeDirectory(name));
                } while (errno == Errno.SUCCESS);
                assertEquals(Errno.NOSPC, errno);
                assertTrue(made > 300 && made < 400);
                for (int i = 0; i < made - 1; i++) {
                    m.removeDirectory("n" + i);
                }
            }
        }
    }

    @Test
    void sharedByGuests() throws Exception {
        FileSystem files = FileSystem.inMemory(1 << 20);
        try (var one = Machine.with(files);
                var two = Machine.with(files)) {
            int writer = one.open(3, "log", CREAT, Rights.FILE, FdFlags.APPEND);
            one.write(writer, "one ");
            int second = two.open(3, "log", 0, Rights.FILE, FdFlags.APPEND);
            two.write(second, "two");
            assertEquals("one two", one.readAt(writer, 100, 0));
        }
    }
}
