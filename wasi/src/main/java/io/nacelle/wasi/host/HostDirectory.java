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

    private final Kernel kernel;
    private final HostFileSystem.Containment containment;
    private final Fd fd;

    HostDirectory(Kernel kernel, int fd, HostFileSystem.Containment containment) {
        this.kernel = kernel;
        this.fd = new Fd(kernel, fd);
        this.containment = containment;
    }

    private HostDirectory opened(int descriptor) {
        return new HostDirectory(kernel, descriptor, containment);
    }

    private static Fd fdOf(Directory directory) throws FsException {
        if (directory instanceof HostDirectory host) {
            return host.fd;
        }
        throw new FsException(Errno.XDEV);
    }

    @Override
    public FileStat stat() throws FsException {
        int number = fd.acquire();
        try {
            return kernel.stat(number);
        } finally {
            fd.release();
        }
    }

    @Override
    public void setTimes(long accessed, long modified) throws FsException {
        int number = fd.acquire();
        try {
            kernel.setTimes(number, ".", accessed, modified);
        } finally {
            fd.release();
        }
    }

    @Override
    public void sync() throws FsException {
        int number = fd.acquire();
        try {
            int readable = kernel.openFile(number, ".", 0);
            try {
                kernel.sync(readable);
            } finally {
                kernel.close(readable);
            }
        } finally {
            fd.release();
        }
    }

    @Override
    public List<DirectoryEntry> list(int limit) throws FsException {
        int number = fd.acquire();
        try {
            int readable = kernel.openFile(number, ".", 0);
            try {
                return kernel.list(readable, limit);
            } finally {
                kernel.close(readable);
            }
        } finally {
            fd.release();
        }
    }

    @Override
    public Directory duplicate() throws FsException {
        int number = fd.acquire();
        try {
            return opened(kernel.openDirectory(number, "."));
        } finally {
            fd.release();
        }
    }

    @Override
    public Directory openDirectory(String name) throws FsException {
        int number = fd.acquire();
        try {
            return opened(kernel.openDirectory(number, name));
        } finally {
            fd.release();
        }
    }

    @Override
    public Directory openBeneath(String path) throws FsException {
        int number = fd.acquire();
        try {
            if (containment == HostFileSystem.Containment.STEPWISE) {
                return Directory.super.openBeneath(path);
            }
            for (int attempt = 0; attempt < RETRIES; attempt++) {
                int result = kernel.openBeneath(number, path);
                if (result >= 0) {
                    return opened(result);
                }
                switch (-result) {
                    case LinuxErrno.EXDEV -> throw new FsException(Errno.PERM);
                    // Refused by an old kernel or by a filter of system calls, not by the
                    // file system.
                    case LinuxErrno.ENOSYS, LinuxErrno.EPERM -> {
                        return Directory.super.openBeneath(path);
                    }
                    case LinuxErrno.EAGAIN -> Thread.onSpinWait();
                    default -> throw new FsException(LinuxErrno.toWasi(-result));
                }
            }
            return Directory.super.openBeneath(path);
        } finally {
            fd.release();
        }
    }

    @Override
    public FileHandle openFile(String name, Set<OpenFlag> flags) throws FsException {
        int number = fd.acquire();
        try {
            int bits = 0;
            if (flags.contains(OpenFlag.WRITE)) {
                bits |= flags.contains(OpenFlag.READ) ? Kernel.O_RDWR : Kernel.O_WRONLY;
            }
            bits |= flags.contains(OpenFlag.CREATE) ? Kernel.O_CREAT : 0;
            bits |= flags.contains(OpenFlag.EXCLUSIVE) ? Kernel.O_EXCL : 0;
            bits |= flags.contains(OpenFlag.TRUNCATE) ? Kernel.O_TRUNC : 0;
            int file = kernel.openFile(number, name, bits);
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
        } finally {
            fd.release();
        }
    }

    @Override
    public FileStat stat(String name) throws FsException {
        int number = fd.acquire();
        try {
            return kernel.stat(number, name);
        } finally {
            fd.release();
        }
    }

    @Override
    public void setTimes(String name, long accessed, long modified) throws FsException {
        int number = fd.acquire();
        try {
            kernel.setTimes(number, name, accessed, modified);
        } finally {
            fd.release();
        }
    }

    @Override
    public void createDirectory(String name) throws FsException {
        int number = fd.acquire();
        try {
            kernel.createDirectory(number, name);
        } finally {
            fd.release();
        }
    }

    @Override
    public void removeDirectory(String name) throws FsException {
        int number = fd.acquire();
        try {
            kernel.removeDirectory(number, name);
        } finally {
            fd.release();
        }
    }

    @Override
    public void removeFile(String name) throws FsException {
        int number = fd.acquire();
        try {
            kernel.removeFile(number, name);
        } finally {
            fd.release();
        }
    }

    @Override
    public void rename(String name, Directory parent, String newName) throws FsException {
        Fd other = fdOf(parent);
        int number = fd.acquire();
        try {
            int otherNumber = other.acquire();
            try {
                kernel.rename(number, name, otherNumber, newName);
            } finally {
                other.release();
            }
        } finally {
            fd.release();
        }
    }

    @Override
    public void link(String name, Directory parent, String newName) throws FsException {
        Fd other = fdOf(parent);
        int number = fd.acquire();
        try {
            int otherNumber = other.acquire();
            try {
                kernel.link(number, name, otherNumber, newName);
            } finally {
                other.release();
            }
        } finally {
            fd.release();
        }
    }

    @Override
    public void symlink(String target, String name) throws FsException {
        int number = fd.acquire();
        try {
            kernel.symlink(target, number, name);
        } finally {
            fd.release();
        }
    }

    @Override
    public String readLink(String name) throws FsException {
        int number = fd.acquire();
        try {
            return kernel.readLink(number, name);
        } finally {
            fd.release();
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
