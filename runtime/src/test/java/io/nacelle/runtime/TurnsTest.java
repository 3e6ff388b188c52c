// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static io.nacelle.runtime.World.one;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A store that one thread has used so often that it gets in without asking: others are let in, or
 * refused, as ever.
 */
@Timeout(120)
final class TurnsTest {
    /** More than it takes. */
    private static final int OFTEN = 6_000;

    private static final String TEXT =
            """
            (module (import "host" "wait" (func $wait)) (import "host" "count" (func $count))
              (memory (export "m") 1)
              (global $g (export "g") (mut i32) (i32.const 0))
              (func (export "next") (result i32)
                (global.set $g (i32.add (global.get $g) (i32.const 1))) (global.get $g))
              (func (export "count") (call $count))
              (func (export "wait") (call $wait))
              (func (export "spin") (call $wait) (loop $l (br $l))))
            """;

    private final CountDownLatch waits = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private int counted;
    private final AtomicInteger counting = new AtomicInteger();

    private Instance instance(World world) {
        world.linker.define(
                "host",
                "wait",
                World.NOTHING,
                frame -> {
                    waits.countDown();
                    goOn.await();
                });
        world.linker.define("host", "count", World.NOTHING, this::count);
        return world.instance(TEXT);
    }

    private void count(HostFrame frame) {
        assertEquals(1, counting.incrementAndGet());
        // Neither atomic nor volatile: the store keeps threads apart.
        counted++;
        counting.decrementAndGet();
    }

    private static void often(Instance it) {
        var next = it.func("next");
        int before = (Integer) next.call()[0];
        var slots = new long[1];
        for (int i = 0; i < OFTEN; i++) {
            next.callRaw(slots);
        }
        assertEquals(before + OFTEN, slots[0]);
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void threadsTakeTurns(World.Setup setup) throws Exception {
        try (var world = setup.world();
                var others = Executors.newCachedThreadPool()) {
            var it = instance(world);
            for (int i = 0; i < 8; i++) {
                often(it);
                // Two threads that are not the same one, since the first is busy.
                others.submit(() -> often(it)).get();
                Thread.ofVirtual().start(() -> one(it, "next")).join();
            }
            assertEquals(8 * (2 * (OFTEN + 1) + 1), it.global("g").get());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void theOthersAreRefusedWhileItIsInside(World.Setup setup) throws Exception {
        try (var world = setup.world();
                var others = Executors.newSingleThreadExecutor()) {
            var it = instance(world);
            var inside = waiting(others, it, "wait");
            assertThrows(IllegalStateException.class, () -> one(it, "next"));
            assertThrows(IllegalStateException.class, () -> it.memory("m").readI8(0));
            goOn.countDown();
            inside.get();
            assertEquals(OFTEN + 2, one(it, "next"));
            others.submit(() -> often(it)).get();
        }
    }

    /** Has another thread use the store often, and then call a function that waits. */
    private Future<?> waiting(ExecutorService others, Instance it, String name)
            throws InterruptedException {
        var inside =
                others.submit(
                        () -> {
                            often(it);
                            it.func(name).call();
                        });
        waits.await();
        return inside;
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void itIsStopped(World.Setup setup) throws Exception {
        try (var world = setup.world();
                var others = Executors.newSingleThreadExecutor()) {
            var it = instance(world);
            var inside =
                    others.submit(
                            () -> {
                                // Nobody is inside: the request is for nobody.
                                often(it);
                                world.store.stop();
                                often(it);
                                assertThrows(StoppedException.class, () -> it.func("spin").call());
                                often(it);
                            });
            waits.await();
            world.store.stop();
            goOn.countDown();
            inside.get();
            assertTrue((Integer) one(it, "next") > 3 * OFTEN);
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void theStoreIsClosedUnderIt(World.Setup setup) throws Exception {
        try (var others = Executors.newSingleThreadExecutor()) {
            var world = setup.world();
            var it = instance(world);
            var inside = waiting(others, it, "spin");
            world.store.close();
            goOn.countDown();
            var failure =
                    assertThrows(java.util.concurrent.ExecutionException.class, () -> inside.get());
            assertEquals(ClosedException.class, failure.getCause().getClass());
            assertThrows(ClosedException.class, () -> one(it, "next"));
            others.submit(() -> assertThrows(ClosedException.class, () -> one(it, "next"))).get();
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void theStoreIsClosedByIt(World.Setup setup) {
        var world = setup.world();
        world.linker.define("host", "close", World.NOTHING, frame -> world.store.close());
        var it =
                world.instance(
                        """
                        (module (import "host" "close" (func $close)) (memory 1)
                          (func (export "next") (result i32) (i32.const 1))
                          (func (export "close") (call $close)
                            (i32.store (i32.const 0) (i32.const 1)) (loop $l (br $l))))
                        """);
        for (int i = 0; i < OFTEN; i++) {
            one(it, "next");
        }
        assertThrows(ClosedException.class, () -> it.func("close").call());
        assertThrows(ClosedException.class, () -> one(it, "next"));
    }

    /** Two threads that want in at the same time, over and over, as one gets used to the store. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#modes")
    void onlyOneIsInside(Mode mode) throws Exception {
        for (int round = 0; round < 20; round++) {
            try (var store = Store.create(Engine.create(World.config(mode)));
                    var others = Executors.newFixedThreadPool(2)) {
                counted = 0;
                var world = Linker.create(store);
                world.define("host", "wait", World.NOTHING, frame -> {});
                world.define("host", "count", World.NOTHING, this::count);
                var it =
                        world.instantiate(
                                Module.of(
                                        store.engine(),
                                        io.nacelle.wasm.text.TextParser.parse(TEXT)));
                var begin = new CountDownLatch(2);
                var first = others.submit(() -> count(it, begin, 3 * OFTEN, 0));
                var second = others.submit(() -> count(it, begin, OFTEN, 50));
                int expected = first.get() + second.get();
                assertEquals(expected, counted);
            }
        }
    }

    /** Counts as often as it is let in; gives how often. */
    private static int count(Instance it, CountDownLatch begin, int times, int pause)
            throws InterruptedException {
        begin.countDown();
        begin.await();
        int entered = 0;
        for (int i = 0; i < times; i++) {
            try {
                it.func("count").call();
                entered++;
            } catch (IllegalStateException e) {
                assertEquals("the store is in use by another thread", e.getMessage());
            }
            for (int wait = 0; wait < pause; wait++) {
                Thread.onSpinWait();
            }
        }
        return entered;
    }
}
