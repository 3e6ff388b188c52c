// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.fs;

import io.nacelle.wasi.preview1.PathWalk;

import java.util.List;
import java.util.Set;

/**
 * An open directory: what a file system is made of.
 *
 * <p>A {@code name} given to these methods is one component of a path: not empty, not {@code "."}
 * or {@code ".."}, without slash or NUL. <b>No method follows a symbolic link in {@code name}</b>;
 * links, {@code ".."} and trailing slashes are the business of one resolver above all file systems,
 * which reaches everything by steps that can only go down. A directory stays open, and usable,
 * while it is renamed. A handle is used by one thread at a time.
 */
public interface Directory extends AutoCloseable {
    /** Returns the attributes of this directory. */
    FileStat stat() throws FsException;

    /** Sets the times of this directory: nanoseconds since 1970 or of {@link FileTimes}. */
    void setTimes(long accessed, long modified) throws FsException;

    /** Writes this directory to storage. */
    default void sync() throws FsException {}

    /**
     * Lists the names in this directory, without {@code "."} and {@code ".."}.
     *
     * @throws FsException with {@link Errno#NOMEM} if there are more than {@code limit}
     */
    List<DirectoryEntry> list(int limit) throws FsException;

    /** Opens this directory once more. */
    Directory duplicate() throws FsException;

    /**
     * Opens a directory in this one.
     *
     * @throws FsException with {@link Errno#NOTDIR} or {@link Errno#LOOP} for anything else
     */
    Directory openDirectory(String name) throws FsException;

    /**
     * Opens the directory at a relative path of several components beneath this one, following
     * links. The path must not lead out of this directory, not even for a moment.
     *
     * <p>The default goes step by step. A file system that can do better in one step, under the
     * same rule, does so here.
     *
     * @throws FsException with {@link Errno#PERM} if the path leads out
     */
    default Directory openBeneath(String path) throws FsException {
        return PathWalk.open(this, path);
    }

    /**
     * Opens a file.
     *
     * @throws FsException with {@link Errno#ISDIR} for a directory, {@link Errno#LOOP} for a
     *     symbolic link
     */
    FileHandle openFile(String name, Set<OpenFlag> flags) throws FsException;

    /** Returns the attributes of a file. */
    FileStat stat(String name) throws FsException;

    /** Sets the times of a file: nanoseconds since 1970, or a constant of {@link FileTimes}. */
    void setTimes(String name, long accessed, long modified) throws FsException;

    /** Makes an empty directory. */
    void createDirectory(String name) throws FsException;

    /** Removes an empty directory. */
    void removeDirectory(String name) throws FsException;

    /** Removes a name of a file that is not a directory. */
    void removeFile(String name) throws FsException;

    /**
     * Renames a file or directory, replacing a file or an empty directory.
     *
     * @throws FsException with {@link Errno#XDEV} if {@code parent} is of another file system
     */
    void rename(String name, Directory parent, String newName) throws FsException;

    /**
     * Gives a file that is not a directory one more name.
     *
     * @throws FsException with {@link Errno#XDEV} if {@code parent} is of another file system
     */
    void link(String name, Directory parent, String newName) throws FsException;

    /** Makes a symbolic link. */
    void symlink(String target, String name) throws FsException;

    /**
     * Returns the target of a symbolic link.
     *
     * @throws FsException with {@link Errno#INVAL} if the file is not a symbolic link
     */
    String readLink(String name) throws FsException;

    @Override
    void close() throws FsException;
}
