// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.wasm.text.TextParser;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Makes a store and an instance, runs it, and closes it, over and over, with a new module again and
 * again, and says what the process holds meanwhile: none of it may grow.
 *
 * <p>{@code RoundsBench [--rounds N] [--per-module N] [--modes …] [--stores …] [--progress FILE]}.
 * Rounds go to all modes and stores in turn; a module is compiled anew for each. A line is printed,
 * and added to FILE, each time a fiftieth is done.
 */
final class RoundsBench {
    private static final int ROUNDS = 1_000_000;
    private static final int PER_MODULE = 100;
    private static final int LINES = 50;
    private static final int EXPECTED = 4950;

    private RoundsBench() {}

    private static String text(int number) {
        return "(module (memory (export \"memory\") 1 4) (data (i32.const 64) \"module\")"
                + " (global $g (mut i32) (i32.const 0)) (table 2 funcref)"
                + " (elem (i32.const 0) $add $sum)"
                + " (func $add (param i32) (result i32)"
                + "   (i32.add (local.get 0) (global.get $g)))"
                + (" (func $sum (export \"sum\") (param i32) (result i32) (local $s i32)"
                        + " (drop (i32.const "
                        + number
                        + "))"
                        + " (loop $l (local.set 0 (i32.sub (local.get 0) (i32.const 1)))"
                        + "   (local.set $s (i32.add (local.get $s)"
                        + "     (call_indirect (param i32) (result i32)"
                        + "       (local.get 0) (i32.const 0))))"
                        + "   (i32.store (i32.const 4096) (local.get $s))"
                        + "   (br_if $l (local.get 0)))")
                + " (drop (memory.grow (i32.const 1)))"
                + " (i32.load (i32.const 4096))))";
    }

    public static void main(String[] args) throws IOException {
        var options =
                Options.parse(
                        args,
                        Set.of(),
                        Set.of("--rounds", "--per-module", "--modes", "--stores", "--progress"));
        int rounds = options.get("--rounds", ROUNDS);
        int perModule = options.get("--per-module", PER_MODULE);
        var candidates =
                Candidate.parse(
                        options.get("--modes", Candidate.allModes()),
                        options.get("--stores", "heap,native"));
        Map<Candidate, Engine> engines = new HashMap<>();
        var progress = Path.of(options.get("--progress", "rounds.log"));
        line(
                progress,
                "   rounds   heap KiB  metaspace KiB   classes  threads  mappings  resident KiB");
        int done = 0;
        int reported = 0;
        for (int number = 0; done < rounds; number++) {
            for (var candidate : candidates) {
                var engine = engines.computeIfAbsent(candidate, Candidate::engine);
                var kind = candidate.kind();
                var module = Module.of(engine, TextParser.parse(text(number)));
                for (int i = 0; i < perModule && done < rounds; i++, done++) {
                    try (var store = Store.create(engine, kind)) {
                        var instance = Linker.create(store).instantiate(module);
                        if ((int) instance.func("sum").call(100)[0] != EXPECTED) {
                            throw new IllegalStateException(candidate + " is wrong");
                        }
                    }
                }
            }
            if ((long) done * LINES / rounds > reported) {
                reported = (int) ((long) done * LINES / rounds);
                line(progress, state(done));
            }
        }
        System.out.println("ended at " + Instant.now());
    }

    private static String state(int done) throws IOException {
        long heap = Meter.retained();
        long metaspace = 0;
        for (var pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getName().startsWith("Metaspace")) {
                metaspace = pool.getUsage().getUsed();
            }
        }
        long mappings;
        try (var maps = Files.lines(Path.of("/proc/self/maps"))) {
            mappings = maps.count();
        }
        String resident;
        try (var status = Files.lines(Path.of("/proc/self/status"))) {
            resident =
                    status.filter(s -> s.startsWith("VmRSS:"))
                            .map(s -> s.replaceAll("[^0-9]", ""))
                            .findFirst()
                            .orElse("?");
        }
        return String.format(
                Locale.ROOT,
                "%9d %10d %14d %9d %8d %9d %13s",
                done,
                heap >> 10,
                metaspace >> 10,
                ManagementFactory.getClassLoadingMXBean().getLoadedClassCount(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                mappings,
                resident);
    }

    private static void line(Path progress, String text) throws IOException {
        System.out.println(text);
        Files.writeString(
                progress, text + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
