// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nacelle.runtime.ClosedException;
import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.StoppedException;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.wasm.syntax.FuncType;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** A guest that never ends by itself ends when it is told to, wherever it is. */
@Timeout(120)
final class StopTest {
    private static final long LONGEST_MILLIS = 10_000;

    /** Each function calls the host once it is under way, and never returns. */
    private static final String ENDLESS =
            """
            (module
              (import "host" "started" (func $started))
              (memory (export "memory") %d)
              (table $t 1000000 funcref)
              (type $v (func))
              (elem (table $t) (i32.const 0) func $indirect)
              (func (export "alive") (result i32) (i32.const 1))
              (func (export "loop") (call $started) (loop $l (br $l)))
              (func (export "loop-if") (local $i i32)
                (call $started)
                (loop $l
                  (local.set $i (i32.add (local.get $i) (i32.const 1)))
                  (br_if $l (i32.or (local.get $i) (i32.const 1)))))
              (func (export "loop-table")
                (call $started)
                (loop $l (br_table $l $l (i32.const 0))))
              (func (export "loop-null")
                (call $started)
                (loop $l (br_on_null $l (ref.null func)) (drop)))
              (func (export "recursion") (call $started) (loop $l (call $tree (i32.const 25)) (br $l)))
              (func $tree (param $n i32)
                (if (local.get $n) (then
                  (call $tree (i32.sub (local.get $n) (i32.const 1)))
                  (call $tree (i32.sub (local.get $n) (i32.const 1))))))
              (func (export "tail") (call $started) (return_call $even))
              (func $even (return_call $odd))
              (func $odd (return_call $even))
              (func (export "tail-indirect") (call $started) (return_call $indirect))
              (func $indirect (return_call_indirect $t (type $v) (i32.const 0)))
              (func (export "fill")
                (call $started)
                (loop $l
                  (memory.fill (i32.const 0) (i32.const 7) (i32.mul (memory.size) (i32.const 65536)))
                  (br $l)))
              (func (export "copy")
                (call $started)
                (loop $l
                  (memory.copy (i32.const 1) (i32.const 0)
                    (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 1)))
                  (br $l)))
              (func (export "table-fill")
                (call $started)
                (loop $l
                  (table.fill $t (i32.const 0) (ref.null func) (i32.const 1000000))
                  (br $l))))
            """;

    private static final int STOPS = 5;

    /** Each function calls the host when it has run for long, and never returns. */
    private static final String HOT =
            """
            (module
              (import "host" "started" (func $started))
              (memory 1)
              (func (export "alive") (result i32) (i32.const 1))
              (func (export "hot") (local $i i32)
                (loop $l
                  (local.set $i (i32.add (local.get $i) (i32.const 1)))
                  (i32.store (i32.const 0) (local.get $i))
                  (if (i32.eq (local.get $i) (i32.const 3000000)) (then (call $started)))
                  (br $l)))
              (func (export "hot-nest") (local $i i32) (local $j i32)
                (loop $outer
                  (local.set $j (i32.const 0))
                  (loop $inner
                    (br_if $inner
                      (i32.lt_u
                        (local.tee $j (i32.add (local.get $j) (i32.const 1)))
                        (i32.const 1000))))
                  (local.set $i (i32.add (local.get $i) (i32.const 1)))
                  (if (i32.eq (local.get $i) (i32.const 3000)) (then (call $started)))
                  (br $outer)))
              (func (export "hot-inner") (local $i i32)
                (loop $outer
                  (loop $inner
                    (local.set $i (i32.add (local.get $i) (i32.const 1)))
                    (if (i32.eq (local.get $i) (i32.const 3000000)) (then (call $started)))
                    (br_if $inner (i32.ge_s (local.get $i) (i32.const 0)))
                    (br_if $inner (i32.lt_s (local.get $i) (i32.const 0))))
                  (br $outer))))
            """;

    static Stream<Setup> setups() {
        return Setup.pure();
    }

    /** The memory is as large as the kind of store can fill without a strain on the machine. */
    private static int pages(Setup setup) {
        return setup.kind() == StoreKind.NATIVE ? 8192 : 2048;
    }

    private static Instance endless(Setup setup, Store store, CountDownLatch started) {
        var linker =
                Linker.create(store)
                        .define("host", "started", FuncType.of(), _ -> started.countDown());
        return Setup.instantiate(linker, ENDLESS.formatted(pages(setup)), setup.first());
    }

    private interface Act {
        void run();
    }

