// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import io.nacelle.wasi.fs.Directory;
import io.nacelle.wasi.fs.FileSystem;
import io.nacelle.wasi.fs.FsException;

import java.util.List;

/**
 * A directory beneath the root of a file system. The way there is opened one name at a time, and a
 * directory follows no links in names: whoever holds the whole may put a link in the way, which is
 * then refused.
 */
record SubDirectory(FileSystem files, List<String> names) implements FileSystem {
    @Override
    public Directory openRoot() throws FsException {
        var directory = files.openRoot();
        for (var name : names) {
            try (var above = directory) {
                directory = above.openDirectory(name);
            }
        }
        return directory;
    }
}
