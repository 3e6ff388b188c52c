// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.host;

import io.nacelle.wasi.fs.Directory;
import io.nacelle.wasi.fs.DirectoryEntry;
import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileHandle;
import io.nacelle.wasi.fs.FileStat;
import io.nacelle.wasi.fs.FileType;
import io.nacelle.wasi.fs.FsException;
import io.nacelle.wasi.fs.OpenFlag;

import java.util.List;
import java.util.Set;

/** A directory of the host, held as a descriptor that is good for paths only (O_PATH). */
final class HostDirectory implements Directory {
    /** How often a walk is repeated that met a rename somewhere in the system (EAGAIN). */
    private static final int RETRIES = 16;

    private static final int CLOSED = -1;

    private final Kernel kernel;
    private final HostFileSystem.Containment containment;
    private int fd;

    HostDirectory(Kernel kernel, int fd, HostFileSystem.Containment containment) {
        this.kernel = kernel;
        this.fd = fd;
        this.containment = containment;
    }

    private HostDirectory opened(int descriptor) {
        return new HostDirectory(kernel, descriptor, containment);
    }

    private int fd() throws FsException {
        if (fd == CLOSED) {
            throw new FsException(Errno.BADF);
        }
        return fd;
    }

    private static int fdOf(Directory directory) throws FsException {
        if (directory instanceof HostDirectory host) {
            return host.fd();
        }
        throw new FsException(Errno.XDEV);
    }

    @Override
    public FileStat stat() throws FsException {
        return kernel.stat(fd());
    }

    @Override
    public void setTimes(long accessed, long modified) throws FsException {
        kernel.setTimes(fd(), ".", accessed, modified);
    }

    @Override
    public void sync() throws FsException {
        int readable = kernel.openFile(fd(), ".", 0);
        try {
            kernel.sync(readable);
        } finally {
            kernel.close(readable);
        }
    }

    @Override
    public List<DirectoryEntry> list(int limit) throws FsException {
        int readable = kernel.openFile(fd(), ".", 0);
        try {
            return kernel.list(readable, limit);
        } finally {
            kernel.close(readable);
        }
    }

    @Override
    public Directory duplicate() throws FsException {
        return opened(kernel.openDirectory(fd(), "."));
    }

    @Override
    public Directory openDirectory(String name) throws FsException {
        return opened(kernel.openDirectory(fd(), name));
    }

    @Override
    public Directory openBeneath(String path) throws FsException {
        if (containment == HostFileSystem.Containment.STEPWISE) {
            return Directory.super.openBeneath(path);
        }
        for (int attempt = 0; attempt < RETRIES; attempt++) {
            int result = kernel.openBeneath(fd(), path);
            if (result >= 0) {
                return opened(result);
            }
            switch (-result) {
                case LinuxErrno.EXDEV -> throw new FsException(Errno.PERM);
                // Refused by an old kernel or by a filter of system calls, not by the file system.
                case LinuxErrno.ENOSYS, LinuxErrno.EPERM -> {
                    return Directory.super.openBeneath(path);
                }
                case LinuxErrno.EAGAIN -> Thread.onSpinWait();
                default -> throw new FsException(LinuxErrno.toWasi(-result));
            }
        }
        return Directory.super.openBeneath(path);
    }

    @Override
    public FileHandle openFile(String name, Set<OpenFlag> flags) throws FsException {
        int bits = 0;
        if (flags.contains(OpenFlag.WRITE)) {
            bits |= flags.contains(OpenFlag.READ) ? Kernel.O_RDWR : Kernel.O_WRONLY;
        }
        bits |= flags.contains(OpenFlag.CREATE) ? Kernel.O_CREAT : 0;
        bits |= flags.contains(OpenFlag.EXCLUSIVE) ? Kernel.O_EXCL : 0;
        bits |= flags.contains(OpenFlag.TRUNCATE) ? Kernel.O_TRUNC : 0;
        int file = kernel.openFile(fd(), name, bits);
        try {
            FileType type = kernel.stat(file).type();
            if (type == FileType.DIRECTORY) {
                throw new FsException(Errno.ISDIR);
            }
            return new HostFile(kernel, file, type);
        } catch (FsException e) {
            kernel.close(file);
            throw e;
        }
    }

    @Override
    public FileStat stat(String name) throws FsException {
        return kernel.stat(fd(), name);
    }

    @Override
    public void setTimes(String name, long accessed, long modified) throws FsException {
        kernel.setTimes(fd(), name, accessed, modified);
    }

    @Override
    public void createDirectory(String name) throws FsException {
        kernel.createDirectory(fd(), name);
    }

    @Override
    public void removeDirectory(String name) throws FsException {
        kernel.removeDirectory(fd(), name);
    }

    @Override
    public void removeFile(String name) throws FsException {
        kernel.removeFile(fd(), name);
    }

    @Override
    public void rename(String name, Directory parent, String newName) throws FsException {
        kernel.rename(fd(), name, fdOf(parent), newName);
    }

    @Override
    public void link(String name, Directory parent, String newName) throws FsException {
        kernel.link(fd(), name, fdOf(parent), newName);
    }

    @Override
    public void symlink(String target, String name) throws FsException {
        kernel.symlink(target, fd(), name);
    }

    @Override
    public String readLink(String name) throws FsException {
        return kernel.readLink(fd(), name);
    }

    @Override
    public void close() {
        if (fd != CLOSED) {
            kernel.close(fd);
            fd = CLOSED;
        }
    }
}
