// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.EngineConfig.Tiering;
import io.nacelle.runtime.exec.Compiler;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.text.TextParser;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/** A store to test with: its kind, and the modes of the instances in it. */
final class World implements AutoCloseable {
    /**
     * What a test is run in.
     *
     * @param mode of the instance under test
     * @param other of the instances that it is linked with
     * @param tiering when those in mode auto are compiled
     */
    record Setup(Mode mode, Mode other, StoreKind kind, Tiering tiering) {
        Setup(Mode mode, Mode other, StoreKind kind) {
            this(mode, other, kind, Tiering.DEFAULT);
        }

        /** Whether compiled code runs, some time or other. */
        boolean isCompiled() {
            return Compiler.isPresent() && (isTier(mode) || isTier(other));
        }

        private static boolean isTier(Mode mode) {
            return mode == Mode.JIT || mode == Mode.AUTO;
        }

        EngineConfig config() {
            return EngineConfig.defaults().withMode(mode).withTiering(tiering);
        }

        Engine engine() {
            return Engine.create(config());
        }

        World world() {
            return world(StoreLimits.defaults());
        }

        World world(StoreLimits limits) {
            return new World(this, config(), limits);
        }

        World deterministic() {
            return new World(this, config().withDeterminism(), StoreLimits.defaults());
        }

        World metered() {
            return new World(this, config().withFuel(), StoreLimits.defaults());
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

    /** Compiled at the first call. */
    private static final Tiering AT_ONCE = new Tiering(1, 0);

    /** Compiled after a few turns of a loop, so that it is left for compiled code midway. */
    private static final Tiering MIDWAY = new Tiering(60, 0);

    /** The same, at a time that nobody knows. */
    private static final Tiering BEHIND = new Tiering(60, 1);

    private static Stream<Setup> pairs(Tiering tiering, Mode... modes) {
        return Arrays.stream(modes)
                .flatMap(mode -> Arrays.stream(modes).map(other -> kinds(tiering, mode, other)))
                .flatMap(kinds -> kinds);
    }

    private static Stream<Setup> kinds(Tiering tiering, Mode mode, Mode other) {
        return Stream.of(StoreKind.HEAP, StoreKind.NATIVE)
                .map(kind -> new Setup(mode, other, kind, tiering));
    }

    /**
     * Every pair of modes that is to be tested here, in either kind of store. Where there is a
     * compiler, that is what it takes part in; the rest is tested where there is none.
     */
    static Stream<Setup> setups() {
        if (!Compiler.isPresent()) {
            return Stream.concat(
                    pairs(Tiering.DEFAULT, Mode.CLASSIC, Mode.FAST),
                    kinds(Tiering.DEFAULT, Mode.AUTO, Mode.AUTO));
        }
        var compiled =
                Stream.of(
                                pairs(MIDWAY, Mode.CLASSIC, Mode.FAST, Mode.JIT, Mode.AUTO),
                                pairs(AT_ONCE, Mode.JIT, Mode.AUTO),
                                kinds(BEHIND, Mode.AUTO, Mode.AUTO))
                        .flatMap(some -> some);
        return compiled.filter(World::isCompiled).distinct();
    }

    private static boolean isCompiled(Setup setup) {
        boolean midway = setup.tiering.equals(MIDWAY);
        return Stream.of(setup.mode, setup.other)
                .anyMatch(mode -> mode == Mode.AUTO || mode == Mode.JIT && midway);
    }

    /** Each mode in each kind of store, for what has one instance only. */
    static Stream<Setup> single() {
        return setups().filter(setup -> setup.mode == setup.other);
    }

    /** Each mode there is, for what is compared between them. */
    static Stream<Setup> every() {
        var interpreters =
                Stream.of(Mode.CLASSIC, Mode.FAST)
                        .flatMap(mode -> kinds(Tiering.DEFAULT, mode, mode));
        return Stream.concat(interpreters, single()).distinct();
    }

    /** The modes that are to be tested here. */
    static Stream<Mode> modes() {
        return single().map(Setup::mode).distinct();
    }

    /** Of a test that makes its own engine. */
    static EngineConfig config(Mode mode) {
        return EngineConfig.defaults().withMode(mode).withTiering(MIDWAY);
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

    /** Runs what needs much of Java's stack, which compiled code uses. */
    static void deep(Runnable test) {
        var task = new FutureTask<Void>(test, null);
        new Thread(null, task, "deep", 1L << 30).start();
        try {
            task.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
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
