// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static io.nacelle.runtime.World.one;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Requests to stop reach the guest wherever it is, once, and nothing after it. */
@Timeout(60)
final class StopTest {
    private static final String LOOPS =
            """
            (module
              (import "host" "begin" (func $begin)) (import "host" "nop" (func $nop))
              (import "host" "catch" (func $catch))
              (memory 256) (table 1 funcref) (type $v (func))
              (func (export "loop") (call $begin) (loop $l (br $l)))
              (func (export "branches") (call $begin)
                (loop $l (block $b (br_table $b $b (i32.const 0))) (br_if $l (i32.const 1))))
              (func (export "tail") (call $begin) (return_call $self))
              (func $self (return_call $self))
              (func (export "indirect") (call $begin) (return_call $next))
              (elem (i32.const 0) func $next)
              (func $next (return_call_indirect (type $v) (i32.const 0)))
              (func (export "host") (call $begin) (loop $l (call $nop) (br $l)))
              (func (export "null") (call $begin)
                (loop $l (br_on_null $l (ref.null func)) (drop)))
              (func (export "recursion") (call $begin) (loop $l (call $rec) (br $l)))
              (func $rec (drop (call $fib (i32.const 30))))
              (func $fib (param i32) (result i32)
                (if (i32.lt_s (local.get 0) (i32.const 2)) (then (return (local.get 0))))
                (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                  (call $fib (i32.sub (local.get 0) (i32.const 2)))))
              (func (export "bulk") (call $begin)
                (loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 16777216))
                  (memory.copy (i32.const 1) (i32.const 0) (i32.const 16777215)) (br $l)))
              (func (export "swallowed") (call $begin) (loop $l (call $catch) (br $l)))
              (func (export "ok") (result i32) (i32.const 1)))
            """;

    /** Runs something and stops it a little after it has begun; gives the milliseconds it took. */
    private static long stopped(World world, CountDownLatch begun, Executable call)
            throws InterruptedException {
        long[] asked = new long[1];
        var stopper =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        begun.await();
                                        Thread.sleep(5);
                                    } catch (InterruptedException e) {
                                        Thread.currentThread().interrupt();
                                    }
                                    asked[0] = System.nanoTime();
                                    world.store.stop();
                                });
        assertThrows(StoppedException.class, call);
        long end = System.nanoTime();
        stopper.join();
        return (end - asked[0]) / 1_000_000;
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void stopsWhereverTheGuestIs(World.Setup setup) throws InterruptedException {
        for (var name :
                new String[] {
                    "loop",
                    "branches",
                    "tail",
                    "indirect",
                    "host",
                    "null",
                    "recursion",
                    "bulk",
                    "swallowed"
                }) {
            try (var world = setup.world()) {
                var begun = new CountDownLatch(1);
                var guest = new Instance[1];
                world.linker.define("host", "begin", World.NOTHING, frame -> begun.countDown());
                world.linker.define("host", "nop", World.NOTHING, frame -> {});
                world.linker.define(
                        "host",
                        "catch",
                        World.NOTHING,
                        frame -> {
                            try {
                                guest[0].func("loop").call();
                            } catch (RuntimeException e) {
                                // A host function that thinks it knows better.
                            }
                        });
                guest[0] = world.instance(LOOPS);
                long millis = stopped(world, begun, () -> guest[0].func(name).call());
                // 50 ms are promised; a shared machine may be slow to run either thread.
                assertTrue(millis < 1000, name + " took " + millis + " ms to stop");
                assertEquals(1, one(guest[0], "ok"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void aRequestMeetsNobodyElse(World.Setup setup) {
        try (var world = setup.world()) {
            world.linker.define("host", "stop", World.NOTHING, frame -> world.store.stop());
            var it =
                    world.instance(
                            """
                            (module (import "host" "stop" (func $stop))
                              (func (export "last") (call $stop))
                              (func (export "loop") (call $stop) (loop $l (br $l)))
                              (func $some (export "some") (result i32) (local i32)
                                (loop $l
                                  (local.set 0 (i32.add (local.get 0) (i32.const 1)))
                                  (br_if $l (i32.lt_u (local.get 0) (i32.const 100))))
                                (local.get 0)))
                            """);
            world.store.stop();
            assertEquals(100, one(it, "some"));
            // Nothing polls after the request: the call ends as if there had been none.
            it.func("last").call();
            assertEquals(100, one(it, "some"));
            assertThrows(StoppedException.class, () -> it.func("loop").call());
            assertEquals(100, one(it, "some"));
        }
    }

    /** A request made while a call is going on is never lost, however early it comes. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void noRequestIsLost(World.Setup setup) throws InterruptedException {
        try (var world = setup.world()) {
            var stops = new AtomicInteger();
            var it = world.instance("(module (func (export \"loop\") (loop $l (br $l))))");
            for (int i = 0; i < 200; i++) {
                var running = new CountDownLatch(1);
                var runner =
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            running.countDown();
                                            try {
                                                it.func("loop").call();
                                            } catch (StoppedException e) {
                                                stops.incrementAndGet();
                                            }
                                        });
                running.await();
                // The first request that finds somebody inside must be enough.
                while (runner.isAlive() && !askOnce(world)) {
                    Thread.onSpinWait();
                }
                runner.join(10_000);
                assertEquals(i + 1, stops.get());
            }
        }
    }

    /** Stops whoever is inside; false when nobody was. */
    private static boolean askOnce(World world) {
        world.store.stop();
        return world.store.stopRequested();
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void waitsAreWoken(World.Setup setup) throws InterruptedException {
        try (var world = setup.world()) {
            var begun = new CountDownLatch(1);
            var wake = new CountDownLatch(1);
            world.store.onStop(wake::countDown);
            world.linker.define(
                    "host",
                    "wait",
                    World.NOTHING,
                    frame -> {
                        begun.countDown();
                        wake.await();
                    });
            var it =
                    world.instance(
                            """
                            (module (import "host" "wait" (func $wait))
                              (func (export "go") (call $wait) (loop $l (br $l))))
                            """);
            stopped(world, begun, () -> it.func("go").call());
        }
    }
}
