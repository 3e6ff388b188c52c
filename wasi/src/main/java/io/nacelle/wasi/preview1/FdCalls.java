// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.runtime.Memory;
import io.nacelle.wasi.fs.Advice;
import io.nacelle.wasi.fs.DirectoryEntry;
import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileTimes;
import io.nacelle.wasi.fs.FileType;
import io.nacelle.wasi.fs.FsException;
import io.nacelle.wasi.fs.Whence;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The functions on open descriptors. */
final class FdCalls {
    private static final int DIRENT_SIZE = 24;

    private static final int ATIM = 1;
    private static final int ATIM_NOW = 2;
    private static final int MTIM = 4;
    private static final int MTIM_NOW = 8;

    private final Context context;
    private final DescriptorTable table;

    FdCalls(Context context) {
        this.context = context;
        this.table = context.table;
    }

    void advise(int fd, long offset, long length, int advice) throws FsException {
        OpenFile file = table.file(fd, Rights.FD_ADVISE);
        if (advice < 0 || advice >= Advice.values().length || offset < 0 || length < 0) {
            throw new FsException(Errno.INVAL);
        }
        file.handle().advise(offset, length, Advice.values()[advice]);
    }

    void allocate(int fd, long offset, long length) throws FsException {
        OpenFile file = table.file(fd, Rights.FD_ALLOCATE);
        if (offset < 0 || length <= 0) {
            throw new FsException(Errno.INVAL);
        }
        if (offset > Long.MAX_VALUE - length) {
            throw new FsException(Errno.FBIG);
        }
        file.handle().allocate(offset, length);
    }

    void close(int fd) throws FsException {
        release(table.remove(fd));
    }

    private void release(Descriptor descriptor) throws FsException {
        if (descriptor instanceof OpenDirectory directory) {
            table.listings().drop(directory);
        }
        descriptor.close();
        if (descriptor.channel().isPresent()) {
            context.hub.releaseClosed();
        }
    }

    void dataSync(int fd) throws FsException {
        table.get(fd, Rights.FD_DATASYNC).dataSync();
    }

    void sync(int fd) throws FsException {
        table.get(fd, Rights.FD_SYNC).sync();
    }

    void fdstatGet(Memory memory, int fd, int result) throws FsException {
        Descriptor descriptor = table.get(fd);
        long at = Guest.require(memory, result, Guest.FDSTAT_SIZE);
        FileType type = descriptor.type();
        memory.fill(at, (byte) 0, Guest.FDSTAT_SIZE);
        memory.writeI8(at, (byte) type.code());
        memory.writeI16(at + 2, (short) descriptor.flags);
        memory.writeI64(at + 8, descriptor.rights);
        memory.writeI64(at + 16, descriptor.inheriting);
    }

    void fdstatSetFlags(int fd, int flags) throws FsException {
        Descriptor descriptor = table.get(fd, Rights.FD_FDSTAT_SET_FLAGS);
        if ((flags & ~FdFlags.ALL) != 0) {
            throw new FsException(Errno.INVAL);
        }
        descriptor.flags = flags;
    }

    void fdstatSetRights(int fd, long base, long inheriting) throws FsException {
        table.get(fd).narrow(base, inheriting);
    }

    void filestatGet(Memory memory, int fd, int result) throws FsException {
        Descriptor descriptor = table.get(fd, Rights.FD_FILESTAT_GET);
        long at = Guest.require(memory, result, Guest.FILESTAT_SIZE);
        Guest.writeFileStat(memory, at, descriptor.stat());
    }

    void filestatSetSize(int fd, long size) throws FsException {
        OpenFile file = table.file(fd, Rights.FD_FILESTAT_SET_SIZE);
        if (size < 0) {
            throw new FsException(Errno.FBIG);
        }
        file.handle().resize(size);
    }

    void filestatSetTimes(int fd, long accessed, long modified, int flags) throws FsException {
        Descriptor descriptor = table.get(fd, Rights.FD_FILESTAT_SET_TIMES);
        long access = time(accessed, flags & ATIM, flags & ATIM_NOW);
        long modification = time(modified, flags & MTIM, flags & MTIM_NOW);
        checkTimeFlags(flags);
        switch (descriptor) {
            case OpenFile file -> file.handle().setTimes(access, modification);
            case OpenDirectory directory -> directory.directory().setTimes(access, modification);
            default -> throw new FsException(Errno.INVAL);
        }
    }

    static void checkTimeFlags(int flags) throws FsException {
        if ((flags & ~(ATIM | ATIM_NOW | MTIM | MTIM_NOW)) != 0) {
            throw new FsException(Errno.INVAL);
        }
    }

    static long accessTime(long time, int flags) throws FsException {
        return time(time, flags & ATIM, flags & ATIM_NOW);
    }

    static long modificationTime(long time, int flags) throws FsException {
        return time(time, flags & MTIM, flags & MTIM_NOW);
    }

    private static long time(long time, int given, int now) throws FsException {
        if (given != 0 && now != 0) {
            throw new FsException(Errno.INVAL);
        }
        if (now != 0) {
            return FileTimes.NOW;
        }
        if (given == 0) {
            return FileTimes.KEEP;
        }
        if (time < 0) {
            throw new FsException(Errno.INVAL);
        }
        return time;
    }

    void read(Memory memory, int fd, int vectors, int count, int result) throws FsException {
        Descriptor descriptor = table.get(fd, Rights.FD_READ);
        long at = Guest.require(memory, result, 4);
        context.vectors.load(memory, vectors, count);
        long n = context.readSequential(memory, descriptor);
        memory.writeI32(at, (int) n);
    }

