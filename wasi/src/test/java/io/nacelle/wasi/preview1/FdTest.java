// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import static io.nacelle.wasi.preview1.Machine.CREAT;
import static io.nacelle.wasi.preview1.Machine.DIRECTORY;
import static io.nacelle.wasi.preview1.Machine.MEMORY_SIZE;
import static io.nacelle.wasi.preview1.Machine.RESULT;
import static io.nacelle.wasi.preview1.Machine.TRUNC;
import static io.nacelle.wasi.preview1.Machine.assertFails;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.stream.IntStream;

/** The functions on descriptors of files and directories, on every kind of file system. */
class FdTest {
    @ParameterizedTest
    @EnumSource
    void readWriteSeek(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    int fd = m.create("file");
                    assertEquals(10, m.write(fd, "0123456789"));
                    assertEquals(10, m.seek(fd, 0, 1));
                    assertEquals(5, m.seek(fd, -5, 1));
                    assertEquals("567", m.read(fd, 3));
                    assertEquals("89", m.read(fd, 3));
                    assertEquals("", m.read(fd, 3));
                    assertEquals(10, m.seek(fd, 0, 2));
                    m.wasi.fd().tell(m.memory, fd, RESULT);
                    assertEquals(10, m.result64());
                    assertEquals(1000, m.seek(fd, 1000, 0));
                    assertFails(Errno.INVAL, () -> m.seek(fd, -2000, 1));
                    assertFails(Errno.INVAL, () -> m.seek(fd, 0, 3));
                    m.write(fd, "x");
                    assertEquals(1001, m.stat(fd).size());
                    assertEquals("\0", m.readAt(fd, 1, 500));
                });
    }

    @ParameterizedTest
    @EnumSource
    void positioned(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    int fd = m.create("file");
                    assertEquals(4, m.writeAt(fd, "abcd", 2));
                    assertEquals(0, m.seek(fd, 0, 1));
                    assertEquals("cd", m.readAt(fd, 10, 4));
                    assertEquals("", m.readAt(fd, 10, 40));
                    assertEquals("\0\0ab", m.readAt(fd, 4, 0));
                    assertFails(Errno.INVAL, () -> m.readAt(fd, 1, -1));
                    assertFails(Errno.INVAL, () -> m.writeAt(fd, "x", Long.MIN_VALUE));
                });
    }

    @ParameterizedTest
    @EnumSource
    void severalVectors(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    int fd = m.create("file");
                    m.memory.write(8000, "onetwothree".getBytes(), 0, 11);
                    int list = m.allocate(32);
                    int[] parts = {8000, 3, 9999, 0, 8003, 3, 8006, 5};
                    for (int i = 0; i < parts.length; i++) {
                        m.memory.writeI32(list + 4 * i, parts[i]);
                    }
                    m.wasi.fd().write(m.memory, fd, list, 4, RESULT);
                    assertEquals(11, m.result32());
                    m.seek(fd, 0, 0);
                    m.memory.writeI32(list, 9000);
                    m.memory.writeI32(list + 16, 9100);
                    m.memory.writeI32(list + 24, 9200);
                    m.wasi.fd().read(m.memory, fd, list, 4, RESULT);
                    assertEquals("one", m.string(9000, 3));
                    assertEquals("two", m.string(9100, 3));
                    assertEquals("three", m.string(9200, 5));
                });
    }

    @ParameterizedTest
    @EnumSource
    void moreThanOneBuffer(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    int fd = m.create("file");
                    int size = 150_001;
                    for (int i = 0; i < size; i++) {
                        m.memory.writeI8(100_000 + i, (byte) (i * 31));
                    }
                    m.wasi.fd().write(m.memory, fd, m.vector(100_000, size), 1, RESULT);
                    assertEquals(size, m.result32());
                    m.memory.fill(100_000, (byte) 0, size);
                    m.wasi.fd().pread(m.memory, fd, m.vector(100_000, size), 1, 0, RESULT);
                    assertEquals(size, m.result32());
                    for (int i = 0; i < size; i++) {
                        assertEquals((byte) (i * 31), m.memory.readI8(100_000 + i));
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void append(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    int fd = m.open(3, "file", CREAT, Rights.FILE, FdFlags.APPEND);
                    m.write(fd, "aaa");
                    m.seek(fd, 0, 0);
                    m.write(fd, "bbb");
                    assertEquals(6, m.seek(fd, 0, 1));
                    assertEquals("aaabbb", m.readAt(fd, 10, 0));
                    // A positioned write goes where it says, whatever the flag.
                    m.writeAt(fd, "A", 0);
                    assertEquals("Aaabbb", m.readAt(fd, 10, 0));
                    m.wasi.fd().fdstatSetFlags(fd, 0);
                    m.seek(fd, 0, 0);
                    m.write(fd, "c");
                    assertEquals("caabbb", m.readAt(fd, 10, 0));
                    m.wasi.fd().fdstatSetFlags(fd, FdFlags.APPEND | FdFlags.SYNC);
                    m.write(fd, "d");
                    assertEquals("caabbbd", m.readAt(fd, 10, 0));
                    m.wasi.fd().fdstatGet(m.memory, fd, RESULT);
                    assertEquals(FdFlags.APPEND | FdFlags.SYNC, m.memory.readI16(RESULT + 2));
                    assertFails(Errno.INVAL, () -> m.wasi.fd().fdstatSetFlags(fd, 32));
                    m.wasi.fd().fdstatSetFlags(fd, FdFlags.DSYNC | FdFlags.RSYNC);
                    m.write(fd, "e");
                    m.wasi.fd().sync(fd);
                    m.wasi.fd().dataSync(fd);
                });
    }

    @ParameterizedTest
    @EnumSource
    void sizeAndAllocation(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    int fd = m.create("file");
                    m.write(fd, "hello");
                    m.wasi.fd().filestatSetSize(fd, 2);
                    m.wasi.fd().filestatSetSize(fd, 4);
                    assertEquals("he\0\0", m.readAt(fd, 10, 0));
                    m.wasi.fd().allocate(fd, 0, 100);
                    assertEquals(100, m.stat(fd).size());
                    m.wasi.fd().allocate(fd, 10, 10);
                    assertEquals(100, m.stat(fd).size());
                    m.wasi.fd().allocate(fd, 90, 20);
                    assertEquals(110, m.stat(fd).size());
                    assertFails(Errno.INVAL, () -> m.wasi.fd().allocate(fd, 0, 0));
                    assertFails(Errno.INVAL, () -> m.wasi.fd().allocate(fd, -1, 1));
                    assertFails(Errno.FBIG, () -> m.wasi.fd().allocate(fd, 1, Long.MAX_VALUE));
                    assertFails(Errno.FBIG, () -> m.wasi.fd().filestatSetSize(fd, -1));
                    for (int advice = 0; advice <= 5; advice++) {
                        m.wasi.fd().advise(fd, 10, 50, advice);
                    }
                    assertFails(Errno.INVAL, () -> m.wasi.fd().advise(fd, 0, 0, 6));
                    assertEquals(110, m.stat(fd).size());
                });
    }

    @ParameterizedTest
    @EnumSource
    void times(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    int fd = m.create("file");
                    Machine.Stat before = m.stat(fd);
                    m.wasi.fd().filestatSetTimes(fd, 5, before.modified() - 100, 4);
                    assertEquals(before.modified() - 100, m.stat(fd).modified());
                    assertEquals(before.accessed(), m.stat(fd).accessed());
                    assertFails(Errno.INVAL, () -> m.wasi.fd().filestatSetTimes(fd, 0, 0, 12));
                    assertFails(Errno.INVAL, () -> m.wasi.fd().filestatSetTimes(fd, 0, 0, 3));
                    assertFails(Errno.INVAL, () -> m.wasi.fd().filestatSetTimes(fd, -1, 0, 1));
                });
    }

    @ParameterizedTest
    @EnumSource
    void directoriesAreNotFiles(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    m.makeDirectory("dir");
                    int fd = m.open(3, "dir", DIRECTORY, Rights.ALL & ~Rights.FD_WRITE, 0);
                    m.wasi.fd().fdstatGet(m.memory, fd, RESULT);
                    assertEquals(FileType.DIRECTORY.code(), m.memory.readI8(RESULT));
                    assertEquals(0, m.memory.readI64(RESULT + 8) & Rights.FD_SEEK);
                    assertEquals(Rights.DIRECTORY, m.memory.readI64(RESULT + 8));
                    assertFails(Errno.NOTCAPABLE, () -> m.read(fd, 1));
                    assertFails(Errno.NOTCAPABLE, () -> m.write(fd, "x"));
                    assertFails(Errno.BADF, () -> m.readAt(fd, 1, 0));
                    assertFails(Errno.BADF, () -> m.writeAt(fd, "x", 0));
                    assertFails(Errno.BADF, () -> m.seek(fd, 0, 0));
                    assertFails(Errno.NOTCAPABLE, () -> m.wasi.fd().allocate(fd, 0, 1));
                    assertFails(Errno.NOTCAPABLE, () -> m.wasi.fd().filestatSetSize(fd, 0));
                    m.wasi.fd().sync(fd);
                    m.wasi.fd().filestatSetTimes(fd, 0, 99, 4);
                    assertEquals(99, m.stat(fd).modified());
                });
    }

    @ParameterizedTest
    @EnumSource
    void listing(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    m.makeDirectory("dir");
                    int fd = m.open(3, "dir", DIRECTORY, Rights.ALL & ~Rights.FD_WRITE, 0);
                    List<Machine.Entry> empty = m.readdir(fd, 256, 0);
                    assertEquals(
                            List.of(".", ".."), empty.stream().map(Machine.Entry::name).toList());
                    assertEquals(m.stat(fd).inode(), empty.getFirst().inode());
                    for (int i = 0; i < 300; i++) {
                        m.touch("dir/file." + i);
                    }
                    m.makeDirectory("dir/sub");
                    m.symlink("x", "dir/link");
                    List<Machine.Entry> all = m.list(fd, 256);
                    assertEquals(304, all.size());
                    assertEquals(304, all.stream().map(Machine.Entry::name).distinct().count());
                    assertTrue(
                            IntStream.range(0, 300)
                                    .allMatch(
                                            i ->
                                                    all.stream()
                                                            .anyMatch(
                                                                    e ->
                                                                            e.name()
                                                                                    .equals(
                                                                                            "file."
                                                                                                    + i))));
                    for (Machine.Entry entry : all) {
                        FileType expected =
                                switch (entry.name()) {
                                    case ".", "..", "sub" -> FileType.DIRECTORY;
                                    case "link" -> FileType.SYMBOLIC_LINK;
                                    default -> FileType.REGULAR_FILE;
                                };
                        assertEquals(expected, entry.type());
                    }
                    assertEquals(m.stat("dir/sub", 0).inode(), inodeOf(all, "sub"));
                    // Cookies keep their meaning while names come and go.
                    Machine.Entry tenth = all.get(10);
                    m.unlink("dir/" + all.get(2).name());
                    m.touch("dir/another");
                    assertEquals(
                            tenth.name(), m.readdir(fd, 256, all.get(9).next()).getFirst().name());
                    assertEquals(304, m.list(fd, 256).size());
                    assertEquals(List.of(), m.readdir(fd, 256, 100_000));
                    assertEquals(List.of(), m.readdir(fd, 256, -1));
                    assertEquals(List.of(), m.readdir(fd, 0, 0));
                });
    }

    private static long inodeOf(List<Machine.Entry> entries, String name) {
        return entries.stream()
                .filter(e -> e.name().equals(name))
                .findFirst()
                .orElseThrow()
                .inode();
    }

    @ParameterizedTest
    @EnumSource
    void renumber(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    int from = m.create("one");
                    m.write(from, "1");
                    int to = m.create("two");
                    m.wasi.fd().renumber(from, to);
                    assertFails(Errno.BADF, () -> m.wasi.fd().close(from));
                    assertEquals("1", m.readAt(to, 5, 0));
                    assertFails(Errno.BADF, () -> m.wasi.fd().renumber(to, from));
                    assertFails(Errno.BADF, () -> m.wasi.fd().renumber(from, to));
                    m.wasi.fd().renumber(to, to);
                    assertEquals("1", m.readAt(to, 5, 0));
                    assertEquals(from, m.create("three"));
                    int dir = m.open(3, ".", DIRECTORY, Rights.DIRECTORY, 0);
                    m.wasi.fd().renumber(dir, 3);
                    m.stat("one", 0);
                    assertFails(Errno.BADF, () -> m.wasi.fd().prestatGet(m.memory, 3, RESULT));
                    m.wasi.fd().close(3);
                    assertFails(Errno.BADF, () -> m.stat("one", 0));
                });
    }

    @ParameterizedTest
    @EnumSource
    void rights(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    long some = Rights.FD_READ | Rights.FD_WRITE | Rights.FD_SEEK | Rights.FD_TELL;
                    int fd = m.open(3, 0, "file", CREAT, some, 0, 0);
                    m.write(fd, "abcd");
                    assertFails(Errno.NOTCAPABLE, () -> m.stat(fd));
                    assertFails(
                            Errno.NOTCAPABLE,
                            () -> m.wasi.fd().fdstatSetRights(fd, some | Rights.FD_SYNC, 0));
                    m.wasi.fd().fdstatSetRights(fd, Rights.FD_SEEK, 0);
                    assertFails(Errno.NOTCAPABLE, () -> m.read(fd, 1));
                    assertFails(Errno.NOTCAPABLE, () -> m.write(fd, "x"));
                    assertFails(Errno.NOTCAPABLE, () -> m.wasi.fd().fdstatSetRights(fd, some, 0));

                    long dirRights = Rights.DIRECTORY & ~Rights.PATH_CREATE_FILE;
                    int dir = m.open(3, 0, ".", DIRECTORY, dirRights, Rights.FD_READ, 0);
                    assertFails(Errno.NOTCAPABLE, () -> m.open(dir, 0, "n", CREAT, 0, 0, 0));
                    assertFails(
                            Errno.NOTCAPABLE,
                            () -> m.open(dir, 0, "file", 0, Rights.FD_WRITE, 0, 0));
                    assertFails(
                            Errno.NOTCAPABLE,
                            () -> m.open(dir, 0, "file", 0, 0, Rights.FD_WRITE, 0));
                    m.open(dir, 0, "file", 0, Rights.FD_READ, 0, 0);
                    m.open(dir, 0, "file", TRUNC, 0, 0, 0);
                    m.wasi.fd().fdstatSetRights(dir, dirRights & ~Rights.PATH_FILESTAT_SET_SIZE, 0);
                    assertFails(Errno.NOTCAPABLE, () -> m.open(dir, 0, "file", TRUNC, 0, 0, 0));

                    int tellOnly = m.open(3, 0, "file", 0, Rights.FD_TELL, 0, 0);
                    assertEquals(0, m.seek(tellOnly, 0, 1));
                    assertFails(Errno.NOTCAPABLE, () -> m.seek(tellOnly, 0, 0));
                    assertFails(Errno.NOTCAPABLE, () -> m.read(tellOnly, 1));
                    // The right to seek includes the right to ask for the position.
                    int seekOnly = m.open(3, 0, "file", 0, Rights.FD_SEEK, 0, 0);
                    assertEquals(1, m.seek(seekOnly, 1, 0));
                    assertEquals(1, m.seek(seekOnly, 0, 1));
                    m.wasi.fd().tell(m.memory, seekOnly, RESULT);
                    assertEquals(1, m.result64());
                    int neither = m.open(3, 0, "file", 0, Rights.FD_READ, 0, 0);
                    assertFails(
                            Errno.NOTCAPABLE, () -> m.wasi.fd().tell(m.memory, neither, RESULT));

                    int readOnly = m.open(3, 0, "file", 0, Rights.FD_READ, 0, 0);
                    assertFails(Errno.NOTCAPABLE, () -> m.readAt(readOnly, 1, 0));
                });
    }

    @ParameterizedTest
    @EnumSource
    void everyPathRightIsAsked(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    m.touch("file");
                    m.wasi.fd().fdstatSetRights(3, 0, Rights.ALL);
                    assertFails(Errno.NOTCAPABLE, () -> m.open("file"));
                    assertFails(Errno.NOTCAPABLE, () -> m.makeDirectory("d"));
                    assertFails(Errno.NOTCAPABLE, () -> m.removeDirectory("d"));
                    assertFails(Errno.NOTCAPABLE, () -> m.unlink("file"));
                    assertFails(Errno.NOTCAPABLE, () -> m.symlink("a", "b"));
                    assertFails(Errno.NOTCAPABLE, () -> m.readLink("b", 5));
                    assertFails(Errno.NOTCAPABLE, () -> m.link(0, "file", "b"));
                    assertFails(Errno.NOTCAPABLE, () -> m.rename("file", "b"));
                    assertFails(Errno.NOTCAPABLE, () -> m.stat("file", 0));
                    assertFails(Errno.NOTCAPABLE, () -> m.setTimes("file", 0, 0, 0, 4));
                    assertFails(Errno.NOTCAPABLE, () -> m.stat(3));
                    assertFails(Errno.NOTCAPABLE, () -> m.readdir(3, 100, 0));
                    assertFails(Errno.NOTCAPABLE, () -> m.wasi.fd().sync(3));
                });
    }

    @ParameterizedTest
    @EnumSource
    void descriptorsAreLimited(FileSystems kind) throws Exception {
        kind.run(
                10,
                m -> {
                    for (int fd = 4; fd < 10; fd++) {
                        assertEquals(fd, m.create("file"));
                    }
                    assertFails(Errno.MFILE, () -> m.create("other"));
                    assertFails(Errno.NOENT, () -> m.stat("other", 0));
                    m.wasi.fd().close(6);
                    assertEquals(6, m.create("other"));
                    for (int i = 0; i < 3000; i++) {
                        m.wasi.fd().close(6);
                        assertEquals(6, m.open("other"));
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void hostilePointers(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    int fd = m.create("file");
                    m.write(fd, "0123456789");
                    m.seek(fd, 0, 0);
                    int end = MEMORY_SIZE;
                    for (int bad : new int[] {end - 3, end, -1, Integer.MIN_VALUE}) {
                        assertFails(Errno.FAULT, () -> m.wasi.fd().tell(m.memory, fd, bad));
                        assertFails(
                                Errno.FAULT,
                                () -> m.wasi.fd().read(m.memory, fd, m.vector(0, 1), 1, bad));
                        assertFails(
                                Errno.FAULT, () -> m.wasi.fd().read(m.memory, fd, bad, 1, RESULT));
                        assertFails(
                                Errno.FAULT,
                                () -> m.wasi.fd().read(m.memory, fd, m.vector(bad, 5), 1, RESULT));
                        assertFails(
                                Errno.FAULT,
                                () -> m.wasi.path().createDirectory(m.memory, 3, bad, 4));
                        assertFails(
                                Errno.FAULT,
                                () -> m.wasi.path().createDirectory(m.memory, 3, 8, bad));
                        assertFails(
                                Errno.FAULT,
                                () -> m.wasi.fd().readdir(m.memory, 3, bad, 5, 0, RESULT));
                        assertFails(Errno.FAULT, () -> m.wasi.fd().filestatGet(m.memory, fd, bad));
                    }
                    assertFails(
                            Errno.FAULT,
                            () -> m.wasi.fd().read(m.memory, fd, m.vector(0, -1), 1, RESULT));
                    assertFails(Errno.INVAL, () -> m.wasi.fd().read(m.memory, fd, 0, 1025, RESULT));
                    assertFails(Errno.INVAL, () -> m.wasi.fd().read(m.memory, fd, 0, -1, RESULT));
                    // A bad vector behind a good one: nothing was read.
                    int two = m.allocate(16);
                    m.memory.writeI32(two, 9000);
                    m.memory.writeI32(two + 4, 4);
                    m.memory.writeI32(two + 8, MEMORY_SIZE - 1);
                    m.memory.writeI32(two + 12, 2);
                    m.memory.writeI32(9000, 0x5a5a5a5a);
                    assertFails(Errno.FAULT, () -> m.wasi.fd().read(m.memory, fd, two, 2, RESULT));
                    assertEquals(0x5a5a5a5a, m.memory.readI32(9000));
                    assertEquals(0, m.seek(fd, 0, 1));
                    // Overlapping vectors longer than the memory together are no reason to
                    // allocate.
                    int many = m.allocate(8 * 1024);
                    for (int i = 0; i < 1024; i++) {
                        m.memory.writeI32(many + 8 * i, 0);
                        m.memory.writeI32(many + 8 * i + 4, 64);
                    }
                    m.wasi.fd().read(m.memory, fd, many, 1024, RESULT);
                    assertEquals(10, m.result32());
                    for (int bad : new int[] {-1, 4096, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                        assertFails(Errno.BADF, () -> m.read(bad, 1));
                        assertFails(Errno.BADF, () -> m.wasi.fd().close(bad));
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void whatWasGivenIsTold(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    m.wasi.fd().prestatGet(m.memory, 3, RESULT);
                    assertEquals(0, m.memory.readI32(RESULT));
                    assertEquals(1, m.memory.readI32(RESULT + 4));
                    m.wasi.fd().prestatDirName(m.memory, 3, RESULT, 5);
                    assertEquals("/", m.string(RESULT, 1));
                    assertFails(
                            Errno.NAMETOOLONG,
                            () -> m.wasi.fd().prestatDirName(m.memory, 3, RESULT, 0));
                    assertFails(Errno.BADF, () -> m.wasi.fd().prestatGet(m.memory, 0, RESULT));
                    assertFails(Errno.BADF, () -> m.wasi.fd().prestatGet(m.memory, 4, RESULT));
                });
    }
}
