// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.host;

import io.nacelle.wasi.fs.DirectoryEntry;
import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileStat;
import io.nacelle.wasi.fs.FileTimes;
import io.nacelle.wasi.fs.FileType;
import io.nacelle.wasi.fs.FsException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The file system calls of Linux, with the native buffers they need. Every path that goes in, but
 * for the one to the top, is relative to an open directory. Calls never block: files are opened
 * non-blocking, so holding the lock for the time of a call is harmless when guests on several
 * threads share this.
 */
final class Kernel {
    static final int O_WRONLY = 1;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_EXCL = 0x80;
    static final int O_NOCTTY = 0x100;
    static final int O_TRUNC = 0x200;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x8_0000;
    static final int O_PATH = 0x20_0000;

    static final int POLLIN = 1;
    static final int POLLOUT = 4;

    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_REMOVEDIR = 0x200;
    private static final int AT_NO_AUTOMOUNT = 0x800;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int RESOLVE_NO_MAGICLINKS = 2;
    private static final int RESOLVE_BENEATH = 8;
    private static final int RWF_APPEND = 0x10;
    private static final long UTIME_NOW = 0x3fff_ffffL;
    private static final long UTIME_OMIT = 0x3fff_fffeL;
    private static final long NANOS = 1_000_000_000L;

    /** Longest path Linux takes, with the NUL at its end. */
    private static final int PATH_MAX = 4096;

    /** Bytes moved by one read or write. */
    private static final int TRANSFER = 64 * 1024;

    private static final int ENTRIES = 32 * 1024;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private final Abi abi;
    private final Syscall syscall;
    private final MemorySegment path1;
    private final MemorySegment path2;
    private final MemorySegment small;
    private final MemorySegment transfer;

    Kernel(Abi abi) {
        this.abi = abi;
        Arena arena = Arena.ofAuto();
        syscall = new Syscall(arena);
        path1 = arena.allocate(PATH_MAX, 8);
        path2 = arena.allocate(PATH_MAX, 8);
        small = arena.allocate(256, 8);
        transfer = arena.allocate(TRANSFER, 8);
    }

    private long call(int number, long a, long b, long c, long d, long e) {
        return syscall.call(number, a, b, c, d, e, 0);
    }

    private static long checked(long result) throws FsException {
        if (result < 0) {
            throw new FsException(LinuxErrno.toWasi((int) -result));
        }
        return result;
    }

