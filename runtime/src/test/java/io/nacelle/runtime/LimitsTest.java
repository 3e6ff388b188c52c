// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static io.nacelle.runtime.World.one;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.syntax.NumType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.HashSet;

/** Limits hold, in every mode alike, and leave the store usable. */
@Timeout(120)
final class LimitsTest {
    private static final String DEEP =
            """
            (module (global $n (export "n") (mut i32) (i32.const 0)) (memory 0)
              (func $f (export "f") (param i64 f64) (result i64) (local i32 v128)
                (global.set $n (i32.add (global.get $n) (i32.const 1)))
                (i64.add (i64.const 1) (call $f (local.get 0) (local.get 1))))
              (func $r (export "refs") (param externref) (result externref)
                (global.set $n (i32.add (global.get $n) (i32.const 1)))
                (call $r (local.get 0)) (drop) (local.get 0)))
            """;

    private static void exhausts(ExhaustedException.Resource resource, Executable call) {
        assertEquals(resource, assertThrows(ExhaustedException.class, call).resource());
    }

    @Test
    void theStackIsAsDeepInEveryModeAndEveryTime() {
        var depths = new HashSet<Integer>();
        World.every()
                .forEach(
                        setup -> {
                            var limits = StoreLimits.defaults().withStackBytes(100_000);
                            try (var world = setup.world(limits)) {
                                var it = world.instance(DEEP);
                                for (int i = 0; i < 4; i++) {
                                    it.global("n").set(0);
                                    exhausts(
                                            ExhaustedException.Resource.CALL_STACK,
                                            () -> it.func("f").call(1L, 2.0));
                                    depths.add((int) it.global("n").get());
                                    exhausts(
                                            ExhaustedException.Resource.CALL_STACK,
                                            () -> it.func("refs").call("x"));
                                }
                            }
                        });
        assertEquals(1, depths.size(), depths.toString());
    }

    /** A large frame at every depth in turn must not make the store keep all of them. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void framesTakeNoMoreMemoryThanTheLimit(World.Setup setup) {
        var locals = "i64 ".repeat(8000);
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module
                              (func $big (param externref) (result i32) (local LOCALS)
                                (local.set 8000 (i64.const 5))
                                (i32.wrap_i64 (local.get 8000)))
                              (func $down (export "go") (param i32 i32 externref) (result i32)
                                (if (i32.eqz (i32.and (local.get 0) (i32.const 15)))
                                  (then
                                    (local.set 1
                                      (i32.add (local.get 1) (call $big (local.get 2))))))
                                (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
                                (call $down (i32.sub (local.get 0) (i32.const 1))
                                  (local.get 1) (local.get 2))))
                            """
                                    .replace("LOCALS", locals));
            // 25,000 deep; one in sixteen frames would be 128 KB: 200 MB with references.
            var runtime = Runtime.getRuntime();
            System.gc();
            long before = runtime.totalMemory() - runtime.freeMemory();
            World.deep(() -> assertEquals(5 * 1564, one(it, "go", 25_008, 0, "x")));
            System.gc();
            long kept = runtime.totalMemory() - runtime.freeMemory() - before;
            assertTrue(kept < 100 << 20, kept + " bytes are kept");
            World.deep(() -> assertEquals(5 * 1564, one(it, "go", 25_008, 0, "x")));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void memoriesAndTablesOfAllInstancesTogether(World.Setup setup) {
        var limits = StoreLimits.defaults().withMemoryBytes(5 << 16).withTableElements(50);
        try (var world = setup.world(limits)) {
            var text =
                    """
                    (module (memory (export "m") 2) (table (export "t") 20 externref)
                      (func (export "mem") (param i32) (result i32) (memory.grow (local.get 0)))
                      (func (export "tab") (param i32) (result i32)
                        (table.grow (ref.null extern) (local.get 0))))
                    """;
            var a = world.other("a", text);
            var b = world.instance(text);
            assertEquals(-1, one(a, "mem", 2));
            assertEquals(2, one(b, "mem", 1));
            assertEquals(-1, one(a, "mem", 1));
            assertEquals(2, one(a, "mem", 0));
            assertEquals(-1, a.memory("m").grow(1));
            assertEquals(-1, one(a, "tab", 11));
            assertEquals(20, one(b, "tab", 10));
            assertEquals(-1, one(a, "tab", 1));
            assertEquals(-1, a.table("t").grow(1, null));
            exhausts(
                    ExhaustedException.Resource.MEMORY,
                    () -> world.instance("(module (memory 1))"));
            exhausts(
                    ExhaustedException.Resource.TABLE,
                    () -> world.instance("(module (table 1 funcref))"));
            world.instance("(module (memory 0) (table 0 funcref))");
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void fuelIsUsedUpAndFilledUp(World.Setup setup) {
        try (var world = setup.metered()) {
            var it =
                    world.instance(
                            """
                            (module (memory 16) (table 100000 externref)
                              (func (export "loop") (loop $l (br $l)))
                              (func (export "fill") (param i32)
                                (memory.fill (i32.const 0) (i32.const 1) (local.get 0)))
                              (func (export "grow") (param i32) (result i32)
                                (table.grow (ref.null extern) (local.get 0)))
                              (func (export "ok") (result i32) (i32.const 1)))
                            """);
            world.store.setFuel(100_000);
            exhausts(ExhaustedException.Resource.FUEL, () -> it.func("loop").call());
            assertEquals(0, world.store.fuel());
            exhausts(ExhaustedException.Resource.FUEL, () -> it.func("ok").call());
            world.store.setFuel(1000);
            assertEquals(1, one(it, "ok"));
            exhausts(ExhaustedException.Resource.FUEL, () -> it.func("fill").call(1 << 20));
            world.store.setFuel(1000);
            exhausts(ExhaustedException.Resource.FUEL, () -> it.func("grow").call(-1));
            world.store.setFuel(Long.MAX_VALUE);
            assertEquals(1, one(it, "ok"));
            assertTrue(world.store.fuel() < Long.MAX_VALUE);
            assertThrows(IllegalArgumentException.class, () -> world.store.setFuel(-1));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void withoutMeteringThereIsNoFuel(World.Setup setup) {
        try (var world = setup.world()) {
            assertThrows(IllegalStateException.class, world.store::fuel);
            assertThrows(IllegalStateException.class, () -> world.store.setFuel(1));
        }
    }

    /** What a host function that is called deep down uses is given back, however it ends. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void nothingLeaksThroughHostFunctions(World.Setup setup) {
        var limits = StoreLimits.defaults().withStackBytes(50_000);
        try (var world = setup.world(limits)) {
            world.linker.define(
                    "host",
                    "maybe",
                    World.toI32(NumType.I32),
                    frame -> {
                        if (frame.i32(0) % 2 == 0) {
                            throw new IllegalStateException();
                        }
                        frame.setI32(0, 1);
                    });
            world.other(
                    "a",
                    """
                    (module (import "host" "maybe" (func $f (param i32) (result i32)))
                      (func (export "f") (param i32) (result i32) (call $f (local.get 0))))
                    """);
            var it =
                    world.instance(
                            """
                            (module (import "a" "f" (func $f (param i32) (result i32)))
                              (func (export "f") (param i32) (result i32) (call $f (local.get 0)))
                              (func (export "t") (param i32) (result i32)
                                (return_call $f (local.get 0))))
                            """);
            for (int i = 0; i < 1_500; i++) {
                for (var name : new String[] {"f", "t"}) {
                    assertEquals(1, one(it, name, 1));
                    assertThrows(IllegalStateException.class, () -> it.func(name).call(0));
                }
            }
        }
    }
}
