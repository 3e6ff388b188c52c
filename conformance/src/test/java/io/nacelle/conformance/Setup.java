// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import io.nacelle.cli.wast.ScriptConfig;
import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.runtime.StoreLimits;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.text.TextParser;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A way to run: the modes that instances take in turn, and a kind of store. Every contract of the
 * runtime is tested in all of them.
 */
record Setup(List<Mode> modes, StoreKind kind) {
    /** Compiles all that is called, at once: so that what is compiled does not depend on time. */
    private static final EngineConfig.Tiering AT_ONCE = new EngineConfig.Tiering(1, 0);

    private static final EngineConfig CONFIG = EngineConfig.defaults().withTiering(AT_ONCE);

    Setup {
        modes = List.copyOf(modes);
    }

    private static Stream<Setup> of(List<List<Mode>> modes) {
        return modes.stream()
                .flatMap(
                        some ->
                                Stream.of(StoreKind.HEAP, StoreKind.NATIVE)
                                        .map(kind -> new Setup(some, kind)));
    }

    /** Each mode on each kind of store. */
    static Stream<Setup> pure() {
        return of(Arrays.stream(Mode.values()).map(List::of).toList());
    }

    /**
     * Each mode, and each pair of a mode with the fast interpreter, on each kind of store: the ways
     * between the others are made of those to and from that.
     */
    static Stream<Setup> all() {
        var pairs = new ArrayList<List<Mode>>();
        for (var first : Mode.values()) {
            for (var second : Mode.values()) {
                if (first == second) {
                    pairs.add(List.of(first));
                } else if (first == Mode.FAST || second == Mode.FAST) {
                    pairs.add(List.of(first, second));
                }
            }
        }
        return of(pairs);
    }

    ScriptConfig config() {
        return ScriptConfig.defaults()
                .withModes(modes.toArray(Mode[]::new))
                .withTiering(AT_ONCE)
                .withStore(kind);
    }

    /** Whether a mode is among those that compile. */
    boolean compiles() {
        return modes.contains(Mode.JIT) || modes.contains(Mode.AUTO);
    }

    /** Whether there are instances of different modes. */
    boolean isMixed() {
        return modes.size() > 1;
    }

    Mode first() {
        return modes.getFirst();
    }

    Mode second() {
        return modes.getLast();
    }

    Store store() {
        return store(StoreLimits.defaults());
    }

    Store store(StoreLimits limits) {
        return Store.create(Engine.create(CONFIG), kind, limits);
    }

    Store meteredStore() {
        return Store.create(Engine.create(CONFIG.withFuel()), kind, StoreLimits.defaults());
    }

    /** An instance of a module in the text format, in the first mode. */
    Instance instantiate(Store store, String text) {
        return instantiate(Linker.create(store), text, first());
    }

    /** An instance of a module in the text format, which has gone through the binary format. */
    static Instance instantiate(Linker linker, String text, Mode mode) {
        return linker.instantiate(module(linker.store().engine(), text), mode);
    }

    static Module module(Engine engine, String text) {
        return Module.load(engine, BinaryEncoder.encode(TextParser.parse(text)));
    }

    @Override
    public String toString() {
        return modes.stream().map(Mode::toString).reduce((a, b) -> a + "+" + b).orElseThrow()
                + ", "
                + kind;
    }
}
