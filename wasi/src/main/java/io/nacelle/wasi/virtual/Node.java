// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.virtual;

import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileStat;
import io.nacelle.wasi.fs.FileTimes;
import io.nacelle.wasi.fs.FileType;
import io.nacelle.wasi.fs.FsException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A file of a virtual file system. Used under the lock of its tree. */
abstract sealed class Node {
    /** What a node and a name of it are counted for, beside the name's own characters. */
    static final long COST = 256;

    final Tree tree;
    private final long inode;
    long links;
    private long accessed;
    private long modified;
    private long changed;

    private Node(Tree tree) {
        this.tree = tree;
        inode = tree.newInode();
        long now = Tree.now();
        accessed = now;
        modified = now;
        changed = now;
    }

    abstract FileType type();

    abstract long size();

    /** The last name or handle is gone. */
    void discard() {}

    long inode() {
        return inode;
    }

    FileStat stat() {
        return new FileStat(
                tree.device(), inode, type(), links, size(), accessed, modified, changed);
    }

    void setTimes(long newAccessed, long newModified) {
        long now = Tree.now();
        if (newAccessed != FileTimes.KEEP) {
            accessed = newAccessed == FileTimes.NOW ? now : newAccessed;
        }
        if (newModified != FileTimes.KEEP) {
            modified = newModified == FileTimes.NOW ? now : newModified;
        }
        changed = now;
    }

    final void touch() {
        modified = Tree.now();
        changed = modified;
    }

    final void touchAttributes() {
        changed = Tree.now();
    }

    static final class Folder extends Node {
        /** Longest name, in bytes, as on the host. */
        private static final int MAX_NAME = 255;

        /** Null at the root and after removal. */
        Folder parent;

        private boolean removed;
        private final Map<String, Node> children = new TreeMap<>();

        Folder(Tree tree, Folder parent) {
            super(tree);
            this.parent = parent;
            links = 2;
        }

        @Override
        FileType type() {
            return FileType.DIRECTORY;
        }

        @Override
        long size() {
            return children.size();
        }

        Map<String, Node> children() {
            return children;
        }

        Optional<Node> lookUp(String name) throws FsException {
            requireShort(name);
            return Optional.ofNullable(children.get(name));
        }

        Node find(String name) throws FsException {
            return lookUp(name).orElseThrow(() -> new FsException(Errno.NOENT));
        }

        private static void requireShort(String name) throws FsException {
            // A character takes at most three bytes.
            if (name.length() > MAX_NAME / 3
                    && name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME) {
                throw new FsException(Errno.NAMETOOLONG);
            }
        }

        /** Enters a new name and counts it. */
        void add(String name, Node node) throws FsException {
            if (removed) {
                throw new FsException(Errno.NOENT);
            }
            requireShort(name);
            tree.charge(COST + 2L * name.length());
            put(name, node);
        }

        private void put(String name, Node node) {
            children.put(name, node);
            if (node instanceof Folder folder) {
                folder.parent = this;
                links++;
            } else {
                node.links++;
            }
            node.touchAttributes();
            touch();
        }

        /** Takes a name away, and the node as well if it was the last name. */
        void remove(String name) {
            Node node = detach(name);
            tree.release(COST + 2L * name.length());
            if (node instanceof Folder folder) {
                folder.removed = true;
                folder.links = 0;
            } else if (node.links == 0) {
                node.discard();
            }
        }

        private Node detach(String name) {
            Node node = children.remove(name);
            if (node instanceof Folder folder) {
                folder.parent = null;
                links--;
            } else {
                node.links--;
            }
            node.touchAttributes();
            touch();
            return node;
        }

        /** Moves a name that exists to a name that does not. */
        void move(String name, Folder target, String newName) throws FsException {
            if (target.removed) {
                throw new FsException(Errno.NOENT);
            }
            requireShort(newName);
            long more = 2L * (newName.length() - name.length());
            if (more > 0) {
                tree.charge(more);
            } else {
                tree.release(-more);
            }
            target.put(newName, detach(name));
        }

