// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileStat;
import io.nacelle.wasi.fs.FileType;
import io.nacelle.wasi.fs.FsException;

import java.nio.channels.SelectableChannel;
import java.util.Optional;

/**
 * What a guest's file descriptor stands for. Reading and writing never block: AGAIN says that the
 * caller may wait. Used by all threads of the guest, also while one of them closes it.
 */
abstract sealed class Descriptor
        permits OpenDirectory, OpenFile, StandardInput, StandardOutput, Connection, Listener {
    volatile long rights;
    volatile long inheriting;
    volatile int flags;

    Descriptor(long rights, long inheriting) {
        this.rights = rights;
        this.inheriting = inheriting;
    }

    /** Gives rights up. */
    final synchronized void narrow(long base, long inherited) throws FsException {
        if ((base & ~rights) != 0 || (inherited & ~inheriting) != 0) {
            throw new FsException(Errno.NOTCAPABLE);
        }
        rights = base;
        inheriting = inherited;
    }

    abstract FileType type() throws FsException;

    FileStat stat() throws FsException {
        return new FileStat(0, 0, type(), 1, 0, 0, 0, 0);
    }

    /**
     * Whether bytes come one after another from somewhere, so that a read must not wait for more.
     */
    boolean isStream() {
        return true;
    }

    int read(byte[] target, int offset, int length) throws FsException {
        throw new FsException(Errno.BADF);
    }

    int write(byte[] source, int offset, int length) throws FsException {
        throw new FsException(Errno.BADF);
    }

    boolean readable() throws FsException {
        return true;
    }

    boolean writable() throws FsException {
        return true;
    }

    /** How many bytes a read would find now; only asked when readable. */
    long available() throws FsException {
        return 0;
    }

    /** Whether the other side has ended; only asked when readable. */
    boolean hungUp() {
        return false;
    }

    /** Whether nobody tells when this gets ready, so that one has to look from time to time. */
    boolean mustBePolled() {
        return false;
    }

    /** The channel whose readiness a selector tells. */
    Optional<SelectableChannel> channel() {
        return Optional.empty();
    }

    void sync() throws FsException {}

    void dataSync() throws FsException {}

    void close() throws FsException {}
}
