// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static io.nacelle.runtime.World.NOTHING;
import static io.nacelle.runtime.World.one;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;

/** What catches exceptions, within a function and around calls: places, values, fuel, stops. */
@Timeout(120)
final class HandlersTest {
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void whatIsBelowATryKeepsItsValue(World.Setup setup) {
        try (var world = setup.world()) {
            world.other(
                    "other",
                    """
                    (module (tag (export "t") (param i32 f64 v128 externref i32))
                      (func (export "throw") (param externref)
                        (throw 0 (i32.const 1) (f64.const 2.5) (v128.const i64x2 3 4)
                          (local.get 0) (i32.const -5))))
                    """);
            var it =
                    world.instance(
                            """
                            (module
                              (import "other" "t" (tag $t (param i32 f64 v128 externref i32)))
                              (import "other" "throw" (func $throw (param externref)))
                              (func (export "run") (param $x externref)
                                  (result i32 v128 externref i32 f64 v128 externref i32)
                                (local $n i32) (local $y externref)
                                (local.set $n (i32.const 40))
                                (local.set $y (local.get $x))
                                (local.get $n)
                                (v128.const i64x2 10 20)
                                (local.get $x)
                                (block $b (result i32 f64 v128 externref i32)
                                  (try_table (catch $t $b)
                                    (local.set $n (i32.const 41))
                                    (i32.const 99) (i64.const 98)
                                    (local.set $x (ref.null extern))
                                    (call $throw (local.tee $x (local.get $y)))
                                    (drop) (drop))
                                  (unreachable))))
                            """);
            var object = new Object();
            assertArrayEquals(
                    new Object[] {40, new V128(10, 20), object, 1, 2.5, new V128(3, 4), object, -5},
                    it.func("run").call(object));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void legacyHandlersNestDelegateAndRethrow(World.Setup setup) {
        try (var world = setup.world()) {
            world.other(
                    "other",
                    """
                    (module (tag (export "ta") (param i32)) (tag (export "tb"))
                      (func (export "a") (param i32) (throw 0 (local.get 0)))
                      (func (export "b") (throw 1)))
                    """);
            var it =
                    world.instance(
                            """
                            (module
                              (import "other" "ta" (tag $a (param i32)))
                              (import "other" "tb" (tag $b))
                              (import "other" "a" (func $a (param i32)))
                              (import "other" "b" (func $b))
                              ;; An exception caught within the handler of another.
                              (func (export "outer") (result i32)
                                (try (result i32)
                                  (do (try (result i32)
                                    (do (call $a (i32.const 5)) (i32.const 0))
                                    (catch $a
                                      (try
                                        (do (call $a (i32.const 6)))
                                        (catch $a (drop) (rethrow 1))
                                        (catch_all))
                                      (drop) (i32.const 1))))
                                  (catch $a)
                                  (catch_all (i32.const 2))))
                              (func (export "inner") (result i32)
                                (try (result i32)
                                  (do (try (result i32)
                                    (do (call $a (i32.const 5)) (i32.const 0))
                                    (catch $a
                                      (try
                                        (do (call $a (i32.const 6)))
                                        (catch $a (drop) (rethrow 0)))
                                      (drop) (i32.const 1))))
                                  (catch $a)))
                              ;; Past the nearest handlers, to those of the label.
                              (func (export "delegate") (param i32) (result i32)
                                (try $out (result i32)
                                  (do
                                    (try (result i32)
                                      (do
                                        (try
                                          (do
                                            (if (local.get 0) (then (call $b))
                                              (else (call $a (i32.const 30)))))
                                          (delegate $out))
                                        (i32.const 1))
                                      (catch_all (i32.const 2))))
                                  (catch $b (i32.const 3))
                                  (catch $a (i32.add (i32.const 1)))))
                              (func (export "delegate from handler") (result i32)
                                (try (result i32)
                                  (do
                                    (try $in (result i32)
                                      (do (call $b) (i32.const 0))
                                      (catch $b
                                        (try (do (call $a (i32.const 8))) (delegate $in))
                                        (i32.const 1))
                                      (catch_all (i32.const 2))))
                                  (catch $a)))
                              (func $away (try (do (call $a (i32.const 11))) (delegate 0)))
                              (func (export "delegate away") (result i32)
                                (try (result i32) (do (call $away) (i32.const 0)) (catch $a)))
                              (func (export "not caught") (result i32)
                                (try (result i32)
                                  (do (try (result i32) (do (call $b) (i32.const 0))
                                    (catch $a)))
                                  (catch_all (i32.const 12))))
                              ;; Tables and legacy handlers in one function.
                              (func (export "mixed") (param i32) (result i32)
                                (block $c (result i32)
                                  (try_table (result i32) (catch $a $c)
                                    (try (result i32)
                                      (do (call $b) (i32.const 0))
                                      (catch $b (call $a (local.get 0)) (i32.const 1))))))
                              (func (export "loop") (param i32) (result i32) (local i32)
                                (loop $again
                                  (try
                                    (do (try (do (call $a (local.get 0)))
                                      (catch $a (local.set 1 (i32.add (local.get 1)))
                                        (rethrow 0))))
                                    (catch_all))
                                  (br_if $again
                                    (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
                                (local.get 1))
                              (func (export "dead") (param i32) (result i32)
                                (return (i32.const 4))
                                (try (result i32) (do (call $b) (i32.const 1))
                                  (catch $a (rethrow 0)) (catch_all (i32.const 2)))
                                (try (do) (delegate 0))))
                            """);
            assertEquals(5, one(it, "outer"));
            assertEquals(6, one(it, "inner"));
            assertEquals(31, one(it, "delegate", 0));
            assertEquals(3, one(it, "delegate", 1));
            assertEquals(8, one(it, "delegate from handler"));
            assertEquals(11, one(it, "delegate away"));
            assertEquals(12, one(it, "not caught"));
            assertEquals(9, one(it, "mixed", 9));
            assertEquals(55, one(it, "loop", 10));
            assertEquals(4, one(it, "dead", 1));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void aHandlerMayLeadToALoopOrOutOfTheFunction(World.Setup setup) {
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module
                              (tag $t (param i32)) (tag $v (param v128 externref))
                              (func $throw (param i32) (throw $t (local.get 0)))
                              (func (export "loop") (param i32) (result i32)
                                (local.get 0)
                                (loop $again (param i32) (result i32)
                                  (local.set 0)
                                  (if (i32.gt_s (local.get 0) (i32.const 100))
                                    (then (return (local.get 0))))
                                  (try_table (catch $t $again)
                                    (call $throw (i32.mul (local.get 0) (i32.const 2))))
                                  (unreachable)))
                              (func (export "return") (param i32) (result i32)
                                (i64.const 1)
                                (try_table (catch $t 0) (call $throw (local.get 0)))
                                (drop) (i32.const -1))
                              (func (export "empty")
                                (try_table (catch_all 0) (throw $t (i32.const 0)))
                                (unreachable))
                              (func (export "all kinds") (param externref)
                                  (result v128 externref exnref)
                                (try_table (catch_ref $v 0)
                                  (throw $v (v128.const i64x2 1 2) (local.get 0)))
                                (unreachable)))
                            """);
            assertEquals(192, one(it, "loop", 3));
            assertEquals(4, one(it, "return", 4));
            it.func("empty").call();
            var results = it.func("all kinds").call("x");
            assertEquals(new V128(1, 2), results[0]);
            assertEquals("x", results[1]);
            var thrown = (GuestException) results[2];
            assertEquals(List.of(new V128(1, 2), "x"), thrown.values());
            assertTrue(thrown.guestFrames().isEmpty());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void memoryIsTheHandlersOwn(World.Setup setup) {
        try (var world = setup.world()) {
            world.other(
                    "other",
                    """
                    (module (memory (export "other") 1) (tag (export "t"))
                      (func (export "throw") (i32.store (i32.const 0) (i32.const 1)) (throw 0)))
                    """);
            var kept = new Instance[1];
            world.linker.define("host", "grow", NOTHING, f -> kept[0].func("grow").call());
            var it =
                    world.instance(
                            """
                            (module (import "other" "t" (tag $t))
                              (import "other" "throw" (func $throw))
                              (import "host" "grow" (func $host))
                              (memory 1)
                              (func (export "grow")
                                (drop (memory.grow (i32.const 1)))
                                (i32.store (i32.const 65536) (i32.const 55)) (throw $t))
                              (func $between (call $host))
                              (func (export "run") (param i32) (result i32)
                                (i32.store (i32.const 0) (i32.const 2))
                                (block $b
                                  (try_table (catch $t $b)
                                    (if (local.get 0) (then (call $throw)))
                                    (call $between)))
                                (i32.load (i32.const 0)))
                              (func (export "grown") (param i32) (result i32)
                                (block $b (try_table (catch $t $b) (call $between)))
                                (i32.load (i32.const 65536))))
                            """);
            kept[0] = it;
            assertEquals(2, one(it, "run", 1));
            assertEquals(55, one(it, "grown", 0));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void manyHandlersInOneFunction(World.Setup setup) {
        int count = 300;
        var tags = new StringBuilder();
        var nested = new StringBuilder("(call $throw (local.get 0))");
        for (int i = 0; i < count; i++) {
            tags.append("(tag $t").append(i).append(" (param i32))");
            // Each adds its own number to what it catches.
            nested.insert(
                    0, "(block $b%d (result i32) (try_table (catch $t%d $b%d) ".formatted(i, i, i));
            nested.append(
                    ") (i32.const -1) (return)) (i32.const %d) (i32.add) (return)".formatted(i));
        }
        var throwing = new StringBuilder();
        for (int i = 0; i < count; i++) {
            throwing.append(
                    "(if (i32.eq (local.get 0) (i32.const %d)) (then (throw $t%d (i32.const 1000))))"
                            .formatted(i, i));
        }
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            "(module "
                                    + tags
                                    + "(func $throw (param i32) "
                                    + throwing
                                    + ")(func (export \"run\") (param i32) (result i32) "
                                    + nested
                                    + "))");
            for (int i = 0; i < count; i += 7) {
                assertEquals(1000 + i, one(it, "run", i));
            }
            assertEquals(-1, one(it, "run", count));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void manyLegacyHandlersInOneFunction(World.Setup setup) {
        int count = 100;
        var body =
                """
                (try (do (try (do (throw $t (local.get 0)))
                  (catch $t (local.set 1 (i32.add (local.get 1))) (rethrow 0))))
                  (catch_all))
                """;
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            "(module (tag $t (param i32)) (func (export \"run\") (param i32)"
                                    + " (result i32) (local i32)"
                                    + body.repeat(count)
                                    + "(local.get 1)))");
            assertEquals(3 * count, one(it, "run", 3));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void fuelIsTheSameInEveryMode(World.Setup setup) {
        try (var world = setup.metered()) {
            world.store.setFuel(1_000_000);
            world.other(
                    "other",
                    """
                    (module (tag (export "t") (param i32))
                      (func (export "throw") (param i32)
                        (if (local.get 0) (then (throw 0 (local.get 0))))))
                    """);
            var it =
                    world.instance(
                            """
                            (module (import "other" "t" (tag $t (param i32)))
                              (import "other" "throw" (func $throw (param i32)))
                              (func (export "run") (param i32) (result i32) (local $sum i32)
                                (loop $again
                                  (block $b (result i32)
                                    (try_table (catch $t $b)
                                      (call $throw (i32.and (local.get 0) (i32.const 3)))
                                      (nop) (drop (i32.const 7)))
                                    (i32.const 100))
                                  (local.set $sum (i32.add (local.get $sum)))
                                  (try
                                    (do (throw $t (local.get $sum)))
                                    (catch $t
                                      (local.set $sum (i32.add (i32.const 1)))))
                                  (try
                                    (do (try (do (call $throw (i32.const 1)))
                                      (catch_all (rethrow 0))))
                                    (catch_all))
                                  (br_if $again
                                    (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
                                (try_table (catch $t 0) (call $throw (local.get $sum)))
                                (i32.const 0)))
                            """);
            long before = world.store.fuel();
            assertEquals(775, one(it, "run", 30));
            assertEquals(FUEL, before - world.store.fuel());
        }
    }

    /**
     * What the run above takes by the definition of segments, counted by hand: a round with three
     * exceptions, one with two, and what comes behind the loop.
     */
    private static final long FUEL = 23 * 29 + 7 * 28 + 6;

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void aGuestThatThrowsForEverCanBeStopped(World.Setup setup) throws InterruptedException {
        var text =
                """
                (module (tag $t (export "t"))
                  (func $throw (export "throw") (throw $t))
                  (func (export "near") (loop $l (try_table (catch_all $l) (throw $t))))
                  (func (export "far") (loop $l (try_table (catch_all $l) (call $throw))))
                  (func (export "legacy")
                    (loop $l (try (do (call $throw)) (catch_all)) (br $l)))
                  (func (export "again") (local $e exnref)
                    (block $b (result exnref)
                      (try_table (catch_all_ref $b) (call $throw)) (unreachable))
                    (local.set $e)
                    (loop $l (try_table (catch_all $l) (throw_ref (local.get $e))))))
                """;
        for (var name : List.of("near", "far", "legacy", "again")) {
            try (var world = setup.world()) {
                var it = world.instance(text);
                var stopper =
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            try {
                                                Thread.sleep(50);
                                            } catch (InterruptedException e) {
                                                throw new AssertionError(e);
                                            }
                                            world.store.stop();
                                        });
                assertThrows(StoppedException.class, () -> it.func(name).call(), name);
                stopper.join();
            }
        }
    }
}
