// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.runtime.Memory;
import io.nacelle.wasi.fs.Directory;
import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileHandle;
import io.nacelle.wasi.fs.FileStat;
import io.nacelle.wasi.fs.FileType;
import io.nacelle.wasi.fs.FsException;
import io.nacelle.wasi.fs.OpenFlag;
import io.nacelle.wasi.preview1.PathWalk.Follow;
import io.nacelle.wasi.preview1.PathWalk.Resolved;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;

/** The functions on paths beneath an open directory. */
final class PathCalls {
    private static final int SYMLINK_FOLLOW = 1;
    private static final int CREAT = 1;
    private static final int DIRECTORY = 2;
    private static final int EXCL = 4;
    private static final int TRUNC = 8;

    private final DescriptorTable table;

    PathCalls(Context context) {
        this.table = context.table;
    }

    private static Follow follow(int lookupFlags) throws FsException {
        return switch (lookupFlags) {
            case 0 -> Follow.IF_SLASH;
            case SYMLINK_FOLLOW -> Follow.ALWAYS;
            default -> throw new FsException(Errno.INVAL);
        };
    }

    private static void requireDirectory(Directory in, String name) throws FsException {
        if (in.stat(name).type() != FileType.DIRECTORY) {
            throw new FsException(Errno.NOTDIR);
        }
    }

    void createDirectory(Memory memory, int fd, int path, int length) throws FsException {
        OpenDirectory base = table.directory(fd, Rights.PATH_CREATE_DIRECTORY);
        String text = Guest.path(memory, path, length);
        try (var at = PathWalk.resolve(base.directory(), text, Follow.NEVER)) {
            if (at.isDirectoryItself()) {
                throw new FsException(Errno.EXIST);
            }
            at.directory().createDirectory(at.name());
        }
    }

    void filestatGet(Memory memory, int fd, int flags, int path, int length, int result)
            throws FsException {
        OpenDirectory base = table.directory(fd, Rights.PATH_FILESTAT_GET);
        String text = Guest.path(memory, path, length);
        long address = Guest.require(memory, result, Guest.FILESTAT_SIZE);
        FileStat stat;
        try (var at = PathWalk.resolve(base.directory(), text, follow(flags))) {
            stat = at.isDirectoryItself() ? at.directory().stat() : at.directory().stat(at.name());
            if (at.slash() && stat.type() != FileType.DIRECTORY) {
                throw new FsException(Errno.NOTDIR);
            }
        }
        Guest.writeFileStat(memory, address, stat);
    }

    void filestatSetTimes(
            Memory memory,
            int fd,
            int flags,
            int path,
            int length,
            long accessed,
            long modified,
            int timeFlags)
            throws FsException {
        OpenDirectory base = table.directory(fd, Rights.PATH_FILESTAT_SET_TIMES);
        String text = Guest.path(memory, path, length);
        FdCalls.checkTimeFlags(timeFlags);
        long access = FdCalls.accessTime(accessed, timeFlags);
        long modification = FdCalls.modificationTime(modified, timeFlags);
        try (var at = PathWalk.resolve(base.directory(), text, follow(flags))) {
            if (at.isDirectoryItself()) {
                at.directory().setTimes(access, modification);
                return;
            }
            if (at.slash()) {
                requireDirectory(at.directory(), at.name());
            }
            at.directory().setTimes(at.name(), access, modification);
        }
    }

    void link(
            Memory memory,
            int fromFd,
            int flags,
            int fromPath,
            int fromLength,
            int toFd,
            int toPath,
            int toLength)
            throws FsException {
        OpenDirectory from = table.directory(fromFd, Rights.PATH_LINK_SOURCE);
        OpenDirectory to = table.directory(toFd, Rights.PATH_LINK_TARGET);
        String source = Guest.path(memory, fromPath, fromLength);
        String target = Guest.path(memory, toPath, toLength);
        try (var old = PathWalk.resolve(from.directory(), source, follow(flags));
                var made = PathWalk.resolve(to.directory(), target, Follow.NEVER)) {
            if (old.isDirectoryItself()) {
                throw new FsException(Errno.PERM);
            }
            if (made.isDirectoryItself()) {
                throw new FsException(Errno.EXIST);
            }
            if (old.slash()) {
                requireDirectory(old.directory(), old.name());
            }
            if (made.slash()) {
                refuseNewWithSlash(made);
            }
            old.directory().link(old.name(), made.directory(), made.name());
        }
    }

