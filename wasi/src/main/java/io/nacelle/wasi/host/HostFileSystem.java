// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.host;

import io.nacelle.wasi.fs.Directory;
import io.nacelle.wasi.fs.FileSystem;
import io.nacelle.wasi.fs.FsException;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** A directory of the host. Nothing native happens before {@link #openRoot}. */
public final class HostFileSystem implements FileSystem {
    /** How a path of several components is kept beneath its directory. */
    enum Containment {
        /** By openat2 with RESOLVE_BENEATH; step by step where the kernel refuses it. */
        KERNEL,
        /** Always by one openat with O_NOFOLLOW per component. */
        STEPWISE
    }

    /** Absolute and without links. */
    private final Path path;

    private final Containment containment;

    private HostFileSystem(Path path, Containment containment) {
        this.path = path;
        this.containment = containment;
    }

    /**
     * Grants the directory that {@code directory} names now. Links on the way to it are followed
     * here, once; it is opened when a guest first uses it, and a way that leads over links by then
     * is refused.
     *
     * @throws IOException if it is not a directory
     * @throws IllegalArgumentException if it is in an archive or the like
     * @throws UnsupportedOperationException if this host is not supported
     */
    public static HostFileSystem of(Path directory) throws IOException {
        return of(directory, Containment.KERNEL);
    }

    static HostFileSystem of(Path directory, Containment containment) throws IOException {
        Abi.ofThisHost();
        if (directory.getFileSystem() != FileSystems.getDefault()) {
            throw new IllegalArgumentException("not a directory of the host: " + directory);
        }
        if (!Files.isDirectory(directory)) {
            throw new NotDirectoryException(directory.toString());
        }
        return new HostFileSystem(directory.toRealPath(), containment);
    }

    /**
     * Opens the directory without following any link: a guest that was given a directory above this
     * one could have put one in its way.
     */
    @Override
    public Directory openRoot() throws FsException {
        var kernel = new Kernel(Abi.ofThisHost());
        int at = kernel.openTop();
        for (Path name : path) {
            int above = at;
            try {
                at = kernel.openDirectory(above, name.toString());
            } finally {
                kernel.close(above);
            }
        }
        return new HostDirectory(kernel, at, containment);
    }
}
