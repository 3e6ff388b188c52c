// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** {@code memory.atomic.wait} and {@code notify}. */
class WaitTest {
    private static final String TEXT =
            """
            (module
              (import "env" "memory" (memory 1 2 shared))
              (memory $own 1)
              (func (export "wait32") (param i32 i32 i64) (result i32)
                (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
              (func (export "wait64") (param i32 i64 i64) (result i32)
                (memory.atomic.wait64 (local.get 0) (local.get 1) (local.get 2)))
              (func (export "notify") (param i32 i32) (result i32)
                (memory.atomic.notify (local.get 0) (local.get 1)))
              (func (export "wait own") (result i32)
                (memory.atomic.wait32 $own (i32.const 0) (i32.const 0) (i64.const 0)))
              (func (export "notify own") (param i32) (result i32)
                (memory.atomic.notify $own (local.get 0) (i32.const 1)))
              ;; Takes turns with another thread, n times: mine is the number of whose turn it is.
              (func (export "turns") (param $mine i32) (param $n i32) (local $seen i32)
                (loop $l
                  (loop $until
                    (local.set $seen (i32.atomic.load (i32.const 0)))
                    (if (i32.ne (local.get $seen) (local.get $mine))
                      (then
                        (drop
                          (memory.atomic.wait32
                            (i32.const 0) (local.get $seen) (i64.const -1)))
                        (br $until))))
                  (i32.atomic.store (i32.const 0) (i32.eqz (local.get $mine)))
                  (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))
                  (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                  (br_if $l (local.get $n)))))
            """;

    static Stream<World.Setup> setups() {
        return World.single();
    }

