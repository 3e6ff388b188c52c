// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.wasi.fs.Directory;
import io.nacelle.wasi.fs.DirectoryEntry;
import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileStat;
import io.nacelle.wasi.fs.FileSystem;
import io.nacelle.wasi.fs.FileType;
import io.nacelle.wasi.fs.FsException;

import java.util.List;
import java.util.Optional;

/** A directory: one the guest was given, or one it opened beneath such a one. */
final class OpenDirectory extends Descriptor {
    /** The guest's name for a directory it was given. */
    private final Optional<String> preopenName;

    private final Optional<FileSystem> source;

    /** Null until a directory that was given is first used. */
    private Directory directory;

    private boolean closed;

    /** What {@link Listings} guards. */
    private List<DirectoryEntry> listing;

    private boolean ended;

    OpenDirectory(String preopenName, FileSystem source) {
        super(Rights.DIRECTORY, Rights.ALL);
        this.preopenName = Optional.of(preopenName);
        this.source = Optional.of(source);
    }

    OpenDirectory(Directory directory, long rights, long inheriting) {
        super(rights & Rights.DIRECTORY, inheriting);
        this.directory = directory;
        preopenName = Optional.empty();
        source = Optional.empty();
    }

    Optional<String> preopenName() {
        return preopenName;
    }

    synchronized Directory directory() throws FsException {
        if (closed) {
            throw new FsException(Errno.BADF);
        }
        if (directory == null) {
            directory = source.orElseThrow().openRoot();
        }
        return directory;
    }

    /** The entries that the guest is stepping through, so that cookies keep their meaning. */
    Optional<List<DirectoryEntry>> listing() {
        return Optional.ofNullable(listing);
    }

    void setListing(List<DirectoryEntry> entries) throws FsException {
        if (ended) {
            throw new FsException(Errno.BADF);
        }
        listing = entries;
    }

    void endListing() {
        ended = true;
        listing = null;
    }

    @Override
    FileType type() {
        return FileType.DIRECTORY;
    }

    @Override
    FileStat stat() throws FsException {
        return directory().stat();
    }

    @Override
    boolean isStream() {
        return false;
    }

    @Override
    void sync() throws FsException {
        directory().sync();
    }

    @Override
    void dataSync() throws FsException {
        directory().sync();
    }

    @Override
    synchronized void close() throws FsException {
        closed = true;
        if (directory != null) {
            directory.close();
        }
    }
}
