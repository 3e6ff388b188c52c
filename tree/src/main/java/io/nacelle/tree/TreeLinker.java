// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import io.nacelle.runtime.Extern;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.LinkException;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.exec.Instantiation;
import io.nacelle.tree.TreeLinkException.Problem;
import io.nacelle.wasi.Wasi;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.Export;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.Import;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** Links the places of a tree: see {@link ModuleTree#link}. */
final class TreeLinker {
    private static final String INITIALIZE = "_initialize";
    private static final String START = "_start";

    /** WASI's {@code ENOTCAPABLE}. */
    private static final int NOT_CAPABLE = 76;

    private final Store store;
    private final Mode mode;

    /** Parents first. */
    private final List<Place> places;

    /** What each place imports by the names its parent wired. */
    private final Map<Place, Map<String, Place.Target>> targets = new HashMap<>();

    private final Map<Place, Map<String, LateBinding>> late = new HashMap<>();

    TreeLinker(Store store, List<Place> places) {
        this.store = store;
        this.mode = store.engine().config().mode();
        this.places = places;
    }

    void link(Grants root, Function<List<Place>, List<Problem>> check) {
        handDown(places.getFirst(), root);
        load();
        refuse(check.apply(places));
        var problems = new ArrayList<Problem>();
        for (var place : places) {
            wire(place);
            for (var wanted : imports(place)) {
                unmet(place, wanted)
                        .ifPresent(
                                reason ->
                                        problems.add(
                                                place.problem(
                                                        wanted.module(), wanted.name(), reason)));
            }
        }
        refuse(problems);
        var order = order();
        makeModules();
        for (var place : order) {
            instantiate(place);
        }
        bind();
        for (var place : order) {
            initialize(place);
        }
    }

    private static void refuse(List<Problem> problems) {
        if (!problems.isEmpty()) {
            throw new TreeLinkException(problems);
        }
    }

    private static void handDown(Place place, Grants given) {
        var grants = given;
        for (var channel : place.node.channels().entrySet()) {
            grants = grants.withChannel(channel.getKey(), channel.getValue());
        }
        for (var buffer : place.node.buffers().entrySet()) {
            grants = grants.withBuffer(buffer.getKey(), buffer.getValue());
        }
        place.grants = grants;
        var sockets = new HashMap<String, Place>();
        long left = grants.values.memory.orElse(Long.MAX_VALUE);
        for (var child : place.children.values()) {
            var narrowed = grants.narrow(child.node.handed(), child.path);
            for (var socket : narrowed.values.sockets.keySet()) {
                var other = sockets.put(socket, child);
                if (other != null) {
                    throw new GrantException(
                            child.path, "socket " + socket, "`" + other.node.name() + "` has it");
                }
            }
            if (grants.values.memory.isPresent()) {
                // Who is given none of a limited resource has none.
                long bytes = narrowed.values.memory.orElse(0);
                if (bytes > left) {
                    throw new GrantException(
                            child.path,
                            "memory " + bytes,
                            "`" + place.node.name() + "` has only " + left + " bytes left");
                }
                left -= bytes;
                narrowed = narrowed.withMemoryLimit(bytes);
            }
            handDown(child, narrowed);
        }
    }

    private void load() {
        var problems = new ArrayList<Problem>();
        for (var place : places) {
            try {
                place.loaded = LoadedModule.load(place, store.engine().config().features());
            } catch (TreeLinkException e) {
                problems.addAll(e.problems());
            }
        }
        refuse(problems);
    }

    private void makeModules() {
        var shared = new HashMap<String, Module>();
        for (var place : places) {
            var limit = place.grants.values.memory;
            if (limit.isEmpty()) {
                // The same module at several places is compiled once.
                place.module =
                        shared.computeIfAbsent(
                                place.loaded.sha256, _ -> place.loaded.module(store.engine()));
            } else {
                long own = limit.getAsLong();
                for (var child : place.children.values()) {
                    own -= child.grants.values.memory.orElse(0);
                }
                place.module = place.loaded.module(store.engine(), own);
            }
        }
    }

    private static List<Import> imports(Place place) {
        return place.loaded.valid.syntax().imports();
    }

    private void wire(Place place) {
        var found = new LinkedHashMap<String, Place.Target>();
        for (var module : place.node.imports().keySet()) {
            place.target(module).ifPresent(target -> found.put(module, target));
        }
        targets.put(place, found);
    }

    /** Why an import cannot be linked, as far as that can be told before anything is made. */
    private Optional<String> unmet(Place place, Import wanted) {
        var target = targets.get(place).get(wanted.module());
        if (target != null) {
            return unmet(place, wanted, target);
        }
        if (isWasi(wanted)) {
            var kind = WasiKind.of(wanted.module(), wanted.name());
            return place.grants.allows(kind)
                    ? Optional.empty()
                    : Optional.of(place.withheld(g -> g.allows(kind), kind.label()));
        }
        var name = wanted.module();
        if (name.startsWith(Channel.PREFIX)) {
            var channel = name.substring(Channel.PREFIX.length());
            return ofRights(
                    place,
                    wanted,
                    g -> g.values.channels.containsKey(channel),
                    "channel " + Shown.of(channel));
        }
        if (name.startsWith(SharedBuffer.PREFIX)) {
            var buffer = name.substring(SharedBuffer.PREFIX.length());
            return ofRights(
                    place,
                    wanted,
                    g -> g.values.buffers.containsKey(buffer),
                    "buffer " + Shown.of(buffer));
        }
        var what = "module \"" + Shown.of(name) + "\"";
        return ofRights(place, wanted, g -> g.values.hosts.containsKey(name), what);
    }

    private Optional<String> ofRights(
            Place place, Import wanted, Predicate<Grants> holds, String what) {
        if (!holds.test(place.grants)) {
            boolean somewhere = false;
            for (var at = place.parent; at.isPresent(); at = at.get().parent) {
                somewhere |= holds.test(at.get().grants);
            }
            return Optional.of(
                    somewhere
                            ? place.withheld(holds, what)
                            : "is not granted: `"
                                    + place.node.name()
                                    + "` was given no "
                                    + what
                                    + " by "
                                    + place.above());
        }
        if (defined(place.grants, wanted).isEmpty()) {
            Predicate<Grants> full = g -> holds.test(g) && defined(g, wanted).isPresent();
            return Optional.of(
                    place.withheld(full, "\"" + Shown.of(wanted.name()) + "\" of the " + what));
        }
        return Optional.empty();
    }

    private Optional<Extern> defined(Grants grants, Import wanted) {
        var linker = Linker.create(store);
        grants.define(linker);
        return linker.get(wanted.module(), wanted.name());
    }

    private static boolean isWasi(Import wanted) {
        return wanted.module().equals(WasiKind.MODULE)
                || wanted.module().equals(WasiKind.THREAD_MODULE);
    }

    private Optional<String> unmet(Place place, Import wanted, Place.Target target) {
        for (var only : target.only()) {
            if (!only.contains(wanted.name())) {
                return Optional.of(
                        "is not granted: `"
                                + place.node.name()
                                + "` was given other exports of `"
                                + target.place().node.name()
                                + "` by "
                                + place.above());
            }
        }
        var export = export(target.place(), wanted.name());
        if (export.isEmpty()) {
            return Optional.of(
                    "cannot be satisfied: " + target.place().path + " does not export it");
        }
        if (!target.late()) {
            return Optional.empty();
        }
        var expected = place.loaded.valid.closed(wanted.type());
        var found = target.place().loaded.valid.exportType(export.get());
        if (!(expected instanceof ExternType.Func) || !(found instanceof ExternType.Func)) {
            return Optional.of("cannot be bound late: only functions can");
        }
        var want = type(expected);
        if (!LateBinding.canBind(want)) {
            return Optional.of("cannot be bound late: its type " + want + " has named types");
        }
        var have = type(found);
        // The same type, and not only the same words: types in groups of several differ.
        return ((ExternType.Func) expected).type().equals(((ExternType.Func) found).type())
                ? Optional.empty()
                : Optional.of("does not fit: expected func " + want + ", found func " + have);
    }

    private static FuncType type(ExternType type) {
        return ((DefType) ((ExternType.Func) type).type()).func();
    }

    private static Optional<Export> export(Place place, String name) {
        return place.loaded.valid.syntax().exports().stream()
                .filter(e -> e.name().equals(name))
                .findFirst();
    }

    /** Exporters before importers, children before parents. */
    private List<Place> order() {
        var done = new LinkedHashSet<Place>();
        // Without recursion: a tree can be deeper than a stack.
        var path = new LinkedHashMap<Place, List<Place>>();
        for (var start : places) {
            if (!done.contains(start)) {
                path.put(start, new ArrayList<>(before(start)));
            }
            while (!path.isEmpty()) {
                var top = path.lastEntry();
                if (top.getValue().isEmpty()) {
                    done.add(top.getKey());
                    path.pollLastEntry();
                    continue;
                }
                var next = top.getValue().removeFirst();
                if (path.containsKey(next)) {
                    throw cycle(List.copyOf(path.keySet()), next);
                }
                if (!done.contains(next)) {
                    path.put(next, new ArrayList<>(before(next)));
                }
            }
        }
        return List.copyOf(done);
    }

    private Set<Place> before(Place place) {
        var before = new LinkedHashSet<>(place.children.values());
        for (var target : targets.get(place).values()) {
            if (!target.late()) {
                before.add(target.place());
            }
        }
        return before;
    }

    private static TreeLinkException cycle(List<Place> path, Place again) {
        var names = new StringBuilder();
        for (var place : path.subList(path.indexOf(again), path.size())) {
            names.append(place.path).append(" → ");
        }
        return new TreeLinkException(
                List.of(
                        again.problem(
                                "",
                                "",
                                "modules need each other: "
                                        + names
                                        + again.path
                                        + "; one of these imports has to be bound late"
                                        + " (late = true)")));
    }

    private void instantiate(Place place) {
        var linker = Linker.create(store);
        place.grants.define(linker);
        defineWasi(place, linker);
        var externs = new HashMap<String, Map<String, FuncType>>();
        for (var wanted : imports(place)) {
            var target = targets.get(place).get(wanted.module());
            if (target == null) {
                continue;
            }
            if (target.late()) {
                externs.computeIfAbsent(wanted.module(), _ -> new LinkedHashMap<>())
                        .put(wanted.name(), type(place.loaded.valid.closed(wanted.type())));
            } else {
                linker.define(
                        wanted.module(),
                        wanted.name(),
                        target.place().instance.export(wanted.name()).orElseThrow());
            }
        }
        var bindings = new LinkedHashMap<String, LateBinding>();
        externs.forEach(
                (module, types) -> {
                    var made =
                            new LateBinding(Linker.create(store), mode, place.path, module, types);
                    bindings.put(module, made);
                    types.keySet().forEach(n -> linker.define(module, n, made.function(n)));
                });
        late.put(place, bindings);
        try {
            place.instance = linker.instantiate(place.module, mode, Optional.of(place.path));
        } catch (LinkException e) {
            throw new TreeLinkException(
                    e.problems().stream()
                            .map(
                                    p ->
                                            place.problem(
                                                    p.module(),
                                                    p.name(),
                                                    "does not fit: expected "
                                                            + p.expected()
                                                            + ", found "
                                                            + p.found()))
                            .toList());
        }
    }

    private void defineWasi(Place place, Linker linker) {
        var wanted = new LinkedHashSet<Import>();
        for (var one : imports(place)) {
            if (isWasi(one) && !targets.get(place).containsKey(one.module())) {
                wanted.add(one);
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        var all = Linker.create(store);
        system(place).define(all);
        for (var one : wanted) {
            all.get(one.module(), one.name())
                    .ifPresent(
                            real ->
                                    linker.define(
                                            one.module(), one.name(), allowed(place, one, real)));
        }
    }

    private Wasi system(Place place) {
        var sockets = new LinkedHashMap<>(place.grants.values.sockets);
        place.children
                .values()
                .forEach(c -> sockets.keySet().removeAll(c.grants.values.sockets.keySet()));
        try {
            var made = Wasi.create(place.grants.wasi(sockets));
            place.wasi = Optional.of(made);
            return made;
        } catch (IOException e) {
            throw new TreeLinkException(
                    List.of(
                            place.problem(
                                    "",
                                    "",
                                    "a socket cannot be opened: " + LoadedModule.reason(e))));
        }
    }

    /** A function of WASI, or what stands for it where it is not granted. */
    private Extern allowed(Place place, Import wanted, Extern real) {
        if (!(real instanceof Func func)) {
            return real;
        }
        if (wanted.name().equals("proc_exit") && !place.grants.values.exit) {
            var who = place.withheld(g -> g.values.exit, "exit");
            return store.newFunc(
                    func.funcType(),
                    _ -> {
                        throw new DeniedException(place.path + ": proc_exit " + who);
                    });
        }
        if (place.grants.holds(WasiKind.of(wanted.module(), wanted.name()))) {
            return real;
        }
        return store.newFunc(func.funcType(), frame -> frame.setI32(0, NOT_CAPABLE));
    }

    private void bind() {
        late.forEach(
                (place, bindings) -> {
                    int index = 0;
                    for (var wanted : imports(place)) {
                        if (!(wanted.type() instanceof ExternType.Func)) {
                            continue;
                        }
                        var binding = bindings.get(wanted.module());
                        if (binding != null) {
                            var target = targets.get(place).get(wanted.module()).place();
                            var func = target.instance.func(wanted.name());
                            // References that were taken before keep going through the binding.
                            binding.bind(wanted.name(), func);
                            Instantiation.rebind(place.instance, index, func);
                        }
                        index++;
                    }
                });
    }

    private void initialize(Place place) {
        boolean program = place.parent.isEmpty() && place.instance.export(START).isPresent();
        if (!program
                && place.instance.export(INITIALIZE).orElse(null) instanceof Func initializer
                && initializer.funcType().equals(FuncType.of())) {
            initializer.call();
        }
    }
}
