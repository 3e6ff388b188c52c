// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A way to run kernels with Nacelle: an engine's mode and a kind of store. */
public record Candidate(Mode mode, StoreKind kind) {
    /** Reads lists like {@code fast,classic} and {@code heap,native} and pairs them. */
    public static List<Candidate> parse(String modes, String kinds) {
        var result = new ArrayList<Candidate>();
        for (var kind : kinds.split(",")) {
            for (var mode : modes.split(",")) {
                result.add(
                        new Candidate(
                                Mode.valueOf(mode.toUpperCase(Locale.ROOT)),
                                StoreKind.valueOf(kind.toUpperCase(Locale.ROOT))));
            }
        }
        return result;
    }

    /** Every mode that can run here, as such a list. */
    public static String allModes() {
        return Mode.available().stream().map(Mode::toString).collect(Collectors.joining(","));
    }

    Engine engine() {
        return Engine.create(EngineConfig.defaults().withMode(mode));
    }

    Store store() {
        return Store.create(engine(), kind);
    }

    /** A freestanding kernel, ready to run. The store lives as long as the process. */
    public Kernel load(Path wasm) throws IOException {
        var store = store();
        var module = Module.load(store.engine(), Files.readAllBytes(wasm));
        var instance = Linker.create(store).instantiate(module);
        var run = instance.func("run");
        var work = instance.func("work");
        var slots = new long[1];
        return new Kernel() {
            @Override
            public int run(int n) {
                slots[0] = n;
                run.callRaw(slots);
                return (int) slots[0];
            }

            @Override
            public int work(Size size) {
                return (int) work.call(size == Size.QUICK ? 1 : 0)[0];
            }
        };
    }

    @Override
    public String toString() {
        return mode + "/" + kind;
    }
}
