// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.fs;

/**
 * An open file with a position. A handle is used by one thread at a time.
 *
 * <p>Reading and writing may move fewer bytes than asked. A handle never blocks: where there is
 * nothing to read or no room to write, it throws {@link Errno#AGAIN}, and whoever wants to wait
 * asks {@link #readable} or {@link #writable}.
 */
public interface FileHandle extends AutoCloseable {
    /** Returns the attributes. */
    FileStat stat() throws FsException;

    /** Reads at the position and moves it; 0 at the end of the file. */
    int read(byte[] target, int offset, int length) throws FsException;

    /** Writes at the position and moves it. */
    int write(byte[] source, int offset, int length) throws FsException;

    /** Writes at the end of the file, wherever that is now, and moves the position there. */
    int append(byte[] source, int offset, int length) throws FsException;

    /** Reads at {@code position} without moving the handle's own; 0 at the end of the file. */
    int readAt(long position, byte[] target, int offset, int length) throws FsException;

    /** Writes at {@code position} without moving the handle's own. */
    int writeAt(long position, byte[] source, int offset, int length) throws FsException;

    /**
     * Moves the position and returns the new one.
     *
     * @throws FsException with {@link Errno#INVAL} if it would be negative
     */
    long seek(long offset, Whence whence) throws FsException;

    /** Sets the size; new bytes are zero. */
    void resize(long size) throws FsException;

    /**
     * Makes sure that the given range has storage, growing the file if the range ends behind it.
     */
    void allocate(long offset, long length) throws FsException;

    /** Tells how the range will be used. The file's contents and size do not change. */
    default void advise(long offset, long length, Advice advice) throws FsException {}

    /** Sets the times: nanoseconds since 1970, or a constant of {@link FileTimes}. */
    void setTimes(long accessed, long modified) throws FsException;

    /** Writes contents and attributes to storage. */
    default void sync() throws FsException {}

    /** Writes contents to storage. */
    default void dataSync() throws FsException {
        sync();
    }

    /** Whether a read would get on without {@link Errno#AGAIN}. */
    default boolean readable() throws FsException {
        return true;
    }

    /** Whether a write would get on without {@link Errno#AGAIN}. */
    default boolean writable() throws FsException {
        return true;
    }

    @Override
    void close() throws FsException;
}