    /** A name with a slash behind it can only be a directory, which is not what is being made. */
    private static void refuseNewWithSlash(Resolved made) throws FsException {
        FileType found = made.directory().stat(made.name()).type();
        throw new FsException(found == FileType.DIRECTORY ? Errno.EXIST : Errno.NOTDIR);
    }

    void open(
            Memory memory,
            int fd,
            int lookupFlags,
            int path,
            int length,
            int openFlags,
            long rights,
            long inheriting,
            int fdFlags,
            int result)
            throws FsException {
        OpenDirectory base = table.directory(fd, Rights.PATH_OPEN);
        long resultAt = Guest.require(memory, result, 4);
        String text = Guest.path(memory, path, length);
        Follow follow = follow(lookupFlags);
        if ((openFlags & ~(CREAT | DIRECTORY | EXCL | TRUNC)) != 0
                || (fdFlags & ~FdFlags.ALL) != 0
                || (openFlags & (CREAT | DIRECTORY)) == (CREAT | DIRECTORY)) {
            throw new FsException(Errno.INVAL);
        }
        long wanted = rights & Rights.ALL;
        long wantedInheriting = inheriting & Rights.ALL;
        if (((wanted | wantedInheriting) & ~base.inheriting) != 0) {
            throw new FsException(Errno.NOTCAPABLE);
        }
        if ((openFlags & CREAT) != 0) {
            DescriptorTable.require(base, Rights.PATH_CREATE_FILE);
        }
        if ((openFlags & TRUNC) != 0) {
            DescriptorTable.require(base, Rights.PATH_FILESTAT_SET_SIZE);
        }
        table.requireRoom();
        if ((openFlags & (CREAT | EXCL)) == (CREAT | EXCL)) {
            follow = Follow.NEVER;
        }
        Descriptor opened;
        try (var at = PathWalk.resolve(base.directory(), text, follow)) {
            opened = open(at, openFlags, wanted, wantedInheriting);
        }
        opened.flags = fdFlags;
        memory.writeI32(resultAt, table.addOrClose(opened));
    }

    private static Descriptor open(Resolved at, int openFlags, long rights, long inheriting)
            throws FsException {
        boolean create = (openFlags & CREAT) != 0;
        if (at.isDirectoryItself() || at.slash() || (openFlags & DIRECTORY) != 0) {
            if (create) {
                throw new FsException(Errno.ISDIR);
            }
            return openDirectory(at, openFlags, rights, inheriting);
        }
        try {
            FileHandle file = at.directory().openFile(at.name(), flags(openFlags, rights));
            try {
                return new OpenFile(file, file.stat().type(), rights, inheriting);
            } catch (FsException e) {
                file.close();
                throw e;
            }
        } catch (FsException e) {
            if (e.errno() != Errno.ISDIR || create) {
                throw e;
            }
            return openDirectory(at, openFlags, rights, inheriting);
        }
    }

    private static EnumSet<OpenFlag> flags(int openFlags, long rights) {
        var flags = EnumSet.noneOf(OpenFlag.class);
        long changing = Rights.FD_WRITE | Rights.FD_ALLOCATE | Rights.FD_FILESTAT_SET_SIZE;
        if ((rights & changing) != 0) {
            flags.add(OpenFlag.WRITE);
        }
        if ((rights & (Rights.FD_READ | Rights.FD_READDIR)) != 0 || flags.isEmpty()) {
            flags.add(OpenFlag.READ);
        }
        if ((openFlags & CREAT) != 0) {
            flags.add(OpenFlag.CREATE);
        }
        if ((openFlags & EXCL) != 0) {
            flags.add(OpenFlag.EXCLUSIVE);
        }
        if ((openFlags & TRUNC) != 0) {
            flags.add(OpenFlag.TRUNCATE);
        }
        return flags;
    }

