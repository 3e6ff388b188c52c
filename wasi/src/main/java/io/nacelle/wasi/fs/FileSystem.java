// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.fs;

import io.nacelle.wasi.host.HostFileSystem;
import io.nacelle.wasi.virtual.MemoryFileSystem;
import io.nacelle.wasi.virtual.ResourceTree;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A tree of files that can be given to a guest. The interface is open: a provider implements this,
 * {@link Directory} and {@link FileHandle}, and gets WASI's path rules from the resolver above it.
 *
 * <p>The file systems made by the methods here may be given to several guests at once.
 */
@FunctionalInterface
public interface FileSystem {
    /**
     * Opens the root. Called for each guest that is given this file system, when the guest first
     * uses it; the caller closes what it gets.
     */
    Directory openRoot() throws FsException;

    /** The same files, of which nothing can be changed: every attempt fails with ROFS. */
    default FileSystem readOnly() {
        return () -> new ReadOnlyDirectory(openRoot());
    }

    /**
     * A directory of the host, with everything beneath it. The kernel keeps every path beneath it.
     *
     * @throws IOException if {@code directory} is not a directory
     * @throws UnsupportedOperationException if this is not Linux on x86-64 or aarch64
     */
    static FileSystem host(Path directory) throws IOException {
        return HostFileSystem.of(directory);
    }

    /**
     * An empty file system in memory.
     *
     * @param capacity the bytes that contents and names may take together; when they are used up,
     *     writing fails with {@link Errno#NOSPC}
     */
    static FileSystem inMemory(long capacity) {
        return new MemoryFileSystem(capacity);
    }

    /**
     * The files in a zip archive, read-only. Contents are unpacked when a file is opened.
     *
     * @throws IOException if the archive cannot be read
     */
    static FileSystem zip(Path archive) throws IOException {
        return ResourceTree.ofZip(archive);
    }

    /**
     * The class path resources beneath a folder, read-only. The folder must come from a directory
     * or from a jar; its names are listed now, contents are read when a file is opened.
     *
     * @param folder a resource name without leading or trailing slash, such as {@code
     *     "com/example/data"}
     * @throws IOException if there is no such folder
     */
    static FileSystem classPath(ClassLoader loader, String folder) throws IOException {
        return ResourceTree.ofClassPath(loader, folder);
    }
}
