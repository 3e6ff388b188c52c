// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Budget;
import io.nacelle.runtime.Budget.Resource;
import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.StoppedException;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreLimits;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** What the stores of one tenant use together. */
@Timeout(120)
final class BudgetTest {
    private static final int PAGE = 65536;

    private static final String TEXT =
            """
            (module
              (memory 1)
              (table 10 funcref)
              (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
              (func (export "growTable") (param i32) (result i32)
                (table.grow (ref.null func) (local.get 0)))
              (func (export "one") (result i32) (i32.const 1))
              (func (export "forever") (loop $l (br $l))))
            """;

    static Stream<Setup> setups() {
        return Setup.pure();
    }

    private static Store store(Setup setup, Budget budget) {
        return store(setup, budget, EngineConfig.defaults());
    }

    private static Store store(Setup setup, Budget budget, EngineConfig config) {
        return Store.create(Engine.create(config), setup.kind(), StoreLimits.defaults(), budget);
    }

    // Closing in the middle is what is tested.
    @SuppressWarnings("try")
    @ParameterizedTest
    @MethodSource("setups")
    void storesShareAndGiveBack(Setup setup) {
        var budget =
                Budget.create()
                        .limit(Resource.MEMORY, 5 * PAGE)
                        .limit(Resource.TABLE, 35)
                        .limit(Resource.INSTANCES, 3);
        try (var first = store(setup, budget);
                var second = store(setup, budget)) {
            var a = setup.instantiate(first, TEXT);
            var b = setup.instantiate(second, TEXT);
            assertEquals(2 * PAGE, budget.used(Resource.MEMORY));
            assertEquals(1, a.func("grow").call(2)[0]);
            // All or nothing.
            assertEquals(-1, b.func("grow").call(2)[0]);
            assertEquals(4 * PAGE, budget.used(Resource.MEMORY));
            assertEquals(1, b.func("grow").call(1)[0]);
            assertEquals(10, b.func("growTable").call(15)[0]);
            assertEquals(-1, a.func("growTable").call(1)[0]);
            // An instance that comes to nothing holds nothing.
            var e = assertThrows(ExhaustedException.class, () -> setup.instantiate(first, TEXT));
            assertEquals(ExhaustedException.Resource.MEMORY, e.resource());
            assertEquals(5 * PAGE, budget.used(Resource.MEMORY));
            assertEquals(35, budget.used(Resource.TABLE));
            assertEquals(2, budget.used(Resource.INSTANCES));
            first.close();
            assertEquals(2 * PAGE, budget.used(Resource.MEMORY));
            setup.instantiate(second, TEXT);
            setup.instantiate(second, "(module)");
            assertThrows(ExhaustedException.class, () -> setup.instantiate(second, "(module)"));
            assertEquals(1, b.func("one").call()[0]);
        }
        for (var resource : Resource.values()) {
            assertEquals(0, budget.used(resource), resource::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void threadsNeverTakeMoreTogether(Setup setup) throws Exception {
        int limit = 40;
        var budget = Budget.create().limit(Resource.MEMORY, (long) limit * PAGE);
        int threads = 4;
        var begin = new CountDownLatch(1);
        var grown = new AtomicInteger();
        var most = new AtomicLong();
        var workers = new ArrayList<Thread>();
        for (int i = 0; i < threads; i++) {
            workers.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try (var store = store(setup, budget)) {
                                            var grow = setup.instantiate(store, TEXT).func("grow");
                                            begin.await();
                                            for (int n = 0; n < 100; n++) {
                                                if ((int) grow.call(1)[0] >= 0) {
                                                    grown.incrementAndGet();
                                                }
                                                most.accumulateAndGet(
                                                        budget.used(Resource.MEMORY), Math::max);
                                            }
                                        } catch (InterruptedException e) {
                                            throw new AssertionError(e);
                                        }
                                    }));
        }
        begin.countDown();
        for (var worker : workers) {
            worker.join();
        }
        assertEquals(0, budget.used(Resource.MEMORY));
        assertTrue(most.get() <= (long) limit * PAGE);
        assertTrue(grown.get() >= limit - 2 * threads, () -> "grown " + grown);
    }

