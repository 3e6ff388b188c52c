// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.text.TextParser;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A store to test with: its kind, and the modes of the instances in it. */
final class World implements AutoCloseable {
    /**
     * What a test is run in.
     *
     * @param mode of the instance under test
     * @param other of the instances that it is linked with
     */
    record Setup(Mode mode, Mode other, StoreKind kind) {
        World world() {
            return world(StoreLimits.defaults());
        }

        World world(StoreLimits limits) {
            return new World(this, EngineConfig.defaults(), limits);
        }

        World deterministic() {
            var config = EngineConfig.defaults().withDeterminism();
            return new World(this, config, StoreLimits.defaults());
        }

        World metered() {
            return new World(this, EngineConfig.defaults().withFuel(), StoreLimits.defaults());
        }
    }

    static final FuncType NOTHING = new FuncType(List.of(), List.of());

    final Setup setup;
    final Engine engine;
    final Store store;
    final Linker linker;

    private World(Setup setup, EngineConfig config, StoreLimits limits) {
        this.setup = setup;
        this.engine = Engine.create(config);
        this.store = Store.create(engine, setup.kind, limits);
        this.linker = Linker.create(store);
    }

    /** Every pair of modes, in either kind of store. */
    static Stream<Setup> setups() {
        return Stream.of(StoreKind.HEAP, StoreKind.NATIVE)
                .flatMap(
                        kind ->
                                Arrays.stream(Mode.values())
                                        .flatMap(
                                                mode ->
                                                        Arrays.stream(Mode.values())
                                                                .map(
                                                                        o ->
                                                                                new Setup(
                                                                                        mode, o,
                                                                                        kind))));
    }

    /** Each mode in each kind of store, for what has one instance only. */
    static Stream<Setup> single() {
        return setups().filter(setup -> setup.mode == setup.other);
    }

    static FuncType type(List<ValType> params, ValType... results) {
        return new FuncType(params, List.of(results));
    }

    static FuncType toI32(NumType... params) {
        return new FuncType(List.of(params), List.of(NumType.I32));
    }

    Module module(String text) {
        return Module.of(engine, TextParser.parse(text));
    }

    /** The instance under test. */
    Instance instance(String text) {
        return linker.instantiate(module(text), setup.mode);
    }

    /** An instance that others import from, under a name. */
    Instance other(String name, String text) {
        var made = linker.instantiate(module(text), setup.other, Optional.of(name));
        linker.define(name, made);
        return made;
    }

    static Object one(Instance instance, String name, Object... args) {
        var results = instance.func(name).call(args);
        if (results.length != 1) {
            throw new AssertionError(results.length + " results");
        }
        return results[0];
    }

    @Override
    public void close() {
        store.close();
    }
}
