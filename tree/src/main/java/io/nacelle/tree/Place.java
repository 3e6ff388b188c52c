// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Module;
import io.nacelle.wasi.Wasi;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A place in a tree that is being linked: its node with its path, what it holds, and its module.
 */
final class Place {
    final Node node;
    final Optional<Place> parent;
    final String path;
    final Map<String, Place> children = new LinkedHashMap<>();
    Grants grants;
    LoadedModule loaded;
    Module module;
    Optional<Wasi> wasi = Optional.empty();
    Instance instance;

    Place(Node node, Optional<Place> parent) {
        this.node = node;
        this.parent = parent;
        this.path = parent.map(p -> p.path + "/").orElse("") + node.name();
        node.children()
                .forEach((name, child) -> children.put(name, new Place(child, Optional.of(this))));
    }

    /** This place and all beneath it, parents first. */
    void all(List<Place> places) {
        places.add(this);
        children.values().forEach(c -> c.all(places));
    }

    /** Whose exports an import gets. */
    record Target(Place place, List<Set<String>> only, boolean late) {}

    /**
     * Whose exports the imports from a module name get.
     *
     * @return empty when the parent has not wired this name
     * @throws TreeLinkException when it has named somebody who is not there
     */
    Optional<Target> target(String module) {
        var source = node.imports().get(module);
        if (source == null) {
            return Optional.empty();
        }
        Target found =
                switch (source.from()) {
                    case CHILD -> new Target(existing(children, source, module), List.of(), false);
                    case SIBLING ->
                            new Target(
                                    existing(
                                            parent.map(p -> p.children).orElse(Map.of()),
                                            source,
                                            module),
                                    List.of(),
                                    false);
                    case PARENT ->
                            new Target(
                                    parent.orElseThrow(
                                            () -> unwired(module, "the root has no parent")),
                                    List.of(),
                                    true);
                    case INHERITED ->
                            parent.flatMap(p -> p.target(source.name()))
                                    .orElseThrow(
                                            () ->
                                                    unwired(
                                                            module,
                                                            "it is to be inherited, and "
                                                                    + above()
                                                                    + " was given no module \""
                                                                    + Shown.of(source.name())
                                                                    + "\""));
                };
        var only = new ArrayList<>(found.only());
        source.only().ifPresent(only::add);
        return Optional.of(
                new Target(
                        found.place(),
                        List.copyOf(only),
                        found.late() || source.timing() == ImportSource.Timing.LATE));
    }

    private Place existing(Map<String, Place> among, ImportSource source, String module) {
        var found = among.get(source.name());
        if (found == null) {
            var kind = source.from() == ImportSource.From.CHILD ? "child" : "sibling";
            throw unwired(module, "there is no " + kind + " `" + Shown.of(source.name()) + "`");
        }
        return found;
    }

    private TreeLinkException unwired(String module, String reason) {
        return new TreeLinkException(
                List.of(
                        problem(
                                "",
                                "",
                                "its imports from \"" + Shown.of(module) + "\": " + reason)));
    }

    TreeLinkException.Problem problem(String module, String name, String reason) {
        return new TreeLinkException.Problem(path, node.file(), module, name, reason);
    }

    /** Who is above, for messages. */
    String above() {
        return parent.map(p -> "`" + p.node.name() + "`").orElse("the host");
    }

    /**
     * Who did not grant something: the highest place that does not have it, and who is above that.
     */
    String withheld(Predicate<Grants> holds, String what) {
        var at = this;
        while (at.parent.isPresent() && !holds.test(at.parent.get().grants)) {
            at = at.parent.get();
        }
        return "is not granted: `"
                + at.node.name()
                + "` was given no "
                + what
                + " by "
                + at.above();
    }
}