    // Closing in the middle is what is tested.
    @SuppressWarnings("try")
    @ParameterizedTest
    @MethodSource("setups")
    void fuelIsShared(Setup setup) {
        var config = EngineConfig.defaults().withFuel();
        var budget = Budget.create().setFuel(200_000);
        try (var first = store(setup, budget, config);
                var second = store(setup, budget, config)) {
            var a = setup.instantiate(first, TEXT);
            var b = setup.instantiate(second, TEXT);
            assertEquals(1, b.func("one").call()[0]);
            var e = assertThrows(ExhaustedException.class, () -> a.func("forever").call());
            assertEquals(ExhaustedException.Resource.FUEL, e.resource());
            assertEquals(0, budget.fuel());
            assertThrows(ExhaustedException.class, () -> a.func("one").call());
            // The other lives on its portion, and gives back what is left of it.
            assertEquals(1, b.func("one").call()[0]);
            long rest = second.fuel();
            second.close();
            assertEquals(rest, budget.fuel());
            assertEquals(1, a.func("one").call()[0]);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aDeadlineEndsAll(Setup setup) throws Exception {
        var budget = Budget.create();
        try (var first = store(setup, budget);
                var second = store(setup, budget)) {
            var a = setup.instantiate(first, TEXT);
            var b = setup.instantiate(second, TEXT);
            var other = new AtomicInteger();
            var thread =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        var e =
                                                assertThrows(
                                                        ExhaustedException.class,
                                                        () -> b.func("forever").call());
                                        if (e.resource() == ExhaustedException.Resource.TIME) {
                                            other.incrementAndGet();
                                        }
                                    });
            long from = System.nanoTime();
            budget.setDeadline(Duration.ofMillis(100));
            var e = assertThrows(ExhaustedException.class, () -> a.func("forever").call());
            long millis = (System.nanoTime() - from) / 1_000_000;
            assertEquals(ExhaustedException.Resource.TIME, e.resource());
            assertTrue(millis >= 99 && millis < 5_000, () -> millis + " ms");
            thread.join();
            assertEquals(1, other.get());
            // Past it, no call gets far; without it, all is as before.
            assertThrows(ExhaustedException.class, () -> a.func("forever").call());
            budget.clearDeadline();
            assertEquals(1, a.func("one").call()[0]);
            budget.setDeadline(Duration.ofMillis(50));
            assertThrows(ExhaustedException.class, () -> b.func("forever").call());
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void stopsAll(Setup setup) throws Exception {
        var budget = Budget.create();
        try (var store = store(setup, budget)) {
            var forever = setup.instantiate(store, TEXT).func("forever");
            var ended = new CountDownLatch(1);
            var thread =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        assertThrows(StoppedException.class, () -> forever.call());
                                        ended.countDown();
                                    });
            while (ended.getCount() > 0) {
                budget.stop();
                Thread.sleep(1);
            }
            thread.join();
        }
    }

    @Test
    void threadsAreCounted() {
        var setup = setups().findFirst().orElseThrow();
        var budget = Budget.create().limit(Resource.THREADS, 2);
        try (var store = store(setup, budget)) {
            var one = store.newThreadStore();
            try (var two = store.newThreadStore()) {
                var e = assertThrows(ExhaustedException.class, store::newThreadStore);
                assertEquals(ExhaustedException.Resource.THREADS, e.resource());
                one.close();
                one.close();
                assertEquals(1, budget.used(Resource.THREADS));
                store.newThreadStore();
                assertTrue(two.tenant().isPresent());
            }
        }
        assertEquals(0, budget.used(Resource.THREADS));
    }

    @Test
    void aDeadlineKeepsNobody() throws Exception {
        var dropped = new WeakReference<>(Budget.create().setDeadline(Duration.ofDays(1)));
        for (int i = 0; i < 100 && dropped.get() != null; i++) {
            System.gc();
            Thread.sleep(20);
        }
        assertNull(dropped.get());
    }

    @Test
    void aDeadlineThatHasPassedHoldsForStoresThatComeLater() throws Exception {
        var budget = Budget.create().setDeadline(Duration.ZERO);
        Thread.sleep(100);
        for (var setup : setups().toList()) {
            try (var store = store(setup, budget, EngineConfig.defaults())) {
                var instance = setup.instantiate(store, TEXT);
                var e =
                        assertThrows(
                                ExhaustedException.class, () -> instance.func("forever").call());
                assertEquals(ExhaustedException.Resource.TIME, e.resource());
            }
        }
    }

    @Test
    void hostsCountToo() {
        var budget = Budget.create().limit(Resource.WRITTEN_BYTES, 10);
        assertTrue(budget.tryTake(Resource.WRITTEN_BYTES, 10));
        assertFalse(budget.tryTake(Resource.WRITTEN_BYTES, 1));
        assertFalse(budget.tryTake(Resource.WRITTEN_BYTES, Long.MAX_VALUE));
        budget.giveBack(Resource.WRITTEN_BYTES, 4);
        assertEquals(6, budget.used(Resource.WRITTEN_BYTES));
        assertThrows(IllegalArgumentException.class, () -> budget.tryTake(Resource.MEMORY, -1));
        assertThrows(IllegalArgumentException.class, () -> budget.limit(Resource.MEMORY, -1));
        assertThrows(
                IllegalArgumentException.class, () -> budget.setDeadline(Duration.ofMillis(-1)));
        assertEquals(Long.MAX_VALUE, budget.limit(Resource.MEMORY));
    }
}
