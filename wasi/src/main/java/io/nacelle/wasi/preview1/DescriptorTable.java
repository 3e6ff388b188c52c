// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.runtime.Budget;
import io.nacelle.runtime.Budget.Resource;
import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FsException;

import java.util.Arrays;
import java.util.Optional;

/** A guest's descriptors by number. A new one gets the lowest number that is free. Thread-safe. */
final class DescriptorTable {
    private final int limit;
    private Descriptor[] entries = new Descriptor[16];
    private int lowestFree;
    private final Listings listings = new Listings();

    private final Optional<Budget> budget;

    DescriptorTable(int limit, Optional<Budget> budget) {
        this.limit = limit;
        this.budget = budget;
    }

    /** Takes so many bytes to write from the budget; gives back what {@link #notWritten} says. */
    void chargeWriting(long bytes) throws FsException {
        if (budget.isPresent() && !budget.get().tryTake(Resource.WRITTEN_BYTES, bytes)) {
            throw new FsException(Errno.DQUOT);
        }
    }

    void notWritten(long bytes) {
        if (bytes > 0) {
            budget.ifPresent(b -> b.giveBack(Resource.WRITTEN_BYTES, bytes));
        }
    }

    private void release() {
        budget.ifPresent(b -> b.giveBack(Resource.DESCRIPTORS, 1));
    }

    Listings listings() {
        return listings;
    }

    synchronized Descriptor get(int fd) throws FsException {
        if (fd < 0 || fd >= entries.length || entries[fd] == null) {
            throw new FsException(Errno.BADF);
        }
        return entries[fd];
    }

    Descriptor get(int fd, long rights) throws FsException {
        Descriptor descriptor = get(fd);
        require(descriptor, rights);
        return descriptor;
    }

    static void require(Descriptor descriptor, long rights) throws FsException {
        if ((descriptor.rights & rights) != rights) {
            throw new FsException(Errno.NOTCAPABLE);
        }
    }

    OpenDirectory directory(int fd, long rights) throws FsException {
        if (!(get(fd) instanceof OpenDirectory directory)) {
            throw new FsException(Errno.NOTDIR);
        }
        require(directory, rights);
        return directory;
    }

    /** A file with a position; SPIPE for streams. */
    OpenFile seekable(int fd, long rights) throws FsException {
        var descriptor = get(fd);
        if (descriptor instanceof OpenFile file) {
            require(file, rights);
            return file;
        }
        throw new FsException(descriptor instanceof OpenDirectory ? Errno.BADF : Errno.SPIPE);
    }

    /** A file whose contents can be changed as a whole. */
    OpenFile file(int fd, long rights) throws FsException {
        Descriptor descriptor = get(fd);
        require(descriptor, rights);
        if (descriptor instanceof OpenFile file) {
            return file;
        }
        throw new FsException(descriptor instanceof OpenDirectory ? Errno.BADF : Errno.INVAL);
    }

    synchronized void requireRoom() throws FsException {
        nextFree();
    }

    private int nextFree() throws FsException {
        int fd = lowestFree;
        while (fd < entries.length && entries[fd] != null) {
            fd++;
        }
        if (fd >= limit) {
            throw new FsException(Errno.MFILE);
        }
        lowestFree = fd;
        return fd;
    }

    synchronized int add(Descriptor descriptor) throws FsException {
        int fd = nextFree();
        if (fd >= entries.length) {
            entries = Arrays.copyOf(entries, Math.min(limit, entries.length * 2));
        }
        if (budget.isPresent() && !budget.get().tryTake(Resource.DESCRIPTORS, 1)) {
            throw new FsException(Errno.MFILE);
        }
        entries[fd] = descriptor;
        return fd;
    }

    /** As {@link #add}; the descriptor is closed when there is no room for it. */
    int addOrClose(Descriptor descriptor) throws FsException {
        try {
            return add(descriptor);
        } catch (FsException e) {
            descriptor.close();
            throw e;
        }
    }

    synchronized Descriptor remove(int fd) throws FsException {
        Descriptor descriptor = get(fd);
        entries[fd] = null;
        lowestFree = Math.min(lowestFree, fd);
        release();
        return descriptor;
    }

    /** Moves a descriptor over another one, which is returned. Both must be open and different. */
    synchronized Descriptor move(int from, int to) throws FsException {
        Descriptor replaced = get(to);
        // One fewer is open: what was there is closed by the caller.
        entries[to] = remove(from);
        return replaced;
    }

    synchronized void closeAll() {
        for (int fd = 0; fd < entries.length; fd++) {
            if (entries[fd] != null) {
                try {
                    entries[fd].close();
                } catch (FsException e) {
                    // The guest is gone; there is nobody to tell.
                }
                entries[fd] = null;
                release();
            }
        }
        lowestFree = 0;
    }
}
