// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import java.util.List;
import java.util.stream.Collectors;

/** Imports in a tree are not granted or do not fit; it lists every one that was found. */
public final class TreeLinkException extends TreeException {
    private static final long serialVersionUID = 1L;

    /**
     * One import that could not be satisfied.
     *
     * @param path where in the tree
     * @param file what the module at that place was read from
     * @param module the module name of the import; empty when the problem is of the whole module
     * @param name the import's name
     * @param reason what is wrong, and who did not grant it
     */
    public record Problem(String path, String file, String module, String name, String reason) {
        @Override
        public String toString() {
            var at = path + " (" + Shown.of(file) + "): ";
            return module.isEmpty() && name.isEmpty()
                    ? at + reason
                    : at + "import " + Shown.of(module) + "." + Shown.of(name) + " " + reason;
        }
    }

    private final transient List<Problem> problems;

    TreeLinkException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
