// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.virtual;

import io.nacelle.wasi.fs.Directory;
import io.nacelle.wasi.fs.DirectoryEntry;
import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileHandle;
import io.nacelle.wasi.fs.FileStat;
import io.nacelle.wasi.fs.FsException;
import io.nacelle.wasi.fs.OpenFlag;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** An open folder of a virtual file system. */
final class MemoryDirectory implements Directory {
    private final Tree tree;
    private final Node.Folder folder;

    MemoryDirectory(Tree tree, Node.Folder folder) {
        this.tree = tree;
        this.folder = folder;
    }

    @Override
    public FileStat stat() {
        synchronized (tree) {
            return folder.stat();
        }
    }

    @Override
    public void setTimes(long accessed, long modified) {
        synchronized (tree) {
            folder.setTimes(accessed, modified);
        }
    }

    @Override
    public List<DirectoryEntry> list(int limit) throws FsException {
        synchronized (tree) {
            if (folder.children().size() > limit) {
                throw new FsException(Errno.NOMEM);
            }
            var entries = new ArrayList<DirectoryEntry>(folder.children().size());
            folder.children()
                    .forEach(
                            (name, node) ->
                                    entries.add(
                                            new DirectoryEntry(name, node.inode(), node.type())));
            return entries;
        }
    }

    @Override
    public Directory duplicate() {
        return new MemoryDirectory(tree, folder);
    }

    @Override
    public Directory openDirectory(String name) throws FsException {
        synchronized (tree) {
            return switch (folder.find(name)) {
                case Node.Folder child -> new MemoryDirectory(tree, child);
                case Node.Link link -> throw new FsException(Errno.LOOP);
                case Node.Content content -> throw new FsException(Errno.NOTDIR);
            };
        }
    }

    @Override
    public FileHandle openFile(String name, Set<OpenFlag> flags) throws FsException {
        synchronized (tree) {
            Node found = folder.lookUp(name).orElse(null);
            Node.Content content;
            if (found == null) {
                if (!flags.contains(OpenFlag.CREATE)) {
                    throw new FsException(Errno.NOENT);
                }
                content = new Node.Content(tree);
                folder.add(name, content);
            } else {
                if (flags.contains(OpenFlag.CREATE) && flags.contains(OpenFlag.EXCLUSIVE)) {
                    throw new FsException(Errno.EXIST);
                }
                content =
                        switch (found) {
                            case Node.Folder child -> throw new FsException(Errno.ISDIR);
                            case Node.Link link -> throw new FsException(Errno.LOOP);
                            case Node.Content file -> file;
                        };
                if (flags.contains(OpenFlag.TRUNCATE)) {
                    content.resize(0);
                }
            }
            content.open();
            return new MemoryFile(tree, content);
        }
    }

    @Override
    public FileStat stat(String name) throws FsException {
        synchronized (tree) {
            return folder.find(name).stat();
        }
    }

    @Override
    public void setTimes(String name, long accessed, long modified) throws FsException {
        synchronized (tree) {
            folder.find(name).setTimes(accessed, modified);
        }
    }

    private void requireFree(Node.Folder in, String name) throws FsException {
        if (in.lookUp(name).isPresent()) {
            throw new FsException(Errno.EXIST);
        }
    }

    @Override
    public void createDirectory(String name) throws FsException {
        synchronized (tree) {
            requireFree(folder, name);
            folder.add(name, new Node.Folder(tree, folder));
        }
    }

    @Override
    public void removeDirectory(String name) throws FsException {
        synchronized (tree) {
            if (!(folder.find(name) instanceof Node.Folder child)) {
                throw new FsException(Errno.NOTDIR);
            }
            if (!child.children().isEmpty()) {
                throw new FsException(Errno.NOTEMPTY);
            }
            folder.remove(name);
        }
    }

    @Override
    public void removeFile(String name) throws FsException {
        synchronized (tree) {
            if (folder.find(name) instanceof Node.Folder) {
                throw new FsException(Errno.ISDIR);
            }
            folder.remove(name);
        }
    }

    private Node.Folder sameTree(Directory directory) throws FsException {
        if (directory instanceof MemoryDirectory other && other.tree == tree) {
            return other.folder;
        }
        throw new FsException(Errno.XDEV);
    }

    @Override
    public void rename(String name, Directory parent, String newName) throws FsException {
        Node.Folder target = sameTree(parent);
        synchronized (tree) {
            Node node = folder.find(name);
            Node old = target.lookUp(newName).orElse(null);
            if (node == old) {
                return;
            }
            if (node instanceof Node.Folder moved && target.isWithin(moved)) {
                throw new FsException(Errno.INVAL);
            }
            switch (old) {
                case null -> {}
                case Node.Folder replaced -> {
                    if (!(node instanceof Node.Folder)) {
                        throw new FsException(Errno.ISDIR);
                    }
                    if (!replaced.children().isEmpty()) {
                        throw new FsException(Errno.NOTEMPTY);
                    }
                    target.remove(newName);
                }
                default -> {
                    if (node instanceof Node.Folder) {
                        throw new FsException(Errno.NOTDIR);
                    }
                    target.remove(newName);
                }
            }
            folder.move(name, target, newName);
        }
    }

    @Override
    public void link(String name, Directory parent, String newName) throws FsException {
        Node.Folder target = sameTree(parent);
        synchronized (tree) {
            Node node = folder.find(name);
            if (node instanceof Node.Folder) {
                throw new FsException(Errno.PERM);
            }
            requireFree(target, newName);
            target.add(newName, node);
        }
    }

    @Override
    public void symlink(String target, String name) throws FsException {
        synchronized (tree) {
            requireFree(folder, name);
            tree.charge(target.length());
            try {
                folder.add(name, new Node.Link(tree, target));
            } catch (FsException e) {
                tree.release(target.length());
                throw e;
            }
        }
    }

    @Override
    public String readLink(String name) throws FsException {
        synchronized (tree) {
            if (folder.find(name) instanceof Node.Link link) {
                return link.target;
            }
            throw new FsException(Errno.INVAL);
        }
    }

    @Override
    public void close() {}
}
