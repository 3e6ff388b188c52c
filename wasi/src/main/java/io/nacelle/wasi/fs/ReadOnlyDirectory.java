// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.fs;

import java.util.List;
import java.util.Set;

/** A directory whose every change is refused, with all that is reached through it. */
final class ReadOnlyDirectory implements Directory {
    private final Directory inner;

    ReadOnlyDirectory(Directory inner) {
        this.inner = inner;
    }

    private static FsException refused() {
        return new FsException(Errno.ROFS);
    }

    @Override
    public FileStat stat() throws FsException {
        return inner.stat();
    }

    @Override
    public void setTimes(long accessed, long modified) throws FsException {
        throw refused();
    }

    @Override
    public List<DirectoryEntry> list(int limit) throws FsException {
        return inner.list(limit);
    }

    @Override
    public Directory duplicate() throws FsException {
        return new ReadOnlyDirectory(inner.duplicate());
    }

    @Override
    public Directory openDirectory(String name) throws FsException {
        return new ReadOnlyDirectory(inner.openDirectory(name));
    }

    @Override
    public Directory openBeneath(String path) throws FsException {
        return new ReadOnlyDirectory(inner.openBeneath(path));
    }

    @Override
    public FileHandle openFile(String name, Set<OpenFlag> flags) throws FsException {
        if (flags.contains(OpenFlag.CREATE)) {
            FileStat found;
            try {
                found = inner.stat(name);
            } catch (FsException e) {
                throw e.errno() == Errno.NOENT ? refused() : e;
            }
            if (flags.contains(OpenFlag.EXCLUSIVE)) {
                throw new FsException(Errno.EXIST);
            }
            if (found.type() == FileType.DIRECTORY) {
                throw new FsException(Errno.ISDIR);
            }
        }
        if (flags.contains(OpenFlag.WRITE) || flags.contains(OpenFlag.TRUNCATE)) {
            if (inner.stat(name).type() == FileType.DIRECTORY) {
                throw new FsException(Errno.ISDIR);
            }
            throw refused();
        }
        // Never CREATE: a file removed since the look above must not come back.
        return new ReadOnlyFile(inner.openFile(name, Set.of(OpenFlag.READ)));
    }

    @Override
    public FileStat stat(String name) throws FsException {
        return inner.stat(name);
    }

    @Override
    public void setTimes(String name, long accessed, long modified) throws FsException {
        throw refused();
    }

    @Override
    public void createDirectory(String name) throws FsException {
        throw refused();
    }

    @Override
    public void removeDirectory(String name) throws FsException {
        throw refused();
    }

    @Override
    public void removeFile(String name) throws FsException {
        throw refused();
    }

    @Override
    public void rename(String name, Directory parent, String newName) throws FsException {
        throw refused();
    }

    @Override
    public void link(String name, Directory parent, String newName) throws FsException {
        throw refused();
    }

    @Override
    public void symlink(String target, String name) throws FsException {
        throw refused();
    }

    @Override
    public String readLink(String name) throws FsException {
        return inner.readLink(name);
    }

    @Override
    public void close() throws FsException {
        inner.close();
    }
}
