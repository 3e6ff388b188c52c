// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.wasi.fs.Directory;
import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FsException;

import java.util.ArrayDeque;
import java.util.ArrayList;

/**
 * The path rules of all file systems. Text is only cut into names here, never compared: what a name
 * leads to is asked of open directories, one step at a time, so a tree that changes under the walk
 * can change where the walk ends but not let it out.
 */
public final class PathWalk {
    /** Symbolic links followed in one path before LOOP. */
    static final int MAX_LINKS = 32;

    /** Longest path, in characters, after links are put in. */
    static final int MAX_PATH = 4096;

    /** Most directories held open by one step-by-step walk. */
    private static final int MAX_DEPTH = 256;

    private PathWalk() {}

    /** Whether the last component is to be followed if it is a symbolic link. */
    enum Follow {
        NEVER,
        /** When the path ends with a slash: what follows must be a directory. */
        IF_SLASH,
        ALWAYS
    }

    /**
     * Opens the directory at {@code path} beneath {@code base} in single steps.
     *
     * @throws FsException with PERM if the path leads out of {@code base}
     */
    public static Directory open(Directory base, String path) throws FsException {
        var todo = new ArrayDeque<String>();
        push(todo, path);
        // The directories passed, so that ".." goes where the walk came from, even if a directory
        // was moved meanwhile.
        var passed = new ArrayList<Directory>();
        try {
            int links = 0;
            while (!todo.isEmpty()) {
                String name = todo.pop();
                if (name.equals("..")) {
                    if (passed.isEmpty()) {
                        throw new FsException(Errno.PERM);
                    }
                    passed.removeLast().close();
                    continue;
                }
                Directory here = passed.isEmpty() ? base : passed.getLast();
                Directory next;
                try {
                    next = here.openDirectory(name);
                } catch (FsException e) {
                    if (e.errno() != Errno.NOTDIR && e.errno() != Errno.LOOP) {
                        throw e;
                    }
                    String target;
                    try {
                        target = here.readLink(name);
                    } catch (FsException notLink) {
                        throw notLink.errno() == Errno.INVAL
                                ? new FsException(Errno.NOTDIR)
                                : notLink;
                    }
                    if (++links > MAX_LINKS) {
                        throw new FsException(Errno.LOOP);
                    }
                    push(todo, target);
                    continue;
                }
                passed.add(next);
                if (passed.size() > MAX_DEPTH) {
                    throw new FsException(Errno.NAMETOOLONG);
                }
            }
            return passed.isEmpty() ? base.duplicate() : passed.removeLast();
        } finally {
            for (Directory directory : passed) {
                directory.close();
            }
        }
    }

    private static void push(ArrayDeque<String> todo, String path) throws FsException {
        check(path);
        int end = path.length();
        while (end > 0) {
            int slash = path.lastIndexOf('/', end - 1);
            String name = path.substring(slash + 1, end);
            if (!name.isEmpty() && !name.equals(".")) {
                todo.push(name);
            }
            end = Math.max(slash, 0);
        }
    }

    private static void check(String path) throws FsException {
        if (path.isEmpty()) {
            throw new FsException(Errno.NOENT);
        }
        if (path.length() > MAX_PATH) {
            throw new FsException(Errno.NAMETOOLONG);
        }
        if (path.charAt(0) == '/') {
            throw new FsException(Errno.PERM);
        }
    }

    /**
     * Finds the directory that holds the last component of {@code path}. The result is to be
     * closed; its name is "." where the path names a directory already open.
     */
    static Resolved resolve(Directory base, String path, Follow follow) throws FsException {
        int links = 0;
        String rest = path;
        while (true) {
            check(rest);
            int end = rest.length();
            while (end > 0 && rest.charAt(end - 1) == '/') {
                end--;
            }
            boolean slash = end < rest.length();
            int start = rest.lastIndexOf('/', end - 1) + 1;
            String name = rest.substring(start, end);
            if (name.equals(".") || name.equals("..")) {
                return new Resolved(base.openBeneath(rest), ".", true, true);
            }
            String parent = rest.substring(0, start);
            boolean owned = start > 0;
            Directory directory = owned ? base.openBeneath(parent) : base;
            var found = new Resolved(directory, name, slash, owned);
            if (follow == Follow.NEVER || (follow == Follow.IF_SLASH && !slash)) {
                return found;
            }
            String target;
            try {
                target = directory.readLink(name);
            } catch (FsException e) {
                if (e.errno() == Errno.INVAL || e.errno() == Errno.NOENT) {
                    return found;
                }
                found.close();
                throw e;
            }
            found.close();
            if (++links > MAX_LINKS) {
                throw new FsException(Errno.LOOP);
            }
            check(target);
            rest = parent + target + (slash ? "/" : "");
        }
    }

    /**
     * Where a path leads.
     *
     * @param directory the directory that holds the last component
     * @param name the last component, or "." for the directory itself
     * @param slash whether the path ends with a slash, so that it can only mean a directory
     * @param owned whether the directory was opened for this
     */
    record Resolved(Directory directory, String name, boolean slash, boolean owned)
            implements AutoCloseable {
        boolean isDirectoryItself() {
            return name.equals(".");
        }

        @Override
        public void close() throws FsException {
            if (owned) {
                directory.close();
            }
        }
    }
}