        boolean isWithin(Folder other) {
            for (Folder at = this; at != null; at = at.parent) {
                if (at == other) {
                    return true;
                }
            }
            return false;
        }
    }

    static final class Link extends Node {
        final String target;

        Link(Tree tree, String target) {
            super(tree);
            this.target = target;
        }

        @Override
        FileType type() {
            return FileType.SYMBOLIC_LINK;
        }

        @Override
        long size() {
            return target.getBytes(StandardCharsets.UTF_8).length;
        }

        @Override
        void discard() {
            tree.release(target.length());
        }
    }

    /** Reads the contents of a resource anew. */
    @FunctionalInterface
    interface Loader {
        byte[] load() throws IOException;
    }

    static final class Content extends Node {
        private static final int MAX_SIZE = Integer.MAX_VALUE - 64;
        private static final byte[] EMPTY = {};

        /** Null for a file that lives in memory only. */
        private final Loader loader;

        private byte[] bytes = EMPTY;
        private long size;
        private int handles;

        Content(Tree tree) {
            super(tree);
            loader = null;
        }

        Content(Tree tree, long size, Loader loader) {
            super(tree);
            this.size = size;
            this.loader = loader;
        }

        @Override
        FileType type() {
            return FileType.REGULAR_FILE;
        }

        @Override
        long size() {
            return size;
        }

        void open() throws FsException {
            if (handles == 0 && loader != null) {
                load();
            }
            handles++;
        }

        private void load() throws FsException {
            if (size > MAX_SIZE || size > tree.left()) {
                throw new FsException(Errno.NOMEM);
            }
            byte[] loaded;
            try {
                loaded = loader.load();
            } catch (IOException e) {
                throw new FsException(Errno.IO);
            }
            // The size was told by the archive; a file that differs is not what was listed.
            if (loaded.length != size) {
                throw new FsException(Errno.IO);
            }
            tree.charge(size);
            bytes = loaded;
        }

        void release() {
            handles--;
            if (handles == 0 && (loader != null || links == 0)) {
                drop();
            }
        }

        @Override
        void discard() {
            if (handles == 0) {
                drop();
            }
        }

        private void drop() {
            tree.release(bytes.length);
            bytes = EMPTY;
            if (loader == null) {
                size = 0;
            }
        }

        int read(long position, byte[] target, int offset, int length) {
            if (position >= size) {
                return 0;
            }
            int n = (int) Math.min(length, size - position);
            System.arraycopy(bytes, (int) position, target, offset, n);
            return n;
        }

        int write(long position, byte[] source, int offset, int length) throws FsException {
            if (length == 0) {
                return 0;
            }
            if (position > MAX_SIZE - length) {
                throw new FsException(Errno.FBIG);
            }
            reserve(position + length);
            System.arraycopy(source, offset, bytes, (int) position, length);
            size = Math.max(size, position + length);
            touch();
            return length;
        }

        void resize(long newSize) throws FsException {
            if (newSize > MAX_SIZE) {
                throw new FsException(Errno.FBIG);
            }
            if (newSize < size) {
                // Growing again must show zeros; a file cut short gives its memory back.
                byte[] kept = Arrays.copyOf(bytes, (int) newSize);
                tree.release(bytes.length - kept.length);
                bytes = kept;
            } else {
                reserve(newSize);
            }
            size = newSize;
            touch();
        }

        private void reserve(long wanted) throws FsException {
            if (wanted <= bytes.length) {
                return;
            }
            long half = Math.min(bytes.length + (long) bytes.length / 2, MAX_SIZE);
            long room = Math.max(wanted, Math.min(half, bytes.length + tree.left()));
            tree.charge(room - bytes.length);
            bytes = Arrays.copyOf(bytes, (int) room);
        }
    }
}
