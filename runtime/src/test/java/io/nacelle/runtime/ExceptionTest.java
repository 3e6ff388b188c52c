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
    void unwindingGivesTheStackBack(World.Setup setup) {
        var limits = StoreLimits.defaults().withStackBytes(setup.isCompiled() ? 4 << 20 : 32 << 20);
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
            // The JVM takes microseconds to unwind a frame of compiled code.
            int depth = setup.isCompiled() ? 10_000 : 100_000;
            World.deep(
                    () -> {
                        it.func("near").call(10, depth);
                        it.func("far").call(10, depth);
                        it.func("near").call(2, 2 * depth);
                    });
            // Small leaks would add up.
            it.func("near").call(50_000, 3);
            it.func("far").call(20_000, 3);
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
}
