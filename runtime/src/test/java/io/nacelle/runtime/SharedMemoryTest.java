// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Memories that several stores use. */
class SharedMemoryTest {
    private static final String ACCESS =
            """
            (module
              (import "env" "memory" (memory 1 8 shared))
              (memory $own 1)
              (export "memory" (memory 0))
              (func (export "get") (param i32) (result i32) (i32.load (local.get 0)))
              (func (export "set") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
              (func (export "size") (result i32) (memory.size))
              (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
              (func (export "out") (param i32 i32 i32)
                (memory.copy $own 0 (local.get 0) (local.get 1) (local.get 2)))
              (func (export "in") (param i32 i32 i32)
                (memory.copy 0 $own (local.get 0) (local.get 1) (local.get 2)))
              (func (export "own") (param i32) (result i32) (i32.load $own (local.get 0)))
              (func (export "reach") (param $at i32)
                ;; Looks at one place until it is there: the loop makes no call.
                (loop $again
                  (br_if $again (i32.eqz (i32.atomic.load (i32.const 0)))))
                (i32.store (local.get $at) (i32.const 77)))
              (func (export "scan") (param $n i32) (result i32)
                (loop $again
                  (br_if $again
                    (i32.ne (i32.atomic.load (i32.const 0)) (local.get $n))))
                (i32.load8_u (i32.sub (i32.mul (local.get $n) (i32.const 65536)) (i32.const 1)))))
            """;

    static Stream<World.Setup> setups() {
        return World.single();
    }

    static MemType type(long min, long max) {
        return new MemType(
                AddrType.I32,
                Limits.between(min, max),
                MemType.Sharing.SHARED,
                MemType.DEFAULT_PAGE_SIZE_LOG2);
    }

    /** One store with an instance that uses a memory. */
    private static Instance instance(World.Setup setup, Engine engine, Store store, Memory memory) {
        var linker = Linker.create(store).define("env", "memory", memory);
        return linker.instantiate(Module.of(engine, TextParser.parse(ACCESS)), setup.mode());
    }

    private static Store store(World.Setup setup, Engine engine) {
        return Store.create(engine, setup.kind());
    }

