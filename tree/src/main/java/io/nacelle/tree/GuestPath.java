// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import java.util.ArrayList;
import java.util.List;

/** Paths as guests name directories: data, never handed to the host's file system as they are. */
final class GuestPath {
    private GuestPath() {}

    /**
     * The names in a path.
     *
     * @throws IllegalArgumentException when the path is empty or leads upwards
     */
    static List<String> components(String path) {
        if (path.isEmpty() || path.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("'" + Shown.of(path) + "' is no path of a guest");
        }
        var names = new ArrayList<String>();
        for (var name : path.split("/")) {
            if (name.equals("..")) {
                throw new IllegalArgumentException("'" + Shown.of(path) + "' leads upwards");
            }
            if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return names;
    }
}
