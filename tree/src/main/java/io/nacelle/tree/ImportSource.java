// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What satisfies the imports from one module name: named by the parent, who wires its children.
 * Immutable.
 *
 * @param from who
 * @param name which child, sibling or import of the parent; empty for the parent itself
 * @param only the exports that may be used, or all when empty
 * @param timing whether calls are bound when both modules are instantiated
 */
public record ImportSource(From from, String name, Optional<Set<String>> only, Timing timing) {
    /** Whose exports they are. */
    public enum From {
        /** A child of the module that imports. */
        CHILD,
        /** Another child of its parent. */
        SIBLING,
        /** Its parent, which is instantiated later: always late. */
        PARENT,
        /** Whatever satisfies the parent's own imports from a module of this name. */
        INHERITED
    }

    /** When an import is bound. */
    public enum Timing {
        /** At instantiation: the module that exports is instantiated first. */
        EARLY,
        /** When all modules are instantiated; a call before that traps. For cycles. */
        LATE
    }

    public ImportSource {
        Objects.requireNonNull(from);
        Objects.requireNonNull(name);
        only = only.map(Set::copyOf);
        Objects.requireNonNull(timing);
    }

    public static ImportSource child(String name) {
        return new ImportSource(From.CHILD, name, Optional.empty(), Timing.EARLY);
    }

    public static ImportSource sibling(String name) {
        return new ImportSource(From.SIBLING, name, Optional.empty(), Timing.EARLY);
    }

    public static ImportSource parent() {
        return new ImportSource(From.PARENT, "", Optional.empty(), Timing.LATE);
    }

    public static ImportSource inherited(String module) {
        return new ImportSource(From.INHERITED, module, Optional.empty(), Timing.EARLY);
    }

    /** Only these exports. */
    public ImportSource only(String... names) {
        return new ImportSource(from, name, Optional.of(Set.of(names)), timing);
    }

    /** Bound late. */
    public ImportSource late() {
        return new ImportSource(from, name, only, Timing.LATE);
    }
}
