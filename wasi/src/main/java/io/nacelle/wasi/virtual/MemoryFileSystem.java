// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.virtual;

import io.nacelle.wasi.fs.Directory;
import io.nacelle.wasi.fs.FileSystem;

/** Files that live in memory. May be shared by guests on several threads. */
public final class MemoryFileSystem implements FileSystem {
    private final Tree tree;

    /** Creates an empty file system that takes at most {@code capacity} bytes. */
    public MemoryFileSystem(long capacity) {
        this(new Tree(capacity));
    }

    MemoryFileSystem(Tree tree) {
        this.tree = tree;
    }

    @Override
    public Directory openRoot() {
        return new MemoryDirectory(tree, tree.root());
    }
}