    /** A thread's own store and instance. */
    private record Guest(Store store, Instance instance) implements AutoCloseable {
        int call(String name, Object... args) {
            return (int) World.one(instance, name, args);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    /** A memory, and what makes guests that use it. */
    private static final class Place implements AutoCloseable {
        final World.Setup setup;
        final Engine engine;
        final SharedMemory shared;
        final Module module;

        Place(World.Setup setup) {
            this.setup = setup;
            this.engine = setup.engine();
            this.shared = engine.newSharedMemory(SharedMemoryTest.type(1, 2));
            this.module = Module.of(engine, TextParser.parse(TEXT));
        }

        Guest guest() {
            var store = Store.create(engine, setup.kind());
            var linker = Linker.create(store).define("env", "memory", shared.memory());
            return new Guest(store, linker.instantiate(module, setup.mode()));
        }

        @Override
        public void close() {
            shared.close();
        }
    }

    /** Waits until a thread is parked; a guest parks only in a wait. */
    static void untilParked(Thread thread) throws InterruptedException {
        long start = System.nanoTime();
        while (thread.getState() != Thread.State.WAITING
                && thread.getState() != Thread.State.TIMED_WAITING) {
            assertTrue(System.nanoTime() - start < 10_000_000_000L, "the thread does not wait");
            Thread.sleep(1);
        }
    }

    private record Running<T>(Thread thread, FutureTask<T> task) {
        T get() throws Exception {
            return task.get(20, TimeUnit.SECONDS);
        }
    }

    private static <T> Running<T> start(Callable<T> body, Thread.Builder by) {
        var task = new FutureTask<>(body);
        return new Running<>(by.start(task), task);
    }

    private static <T> Running<T> start(Callable<T> body) {
        return start(body, Thread.ofPlatform().daemon());
    }

    @ParameterizedTest
    @MethodSource("setups")
    void comparesAndTimesOut(World.Setup setup) {
        try (var place = new Place(setup);
                var guest = place.guest()) {
            place.shared.memory().writeI64(8, 0x1_0000_0005L);
            assertEquals(1, guest.call("wait32", 8, 4, -1L));
            assertEquals(1, guest.call("wait64", 8, 5L, -1L));
            assertEquals(2, guest.call("wait32", 8, 5, 0L));
            assertEquals(2, guest.call("wait64", 8, 0x1_0000_0005L, 1L));
            long start = System.nanoTime();
            assertEquals(2, guest.call("wait32", 8, 5, 30_000_000L));
            assertTrue(System.nanoTime() - start >= 30_000_000L);
            assertEquals(0, guest.call("notify", 8, -1));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void trapsAsTheStandardSays(World.Setup setup) {
        try (var place = new Place(setup);
                var guest = place.guest()) {
            traps(guest, "unaligned atomic", "wait32", 2, 0, 0L);
            traps(guest, "unaligned atomic", "wait64", 4, 0L, 0L);
            traps(guest, "unaligned atomic", "notify", 1, 0);
            traps(guest, "out of bounds memory access", "wait32", 65536, 0, 0L);
            traps(guest, "out of bounds memory access", "wait64", 65536, 0L, 0L);
            traps(guest, "out of bounds memory access", "notify", 65536, 0);
            traps(guest, "out of bounds memory access", "notify own", 65536);
            traps(guest, "expected shared memory", "wait own");
            assertEquals(0, guest.call("notify own", 0));
        }
    }

    private static void traps(Guest guest, String message, String name, Object... args) {
        var trap = assertThrows(Trap.class, () -> guest.call(name, args));
        assertEquals(message, trap.getMessage());
    }

    @ParameterizedTest
    @MethodSource("setups")
    void wakesInTheOrderOfWaiting(World.Setup setup) throws Exception {
        try (var place = new Place(setup);
                var waker = place.guest()) {
            var order = new ArrayList<Integer>();
            var waiters = new ArrayList<Running<Integer>>();
            for (int i = 0; i < 5; i++) {
                int number = i;
                var waiter =
                        start(
                                () -> {
                                    try (var guest = place.guest()) {
                                        // The last one waits elsewhere.
                                        int at = number == 4 ? 64 : 0;
                                        int result = guest.call("wait32", at, 0, -1L);
                                        synchronized (order) {
                                            order.add(number);
                                        }
                                        return result;
                                    }
                                });
                untilParked(waiter.thread());
                waiters.add(waiter);
            }
            assertEquals(0, waker.call("notify", 0, 0));
            assertEquals(1, waker.call("notify", 0, 1));
            assertEquals(0, waiters.get(0).get());
            assertEquals(2, waker.call("notify", 0, 2));
            assertEquals(0, waiters.get(1).get());
            assertEquals(0, waiters.get(2).get());
            assertEquals(1, waker.call("notify", 0, -1));
            assertEquals(0, waiters.get(3).get());
            assertEquals(0, waker.call("notify", 0, -1));
            assertEquals(1, waker.call("notify", 64, -1));
            assertEquals(0, waiters.get(4).get());
            assertEquals(0, order.getFirst());
            assertEquals(List.of(3, 4), order.subList(3, 5));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void spuriousWakeUpsDoNotShow(World.Setup setup) throws Exception {
        try (var place = new Place(setup);
                var waker = place.guest()) {
            var waiter =
                    start(
                            () -> {
                                try (var guest = place.guest()) {
                                    return guest.call("wait32", 0, 0, Long.MAX_VALUE);
                                }
                            });
            for (int i = 0; i < 20; i++) {
                untilParked(waiter.thread());
                LockSupport.unpark(waiter.thread());
            }
            Thread.sleep(20);
            assertTrue(waiter.thread().isAlive());
            assertEquals(1, waker.call("notify", 0, 1));
            assertEquals(0, waiter.get());
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void waitsOnVirtualThreads(World.Setup setup) throws Exception {
        try (var place = new Place(setup);
                var waker = place.guest()) {
            var waiters = new ArrayList<Running<Integer>>();
            for (int i = 0; i < 50; i++) {
                waiters.add(
                        start(
                                () -> {
                                    try (var guest = place.guest()) {
                                        return guest.call("wait32", 0, 0, -1L);
                                    }
                                },
                                Thread.ofVirtual()));
            }
            for (var waiter : waiters) {
                untilParked(waiter.thread());
            }
            assertEquals(50, waker.call("notify", 0, -1));
            for (var waiter : waiters) {
                assertEquals(0, waiter.get());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void stoppingAndClosingEndAWait(World.Setup setup) throws Exception {
        try (var place = new Place(setup);
                var waker = place.guest()) {
            for (boolean close : new boolean[] {false, true}) {
                for (long nanos : new long[] {-1, Long.MAX_VALUE}) {
                    var guest = place.guest();
                    var waiter = start(() -> guest.call("wait32", 0, 0, nanos));
                    untilParked(waiter.thread());
                    long start = System.nanoTime();
                    if (close) {
                        guest.close();
                    } else {
                        guest.store().stop();
                    }
                    var e = assertThrows(ExecutionException.class, waiter::get);
                    assertTrue(System.nanoTime() - start < 500_000_000L);
                    assertEquals(
                            close ? ClosedException.class : StoppedException.class,
                            e.getCause().getClass());
                    // Nobody waits any more.
                    assertEquals(0, waker.call("notify", 0, -1));
                    guest.close();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void interruptingEndsAWait(World.Setup setup) throws Exception {
        try (var place = new Place(setup);
                var guest = place.guest()) {
            var waiter = start(() -> guest.call("wait32", 0, 0, -1L));
            untilParked(waiter.thread());
            waiter.thread().interrupt();
            var e = assertThrows(ExecutionException.class, waiter::get);
            assertInstanceOf(StoppedException.class, e.getCause());
        }
    }

    /** A request to stop is never lost between the look for it and the wait. */
    @Test
    void stopsThatMeetTheBeginningOfAWait() throws Exception {
        try (var place = new Place(new World.Setup(Mode.FAST, Mode.FAST, StoreKind.HEAP))) {
            var current = new AtomicReference<Guest>();
            var waits =
                    start(
                            () -> {
                                for (int i = 0; i < 3000; i++) {
                                    try (var guest = place.guest()) {
                                        current.set(guest);
                                        assertThrows(
                                                RuntimeException.class,
                                                () -> guest.call("wait32", 0, 0, -1L));
                                    }
                                }
                                return 0;
                            });
            Guest last = null;
            while (waits.thread().isAlive()) {
                var guest = current.get();
                if (guest != null && guest != last) {
                    last = guest;
                    // A single request: if it gets lost, the wait has no end.
                    guest.close();
                }
            }
            waits.get();
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#modes")
    void aMillionTurnsLeaveNothingBehind(Mode mode) throws Exception {
        int pairs = 500_000;
        try (var place = new Place(new World.Setup(mode, mode, StoreKind.HEAP));
                var one = place.guest();
                var two = place.guest()) {
            turns(one, two, 20_000);
            long before = used();
            turns(one, two, pairs);
            long grown = used() - before;
            assertTrue(grown < 2 << 20, grown + " bytes more are in use");
        }
    }

    private static void turns(Guest one, Guest two, int count) throws Exception {
        var other =
                start(
                        () -> {
                            two.instance().func("turns").call(1, count);
                            return 0;
                        });
        one.instance().func("turns").call(0, count);
        other.task().get(300, TimeUnit.SECONDS);
    }

    private static long used() {
        var memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }
}
