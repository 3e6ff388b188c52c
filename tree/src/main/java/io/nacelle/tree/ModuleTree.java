// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.wasi.Wasi;
import io.nacelle.wasi.WasiConfig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A tree of instances in one store. Each reaches what its parent has wired and handed down, and
 * nothing else; calls between them are calls from code to code. Used by one thread at a time, as
 * its store is; {@link #stop}, {@link #revoke} and {@link #close} may be called by any.
 *
 * <pre>{@code
 * var manifest = Manifest.read(Path.of("app.toml"), Manifest.Outside.nothing());
 * try (var tree = ModuleTree.link(engine, manifest)) {
 *     int code = tree.run();
 * }
 * }</pre>
 */
public final class ModuleTree implements AutoCloseable {
    private final Store store;
    private final Map<String, Place> places = new LinkedHashMap<>();
    private final Place root;

    private ModuleTree(Store store, Place root) {
        this.store = store;
        this.root = root;
        var all = new ArrayList<Place>();
        root.all(all);
        all.forEach(p -> places.put(p.path, p));
    }

    /**
     * Links a tree: reads its modules, checks that everything they import is granted, instantiates
     * them, those that are imported before those that import, binds late imports, and then calls
     * the {@code _initialize} of those that have one, children before parents. The root's is called
     * only if it has no {@code _start}.
     *
     * @throws GrantException when more is handed down than is held
     * @throws TreeLinkException when imports are not granted or do not fit
     * @throws ManifestException when something the manifest names is not there
     * @throws io.nacelle.runtime.Trap when an initialiser traps
     * @throws io.nacelle.wasi.ProcExit when a guest that may do so ends the run
     */
    public static ModuleTree link(Engine engine, Manifest manifest) {
        return link(engine, manifest, Optional.empty(), _ -> {});
    }

    /**
     * As {@link #link(Engine, Manifest)}.
     *
     * @param lock what modules may import; nothing is instantiated when one imports more
     * @param made is handed the tree's store before anything else happens: for a watchdog
     * @throws TreeLinkException also when the lock file does not allow what a module imports
     */
    public static ModuleTree link(
            Engine engine, Manifest manifest, Optional<LockFile> lock, Consumer<Store> made) {
        var store = Store.create(engine, StoreKind.AUTO, manifest.limits());
        try {
            made.accept(store);
            manifest.fuel().ifPresent(store::setFuel);
            var tree = new ModuleTree(store, new Place(manifest.root(), Optional.empty()));
            boolean linked = false;
            try {
                var all = List.copyOf(tree.places.values());
                new TreeLinker(store, all)
                        .link(
                                manifest.rootGrants(),
                                some -> lock.map(l -> l.check(some)).orElse(List.of()));
                linked = true;
                return tree;
            } finally {
                if (!linked) {
                    tree.closeSystems();
                }
            }
        } catch (RuntimeException | Error e) {
            store.close();
            throw e;
        }
    }

    /** The store that all instances live in. */
    public Store store() {
        return store;
    }

    /** The root's instance. */
    public Instance root() {
        return root.instance;
    }

    /**
     * The instance at a path, such as {@code "app/codec/zip"}.
     *
     * @throws IllegalArgumentException when there is no such place
     */
    public Instance instance(String path) {
        return place(path).instance;
    }

    private Place place(String path) {
        var place = places.get(path);
        if (place == null) {
            throw new IllegalArgumentException("no module at " + Shown.of(path));
        }
        return place;
    }

    /** A channel as a place holds it. */
    public Channel channel(String path, String name) {
        var channel = place(path).grants.values.channels.get(name);
        if (channel == null) {
            throw new IllegalArgumentException(path + " holds no channel " + Shown.of(name));
        }
        return channel;
    }

    /** A buffer as a place holds it. */
    public SharedBuffer buffer(String path, String name) {
        return held(path, name).buffer();
    }

    /**
     * Takes a buffer away from a place and from everything it has handed it to. When this returns,
     * no access is under way any more, and each later one ends the guest's call with {@link
     * DeniedException}. Any thread.
     */
    public void revoke(String path, String buffer) {
        var held = held(path, buffer);
        held.buffer().revoke(held.lease());
    }

    private Grants.Held held(String path, String name) {
        var held = place(path).grants.values.buffers.get(name);
        if (held == null) {
            throw new IllegalArgumentException(path + " holds no buffer " + Shown.of(name));
        }
        return held;
    }

    /**
     * Runs the root's program: calls its {@code _start}.
     *
     * @return the exit code, 0 if it returned
     * @throws IllegalArgumentException if the root has no {@code _start} of the right type
     */
    public int run() {
        if (root.wasi.isPresent()) {
            return root.wasi.get().run(root.instance);
        }
        try (var none = Wasi.create(WasiConfig.empty())) {
            return none.run(root.instance);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops the guest that is running, as {@link Store#stop} does. */
    public void stop() {
        store.stop();
    }

    private void closeSystems() {
        places.values().forEach(p -> p.wasi.ifPresent(Wasi::close));
    }

    /** Closes the guests' files and sockets, and the store. */
    @Override
    public void close() {
        store.close();
        closeSystems();
    }
}
