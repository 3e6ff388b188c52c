// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.ClosedException;
import io.nacelle.runtime.GuestException;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.StoppedException;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.Suspendable;
import io.nacelle.runtime.Suspendable.State;
import io.nacelle.runtime.Trap;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Calls that run so much fuel at a time: suspended at the same points in every mode. */
@Timeout(120)
final class SuspendTest {
    private static final String TEXT =
            """
            (module
              (import "host" "again" (func $again (param i32) (result i32)))
              (import "host" "note" (func $note (param i32)))
              (tag $t (param i32))
              (memory 1)
              (func $sum (export "sum") (param $n i32) (result i32) (local $s i32)
                (loop $l
                  (call $note (local.get $n))
                  (local.set $s (i32.add (local.get $s) (local.get $n)))
                  (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (local.get $s))
              (func $fib (export "fib") (param $n i32) (result i32)
                (call $note (local.get $n))
                (if (result i32) (i32.lt_s (local.get $n) (i32.const 2))
                  (then (local.get $n))
                  (else
                    (i32.add
                      (call $fib (i32.sub (local.get $n) (i32.const 1)))
                      (call $fib (i32.sub (local.get $n) (i32.const 2)))))))
              (func (export "forever") (loop $l (br $l)))
              (func (export "fill")
                (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)))
              (func (export "trap") (drop (call $sum (i32.const 100))) unreachable)
              (func (export "throw")
                (throw $t (call $sum (i32.const 100))))
              (func (export "through") (param i32) (result i32)
                (call $again (local.get 0))))
            """;

    static Stream<Setup> setups() {
        return Setup.pure();
    }

    private static Linker linker(Store store) {
        return linker(store, new int[1]);
    }

    private static Linker linker(Store store, int[] at) {
        var linker = Linker.create(store);
        linker.define(
                "host",
                "note",
                store.newFunc(
                        FuncType.of(List.of(NumType.I32), List.of()),
                        frame -> at[0] = frame.i32(0)));
        linker.define(
                "host",
                "again",
                store.newFunc(
                        FuncType.of(List.of(NumType.I32), List.of(NumType.I32)),
                        frame -> {
                            var sum = frame.caller().orElseThrow().func("sum");
                            frame.setI32(0, (int) sum.call(frame.i32(0))[0]);
                        }));
        return linker;
    }

    /** What can be seen between portions, and the fuel left at the end. */
    private static List<String> trace(Setup setup, String name, long portion, Object... args) {
        var seen = new ArrayList<String>();
        try (var store = setup.meteredStore()) {
            var at = new int[1];
            var instance = Setup.instantiate(linker(store, at), TEXT, setup.first());

            try (var call = instance.func(name).start(args)) {
                while (call.run(portion) == State.SUSPENDED) {
                    seen.add("at " + at[0]);
                }
                seen.add("returned " + List.of(call.results()) + ", fuel " + store.fuel());
            }
        }
        return seen;
    }