    private static Descriptor openDirectory(
            Resolved at, int openFlags, long rights, long inheriting) throws FsException {
        Directory opened =
                at.isDirectoryItself()
                        ? at.directory().duplicate()
                        : at.directory().openDirectory(at.name());
        if ((rights & Rights.FD_WRITE) != 0 || (openFlags & TRUNC) != 0) {
            opened.close();
            throw new FsException(Errno.ISDIR);
        }
        return new OpenDirectory(opened, rights, inheriting);
    }

    void readlink(
            Memory memory, int fd, int path, int length, int buffer, int bufferLength, int result)
            throws FsException {
        OpenDirectory base = table.directory(fd, Rights.PATH_READLINK);
        String text = Guest.path(memory, path, length);
        long size = Guest.address(bufferLength);
        long to = Guest.require(memory, buffer, size);
        long resultAt = Guest.require(memory, result, 4);
        byte[] target;
        try (var at = PathWalk.resolve(base.directory(), text, Follow.IF_SLASH)) {
            if (at.isDirectoryItself()) {
                throw new FsException(Errno.INVAL);
            }
            if (at.slash()) {
                requireDirectory(at.directory(), at.name());
            }
            target = at.directory().readLink(at.name()).getBytes(StandardCharsets.UTF_8);
        }
        int n = (int) Math.min(size, target.length);
        memory.write(to, target, 0, n);
        memory.writeI32(resultAt, n);
    }

    void removeDirectory(Memory memory, int fd, int path, int length) throws FsException {
        OpenDirectory base = table.directory(fd, Rights.PATH_REMOVE_DIRECTORY);
        String text = Guest.path(memory, path, length);
        try (var at = PathWalk.resolve(base.directory(), text, Follow.NEVER)) {
            if (at.isDirectoryItself()) {
                throw new FsException(Errno.INVAL);
            }
            at.directory().removeDirectory(at.name());
        }
    }

    void rename(
            Memory memory,
            int fromFd,
            int fromPath,
            int fromLength,
            int toFd,
            int toPath,
            int toLength)
            throws FsException {
        OpenDirectory from = table.directory(fromFd, Rights.PATH_RENAME_SOURCE);
        OpenDirectory to = table.directory(toFd, Rights.PATH_RENAME_TARGET);
        String source = Guest.path(memory, fromPath, fromLength);
        String target = Guest.path(memory, toPath, toLength);
        try (var old = PathWalk.resolve(from.directory(), source, Follow.NEVER);
                var made = PathWalk.resolve(to.directory(), target, Follow.NEVER)) {
            if (old.isDirectoryItself() || made.isDirectoryItself()) {
                throw new FsException(Errno.BUSY);
            }
            if (old.slash() || made.slash()) {
                requireDirectory(old.directory(), old.name());
            }
            old.directory().rename(old.name(), made.directory(), made.name());
        }
    }

    void symlink(Memory memory, int target, int targetLength, int fd, int path, int length)
            throws FsException {
        OpenDirectory base = table.directory(fd, Rights.PATH_SYMLINK);
        String text = Guest.path(memory, target, targetLength);
        String name = Guest.path(memory, path, length);
        if (text.isEmpty()) {
            throw new FsException(Errno.NOENT);
        }
        // No guest could follow it, and programs of the host should not be led astray by it.
        if (text.startsWith("/")) {
            throw new FsException(Errno.PERM);
        }
        try (var at = PathWalk.resolve(base.directory(), name, Follow.NEVER)) {
            if (at.isDirectoryItself()) {
                throw new FsException(Errno.EXIST);
            }
            if (at.slash()) {
                refuseNewWithSlash(at);
            }
            at.directory().symlink(text, at.name());
        }
    }

    void unlinkFile(Memory memory, int fd, int path, int length) throws FsException {
        OpenDirectory base = table.directory(fd, Rights.PATH_UNLINK_FILE);
        String text = Guest.path(memory, path, length);
        try (var at = PathWalk.resolve(base.directory(), text, Follow.NEVER)) {
            if (at.isDirectoryItself()) {
                throw new FsException(Errno.ISDIR);
            }
            if (at.slash()) {
                requireDirectory(at.directory(), at.name());
                throw new FsException(Errno.ISDIR);
            }
            at.directory().removeFile(at.name());
        }
    }
}
