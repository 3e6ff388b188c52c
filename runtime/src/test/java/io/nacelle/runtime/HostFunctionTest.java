// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static io.nacelle.runtime.World.one;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Functions of the host: what they are given, who calls them, and how they fail. */
final class HostFunctionTest {
    private static final List<ValType> ALL =
            List.of(
                    NumType.I32,
                    NumType.I64,
                    NumType.F32,
                    NumType.F64,
                    VecType.V128,
                    RefType.EXTERNREF);

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void valuesOfEveryTypeGoBothWays(World.Setup setup) {
        try (var world = setup.world()) {
            var seen = new ArrayList<Object>();
            world.linker.define(
                    "host",
                    "f",
                    new FuncType(ALL, ALL.reversed()),
                    frame -> {
                        frame.setRef(0, "result");
                        frame.setV128(1, new V128(8, 9));
                        frame.setF64(2, 2.5);
                        frame.setF32(3, -0f);
                        frame.setI64(4, -7);
                        frame.setI32(5, -6);
                        seen.add(frame.i32(0));
                        seen.add(frame.i64(1));
                        seen.add(frame.f32(2));
                        seen.add(frame.f64(3));
                        seen.add(frame.v128(4));
                        seen.add(frame.ref(5));
                    });
            var it =
                    world.instance(
                            """
                            (module
                              (import "host" "f" (func $f
                                (param i32 i64 f32 f64 v128 externref)
                                (result externref v128 f64 f32 i64 i32)))
                              (func (export "go") (param externref)
                                  (result externref v128 f64 f32 i64 i32)
                                (call $f (i32.const -1) (i64.const -2) (f32.const 1.5)
                                  (f64.const nan) (v128.const i64x2 3 4) (local.get 0))))
                            """);
            var results = it.func("go").call("argument");
            assertEquals(List.of(-1, -2L, 1.5f, Double.NaN, new V128(3, 4), "argument"), seen);
            assertArrayEquals(new Object[] {"result", new V128(8, 9), 2.5, -0f, -7L, -6}, results);
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void resultsAreZeroUntilTheyAreSet(World.Setup setup) {
        try (var world = setup.world()) {
            world.linker.define("host", "f", new FuncType(ALL, ALL), frame -> {});
            world.linker.define(
                    "host",
                    "v",
                    new FuncType(List.of(VecType.V128), List.of(VecType.V128)),
                    frame -> {});
            var it =
                    world.instance(
                            """
                            (module
                              (import "host" "f" (func $f
                                (param i32 i64 f32 f64 v128 externref)
                                (result i32 i64 f32 f64 v128 externref)))
                              (import "host" "v" (func $v (param v128) (result v128)))
                              (func (export "go") (param i32 i64 f32 f64 v128 externref)
                                  (result i32 i64 f32 f64 v128 externref)
                                (call $f (local.get 0) (local.get 1) (local.get 2) (local.get 3)
                                  (local.get 4) (local.get 5)))
                              (func (export "v") (param v128) (result v128)
                                (call $v (local.get 0))))
                            """);
            assertArrayEquals(
                    new Object[] {0, 0L, 0f, 0.0, new V128(0, 0), null},
                    it.func("go").call(1, 2L, 3f, 4.0, new V128(5, 6), "x"));
            assertEquals(new V128(0, 0), one(it, "v", new V128(-1, -1)));
        }
    }

    /** A caller that makes a tail call is the caller still, whoever called it. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void theCallerIsTheInstanceWhoseCodeCalls(World.Setup setup) {
        try (var world = setup.world()) {
            var callers = new ArrayList<Object>();
            world.linker.define(
                    "host",
                    "who",
                    World.NOTHING,
                    frame -> callers.add(frame.caller().orElse(null)));
            var a =
                    world.other(
                            "a",
                            """
                            (module (import "host" "who" (func $who)) (type $v (func))
                              (table (export "t") 1 funcref) (elem (i32.const 0) func $who)
                              (elem declare func $who)
                              (func (export "call") (call $who))
                              (func (export "tail") (return_call $who))
                              (func $indirect (export "indirect")
                                (return_call_indirect (type $v) (i32.const 0)))
                              (func (export "ref") (return_call_ref $v (ref.func $who)))
                              (func (export "twice") (return_call $indirect)))
                            """);
            var b =
                    world.instance(
                            """
                            (module (import "host" "who" (func $who))
                              (import "a" "call" (func $call)) (import "a" "tail" (func $tail))
                              (import "a" "indirect" (func $indirect))
                              (import "a" "ref" (func $ref)) (import "a" "twice" (func $twice))
                              (func (export "call") (call $call) (call $who))
                              (func (export "tail") (call $tail) (call $who))
                              (func (export "indirect") (call $indirect) (call $who))
                              (func (export "ref") (call $ref) (call $who))
                              (func (export "twice") (call $twice) (call $who))
                              (func (export "tail_tail") (return_call $tail)))
                            """);
            for (var name : new String[] {"call", "tail", "indirect", "ref", "twice"}) {
                callers.clear();
                a.func(name).call();
                b.func(name).call();
                assertEquals(List.of(a, a, b), callers, name);
            }
            callers.clear();
            b.func("tail_tail").call();
            ((Func) a.table("t").get(0)).call();
            assertSame(a, callers.get(0));
            assertNull(callers.get(1));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void exceptionsReachWhoeverCalled(World.Setup setup) {
        try (var world = setup.world()) {
            var failures =
                    new Throwable[] {
                        new IllegalStateException("a"),
                        new IOException("b"),
                        new AssertionError("c")
                    };
            world.linker.define(
                    "host",
                    "fail",
                    World.type(List.of(NumType.I32)),
                    frame -> {
                        switch (failures[frame.i32(0)]) {
                            case Exception e -> throw e;
                            case Throwable e -> throw (Error) e;
                        }
                    });
            world.other(
                    "a",
                    """
                    (module (import "host" "fail" (func $f (param i32)))
                      (func (export "f") (param i32) (call $f (local.get 0))))
                    """);
            var b =
                    world.instance(
                            """
                            (module (import "a" "f" (func $f (param i32)))
                              (func (export "f") (param i32) (call $f (local.get 0)))
                              (func (export "ok") (result i32) (i32.const 1)))
                            """);
            for (int i = 0; i < 2; i++) {
                assertSame(
                        failures[0],
                        assertThrows(IllegalStateException.class, () -> b.func("f").call(0)));
                var wrapped = assertThrows(HostException.class, () -> b.func("f").call(1));
                assertSame(failures[1], wrapped.getCause());
                assertSame(
                        failures[2], assertThrows(AssertionError.class, () -> b.func("f").call(2)));
                assertEquals(1, one(b, "ok"));
            }
        }
    }

    /** What a nested call leaves behind when it fails must not be felt by the call around it. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void aHostFunctionMayCatchWhatTheGuestThrows(World.Setup setup) {
        try (var world = setup.world()) {
            var guest = new Instance[1];
            world.linker.define(
                    "host",
                    "try",
                    World.toI32(NumType.I32),
                    frame -> {
                        int caught = 0;
                        for (int i = 0; i < 100; i++) {
                            try {
                                guest[0].func("deep").call(frame.i32(0), "x");
                            } catch (Trap | ExhaustedException e) {
                                caught++;
                            }
                        }
                        frame.setI32(0, caught);
                    });
            guest[0] =
                    world.other(
                            "a",
                            """
                            (module
                              (func $deep (export "deep") (param i32 externref)
                                (if (i32.eqz (local.get 0)) (then unreachable))
                                (call $deep
                                  (i32.sub (local.get 0) (i32.const 1)) (local.get 1))))
                            """);
            var it =
                    world.instance(
                            """
                            (module (import "host" "try" (func $try (param i32) (result i32)))
                              (func (export "go") (param i32 i64 externref)
                                  (result i32 i64 externref)
                                (call $try (local.get 0)) (local.get 1) (local.get 2)))
                            """);
            for (int depth : new int[] {0, 10, 1000, -1}) {
                assertArrayEquals(new Object[] {100, 5L, "y"}, it.func("go").call(depth, 5L, "y"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void resultsThatAreNotOfTheirTypeAreRefused(World.Setup setup) {
        try (var world = setup.world();
                var elsewhere = Store.create(world.engine, setup.kind())) {
            var foreign = elsewhere.newFunc(World.NOTHING, frame -> {});
            var values = new Object[] {"text", foreign, 5};
            world.linker.define(
                    "host",
                    "f",
                    World.type(List.of(NumType.I32), RefType.FUNCREF),
                    frame -> frame.setRef(0, values[frame.i32(0)]));
            var it =
                    world.instance(
                            """
                            (module (import "host" "f" (func $f (param i32) (result funcref)))
                              (table (export "t") 1 funcref)
                              (func (export "go") (param i32)
                                (table.set (i32.const 0) (call $f (local.get 0)))))
                            """);
            for (int i = 0; i < values.length; i++) {
                int which = i;
                assertThrows(IllegalArgumentException.class, () -> it.func("go").call(which));
                assertNull(it.table("t").get(0));
            }
            assertThrows(IllegalArgumentException.class, () -> it.table("t").set(0, foreign));
            assertThrows(IllegalArgumentException.class, () -> it.table("t").grow(1, foreign));
        }
    }

    /** A reference that a failed call has left must not pass for what the host did not set. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void nothingOfAFailedCallIsLeftForTheNext(World.Setup setup) {
        try (var world = setup.world()) {
            world.linker.define(
                    "host", "null", World.type(List.of(), RefType.FUNCREF), frame -> {});
            var it =
                    world.instance(
                            """
                            (module (import "host" "null" (func $null (result funcref)))
                              (type $f (func (param funcref))) (table 1 funcref)
                              (func $own (export "own"))
                              (func (export "fail")
                                (call_indirect (type $f) (ref.func $own) (i32.const 0)))
                              (func (export "is_null") (result i32)
                                (ref.is_null (call $null))))
                            """);
            assertThrows(Trap.class, () -> it.func("fail").call());
            assertEquals(1, one(it, "is_null"));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void argumentsAreChecked(World.Setup setup) {
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module (func (export "f") (param i32 funcref) (result i32)
                              (local.get 0))
                              (func (export "n") (param i32 i64) (result i64) (local.get 1)))
                            """);
            var f = it.func("f");
            assertThrows(IllegalArgumentException.class, () -> f.call(1));
            assertThrows(IllegalArgumentException.class, () -> f.call(1L, null));
            assertThrows(IllegalArgumentException.class, () -> f.call(null, null));
            assertThrows(IllegalArgumentException.class, () -> f.call(1, "text"));
            assertThrows(IllegalArgumentException.class, () -> f.callRaw(new long[2]));
            assertThrows(IllegalArgumentException.class, () -> it.func("n").callRaw(new long[1]));
            assertEquals(1, one(it, "f", 1, f));
            var slots = new long[] {1L << 40, -5};
            it.func("n").callRaw(slots);
            assertEquals(-5, slots[0]);
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void recursionThroughTheHostEnds(World.Setup setup) {
        try (var world = setup.world()) {
            var guest = new Instance[1];
            var depth = new int[1];
            world.linker.define(
                    "host",
                    "again",
                    World.NOTHING,
                    frame -> {
                        depth[0]++;
                        guest[0].func("go").call();
                    });
            guest[0] =
                    world.instance(
                            """
                            (module (import "host" "again" (func $again))
                              (func (export "go") (call $again))
                              (func (export "ok") (result i32) (i32.const 1)))
                            """);
            for (int i = 0; i < 3; i++) {
                depth[0] = 0;
                var full = assertThrows(ExhaustedException.class, () -> guest[0].func("go").call());
                assertEquals(ExhaustedException.Resource.CALL_STACK, full.resource());
                assertNull(full.getCause());
                assertTrue(depth[0] > 100, "only " + depth[0] + " deep");
                assertEquals(1, one(guest[0], "ok"));
            }
        }
    }
}
