// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.exec.Compiler;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Many modules, each instantiated, run and closed many times: nothing of them stays. */
class RoundsTest {
    private static final int PER_MODULE = 50;

    /** Of each way to run, before what stays is looked at first, and from then on. */
    private static final int MODULES = 25;

    private static final int ENGINES = 40;

    /** What is held may vary by so much: a leak of 100 bytes a round would be more. */
    private static final long HEAP_SLACK = 1 << 20;

    /** Each of some hundred modules would leave a class, of about 5 KB, at least. */
    private static final long METASPACE_SLACK = 1 << 20;

    private static final int CLASSES_SLACK = 150;
    private static final int MAPPINGS_SLACK = 60;
    private static final int FILES_SLACK = 10;

    private record Held(
            long heap, long metaspace, int classes, int threads, long maps, long files) {
        static Held now() throws IOException, InterruptedException {
            long heap = Long.MAX_VALUE;
            for (int i = 0; i < 6; i++) {
                System.gc();
                // What is freed when something is unreachable is freed by another thread.
                Thread.sleep(20);
                var runtime = Runtime.getRuntime();
                heap = Math.min(heap, runtime.totalMemory() - runtime.freeMemory());
            }
            long metaspace =
                    ManagementFactory.getMemoryPoolMXBeans().stream()
                            .filter(pool -> pool.getName().equals("Metaspace"))
                            .mapToLong(pool -> pool.getUsage().getUsed())
                            .sum();
            return new Held(
                    heap,
                    metaspace,
                    ManagementFactory.getClassLoadingMXBean().getLoadedClassCount(),
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    count(Path.of("/proc/self/maps")),
                    openFiles());
        }

        private static long count(Path file) throws IOException {
            if (!Files.exists(file)) {
                return 0;
            }
            try (var lines = Files.lines(file)) {
                return lines.count();
            }
        }

        private static long openFiles() throws IOException {
            var open = Path.of("/proc/self/fd");
            if (!Files.exists(open)) {
                return 0;
            }
            try (var list = Files.list(open)) {
                return list.count();
            }
        }
    }

    private static String text(int number) {
        return "(module (memory (export \"m\") 1 4) (data (i32.const 64) \"module\")"
                + " (global $g (mut i32) (i32.const 0)) (table 2 funcref)"
                + " (elem (i32.const 0) $one) (func $one (result i32) (i32.const 1))"
                + " (func (export \"f\") (param i32) (result i32)"
                + "   (drop (i32.const "
                + number
                + ")) (loop $l"
                + "   (global.set $g (i32.add (global.get $g)"
                + "     (call_indirect (result i32) (i32.const 0))))"
                + "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
                + " (i32.store (i32.const 4096) (global.get $g))"
                + " (drop (memory.grow (i32.const 1)))"
                + " (i32.load (i32.const 4096))))";
    }

    private static void rounds(Engine engine, StoreKind kind, int from, int modules) {
        for (int number = from; number < from + modules; number++) {
            var module = Module.of(engine, TextParser.parse(text(number)));
            Snapshot snapshot = null;
            for (int i = 0; i < PER_MODULE; i++) {
                try (var store = Store.create(engine, kind)) {
                    var linker = Linker.create(store);
                    var instance =
                            snapshot != null && i % 2 == 0
                                    ? linker.instantiate(snapshot)
                                    : linker.instantiate(module);
                    if (snapshot == null) {
                        snapshot = instance.snapshot();
                    }
                    assertEquals(20, instance.func("f").call(20)[0]);
                }
            }
        }
    }

    /** At least 20,000 rounds with a compiler, of which the second half is measured. */
    @Test
    void roundsLeaveNothingBehind() throws IOException, InterruptedException {
        List<Engine> engines = new ArrayList<>();
        World.every()
                .map(World.Setup::config)
                .distinct()
                .forEach(c -> engines.add(Engine.create(c)));
        if (!Compiler.isPresent()) {
            assertTrue(engines.size() >= 2);
        }
        Held before = null;
        for (int half = 0; half < 2; half++) {
            for (var engine : engines) {
                for (var kind : List.of(StoreKind.HEAP, StoreKind.NATIVE)) {
                    rounds(engine, kind, half * MODULES, MODULES);
                }
            }
            if (half == 0) {
                before = Held.now();
            }
        }
        check(before, Held.now());
    }

    /** Engines have no close: what they hold of the system goes when they are unreachable. */
    @Test
    void enginesLeaveNothingBehind() throws IOException, InterruptedException {
        engines();
        var before = Held.now();
        engines();
        check(before, Held.now());
    }

    private static void engines() {
        for (int i = 0; i < ENGINES; i++) {
            rounds(Engine.create(), StoreKind.NATIVE, i, 1);
        }
    }

    private static void check(Held before, Held after) {
        var what = before + " then " + after;
        assertTrue(after.heap - before.heap < HEAP_SLACK, what);
        assertTrue(after.metaspace - before.metaspace < METASPACE_SLACK, what);
        assertTrue(after.classes - before.classes < CLASSES_SLACK, what);
        assertTrue(after.threads - before.threads <= 2, what);
        assertTrue(after.maps - before.maps < MAPPINGS_SLACK, what);
        assertTrue(after.files - before.files < FILES_SLACK, what);
    }
}