    static <T> FutureTask<T> thread(Callable<T> body) {
        var task = new FutureTask<>(body);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    @ParameterizedTest
    @MethodSource("setups")
    void storesSeeTheSameBytes(World.Setup setup) {
        var engine = setup.engine();
        try (var shared = engine.newSharedMemory(type(1, 8));
                var a = store(setup, engine);
                var b = store(setup, engine)) {
            var one = instance(setup, engine, a, shared.memory());
            var two = instance(setup, engine, b, shared.memory());
            one.func("set").call(100, 42);
            assertEquals(42, World.one(two, "get", 100));
            assertEquals(42, shared.memory().readI32(100));
            assertEquals(42, two.memory("memory").readI32(100));
            assertEquals(1, World.one(two, "grow", 2));
            assertEquals(3, World.one(one, "size"));
            assertEquals(3, shared.memory().pages());
            assertEquals(0, World.one(one, "get", 3 * 65536 - 4));
            assertThrows(Trap.class, () -> one.func("get").call(3 * 65536 - 3));
            assertEquals(-1, World.one(one, "grow", 6));
            assertEquals(3, shared.memory().grow(5));
            assertEquals(8, World.one(two, "size"));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void copiesBetweenASharedMemoryAndAnother(World.Setup setup) {
        var engine = setup.engine();
        try (var shared = engine.newSharedMemory(type(1, 8));
                var store = store(setup, engine)) {
            var instance = instance(setup, engine, store, shared.memory());
            shared.memory().writeI32(8, 0x1234_5678);
            instance.func("out").call(16, 8, 4);
            assertEquals(0x1234_5678, World.one(instance, "own", 16));
            instance.func("in").call(65532, 16, 4);
            assertEquals(0x1234_5678, shared.memory().readI32(65532));
            assertThrows(Trap.class, () -> instance.func("in").call(65533, 16, 4));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aMemoryOutlivesItsHandleAndTheStoreThatMadeIt(World.Setup setup) {
        var engine = setup.engine();
        var shared = engine.newSharedMemory(type(1, 8));
        var memory = shared.memory();
        try (var last = store(setup, engine)) {
            Instance user;
            Memory seen;
            try (var first = store(setup, engine)) {
                var one = instance(setup, engine, first, memory);
                one.func("set").call(0, 5);
                seen = one.memory("memory");
                user = instance(setup, engine, last, seen);
                shared.close();
                assertThrows(ClosedException.class, () -> memory.readI32(0));
                assertEquals(5, World.one(one, "get", 0));
            }
            assertThrows(ClosedException.class, () -> seen.readI32(0));
            assertThrows(ClosedException.class, () -> seen.grow(1));
            assertEquals(5, World.one(user, "get", 0));
            assertEquals(1, World.one(user, "grow", 1));
        }
        assertEquals(0, memory.size());
        try (var late = store(setup, engine)) {
            assertThrows(ClosedException.class, () -> instance(setup, engine, late, memory));
        }
    }

    @Test
    void otherEnginesDoNotGetIt() {
        var setup = setups().findFirst().orElseThrow();
        var engine = Engine.create();
        var other = Engine.create();
        try (var shared = engine.newSharedMemory(type(1, 8));
                var store = store(setup, other)) {
            var e =
                    assertThrows(
                            LinkException.class,
                            () -> instance(setup, other, store, shared.memory()));
            assertEquals("incompatible store", e.problems().getFirst().reason());
        }
    }

    @Test
    void typesAreChecked() {
        var engine = Engine.create();
        assertThrows(
                IllegalArgumentException.class,
                () -> engine.newSharedMemory(MemType.of(Limits.between(1, 2))));
        assertThrows(
                IllegalArgumentException.class, () -> engine.newSharedMemory(type(1, 1 << 20)));
        assertThrows(IllegalArgumentException.class, () -> engine.newSharedMemory(type(3, 2)));
        var endless = new MemType(AddrType.I32, Limits.atLeast(1), MemType.Sharing.SHARED, 16);
        assertThrows(IllegalArgumentException.class, () -> engine.newSharedMemory(endless));
        var vast =
                new MemType(
                        AddrType.I64,
                        Limits.between(1L << 40, 1L << 41),
                        MemType.Sharing.SHARED,
                        16);
        assertThrows(ExhaustedException.class, () -> engine.newSharedMemory(vast));
    }

    @ParameterizedTest
    @MethodSource("setups")
    void growthCountsForTheStoreThatMadeIt(World.Setup setup) {
        var engine = setup.engine();
        var limits = StoreLimits.defaults().withMemoryBytes(4 << 16);
        try (var small = Store.create(engine, setup.kind(), limits);
                var large = store(setup, engine)) {
            assertThrows(ExhaustedException.class, () -> small.newMemory(type(5, 8)));
            var memory = small.newMemory(type(1, 8));
            var user = instance(setup, engine, large, memory);
            assertEquals(1, World.one(user, "grow", 3));
            assertEquals(-1, World.one(user, "grow", 1));
            assertEquals(-1, memory.grow(1));
            assertThrows(ExhaustedException.class, () -> small.newMemory(type(1, 1)));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aLoopSeesThatAnotherThreadHasGrownTheMemory(World.Setup setup) throws Exception {
        var engine = setup.engine();
        try (var shared = engine.newSharedMemory(type(1, 8));
                var store = store(setup, engine)) {
            var instance = instance(setup, engine, store, shared.memory());
            var work = thread(() -> instance.func("reach").call(7 * 65536));
            Thread.sleep(50);
            shared.memory().grow(7);
            shared.memory().writeI32(0, 1);
            work.get(10, TimeUnit.SECONDS);
            assertEquals(77, shared.memory().readI32(7 * 65536));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void threadsGrowItTogether(World.Setup setup) throws Exception {
        var engine = setup.engine();
        int each = 100;
        int threads = 4;
        try (var shared = engine.newSharedMemory(type(1, 1 + each * threads - 50))) {
            var tasks = new ArrayList<FutureTask<List<Integer>>>();
            for (int t = 0; t < threads; t++) {
                tasks.add(thread(() -> grow(setup, engine, shared.memory(), each)));
            }
            var seen = new ArrayList<Integer>();
            for (var task : tasks) {
                seen.addAll(task.get(30, TimeUnit.SECONDS));
            }
            // Every size was the previous one for exactly one thread, and some were refused.
            var expected = new ArrayList<Integer>();
            for (int i = 0; i < 50; i++) {
                expected.add(-1);
            }
            for (int i = 1; i <= each * threads - 50; i++) {
                expected.add(i);
            }
            seen.sort(null);
            assertEquals(expected, seen);
        }
    }

    private static List<Integer> grow(World.Setup setup, Engine engine, Memory memory, int times) {
        var text = ACCESS.replace("(memory 1 8 shared)", "(memory 1 400 shared)");
        try (var store = store(setup, engine)) {
            var linker = Linker.create(store).define("env", "memory", memory);
            var instance =
                    linker.instantiate(Module.of(engine, TextParser.parse(text)), setup.mode());
            var seen = new ArrayList<Integer>();
            for (int i = 0; i < times; i++) {
                int before = (int) World.one(instance, "grow", 1);
                seen.add(before);
                if (before > 0) {
                    instance.func("set").call(before * 65536 + 65532, before);
                    assertEquals(before, World.one(instance, "get", before * 65536 + 65532));
                }
            }
            return seen;
        }
    }

    @Test
    void theHostReadsWhileStoresClose() throws Exception {
        var engine = Engine.create();
        for (int round = 0; round < 200; round++) {
            var shared = engine.newSharedMemory(type(1, 2));
            var memory = shared.memory();
            var reader =
                    thread(
                            () -> {
                                long reads = 0;
                                try {
                                    while (true) {
                                        memory.writeI64(65528, memory.readI64(65528) + 1);
                                        reads++;
                                    }
                                } catch (ClosedException _) {
                                    return reads;
                                }
                            });
            while (memory.readI64(65528) == 0) {
                Thread.onSpinWait();
            }
            shared.close();
            assertTrue(reader.get(10, TimeUnit.SECONDS) > 0);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void oneStoreSeesOneMemory(World.Setup setup) {
        var engine = setup.engine();
        try (var shared = engine.newSharedMemory(type(1, 8));
                var store = store(setup, engine)) {
            var one = instance(setup, engine, store, shared.memory());
            var two = instance(setup, engine, store, one.memory("memory"));
            assertSame(one.memory("memory"), two.memory("memory"));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void storesOfOneGuestShareTheirLimits(World.Setup setup) {
        var engine = setup.engine();
        var limits = StoreLimits.defaults().withMemoryBytes(3 << 16).withInstances(2);
        var module = Module.of(engine, TextParser.parse("(module (memory 1))"));
        try (var first = Store.create(engine, setup.kind(), limits)) {
            Linker.create(first).instantiate(module, setup.mode());
            try (var second = first.newThreadStore()) {
                Linker.create(second).instantiate(module, setup.mode());
                var third = second.newThreadStore();
                assertThrows(
                        ExhaustedException.class,
                        () -> Linker.create(third).instantiate(module, setup.mode()));
                assertThrows(
                        ExhaustedException.class,
                        () -> third.newMemory(MemType.of(Limits.between(2, 2))));
            }
            // What a thread has used is free again when its store is closed.
            try (var next = first.newThreadStore()) {
                Linker.create(next).instantiate(module, setup.mode());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void closingTheFirstStoreClosesThoseOfTheThreads(World.Setup setup) {
        var engine = setup.engine();
        var first = store(setup, engine);
        var second = first.newThreadStore();
        var third = second.newThreadStore();
        first.close();
        assertThrows(ClosedException.class, () -> second.newMemory(type(1, 1)));
        assertThrows(ClosedException.class, () -> third.newMemory(type(1, 1)));
        assertThrows(ClosedException.class, first::newThreadStore);
    }

    @ParameterizedTest
    @MethodSource("setups")
    void storesOfOneGuestShareTheirFuel(World.Setup setup) {
        var engine = Engine.create(setup.config().withFuel());
        var text =
                """
                (module (func (export "run") (param i32)
                  (loop $l
                    (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
                """;
        var module = Module.of(engine, TextParser.parse(text));
        try (var first = store(setup, engine)) {
            first.setFuel(1_000_000);
            var one = Linker.create(first).instantiate(module, setup.mode());
            one.func("run").call(10_000);
            long cost = 1_000_000 - first.fuel();
            var second = first.newThreadStore();
            var two = Linker.create(second).instantiate(module, setup.mode());
            assertEquals(1_000_000 - cost, first.fuel());
            two.func("run").call(10_000);
            second.close();
            assertEquals(1_000_000 - 2 * cost, first.fuel());
            assertThrows(ExhaustedException.class, () -> one.func("run").call(1_000_000));
            assertEquals(0, first.fuel());
        }
    }
}