    private static long put(MemorySegment buffer, String path) throws FsException {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= PATH_MAX) {
            throw new FsException(Errno.NAMETOOLONG);
        }
        MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, 0, bytes.length);
        buffer.set(ValueLayout.JAVA_BYTE, bytes.length, (byte) 0);
        return buffer.address();
    }

    /** Opens the root of the host's whole tree, for paths only. */
    synchronized int openTop() throws FsException {
        int flags = O_PATH | abi.oDirectory() | O_CLOEXEC;
        return (int) checked(call(abi.openat(), AT_FDCWD, put(path1, "/"), flags, 0, 0));
    }

    /**
     * Opens the directory at a path of several components; the kernel keeps the whole walk beneath
     * {@code at}. Returns the descriptor or a negated error number.
     */
    synchronized int openBeneath(int at, String path) throws FsException {
        long address = put(path1, path);
        small.set(LONG, 0, O_PATH | abi.oDirectory() | O_CLOEXEC);
        small.set(LONG, 8, 0);
        small.set(LONG, 16, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
        return (int) call(Abi.OPENAT2, at, address, small.address(), 24, 0);
    }

    /** Opens the directory {@code name} (or "."), for paths only, without following a link. */
    synchronized int openDirectory(int at, String name) throws FsException {
        int flags = O_PATH | abi.oDirectory() | abi.oNofollow() | O_CLOEXEC;
        return (int) checked(call(abi.openat(), at, put(path1, name), flags, 0, 0));
    }

    /** Opens a file without following a link and without ever blocking. */
    synchronized int openFile(int at, String name, int flags) throws FsException {
        int all = flags | abi.oNofollow() | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
        return (int) checked(call(abi.openat(), at, put(path1, name), all, 0666, 0));
    }

    synchronized void close(int fd) {
        // Linux frees the descriptor whatever close returns.
        call(abi.close(), fd, 0, 0, 0, 0);
    }

    synchronized FileStat stat(int at, String name) throws FsException {
        return statx(at, put(path1, name), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT);
    }

    synchronized FileStat stat(int fd) throws FsException {
        return statx(fd, put(path1, ""), AT_EMPTY_PATH);
    }

    private FileStat statx(int at, long path, int flags) throws FsException {
        checked(call(abi.statx(), at, path, flags, STATX_BASIC_STATS, small.address()));
        long device =
                ((long) small.get(INT, 136) << 32) | Integer.toUnsignedLong(small.get(INT, 140));
        return new FileStat(
                device,
                small.get(LONG, 32),
                typeOfMode(small.get(ValueLayout.JAVA_SHORT_UNALIGNED, 28)),
                Integer.toUnsignedLong(small.get(INT, 16)),
                small.get(LONG, 40),
                time(64),
                time(112),
                time(96));
    }

    /** Nanoseconds since 1970; a time outside WASI's range becomes the nearest one inside. */
    private long time(long offset) {
        long seconds = small.get(LONG, offset);
        long nanos = Integer.toUnsignedLong(small.get(INT, offset + 8));
        if (seconds < 0) {
            return 0;
        }
        return seconds > Long.MAX_VALUE / NANOS - 1 ? Long.MAX_VALUE : seconds * NANOS + nanos;
    }

    private static FileType typeOfMode(int mode) {
        return switch ((mode >> 12) & 0xf) {
            case 2 -> FileType.CHARACTER_DEVICE;
            case 4 -> FileType.DIRECTORY;
            case 6 -> FileType.BLOCK_DEVICE;
            case 8 -> FileType.REGULAR_FILE;
            case 10 -> FileType.SYMBOLIC_LINK;
            case 12 -> FileType.SOCKET_STREAM;
            default -> FileType.UNKNOWN;
        };
    }

    synchronized int read(int fd, byte[] target, int offset, int length) throws FsException {
        int n = Math.min(length, TRANSFER);
        int got = (int) checked(call(abi.read(), fd, transfer.address(), n, 0, 0));
        MemorySegment.copy(transfer, ValueLayout.JAVA_BYTE, 0, target, offset, got);
        return got;
    }

    synchronized int readAt(int fd, long position, byte[] target, int offset, int length)
            throws FsException {
        int n = Math.min(length, TRANSFER);
        int got = (int) checked(call(abi.pread(), fd, transfer.address(), n, position, 0));
        MemorySegment.copy(transfer, ValueLayout.JAVA_BYTE, 0, target, offset, got);
        return got;
    }

    private int fill(byte[] source, int offset, int length) {
        int n = Math.min(length, TRANSFER);
        MemorySegment.copy(source, offset, transfer, ValueLayout.JAVA_BYTE, 0, n);
        return n;
    }

    synchronized int write(int fd, byte[] source, int offset, int length) throws FsException {
        int n = fill(source, offset, length);
        return (int) checked(call(abi.write(), fd, transfer.address(), n, 0, 0));
    }

    synchronized int writeAt(int fd, long position, byte[] source, int offset, int length)
            throws FsException {
        int n = fill(source, offset, length);
        return (int) checked(call(abi.pwrite(), fd, transfer.address(), n, position, 0));
    }

    /**
     * Appends. The flag is given with each write, not when opening: a guest may switch it, and
     * Linux's O_APPEND would make positioned writes append as well.
     */
    synchronized int append(int fd, byte[] source, int offset, int length) throws FsException {
        int n = fill(source, offset, length);
        small.set(LONG, 0, transfer.address());
        small.set(LONG, 8, n);
        long result = syscall.call(abi.pwritev2(), fd, small.address(), 1, -1, -1, RWF_APPEND);
        if (result == -LinuxErrno.ENOSYS || result == -LinuxErrno.EOPNOTSUPP) {
            checked(call(abi.lseek(), fd, 0, 2, 0, 0));
            result = call(abi.write(), fd, transfer.address(), n, 0, 0);
        }
        return (int) checked(result);
    }

    synchronized long seek(int fd, long offset, int whence) throws FsException {
        return checked(call(abi.lseek(), fd, offset, whence, 0, 0));
    }

    synchronized void resize(int fd, long size) throws FsException {
        checked(call(abi.ftruncate(), fd, size, 0, 0, 0));
    }

    /** Makes a file at least so large; never smaller, whatever other threads write meanwhile. */
    synchronized void extend(int fd, long size) throws FsException {
        if (stat(fd).size() < size) {
            resize(fd, size);
        }
    }

    synchronized void allocate(int fd, long offset, long length) throws FsException {
        checked(call(abi.fallocate(), fd, 0, offset, length, 0));
    }

    synchronized void advise(int fd, long offset, long length, int advice) throws FsException {
        checked(call(abi.fadvise(), fd, offset, length, advice, 0));
    }

    synchronized void sync(int fd) throws FsException {
        checked(call(abi.fsync(), fd, 0, 0, 0, 0));
    }

    synchronized void dataSync(int fd) throws FsException {
        checked(call(abi.fdatasync(), fd, 0, 0, 0, 0));
    }

    synchronized boolean poll(int fd, int events) throws FsException {
        small.set(INT, 0, fd);
        small.set(INT, 4, events);
        small.set(LONG, 8, 0);
        small.set(LONG, 16, 0);
        return checked(call(abi.ppoll(), small.address(), 1, small.address() + 8, 0, 0)) > 0;
    }

    synchronized void setTimes(int fd, long accessed, long modified) throws FsException {
        putTimes(accessed, modified);
        checked(call(abi.utimensat(), fd, 0, small.address(), 0, 0));
    }

    synchronized void setTimes(int at, String name, long accessed, long modified)
            throws FsException {
        putTimes(accessed, modified);
        long path = put(path1, name);
        checked(call(abi.utimensat(), at, path, small.address(), AT_SYMLINK_NOFOLLOW, 0));
    }

    private void putTimes(long accessed, long modified) {
        putTime(0, accessed);
        putTime(16, modified);
    }

    private void putTime(long offset, long time) {
        if (time == FileTimes.KEEP) {
            small.set(LONG, offset, 0);
            small.set(LONG, offset + 8, UTIME_OMIT);
        } else if (time == FileTimes.NOW) {
            small.set(LONG, offset, 0);
            small.set(LONG, offset + 8, UTIME_NOW);
        } else {
            small.set(LONG, offset, Math.floorDiv(time, NANOS));
            small.set(LONG, offset + 8, Math.floorMod(time, NANOS));
        }
    }

    synchronized void createDirectory(int at, String name) throws FsException {
        checked(call(abi.mkdirat(), at, put(path1, name), 0777, 0, 0));
    }

    synchronized void removeDirectory(int at, String name) throws FsException {
        checked(call(abi.unlinkat(), at, put(path1, name), AT_REMOVEDIR, 0, 0));
    }

    synchronized void removeFile(int at, String name) throws FsException {
        checked(call(abi.unlinkat(), at, put(path1, name), 0, 0, 0));
    }

    synchronized void rename(int at, String name, int newAt, String newName) throws FsException {
        long from = put(path1, name);
        checked(call(abi.renameat(), at, from, newAt, put(path2, newName), 0));
    }

    synchronized void link(int at, String name, int newAt, String newName) throws FsException {
        long from = put(path1, name);
        checked(call(abi.linkat(), at, from, newAt, put(path2, newName), 0));
    }

    synchronized void symlink(String target, int at, String name) throws FsException {
        long from = put(path1, target);
        checked(call(abi.symlinkat(), from, at, put(path2, name), 0, 0));
    }

    synchronized String readLink(int at, String name) throws FsException {
        long path = put(path1, name);
        int n = (int) checked(call(abi.readlinkat(), at, path, path2.address(), PATH_MAX, 0));
        byte[] bytes = new byte[n];
        MemorySegment.copy(path2, ValueLayout.JAVA_BYTE, 0, bytes, 0, n);
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return text.toString();
        } catch (CharacterCodingException e) {
            throw new FsException(Errno.ILSEQ);
        }
    }

    /**
     * Lists a directory opened for reading, without "." and "..". A name that is not UTF-8 is shown
     * with replacement characters: a guest can see that something is there, but not open it.
     */
    synchronized List<DirectoryEntry> list(int fd, int limit) throws FsException {
        var decoder =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPLACE)
                        .onUnmappableCharacter(CodingErrorAction.REPLACE);
        var entries = new ArrayList<DirectoryEntry>();
        byte[] name = new byte[256];
        while (true) {
            long n = checked(call(abi.getdents(), fd, transfer.address(), ENTRIES, 0, 0));
            if (n == 0) {
                return entries;
            }
            for (long at = 0; at < n; ) {
                int length =
                        Short.toUnsignedInt(
                                transfer.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 16));
                int size = 0;
                while (size < name.length
                        && transfer.get(ValueLayout.JAVA_BYTE, at + 19 + size) != 0) {
                    name[size] = transfer.get(ValueLayout.JAVA_BYTE, at + 19 + size);
                    size++;
                }
                boolean dots = name[0] == '.' && (size == 1 || (size == 2 && name[1] == '.'));
                if (!dots) {
                    if (entries.size() >= limit) {
                        throw new FsException(Errno.NOMEM);
                    }
                    String text;
                    try {
                        text = decoder.decode(ByteBuffer.wrap(name, 0, size)).toString();
                    } catch (CharacterCodingException e) {
                        throw new AssertionError(e);
                    }
                    FileType type = typeOfMode(transfer.get(ValueLayout.JAVA_BYTE, at + 18) << 12);
                    entries.add(new DirectoryEntry(text, transfer.get(LONG, at), type));
                }
                at += length;
            }
        }
    }
}
