// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import static io.nacelle.wasi.preview1.Machine.CREAT;
import static io.nacelle.wasi.preview1.Machine.DIRECTORY;
import static io.nacelle.wasi.preview1.Machine.EXCL;
import static io.nacelle.wasi.preview1.Machine.FOLLOW;
import static io.nacelle.wasi.preview1.Machine.TRUNC;
import static io.nacelle.wasi.preview1.Machine.assertFails;
import static io.nacelle.wasi.preview1.Machine.errno;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The path functions, on every kind of file system. */
class PathTest {
    @ParameterizedTest
    @EnumSource
    void namesWithDotsAndSlashes(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    m.makeDirectory("dir");
                    m.makeDirectory("dir/nested/");
                    m.touch("dir/nested/file");
                    m.open("dir/.//nested/../../dir/nested/../nested///./file");
                    m.open(3, "dir/nested/", 0, 0, 0);
                    m.open(3, "dir/nested///", 0, 0, 0);
                    m.open(3, "dir/..", 0, 0, 0);
                    assertFails(Errno.NOTDIR, () -> m.open("dir/nested/file/"));
                    assertFails(Errno.NOTDIR, () -> m.open("dir/nested/file///"));
                    assertFails(Errno.NOTDIR, () -> m.open("dir/nested/file/x"));
                    assertFails(Errno.INVAL, () -> m.open("dir/nested/file\0"));
                    assertFails(Errno.NOENT, () -> m.open(""));
                    assertFails(Errno.NAMETOOLONG, () -> m.open("a".repeat(256)));
                    assertFails(Errno.NAMETOOLONG, () -> m.open("a/".repeat(3000)));
                });
    }

    @ParameterizedTest
    @EnumSource
    void pathsThatLeadOutAreRefused(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    m.makeDirectory("dir");
                    m.symlink("../..", "dir/up");
                    m.symlink("..", "out");
                    for (String path :
                            new String[] {
                                "/etc/passwd",
                                "/",
                                "..",
                                "../x",
                                "dir/../..",
                                "dir/../../x",
                                "dir/up",
                                "dir/up/x",
                                "out/x",
                                "out/"
                            }) {
                        assertFails(
                                Errno.PERM, () -> m.open(3, FOLLOW, path, 0, Rights.FD_READ, 0, 0));
                        assertFails(Errno.PERM, () -> m.stat(path, FOLLOW));
                    }
                    assertFails(Errno.PERM, () -> m.makeDirectory("../x"));
                    assertFails(Errno.PERM, () -> m.makeDirectory("dir/up/x"));
                    assertFails(Errno.PERM, () -> m.rename("dir", "../x"));
                    assertFails(Errno.PERM, () -> m.unlink("out/x"));
                    assertFails(Errno.PERM, () -> m.symlink("/", "root"));
                    assertFails(Errno.PERM, () -> m.symlink("/etc/passwd", "root"));
                });
    }

    @ParameterizedTest
    @EnumSource
    void descriptorOfASubdirectoryIsARootToo(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    m.makeDirectory("dir");
                    m.touch("file");
                    int dir = m.open(3, "dir", DIRECTORY, Rights.DIRECTORY, 0);
                    assertFails(Errno.PERM, () -> m.open(dir, "../file", 0, Rights.FD_READ, 0));
                    m.symlink("../file", "dir/link");
                    assertFails(
                            Errno.PERM, () -> m.open(dir, FOLLOW, "link", 0, Rights.FD_READ, 0, 0));
                    m.open(3, FOLLOW, "dir/link", 0, Rights.FD_READ, 0, 0);
                });
    }

    @ParameterizedTest
    @EnumSource
    void openFlags(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    assertFails(Errno.NOENT, () -> m.open("file"));
                    m.touch("file");
                    m.touch("file");
                    assertFails(
                            Errno.EXIST, () -> m.open(3, "file", CREAT | EXCL, Rights.FD_READ, 0));
                    assertFails(
                            Errno.NOTDIR, () -> m.open(3, "file", DIRECTORY, Rights.FD_READ, 0));
                    assertFails(Errno.INVAL, () -> m.open(3, "d", CREAT | DIRECTORY, 0, 0));
                    assertFails(Errno.INVAL, () -> m.open(3, "file", 16, 0, 0));
                    assertFails(Errno.INVAL, () -> m.open(3, "file", 0, 0, 32));
                    assertFails(Errno.INVAL, () -> m.open(3, 2, "file", 0, 0, 0, 0));
                    assertFails(Errno.ISDIR, () -> m.open(3, "new/", CREAT, Rights.FD_READ, 0));
                    m.makeDirectory("dir");
                    assertFails(Errno.ISDIR, () -> m.open(3, "dir", CREAT, Rights.FD_READ, 0));
                    assertFails(Errno.ISDIR, () -> m.open(3, "dir", 0, Rights.FD_WRITE, 0));
                    assertFails(
                            Errno.ISDIR,
                            () -> m.open(3, ".", DIRECTORY, Rights.FD_READ | Rights.FD_WRITE, 0));
                    assertFails(Errno.ISDIR, () -> m.open(3, "dir", TRUNC, Rights.FD_READ, 0));
                    m.open(3, ".", DIRECTORY, Rights.FD_READ, 0);
                    m.open(3, ".", 0, 0, FdFlags.NONBLOCK);
                    int file = m.create("file");
                    assertFails(Errno.NOTDIR, () -> m.open(file, "foo", CREAT, 0, 0));
                    m.write(file, "content");
                    m.open(3, "file", TRUNC, 0, 0);
                    assertEquals(0, m.stat(file).size());
                });
    }

    @ParameterizedTest
    @EnumSource
    void symbolicLinks(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    m.touch("target");
                    m.symlink("target", "link");
                    assertEquals("target", m.readLink("link", 10));
                    assertEquals("targ", m.readLink("link", 4));
                    assertFails(Errno.INVAL, () -> m.readLink("target", 10));
                    assertFails(Errno.NOENT, () -> m.readLink("nothing", 10));
                    assertFails(Errno.LOOP, () -> m.open("link"));
                    assertEquals(
                            m.stat("target", 0).inode(),
                            m.stat(m.open(3, FOLLOW, "link", 0, Rights.FILE, 0, 0)).inode());
                    assertEquals(FileType.SYMBOLIC_LINK.code(), m.stat("link", 0).type());
                    assertEquals(FileType.REGULAR_FILE.code(), m.stat("link", FOLLOW).type());
                    assertEquals(6, m.stat("link", 0).size());

                    m.makeDirectory("dir");
                    m.symlink("dir", "dirlink");
                    Errno nofollow =
                            errno(() -> m.open(3, "dirlink", DIRECTORY, Rights.FD_READ, 0));
                    assertTrue(nofollow == Errno.LOOP || nofollow == Errno.NOTDIR);
                    m.open(3, FOLLOW, "dirlink", DIRECTORY, 0, 0, 0);
                    m.open(3, "dirlink/", 0, 0, 0);
                    m.touch("dirlink/inside");
                    assertEquals(
                            m.stat("dir/inside", 0).inode(), m.stat("dirlink/inside", 0).inode());
                    assertEquals(FileType.DIRECTORY.code(), m.stat("dirlink/", 0).type());
                    assertFails(Errno.NOTDIR, () -> m.open(3, FOLLOW, "link", DIRECTORY, 0, 0, 0));
                    assertFails(Errno.EXIST, () -> m.symlink("x", "link"));
                    m.unlink("link");
                    m.unlink("dirlink");
                    m.stat("target", 0);
                    m.stat("dir", 0);
                });
    }

    @ParameterizedTest
    @EnumSource
    void danglingLinksAndLoops(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    m.symlink("target", "link");
                    assertFails(Errno.LOOP, () -> m.open("link"));
                    assertFails(Errno.NOENT, () -> m.open(3, FOLLOW, "link", 0, 0, 0, 0));
                    assertFails(Errno.NOENT, () -> m.stat("link", FOLLOW));
                    assertFails(
                            Errno.EXIST, () -> m.open(3, FOLLOW, "link", CREAT | EXCL, 0, 0, 0));
                    m.open(3, FOLLOW, "link", CREAT, Rights.FILE, 0, 0);
                    assertEquals(FileType.REGULAR_FILE.code(), m.stat("target", 0).type());

                    m.symlink("self", "self");
                    m.symlink("b", "a");
                    m.symlink("a", "b");
                    for (String loop : new String[] {"self", "a", "b"}) {
                        assertFails(Errno.LOOP, () -> m.open(loop));
                        assertFails(Errno.LOOP, () -> m.open(3, FOLLOW, loop, 0, 0, 0, 0));
                        assertFails(Errno.LOOP, () -> m.stat(loop, FOLLOW));
                        assertFails(Errno.LOOP, () -> m.stat(loop + "/x", 0));
                    }
                    m.makeDirectory("end");
                    m.symlink("end", "l0");
                    for (int i = 1; i < 45; i++) {
                        m.symlink("l" + (i - 1), "l" + i);
                    }
                    m.stat("l31", FOLLOW);
                    assertFails(Errno.LOOP, () -> m.stat("l32", FOLLOW));
                    assertFails(Errno.LOOP, () -> m.stat("l44/x", 0));
                });
    }

    @ParameterizedTest
    @EnumSource
    void symlinkWithTrailingSlash(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    assertFails(Errno.NOENT, () -> m.symlink("source", "target/"));
                    m.makeDirectory("dir");
                    assertFails(Errno.EXIST, () -> m.symlink("source", "dir/"));
                    assertFails(Errno.EXIST, () -> m.symlink("source", "dir"));
                    m.touch("file");
                    assertFails(Errno.NOTDIR, () -> m.symlink("source", "file/"));
                    assertFails(Errno.EXIST, () -> m.symlink("source", "file"));
                    assertFails(Errno.NOENT, () -> m.symlink("", "x"));
                });
    }

    @ParameterizedTest
    @EnumSource
    void hardLinks(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    int fd = m.create("file");
                    m.write(fd, "hello");
                    m.makeDirectory("dir");
                    m.link(0, "file", "dir/link");
                    assertEquals(m.stat("file", 0), m.stat("dir/link", 0));
                    assertEquals(2, m.stat("file", 0).links());
                    assertFails(Errno.EXIST, () -> m.link(0, "file", "dir/link"));
                    assertFails(Errno.EXIST, () -> m.link(0, "file", "file"));
                    assertFails(Errno.EXIST, () -> m.link(0, "file", "dir"));
                    assertFails(Errno.PERM, () -> m.link(0, "dir", "x"));
                    assertFails(Errno.NOENT, () -> m.link(0, "file", "x/"));
                    assertFails(Errno.NOTDIR, () -> m.link(0, "file/", "x"));
                    m.symlink("nowhere", "symlink");
                    m.link(0, "symlink", "second");
                    assertEquals("nowhere", m.readLink("second", 20));
                    assertFails(Errno.EXIST, () -> m.link(0, "file", "symlink"));
                    assertFails(Errno.NOENT, () -> m.link(FOLLOW, "symlink", "third"));
                    m.unlink("file");
                    assertEquals(1, m.stat("dir/link", 0).links());
                    assertEquals("hello", m.readAt(fd, 10, 0));
                    m.unlink("dir/link");
                    assertEquals("hello", m.readAt(fd, 10, 0));
                    assertEquals(0, m.stat(fd).links());
                });
    }

    @ParameterizedTest
    @EnumSource
    void rename(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    m.makeDirectory("source");
                    m.rename("source/", "target");
                    m.rename("target", "source/");
                    m.rename("source/", "target/");
                    assertFails(Errno.NOENT, () -> m.stat("source", 0));

                    m.makeDirectory("source");
                    m.rename("source", "target");
                    m.makeDirectory("source");
                    m.touch("target/file");
                    assertFails(Errno.NOTEMPTY, () -> m.rename("source", "target"));
                    assertFails(Errno.NOTDIR, () -> m.rename("source", "target/file"));
                    assertFails(Errno.INVAL, () -> m.rename("target", "target/below"));
                    assertFails(Errno.NOENT, () -> m.rename("nothing", "x"));

                    int fd = m.create("a");
                    m.write(fd, "new");
                    m.touch("b");
                    m.rename("a", "b");
                    assertFails(Errno.NOENT, () -> m.open("a"));
                    assertEquals("new", m.read(m.open("b"), 10));
                    assertFails(Errno.ISDIR, () -> m.rename("b", "source"));
                    assertFails(Errno.NOTDIR, () -> m.rename("b/", "c"));
                    assertFails(Errno.NOTDIR, () -> m.rename("b", "c/"));
                    m.rename("b", "b");
                    m.rename("b", "source/moved");
                    assertEquals("new", m.read(m.open("source/moved"), 10));
                    assertFails(Errno.BUSY, () -> m.rename(".", "x"));
                });
    }

    @ParameterizedTest
    @EnumSource
    void removal(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    m.makeDirectory("dir");
                    assertFails(Errno.EXIST, () -> m.makeDirectory("dir"));
                    assertFails(Errno.EXIST, () -> m.makeDirectory("."));
                    m.makeDirectory("dir/nested");
                    assertFails(Errno.NOTEMPTY, () -> m.removeDirectory("dir"));
                    assertFails(Errno.ISDIR, () -> m.unlink("dir"));
                    assertFails(Errno.ISDIR, () -> m.unlink("dir/"));
                    assertFails(Errno.INVAL, () -> m.removeDirectory("dir/."));
                    m.removeDirectory("dir/nested/");
                    int dir = m.open(3, "dir", DIRECTORY, Rights.DIRECTORY, 0);
                    m.removeDirectory("dir");
                    assertFails(Errno.NOENT, () -> m.open(dir, "x", CREAT, 0, 0));
                    m.touch("file");
                    assertFails(Errno.NOTDIR, () -> m.removeDirectory("file"));
                    assertFails(Errno.NOTDIR, () -> m.removeDirectory("file/"));
                    assertFails(Errno.NOTDIR, () -> m.unlink("file/"));
                    m.unlink("file");
                    assertFails(Errno.NOENT, () -> m.unlink("file"));
                });
    }

    @ParameterizedTest
    @EnumSource
    void times(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    m.touch("file");
                    m.symlink("file", "link");
                    Machine.Stat before = m.stat("file", 0);
                    m.setTimes("link", 0, 0, 123_456_789_012L, 4);
                    assertEquals(123_456_789_012L, m.stat("link", 0).modified());
                    assertEquals(before.modified(), m.stat("file", 0).modified());
                    m.setTimes("link", FOLLOW, 1_000_000_001L, 2_000_000_002L, 1 | 4);
                    assertEquals(1_000_000_001L, m.stat("file", 0).accessed());
                    assertEquals(2_000_000_002L, m.stat("file", 0).modified());
                    m.setTimes("file", 0, 0, 0, 8);
                    assertEquals(1_000_000_001L, m.stat("file", 0).accessed());
                    assertTrue(m.stat("file", 0).modified() >= before.modified() - 1_000_000_000L);
                    assertFails(Errno.INVAL, () -> m.setTimes("file", 0, 0, 0, 4 | 8));
                    assertFails(Errno.INVAL, () -> m.setTimes("file", 0, 0, 0, 1 | 2));
                    assertFails(Errno.INVAL, () -> m.setTimes("file", 0, 0, 0, 16));
                    assertFails(Errno.NOTDIR, () -> m.setTimes("file/", 0, 0, 5, 4));
                    m.makeDirectory("dir");
                    m.setTimes("dir/", 0, 0, 77, 4);
                    m.setTimes("dir/.", 0, 66, 0, 1);
                    assertEquals(77, m.stat("dir", 0).modified());
                    assertEquals(66, m.stat("dir", 0).accessed());
                });
    }

    @ParameterizedTest
    @EnumSource
    void namesMustBeText(FileSystems kind) throws Exception {
        kind.run(
                m -> {
                    m.memory.writeI8(512, (byte) 0xff);
                    assertFails(
                            Errno.ILSEQ, () -> m.wasi.path().createDirectory(m.memory, 3, 512, 1));
                    m.touch("f\u00fcr-\u4e16-\ud83d\ude00");
                    assertEquals(
                            "f\u00fcr-\u4e16-\ud83d\ude00",
                            m.list(m.open(3, ".", DIRECTORY, Rights.DIRECTORY, 0), 200)
                                    .getLast()
                                    .name());
                    assertNotEquals(0, m.stat("f\u00fcr-\u4e16-\ud83d\ude00", 0).inode());
                });
    }
}
