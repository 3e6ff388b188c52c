// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.virtual;

import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FsException;

import java.util.concurrent.ThreadLocalRandom;

/**
 * What the nodes of one virtual file system share: the lock under which all of them are used, and
 * the account of the memory they take.
 */
final class Tree {
    private final long capacity;
    private final long device = ThreadLocalRandom.current().nextLong() >>> 1;
    private long used;
    private long lastInode;
    private final Node.Folder root;

    Tree(long capacity) {
        if (capacity < 0) {
            throw new IllegalArgumentException("negative capacity");
        }
        this.capacity = capacity;
        root = new Node.Folder(this, null);
    }

    Node.Folder root() {
        return root;
    }

    long device() {
        return device;
    }

    long newInode() {
        return ++lastInode;
    }

    void charge(long bytes) throws FsException {
        if (bytes > capacity - used) {
            throw new FsException(Errno.NOSPC);
        }
        used += bytes;
    }

    void release(long bytes) {
        used -= bytes;
    }

    long left() {
        return capacity - used;
    }

    static long now() {
        var now = java.time.Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
