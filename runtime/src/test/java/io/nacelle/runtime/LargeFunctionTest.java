// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static io.nacelle.runtime.World.one;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.syntax.NumType;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Functions of unusual sizes: what does not fit the fast interpreter's code runs all the same. */
@Timeout(120)
final class LargeFunctionTest {
    /** More locals than the register code of the fast interpreter can name. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void framesTooLargeForRegisterCode(World.Setup setup) {
        try (var world = setup.world()) {
            world.linker.define(
                    "host",
                    "add",
                    World.toI32(NumType.I32, NumType.I32),
                    frame -> frame.setI32(0, frame.i32(0) + frame.i32(1)));
            world.other(
                    "a",
                    """
                    (module (func (export "f") (param i32) (result i32)
                      (i32.mul (local.get 0) (i32.const 3))))
                    """);
            var it =
                    world.instance(
                            """
                            (module
                              (import "host" "add" (func $add (param i32 i32) (result i32)))
                              (import "a" "f" (func $a (param i32) (result i32)))
                              (type $f (func (param i32) (result i32)))
                              (table funcref (elem $small $large $a))
                              (memory 1)
                              (func $small (type $f) (i32.add (local.get 0) (i32.const 1)))
                              (func $tail (type $f) (return_call $large (local.get 0)))
                              (func $large (export "large") (type $f) (local LOCALS) (local externref)
                                (if (i32.eqz (local.get 0)) (then (return (i32.const 1000))))
                                (local.set 40000 (local.get 0))
                                (i32.store (i32.const 0) (local.get 40000))
                                (call $add
                                  (call $small (local.get 40000))
                                  (i32.add
                                    (call_indirect (type $f)
                                      (i32.sub (local.get 0) (i32.const 1)) (i32.const 1))
                                    (call_indirect (type $f) (i32.load (i32.const 0))
                                      (i32.const 2)))))
                              (func (export "go") (type $f) (call $tail (local.get 0)))
                              (func (export "away") (type $f) (local LOCALS)
                                (return_call $small (local.get 0)))
                              (func (export "away_far") (type $f) (local LOCALS)
                                (return_call $a (local.get 0)))
                              (func (export "ref") (param externref) (result externref i32)
                                (local LOCALS) (local externref)
                                (local.set 49001 (local.get 0))
                                (local.get 49001) (ref.is_null (local.get 49001)))
                              (func $deep (export "deep") (type $f) (local LOCALS)
                                (call $deep (local.get 0)))
                              (func $trap (export "trap") (type $f) (local LOCALS)
                                (nop) unreachable))
                            """
                                    .replace("LOCALS", "i32 ".repeat(49_000)));
            // large(n) = (n + 1) + large(n - 1) + 3 m, where m is what the recursion has stored.
            assertEquals(1000, one(it, "large", 0));
            assertEquals(2 + 1000 + 3, one(it, "large", 1));
            assertEquals(3 + 1005 + 3, one(it, "go", 2));
            assertEquals(8, one(it, "away", 7));
            assertEquals(21, one(it, "away_far", 7));
            assertArrayEquals(new Object[] {"x", 0}, it.func("ref").call("x"));
            for (int i = 0; i < 3; i++) {
                var full = assertThrows(ExhaustedException.class, () -> it.func("deep").call(1));
                assertEquals(ExhaustedException.Resource.CALL_STACK, full.resource());
            }
            var trap = assertThrows(Trap.class, () -> it.func("trap").call(1));
            assertEquals("trap", trap.guestFrames().getFirst().funcName().orElseThrow());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void aThousandParametersAndResults(World.Setup setup) {
        var params = "i64 ".repeat(1000);
        var gets =
                IntStream.range(0, 1000)
                        .mapToObj(i -> "(local.get " + (999 - i) + ")")
                        .collect(Collectors.joining(" "));
        try (var world = setup.world()) {
            world.linker.define(
                    "host",
                    "turn",
                    world.module(
                                    "(module (func (param P) (result P) unreachable))"
                                            .replace("P", params))
                            .valid()
                            .funcType(0)
                            .func(),
                    frame -> {
                        for (int i = 0; i < 1000; i++) {
                            frame.setI64(i, frame.i64(999 - i));
                        }
                    });
            world.other(
                    "a",
                    """
                    (module (func (export "turn") (param P) (result P) GETS))
                    """
                            .replace("P", params)
                            .replace("GETS", gets));
            var it =
                    world.instance(
                            """
                            (module
                              (type $t (func (param P) (result P)))
                              (import "a" "turn" (func $a (type $t)))
                              (import "host" "turn" (func $h (type $t)))
                              (table funcref (elem $a $h))
                              (func $mine (type $t) GETS)
                              (func $tail (type $t) GETS (return_call $mine))
                              (func (export "even") (type $t)
                                GETS (call $h) (call $a) (call $mine))
                              (func (export "odd") (type $t)
                                GETS (call $tail) (call_indirect (type $t) (i32.const 1)) (call $a))
                              (func (export "block") (type $t)
                                (i64.const 5) GETS
                                (block (type $t) (br_if 0 (i32.const 1)))
                                (loop (type $t)
                                  (br_if 1 (i32.const 1)))
                                unreachable))
                            """
                                    .replace("P", params)
                                    .replace("GETS", gets));
            var args = IntStream.range(0, 1000).mapToObj(i -> (Object) (long) i).toArray();
            var turned =
                    IntStream.range(0, 1000).mapToObj(i -> (Object) (long) (999 - i)).toArray();
            assertArrayEquals(args, it.func("even").call(args));
            assertArrayEquals(turned, it.func("odd").call(args));
            assertArrayEquals(turned, it.func("block").call(args));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void aTableOfAHundredThousandLabels(World.Setup setup) {
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module (func (export "f") (param i32) (result i32)
                              (block $a (result i32)
                                (i32.const 9)
                                (block $b (result i32)
                                  (br_table LABELS $a (i32.const 7) (local.get 0)))
                                (drop) (drop) (i32.const 8))))
                            """
                                    .replace("LABELS", "$a $b ".repeat(50_000)));
            assertEquals(7, one(it, "f", 0));
            assertEquals(8, one(it, "f", 1));
            assertEquals(8, one(it, "f", 99_999));
            assertEquals(7, one(it, "f", 99_998));
            assertEquals(7, one(it, "f", 100_001));
            assertEquals(7, one(it, "f", -1));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void deepNesting(World.Setup setup) {
        int depth = 900;
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            "(module (func (export \"f\") (param i32) (result i32) "
                                    + "(block (result i32) ".repeat(depth)
                                    + "(i32.const 5) (br_if "
                                    + depth
                                    + " (local.get 0)) (br 0)"
                                    + ")".repeat(depth)
                                    + " (i32.add (i32.const 1))))");
            assertEquals(6, one(it, "f", 0));
            assertEquals(5, one(it, "f", 1));
        }
    }

    /** A few bytes of code that take a thousand values along must not become thousands of words. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void manyBranchesWithManyValues(World.Setup setup) {
        int branches = 5000;
        var results = "i64 ".repeat(1000);
        var values =
                IntStream.range(0, 1000)
                        .mapToObj(i -> "(i64.const " + i + ")")
                        .collect(Collectors.joining(" "));
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module
                              (func (export "f") (param i32) (result R)
                                (block $b (result R)
                                  (i64.const -1)
                                  VALUES
                                  BRANCHES
                                  (br_table TABLE (local.get 0))))
                              (func (export "g") (param i32) (result R)
                                (i64.const -1) VALUES RETURNS (return)))
                            """
                                    .replace("R)", results + ")")
                                    .replace("VALUES", values)
                                    .replace(
                                            "BRANCHES",
                                            "(br_if $b (local.get 0)) ".repeat(branches))
                                    .replace("RETURNS", "(br_if 0 (local.get 0)) ".repeat(branches))
                                    .replace("TABLE", "$b 1 ".repeat(branches)));
            var expected = IntStream.range(0, 1000).mapToObj(i -> (Object) (long) i).toArray();
            System.gc();
            var runtime = Runtime.getRuntime();
            long before = runtime.totalMemory() - runtime.freeMemory();
            for (int i = 0; i < 2; i++) {
                assertArrayEquals(expected, it.func("f").call(i));
                assertArrayEquals(expected, it.func("g").call(i));
            }
            System.gc();
            long kept = runtime.totalMemory() - runtime.freeMemory() - before;
            assertTrue(kept < 20 << 20, kept + " bytes are kept");
        }
    }
}