    void pread(Memory memory, int fd, int vectors, int count, long position, int result)
            throws FsException {
        OpenFile file = table.seekable(fd, Rights.FD_READ | Rights.FD_SEEK);
        long at = Guest.require(memory, result, 4);
        context.vectors.load(memory, vectors, count);
        requirePosition(position);
        long n = context.readAt(memory, file, position);
        memory.writeI32(at, (int) n);
    }

    void write(Memory memory, int fd, int vectors, int count, int result) throws FsException {
        Descriptor descriptor = table.get(fd, Rights.FD_WRITE);
        long at = Guest.require(memory, result, 4);
        context.vectors.load(memory, vectors, count);
        long n = context.writeSequential(memory, descriptor);
        memory.writeI32(at, (int) n);
    }

    void pwrite(Memory memory, int fd, int vectors, int count, long position, int result)
            throws FsException {
        OpenFile file = table.seekable(fd, Rights.FD_WRITE | Rights.FD_SEEK);
        long at = Guest.require(memory, result, 4);
        context.vectors.load(memory, vectors, count);
        requirePosition(position);
        long n = context.writeAt(memory, file, position);
        memory.writeI32(at, (int) n);
    }

    /** Positions, and those a transfer reaches, are signed 64-bit numbers. */
    private void requirePosition(long position) throws FsException {
        if (position < 0 || position > Long.MAX_VALUE - context.vectors.total()) {
            throw new FsException(Errno.INVAL);
        }
    }

    void prestatGet(Memory memory, int fd, int result) throws FsException {
        byte[] name = preopenName(fd);
        long at = Guest.require(memory, result, 8);
        memory.writeI32(at, 0);
        memory.writeI32(at + 4, name.length);
    }

    void prestatDirName(Memory memory, int fd, int buffer, int length) throws FsException {
        byte[] name = preopenName(fd);
        if (Guest.address(length) < name.length) {
            throw new FsException(Errno.NAMETOOLONG);
        }
        memory.write(Guest.require(memory, buffer, name.length), name, 0, name.length);
    }

    private byte[] preopenName(int fd) throws FsException {
        // BADF also for descriptors that were not given: that is where a C library stops looking.
        if (table.get(fd) instanceof OpenDirectory directory
                && directory.preopenName().isPresent()) {
            return directory.preopenName().get().getBytes(StandardCharsets.UTF_8);
        }
        throw new FsException(Errno.BADF);
    }

    /**
     * Fills the guest's buffer with entries, the last one cut off where the buffer ends. A cookie
     * is the number of entries before the one it stands for; cookie 0 lists the directory anew.
     */
    void readdir(Memory memory, int fd, int buffer, int length, long cookie, int result)
            throws FsException {
        OpenDirectory directory = table.directory(fd, Rights.FD_READDIR);
        long size = Guest.address(length);
        long start = Guest.require(memory, buffer, size);
        long resultAt = Guest.require(memory, result, 4);
        List<DirectoryEntry> entries = entries(directory, cookie == 0);
        long self = directory.stat().inode();
        long used = 0;
        byte[] record = context.buffer();
        for (long next = cookie; next >= 0 && next < entries.size() + 2L && used < size; next++) {
            DirectoryEntry entry =
                    switch ((int) next) {
                        case 0 -> new DirectoryEntry(".", self, FileType.DIRECTORY);
                        // The parent may be out of the guest's reach, so its number is not told.
                        case 1 -> new DirectoryEntry("..", self, FileType.DIRECTORY);
                        default -> entries.get((int) next - 2);
                    };
            int n = encode(entry, next + 1, record);
            int part = (int) Math.min(n, size - used);
            memory.write(start + used, record, 0, part);
            used += part;
        }
        memory.writeI32(resultAt, (int) used);
    }

    private List<DirectoryEntry> entries(OpenDirectory directory, boolean anew) throws FsException {
        return table.listings().of(directory, anew);
    }

    private static int encode(DirectoryEntry entry, long cookie, byte[] to) {
        byte[] name = entry.name().getBytes(StandardCharsets.UTF_8);
        putLong(to, 0, cookie);
        putLong(to, 8, entry.inode());
        putLong(to, 16, Integer.toUnsignedLong(name.length) | (long) entry.type().code() << 32);
        System.arraycopy(name, 0, to, DIRENT_SIZE, name.length);
        return DIRENT_SIZE + name.length;
    }

    private static void putLong(byte[] to, int at, long value) {
        for (int i = 0; i < 8; i++) {
            to[at + i] = (byte) (value >>> (8 * i));
        }
    }

    void renumber(int from, int to) throws FsException {
        table.get(from);
        table.get(to);
        if (from != to) {
            release(table.move(from, to));
        }
    }

    void seek(Memory memory, int fd, long offset, int whence, int result) throws FsException {
        boolean tell = offset == 0 && whence == Whence.CUR.ordinal();
        OpenFile file = tell ? tellable(fd) : table.seekable(fd, Rights.FD_SEEK);
        long at = Guest.require(memory, result, 8);
        if (whence < 0 || whence >= Whence.values().length) {
            throw new FsException(Errno.INVAL);
        }
        memory.writeI64(at, file.handle().seek(offset, Whence.values()[whence]));
    }

    /** The right to seek includes the right to tell. */
    private OpenFile tellable(int fd) throws FsException {
        OpenFile file = table.seekable(fd, 0);
        if ((file.rights & (Rights.FD_SEEK | Rights.FD_TELL)) == 0) {
            throw new FsException(Errno.NOTCAPABLE);
        }
        return file;
    }

    void tell(Memory memory, int fd, int result) throws FsException {
        OpenFile file = tellable(fd);
        long at = Guest.require(memory, result, 8);
        memory.writeI64(at, file.handle().seek(0, Whence.CUR));
    }
}