    @Test
    void suspendsAtTheSamePointsInEveryMode() {
        for (long portion : new long[] {1, 7, 100}) {
            var expectedSum = new ArrayList<List<String>>();
            var expectedFib = new ArrayList<List<String>>();
            setups().forEach(
                            setup -> {
                                expectedSum.add(trace(setup, "sum", portion, 50));
                                expectedFib.add(trace(setup, "fib", portion, 9));
                            });
            assertTrue(expectedSum.getFirst().size() > 4, "it was suspended");
            for (var one : expectedSum) {
                assertEquals(expectedSum.getFirst(), one);
            }
            for (var one : expectedFib) {
                assertEquals(expectedFib.getFirst(), one);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void consumesWhatADirectCallDoes(Setup setup) {
        try (var store = setup.meteredStore()) {
            var fib = Setup.instantiate(linker(store), TEXT, setup.first()).func("fib");
            store.setFuel(10_000_000);
            assertEquals(610, fib.call(15)[0]);
            long direct = 10_000_000 - store.fuel();
            store.setFuel(0);
            long granted = 0;
            int suspended = 0;
            try (var call = fib.start(15)) {
                do {
                    granted += 1000;
                    suspended++;
                } while (call.run(1000) == State.SUSPENDED);
                assertEquals(610, call.results()[0]);
                assertEquals(State.RETURNED, call.state());
                assertThrows(IllegalStateException.class, () -> call.run(1));
            }
            assertTrue(suspended > 5);
            assertEquals(direct, granted - store.fuel());
            // The thread of the caller has the store again.
            store.setFuel(10_000_000);
            assertEquals(55, fib.call(10)[0]);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void endsAsADirectCallDoes(Setup setup) {
        try (var store = setup.meteredStore()) {
            var instance = Setup.instantiate(linker(store), TEXT, setup.first());
            try (var call = instance.func("trap").start()) {
                assertThrows(Trap.class, () -> runToTheEnd(call, 50));
                assertEquals(State.FAILED, call.state());
            }
            try (var call = instance.func("throw").start()) {
                var e = assertThrows(GuestException.class, () -> runToTheEnd(call, 50));
                assertEquals(List.of(5050), e.values());
            }
            try (var call = instance.func("fill").start()) {
                assertTrue(runToTheEnd(call, 3) > 100);
            }
            try (var call = instance.func("sum").start("no number")) {
                assertThrows(IllegalArgumentException.class, () -> call.run(1));
            }
            try (var call = instance.func("through").start(100)) {
                assertTrue(runToTheEnd(call, 50) > 5);
                assertEquals(5050, call.results()[0]);
            }
        }
    }

    private static int runToTheEnd(Suspendable call, long portion) {
        int times = 0;
        while (call.run(portion) == State.SUSPENDED) {
            times++;
        }
        return times;
    }

    @ParameterizedTest
    @MethodSource("setups")
    void othersStayOutMeanwhile(Setup setup) {
        try (var store = setup.meteredStore()) {
            var instance = Setup.instantiate(linker(store), TEXT, setup.first());
            try (var call = instance.func("forever").start()) {
                assertEquals(State.SUSPENDED, call.run(100));
                assertThrows(IllegalStateException.class, () -> instance.func("sum").call(1));
                try (var second = instance.func("sum").start(1)) {
                    assertThrows(IllegalStateException.class, () -> second.run(100));
                }
                assertEquals(State.SUSPENDED, call.run(100));
            }
            store.setFuel(1000);
            assertEquals(1, instance.func("sum").call(1)[0]);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void closingUnwindsTheGuestAndItsHostFunctions(Setup setup) {
        var unwound = new AtomicInteger();
        try (var store = setup.meteredStore()) {
            var linker = Linker.create(store);
            linker.define(
                    "host",
                    "note",
                    store.newFunc(FuncType.of(List.of(NumType.I32), List.of()), _ -> {}));
            linker.define(
                    "host",
                    "again",
                    store.newFunc(
                            FuncType.of(List.of(NumType.I32), List.of(NumType.I32)),
                            frame -> {
                                try {
                                    frame.caller().orElseThrow().func("forever").call();
                                } finally {
                                    unwound.incrementAndGet();
                                }
                            }));
            var instance = Setup.instantiate(linker, TEXT, setup.first());
            var call = instance.func("through").start(1);
            assertEquals(State.SUSPENDED, call.run(1000));
            assertEquals(0, unwound.get());
            call.close();
            assertEquals(1, unwound.get());
            assertEquals(State.FAILED, call.state());
            assertThrows(IllegalStateException.class, () -> call.run(1));
            store.setFuel(1000);
            assertEquals(1, instance.func("sum").call(1)[0]);
            // One that never ran.
            var never = instance.func("sum").start(1);
            never.close();
            assertThrows(IllegalStateException.class, () -> never.run(1));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void stopAndCloseOfTheStoreEndASuspendedCall(Setup setup) {
        var store = setup.meteredStore();
        var instance = Setup.instantiate(linker(store), TEXT, setup.first());
        try (var call = instance.func("forever").start()) {
            assertEquals(State.SUSPENDED, call.run(100));
            store.stop();
            assertThrows(StoppedException.class, () -> call.run(100));
        }
        store.setFuel(1000);
        assertEquals(1, instance.func("sum").call(1)[0]);
        try (var call = instance.func("forever").start()) {
            assertEquals(State.SUSPENDED, call.run(100));
            store.close();
            assertThrows(ClosedException.class, () -> call.run(100));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void manyTakeTurns(Setup setup) {
        var stores = new ArrayList<Store>();
        var calls = new ArrayList<Suspendable>();
        for (int i = 0; i < 20; i++) {
            var store = setup.meteredStore();
            stores.add(store);
            calls.add(
                    Setup.instantiate(linker(store), TEXT, setup.first())
                            .func("sum")
                            .start(10 + i));
        }
        boolean runs = true;
        while (runs) {
            runs = false;
            for (var call : calls) {
                if (call.state() != State.RETURNED) {
                    runs |= call.run(13) == State.SUSPENDED;
                }
            }
        }
        for (int i = 0; i < 20; i++) {
            assertEquals((10 + i) * (11 + i) / 2, calls.get(i).results()[0]);
            stores.get(i).close();
        }
    }

    @Test
    void needsFuel() {
        var setup = setups().findFirst().orElseThrow();
        try (var store = setup.store()) {
            var sum = Setup.instantiate(linker(store), TEXT, setup.first()).func("sum");
            assertThrows(IllegalStateException.class, () -> sum.start(1));
        }
        try (var store = setup.meteredStore()) {
            var sum = Setup.instantiate(linker(store), TEXT, setup.first()).func("sum");
            assertThrows(IllegalArgumentException.class, () -> sum.start());
            var call = sum.start(1);
            assertThrows(IllegalArgumentException.class, () -> call.run(-1));
            assertFalse(call.state() == State.RETURNED);
        }
    }
}