    /** Lets a guest run in a thread of its own, does something to it, and gives how it ended. */
    private static Throwable endOf(Act guest, CountDownLatch started, Act act) throws Exception {
        var end = new AtomicReference<Throwable>();
        var thread =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    try {
                                        guest.run();
                                    } catch (RuntimeException | Error e) {
                                        end.set(e);
                                    }
                                });
        assertEquals(true, started.await(LONGEST_MILLIS, TimeUnit.MILLISECONDS));
        Thread.sleep(30);
        act.run();
        thread.join(LONGEST_MILLIS);
        assertFalse(thread.isAlive(), "the guest still runs");
        assertNotNull(end.get(), "the guest returned");
        return end.get();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void everyEndlessFunctionStops(Setup setup) throws Exception {
        var names =
                new String[] {
                    "loop",
                    "loop-if",
                    "loop-table",
                    "loop-null",
                    "recursion",
                    "tail",
                    "tail-indirect",
                    "fill",
                    "copy",
                    "table-fill"
                };
        for (var name : names) {
            try (var store = setup.store()) {
                var started = new CountDownLatch(1);
                var instance = endless(setup, store, started);
                var func = instance.func(name);
                var end = endOf(func::call, started, store::stop);
                assertInstanceOf(StoppedException.class, end, name);
                // The store stays usable.
                assertEquals(1, instance.func("alive").call()[0]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aStartFunctionStops(Setup setup) throws Exception {
        var started = new CountDownLatch(1);
        try (var store = setup.store()) {
            var linker =
                    Linker.create(store)
                            .define("host", "started", FuncType.of(), _ -> started.countDown());
            var text =
                    """
                    (module (import "host" "started" (func $started)) (start $s)
                      (func $s (call $started) (loop (br 0))))
                    """;
            var end =
                    endOf(
                            () -> Setup.instantiate(linker, text, setup.first()),
                            started,
                            store::stop);
            assertInstanceOf(StoppedException.class, end);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aStopIsForTheGuestThatRuns(Setup setup) {
        try (var store = setup.store()) {
            var instance = endless(setup, store, new CountDownLatch(1));
            store.stop();
            assertEquals(1, instance.func("alive").call()[0]);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void closingEndsTheGuest(Setup setup) throws Exception {
        for (var name : new String[] {"loop", "recursion", "tail", "fill"}) {
            var store = setup.store();
            var started = new CountDownLatch(1);
            var instance = endless(setup, store, started);
            var func = instance.func(name);
            assertInstanceOf(ClosedException.class, endOf(func::call, started, store::close));
            assertThrows(ClosedException.class, () -> instance.func("alive").call());
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void anotherThreadStaysOut(Setup setup) throws Exception {
        try (var store = setup.store()) {
            var started = new CountDownLatch(1);
            var instance = endless(setup, store, started);
            var func = instance.func("loop");
            var end =
                    endOf(
                            func::call,
                            started,
                            () -> {
                                assertThrows(
                                        IllegalStateException.class,
                                        () -> instance.func("alive").call());
                                store.stop();
                            });
            assertInstanceOf(StoppedException.class, end);
        }
    }

    /** Loops that have been left to compiled code midway, at a time that is known or is not. */
    @ParameterizedTest
    @MethodSource("tierings")
    void aLoopThatWasTakenOverStops(EngineConfig.Tiering tiering, StoreKind kind) throws Exception {
        var config = EngineConfig.defaults().withTiering(tiering);
        var module = Setup.module(Engine.create(config), HOT);
        // A module that was stopped a few times has its code made for that, which is to stop too.
        for (int i = 0; i < STOPS; i++) {
            for (var name : new String[] {"hot", "hot-nest", "hot-inner"}) {
                try (var store = Store.create(module.engine(), kind)) {
                    var started = new CountDownLatch(1);
                    var linker =
                            Linker.create(store)
                                    .define(
                                            "host",
                                            "started",
                                            FuncType.of(),
                                            _ -> started.countDown());
                    var instance = linker.instantiate(module);
                    var func = instance.func(name);
                    assertInstanceOf(
                            StoppedException.class, endOf(func::call, started, store::stop), name);
                    assertEquals(1, instance.func("alive").call()[0]);
                }
            }
        }
    }

    static Stream<Arguments> tierings() {
        return Stream.of(
                        new EngineConfig.Tiering(60, 0),
                        new EngineConfig.Tiering(60, 1),
                        EngineConfig.Tiering.DEFAULT)
                .flatMap(
                        tiering ->
                                Stream.of(StoreKind.HEAP, StoreKind.NATIVE)
                                        .map(kind -> Arguments.of(tiering, kind)));
    }
}
