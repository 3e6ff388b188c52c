// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static io.nacelle.runtime.World.NOTHING;
import static io.nacelle.runtime.World.one;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.TagType;
import io.nacelle.wasm.syntax.TypeIndex;
import io.nacelle.wasm.syntax.TypeUse;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;

/** Exceptions between functions, instances of either mode, and the host. */
@Timeout(120)
final class ExceptionTest {
    private static TagType tagType(ValType... params) {
        return new TagType(DefType.of(new FuncType(List.of(params), List.of())));
    }

    private static final FuncType TAKES_EXN = new FuncType(List.of(RefType.EXNREF), List.of());

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void twoOfOneTagAreTwo(World.Setup setup) {
        try (var world = setup.world()) {
            world.other(
                    "other",
                    """
                    (module
                      (tag (export "t") (param i32))
                      (func (export "throw") (param i32) (throw 0 (local.get 0)))
                      (func (export "again") (param exnref) (throw_ref (local.get 0))))
                    """);
            world.linker.define(
                    "host",
                    "again",
                    TAKES_EXN,
                    frame -> {
                        throw (GuestException) frame.ref(0);
                    });
            var it =
                    world.instance(
                            """
                            (module
                              (import "other" "t" (tag $t (param i32)))
                              (import "other" "throw" (func $throw (param i32)))
                              (import "other" "again" (func $again (param exnref)))
                              (import "host" "again" (func $host (param exnref)))
                              (func $value (param exnref i32) (result i32)
                                (block $b (result i32)
                                  (try_table (catch $t $b)
                                    (if (i32.eq (local.get 1) (i32.const 0))
                                      (then (throw_ref (local.get 0))))
                                    (if (i32.eq (local.get 1) (i32.const 1))
                                      (then (call $again (local.get 0))))
                                    (call $host (local.get 0)))
                                  (unreachable)))
                              ;; The second digit is how it is thrown again.
                              (func (export "order") (param $first i32) (param $how i32)
                                  (result i32)
                                (local $a exnref) (local $b exnref)
                                (local.set $a (call $pick (i32.const 3)))
                                (local.set $b (call $pick (i32.const 7)))
                                (if (result i32) (local.get $first)
                                  (then (i32.add
                                    (i32.mul (i32.const 10)
                                      (call $value (local.get $a) (local.get $how)))
                                    (call $value (local.get $b) (local.get $how))))
                                  (else (i32.add
                                    (i32.mul (i32.const 10)
                                      (call $value (local.get $b) (local.get $how)))
                                    (call $value (local.get $a) (local.get $how))))))
                              (func $pick (param i32) (result exnref) (local exnref)
                                (block $b (result i32 exnref)
                                  (try_table (catch_ref $t $b) (call $throw (local.get 0)))
                                  (unreachable))
                                (local.set 1) (drop) (local.get 1)))
                            """);
            for (int how = 0; how < 3; how++) {
                assertEquals(37, one(it, "order", 1, how));
                assertEquals(73, one(it, "order", 0, how));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void anExceptionIsThatOneWhereverItPasses(World.Setup setup) {
        try (var world = setup.world()) {
            var tag = world.store.newTag(tagType(NumType.I32));
            world.linker.define("host", "t", tag);
            var seen = new ArrayList<Object>();
            world.linker.define("host", "see", TAKES_EXN, frame -> seen.add(frame.ref(0)));
            var made = GuestException.of(tag, 5);
            world.linker.define(
                    "host",
                    "throw",
                    NOTHING,
                    frame -> {
                        throw made;
                    });
            world.other(
                    "other",
                    """
                    (module
                      (import "host" "throw" (func $throw))
                      (func (export "pass") (call $throw)))
                    """);
            var it =
                    world.instance(
                            """
                            (module
                              (import "host" "t" (tag $t (param i32)))
                              (import "host" "see" (func $see (param exnref)))
                              (import "other" "pass" (func $pass))
                              (func (export "run") (result i32) (local $e exnref)
                                (block $b (result i32 exnref)
                                  (try_table (catch_ref $t $b) (call $pass))
                                  (unreachable))
                                (local.set $e)
                                (call $see (local.get $e))
                                (block $c (result exnref)
                                  (try_table (catch_all_ref $c) (throw_ref (local.get $e)))
                                  (unreachable))
                                (call $see))
                              (func (export "leave") (call $pass))
                              (func (export "is null") (param exnref) (result i32)
                                (ref.is_null (local.get 0)))
                              (func (export "throw") (param exnref) (throw_ref (local.get 0))))
                            """);
            assertEquals(5, one(it, "run"));
            assertEquals(2, seen.size());
            assertSame(made, seen.get(0));
            assertSame(made, seen.get(1));
            var left = assertThrows(GuestException.class, () -> it.func("leave").call());
            assertSame(made, left);
            assertSame(tag, left.tag());
            assertEquals(List.of(5), left.values());
            assertEquals(2, left.guestFrames().size());
            assertThrows(GuestException.class, () -> it.func("leave").call());
            assertEquals(2, left.guestFrames().size());
            assertEquals(0, one(it, "is null", left));
            assertEquals(1, one(it, "is null", new Object[] {null}));
            assertSame(made, assertThrows(GuestException.class, () -> it.func("throw").call(made)));
            assertEquals(1, made.guestFrames().size());
            var trap = assertThrows(Trap.class, () -> it.func("throw").call(new Object[] {null}));
            assertEquals(TrapKind.NULL_EXCEPTION_REFERENCE, trap.kind());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void onlyExceptionsAreCaught(World.Setup setup) {
        try (var world = setup.world()) {
            var failure = new IllegalStateException("of the host");
            world.linker.define(
                    "host",
                    "fail",
                    NOTHING,
                    frame -> {
                        throw failure;
                    });
            world.other("other", "(module (func (export \"trap\") (unreachable)))");
            var it =
                    world.instance(
                            """
                            (module
                              (import "host" "fail" (func $fail))
                              (import "other" "trap" (func $far))
                              (func $recurse (call $recurse))
                              (func $near (unreachable))
                              (func (export "host") (block $b
                                (try_table (catch_all $b) (call $fail))))
                              (func (export "far") (block $b
                                (try_table (catch_all $b) (call $far))))
                              (func (export "near")
                                (try (do (call $near)) (catch_all)))
                              (func (export "stack") (block $b
                                (try_table (catch_all $b) (call $recurse)))))
                            """);
            assertSame(
                    failure,
                    assertThrows(IllegalStateException.class, () -> it.func("host").call()));
            assertThrows(Trap.class, () -> it.func("far").call());
            assertThrows(Trap.class, () -> it.func("near").call());
            assertThrows(ExhaustedException.class, () -> it.func("stack").call());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void tagsAreToldApartByInstance(World.Setup setup) {
        try (var world = setup.world()) {
            var text =
                    """
                    (module
                      (tag (export "t"))
                      (func (export "throw") (throw 0)))
                    """;
            world.other("a", text);
            world.other("b", text);
            var it =
                    world.instance(
                            """
                            (module
                              (import "a" "t" (tag $a)) (import "b" "t" (tag $b))
                              (import "a" "throw" (func $a)) (import "b" "throw" (func $b))
                              (func (export "which") (param i32) (result i32)
                                (block $in_a (block $in_b
                                  (try_table (catch $a $in_a) (catch $b $in_b)
                                    (if (local.get 0) (then (call $a)) (else (call $b))))
                                  (unreachable))
                                  (return (i32.const 2)))
                                (i32.const 1)))
                            """);
            assertEquals(1, one(it, "which", 1));
            assertEquals(2, one(it, "which", 0));
            var wrong = world.store.newTag(tagType(NumType.I64));
            world.linker.define("wrong", "t", wrong);
            assertThrows(
                    LinkException.class,
                    () -> world.instance("(module (import \"wrong\" \"t\" (tag (param i32))))"));
        }
    }

    private static final FuncType TO_I32 = new FuncType(List.of(), List.of(NumType.I32));

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void throughCallsOfEveryKindAndBack(World.Setup setup) {
        try (var world = setup.world()) {
            var kept = new Instance[1];
            world.linker.define(
                    "host",
                    "back",
                    new FuncType(List.of(NumType.I32), List.of()),
                    frame -> kept[0].func("dive").call(frame.i32(0) - 1));
            world.other(
                    "other",
                    """
                    (module
                      (import "host" "back" (func $back (param i32)))
                      (type $f (func (param i32)))
                      (table (export "table") 4 funcref)
                      (tag (export "t") (param i32 i64))
                      (elem (i32.const 0) func $throw $tail)
                      (elem declare func $back)
                      (func $throw (param i32) (throw 0 (local.get 0) (i64.const 9)))
                      (func $tail (param i32)
                        (return_call_ref $f (local.get 0) (ref.func $back)))
                      (func (export "tail") (param i32) (return_call $tail (local.get 0))))
                    """);
            var it =
                    world.instance(
                            """
                            (module
                              (import "host" "back" (func $back (param i32)))
                              (import "other" "table" (table $table 4 funcref))
                              (import "other" "tail" (func $tail (param i32)))
                              (import "other" "t" (tag $t (param i32 i64)))
                              (type $f (func (param i32)))
                              (func $dive (export "dive") (param i32)
                                (if (i32.le_s (local.get 0) (i32.const 0))
                                  (then (return_call_indirect $table (type $f)
                                    (local.get 0) (i32.const 0))))
                                (block $x (block $y (block $z
                                  (br_table $x $y $z (i32.rem_u (local.get 0) (i32.const 3))))
                                  ;; 2
                                  (call $back (local.get 0)) (return))
                                  ;; 1
                                  (call_indirect $table (type $f) (local.get 0) (i32.const 1))
                                  (return))
                                ;; 0
                                (return_call $tail (local.get 0)))
                              (func (export "run") (param i32) (result i32 i64 i32)
                                (local $kept i32)
                                (local.set $kept (i32.const 77))
                                (i32.const 1000)
                                (block $b (result i32 i64)
                                  (try_table (catch $t $b)
                                    (local.set $kept (i32.const 78))
                                    (call $dive (local.get 0)))
                                  (unreachable))
                                (drop) (i32.add) (i64.const 4) (local.get $kept)))
                            """);
            kept[0] = it;
            for (int depth = 0; depth < 40; depth++) {
                assertArrayEquals(
                        new Object[] {1000, 4L, 78}, it.func("run").call(depth), "depth " + depth);
            }
        }
    }

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
    void unwindingGivesTheStackBack(World.Setup setup) {
        var limits = StoreLimits.defaults().withStackBytes(32 << 20);
        try (var world = setup.world(limits)) {
            world.other(
                    "other",
                    """
                    (module (tag (export "t"))
                      (func $dive (export "dive") (param i32) (local i64 i64 i64)
                        (if (i32.eqz (local.get 0)) (then (throw 0)))
                        (call $dive (i32.sub (local.get 0) (i32.const 1)))))
                    """);
            var it =
                    world.instance(
                            """
                            (module
                              (import "other" "t" (tag $t))
                              (import "other" "dive" (func $far (param i32)))
                              (func $near (param i32) (local i64 i64 i64 i64)
                                (if (i32.eqz (local.get 0)) (then (throw $t)))
                                (call $near (i32.sub (local.get 0) (i32.const 1))))
                              (func (export "near") (param $n i32) (param $depth i32)
                                (loop $again
                                  (block $b
                                    (try_table (catch $t $b) (call $near (local.get $depth))))
                                  (br_if $again
                                    (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
                              (func (export "far") (param $n i32) (param $depth i32)
                                (loop $again
                                  (block $b
                                    (try_table (catch $t $b) (call $far (local.get $depth))))
                                  (br_if $again
                                    (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
                            """);
            it.func("near").call(20, 100_000);
            it.func("far").call(20, 100_000);
            // Small leaks would add up.
            it.func("near").call(200_000, 3);
            it.func("far").call(100_000, 3);
            it.func("near").call(2, 200_000);
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void anExceptionNobodyCatchesLeavesTheStoreUsable(World.Setup setup) {
        try (var world = setup.world()) {
            world.other(
                    "other",
                    """
                    (module $far (tag $oops (export "t") (param i32 externref))
                      (func $throw (export "throw") (param externref)
                        (throw $oops (i32.const 4) (local.get 0))))
                    """);
            var it =
                    world.instance(
                            """
                            (module $near
                              (import "other" "throw" (func $throw (param externref)))
                              (func $leave (export "leave") (param externref)
                                (call $throw (local.get 0)))
                              (func (export "ok") (result i32) (i32.const 3)))
                            """);
            var first = assertThrows(GuestException.class, () -> it.func("leave").call("secret"));
            var second = assertThrows(GuestException.class, () -> it.func("leave").call("x"));
            assertNotSame(first, second);
            assertEquals("secret", first.value(1));
            assertEquals(
                    List.of("throw", "leave"),
                    first.guestFrames().stream()
                            .map(frame -> frame.funcName().orElseThrow())
                            .toList());
            assertEquals("exception oops (4, externref)", first.getMessage());
            assertThrows(IndexOutOfBoundsException.class, () -> first.value(2));
            assertEquals(3, one(it, "ok"));
            var fromStart =
                    assertThrows(
                            GuestException.class,
                            () ->
                                    world.instance(
                                            """
                                            (module (import "other" "t"
                                                (tag $t (param i32 externref)))
                                              (func $s (throw $t (i32.const 8) (ref.null extern)))
                                              (start $s))
                                            """));
            assertEquals(8, fromStart.value(0));
            assertNull(fromStart.value(1));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void aRethrownExceptionDoesNotAccumulate(World.Setup setup) {
        try (var world = setup.world()) {
            var inner = new Instance[1];
            world.linker.define("host", "pass", NOTHING, f -> inner[0].func("throw").call());
            var it =
                    world.instance(
                            """
                            (module (import "host" "pass" (func $pass)) (tag $t)
                              (func $throw (export "throw") (throw $t))
                              (func (export "many") (param $n i32) (local $e exnref)
                                (block $b (result exnref)
                                  (try_table (catch_all_ref $b) (call $pass)) (unreachable))
                                (local.set $e)
                                (loop $again
                                  (block $b (result exnref)
                                    (try_table (catch_all_ref $b)
                                      (call $again (local.get $e)))
                                    (unreachable))
                                  (local.set $e)
                                  (br_if $again
                                    (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                                (call $again (local.get $e)))
                              (func $again (param exnref) (throw_ref (local.get 0))))
                            """);
            inner[0] = it;
            var thrown = assertThrows(GuestException.class, () -> it.func("many").call(1000));
            assertEquals(
                    List.of("again", "many"),
                    thrown.guestFrames().stream()
                            .map(frame -> frame.funcName().orElse("many"))
                            .toList());
            assertEquals(1, thrown.getSuppressed().length);
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void whatTheHostThrowsIsChecked(World.Setup setup) {
        try (var world = setup.world();
                var elsewhere = setup.world()) {
            for (TypeUse wrong :
                    List.of(
                            new TypeIndex(0),
                            world.module("(module (type (struct)))").valid().type(0))) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> world.store.newTag(new TagType(wrong)));
            }
            var tag = world.store.newTag(tagType(NumType.I32, RefType.FUNCREF, VecType.V128));
            var func = world.store.newFunc(NOTHING, frame -> {});
            var vector = new V128(1, 2);
            assertEquals(
                    List.of(1, func, vector), GuestException.of(tag, 1, func, vector).values());
            assertThrows(IllegalArgumentException.class, () -> GuestException.of(tag, 1));
            assertThrows(
                    IllegalArgumentException.class, () -> GuestException.of(tag, 1L, func, vector));
            var foreign = elsewhere.store.newFunc(NOTHING, frame -> {});
            assertThrows(
                    IllegalArgumentException.class,
                    () -> GuestException.of(tag, 1, foreign, vector));
            var stranger = GuestException.of(elsewhere.store.newTag(tagType()));
            world.linker.define(
                    "host",
                    "throw",
                    NOTHING,
                    frame -> {
                        throw stranger;
                    });
            var it =
                    world.instance(
                            """
                            (module (import "host" "throw" (func $throw))
                              (func (export "run") (block $b
                                (try_table (catch_all $b) (call $throw))))
                              (func (export "take") (param exnref)))
                            """);
            var refused = assertThrows(HostException.class, () -> it.func("run").call());
            assertSame(stranger, refused.getCause());
            assertThrows(IllegalArgumentException.class, () -> it.func("take").call(stranger));
            assertThrows(IllegalArgumentException.class, () -> it.func("take").call("string"));
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
    void exceptionsAreValuesOfTablesAndGlobals(World.Setup setup) {
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module (tag $t (param i32))
                              (table $kept 2 exnref)
                              (global $last (export "last") (mut exnref) (ref.null exn))
                              (func (export "keep") (param $at i32) (local $e exnref)
                                (block $b (result i32 exnref)
                                  (try_table (catch_ref $t $b)
                                    (throw $t (i32.add (local.get $at) (i32.const 10))))
                                  (unreachable))
                                (local.set $e) (drop)
                                (table.set $kept (local.get $at) (local.get $e))
                                (global.set $last (local.get $e)))
                              (func (export "value") (param $at i32) (result i32)
                                (block $b (result i32)
                                  (try_table (catch $t $b)
                                    (throw_ref (table.get $kept (local.get $at))))
                                  (unreachable))))
                            """);
            assertNull(it.global("last").get());
            it.func("keep").call(0);
            it.func("keep").call(1);
            assertEquals(11, one(it, "value", 1));
            assertEquals(10, one(it, "value", 0));
            assertEquals(List.of(11), ((GuestException) it.global("last").get()).values());
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
