// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.ShownName;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** Imports of a module are missing or do not fit; it lists every one of them. */
public final class LinkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * One import that could not be satisfied.
     *
     * @param reason what is wrong, in the specification's words
     * @param expected what the module asks for
     * @param found what was there, or how to mend it when nothing was
     */
    public record Problem(
            String module, String name, String reason, String expected, String found) {
        public Problem {
            Objects.requireNonNull(module);
            Objects.requireNonNull(name);
            Objects.requireNonNull(reason);
        }

        @Override
        public String toString() {
            return reason
                    + ": \""
                    + ShownName.of(module)
                    + "\" \""
                    + ShownName.of(name)
                    + "\": expected "
                    + expected
                    + ", found "
                    + found;
        }
    }

    private final transient List<Problem> problems;

    public LinkException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
