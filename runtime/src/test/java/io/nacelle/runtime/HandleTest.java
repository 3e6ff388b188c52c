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

import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.ValType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Functions as method handles: the same calls as others, before and after they are compiled. */
final class HandleTest {
    /** Calls after which a function is compiled, wherever that is done at once. */
    private static final int CALLS = 100;

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void valuesGoBothWaysInTypesOfTheirOwn(World.Setup setup) throws Throwable {
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module
                              (func (export "i") (param i32 i64) (result i32)
                                (i32.sub (local.get 0) (i32.wrap_i64 (local.get 1))))
                              (func (export "l") (param i64 f32) (result i64)
                                (i64.add (local.get 0) (i64.trunc_f32_s (local.get 1))))
                              (func (export "f") (param f64 f32) (result f32)
                                (f32.sub (f32.demote_f64 (local.get 0)) (local.get 1)))
                              (func (export "d") (param f32 f64 i32) (result f64)
                                (f64.mul (f64.promote_f32 (local.get 0)) (local.get 1)))
                              (func (export "r") (param i32 externref funcref) (result externref)
                                (local.get 1))
                              (func (export "v") (param v128) (result v128)
                                (i64x2.add (local.get 0) (local.get 0)))
                              (func (export "none") (param i32))
                              (func (export "many") (param i64 externref)
                                  (result i64 externref i32)
                                (local.get 0) (local.get 1) (i32.const -3)))
                            """);
            var i = it.func("i").handle();
            var l = it.func("l").handle();
            var f = it.func("f").handle();
            var d = it.func("d").handle();
            var r = it.func("r").handle();
            var v = it.func("v").handle();
            var none = it.func("none").handle();
            var many = it.func("many").handle();
            assertEquals(MethodType.methodType(int.class, int.class, long.class), i.type());
            for (int n = 0; n < CALLS; n++) {
                assertEquals(n - 7, (int) i.invokeExact(n, 7L + (1L << 40)));
                assertEquals((1L << 40) + n, (long) l.invokeExact(1L << 40, (float) n));
                assertEquals(n - 0.5f, (float) f.invokeExact((double) n, 0.5f));
                assertEquals(n * 0.25, (double) d.invokeExact((float) n, 0.25, 1));
                assertEquals("x" + n, (Object) r.invokeExact(1, (Object) ("x" + n), (Object) null));
                assertEquals(new V128(2L * n, 4), (V128) v.invokeExact(new V128(n, 2)));
                none.invokeExact(n);
                assertArrayEquals(
                        new Object[] {5L, "y", -3}, (Object[]) many.invokeExact(5L, (Object) "y"));
            }
            assertSame(i, it.func("i").handle());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void referencesThatDoNotFitAreRefused(World.Setup setup) throws Throwable {
        try (var world = setup.world();
                var elsewhere = Store.create(world.engine, setup.kind())) {
            var it =
                    world.instance(
                            """
                            (module (func (export "f") (param funcref externref) (result i32)
                              (ref.is_null (local.get 0))))
                            """);
            var f = it.func("f").handle();
            Object own = it.func("f");
            Object foreign = elsewhere.newFunc(World.NOTHING, frame -> {});
            Object none = null;
            for (int n = 0; n < CALLS; n++) {
                assertEquals(0, (int) f.invokeExact(own, own));
                assertEquals(1, (int) f.invokeExact(none, none));
                assertThrows(IllegalArgumentException.class, () -> f.invoke((Object) "no", none));
                assertThrows(IllegalArgumentException.class, () -> f.invoke(foreign, none));
                assertThrows(IllegalArgumentException.class, () -> f.invoke(none, foreign));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void failuresLeaveTheGuestInTheSameForm(World.Setup setup) throws Throwable {
        try (var world = setup.world()) {
            world.linker.define(
                    "host",
                    "fail",
                    World.NOTHING,
                    frame -> {
                        throw new IndexOutOfBoundsException("the host's");
                    });
            var it =
                    world.instance(
                            """
                            (module $m (import "host" "fail" (func $fail))
                              (memory 1)
                              (func $inner (param i32) (result i32)
                                (if (i32.eq (local.get 0) (i32.const 1)) (then (call $fail)))
                                (i32.load (local.get 0)))
                              (func $deep (export "deep") (param i32) (result i32)
                                (i32.add (call $deep (local.get 0)) (i32.const 1)))
                              (func $outer (export "f") (param i32) (result i32)
                                (i32.add (call $inner (local.get 0)) (i32.const 1))))
                            """);
            var f = it.func("f").handle();
            var deep = it.func("deep").handle();
            for (int n = 0; n < CALLS; n++) {
                assertEquals(1, (int) f.invokeExact(0));
                var trap = assertThrows(Trap.class, () -> f.invoke(-1));
                assertEquals(TrapKind.OUT_OF_BOUNDS_MEMORY, trap.kind());
                assertEquals(List.of("inner", "outer"), names(trap));
                var trace = Arrays.asList(trap.getStackTrace());
                assertEquals("inner", trace.get(0).getMethodName());
                assertEquals("outer", trace.get(1).getMethodName());
                assertTrue(
                        trace.stream()
                                .skip(2)
                                .anyMatch(e -> e.getClassName().equals(HandleTest.class.getName())),
                        () -> "without the caller: " + trace);
                assertTrue(
                        trace.stream().noneMatch(e -> e.getClassName().startsWith("wasm.")),
                        () -> "with what calls in: " + trace);
                var host = assertThrows(IndexOutOfBoundsException.class, () -> f.invoke(1));
                assertEquals("the host's", host.getMessage());
                assertEquals(
                        List.of("inner", "outer"),
                        GuestFrame.of(host).stream()
                                .map(frame -> frame.funcName().orElse("?"))
                                .toList());
                if (n % 50 == 0) {
                    var full = new Throwable[1];
                    World.deep(
                            () ->
                                    full[0] =
                                            assertThrows(
                                                    ExhaustedException.class,
                                                    () -> deep.invoke(0)));
                    assertEquals(
                            ExhaustedException.Resource.CALL_STACK,
                            ((ExhaustedException) full[0]).resource());
                }
            }
        }
    }

    private static List<String> names(Trap trap) {
        return trap.guestFrames().stream().map(frame -> frame.funcName().orElse("?")).toList();
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void callsWithinCallsPutEverythingBack(World.Setup setup) throws Throwable {
        try (var world = setup.world()) {
            var guest = new Instance[1];
            world.linker.define(
                    "host",
                    "again",
                    World.type(List.of(NumType.I32, RefType.EXTERNREF), NumType.I32),
                    frame -> {
                        int depth = frame.i32(0);
                        var kept = frame.ref(1);
                        int below = 0;
                        if (depth > 0) {
                            try {
                                below = (int) guest[0].func("f").handle().invoke(depth - 1, "in");
                            } catch (Trap e) {
                                below = 1000;
                            } catch (Throwable e) {
                                throw new AssertionError(e);
                            }
                        }
                        assertEquals(depth, frame.i32(0));
                        assertSame(kept, frame.ref(1));
                        frame.setI32(0, below + 1);
                    });
            guest[0] =
                    world.instance(
                            """
                            (module
                              (import "host" "again"
                                (func $again (param i32 externref) (result i32)))
                              (func (export "f") (param i32 externref) (result i32)
                                (if (i32.eq (local.get 0) (i32.const 3)) (then unreachable))
                                (call $again (local.get 0) (local.get 1))))
                            """);
            var f = guest[0].func("f").handle();
            for (int n = 0; n < CALLS; n++) {
                assertEquals(3, (int) f.invokeExact(2, (Object) "out"));
                assertEquals(1003, (int) f.invokeExact(6, (Object) "out"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void theStoreIsAskedForAsByOtherCalls(World.Setup setup) throws Throwable {
        var world = setup.world();
        var inside = new CompletableFuture<Void>();
        var done = new CompletableFuture<Void>();
        world.linker.define(
                "host",
                "wait",
                World.NOTHING,
                frame -> {
                    inside.complete(null);
                    done.join();
                });
        var it =
                world.instance(
                        """
                        (module (import "host" "wait" (func $wait))
                          (func (export "wait") (call $wait))
                          (func (export "f") (result i32) (i32.const 9)))
                        """);
        var f = it.func("f").handle();
        for (int n = 0; n < CALLS; n++) {
            assertEquals(9, (int) f.invokeExact());
        }
        var other = CompletableFuture.runAsync(() -> it.func("wait").call());
        inside.join();
        assertThrows(IllegalStateException.class, () -> f.invoke());
        done.complete(null);
        other.join();
        assertEquals(9, (int) f.invokeExact());
        world.close();
        assertThrows(ClosedException.class, () -> f.invoke());
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void functionsOfTheHostAreHandlesToo(World.Setup setup) throws Throwable {
        try (var world = setup.world()) {
            var twice =
                    world.store.newFunc(
                            World.toI32(NumType.I32),
                            frame -> {
                                assertTrue(frame.caller().isEmpty());
                                frame.setI32(0, 2 * frame.i32(0));
                            });
            assertEquals(42, (int) twice.handle().invokeExact(21));
            var nothing = world.store.newFunc(World.NOTHING, frame -> {});
            nothing.handle().invokeExact();
            List<ValType> params = Collections.nCopies(121, NumType.I64);
            var wide = world.store.newFunc(World.type(params), frame -> {});
            assertThrows(IllegalArgumentException.class, wide::handle);
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void fuelIsCountedAlike(World.Setup setup) throws Throwable {
        try (var world = setup.metered()) {
            var it =
                    world.instance(
                            """
                            (module (func (export "f") (param i32) (result i32)
                              (i32.add (local.get 0) (i32.const 1))))
                            """);
            world.store.setFuel(1_000_000);
            assertEquals(1, one(it, "f", 0));
            long each = 1_000_000 - world.store.fuel();
            var f = it.func("f").handle();
            for (int n = 0; n < CALLS; n++) {
                world.store.setFuel(each);
                assertEquals(n + 1, (int) f.invokeExact(n));
                assertEquals(0, world.store.fuel());
                assertThrows(ExhaustedException.class, () -> f.invoke(1));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void whatWasPassedIsNotKept(World.Setup setup) throws Throwable {
        try (var world = setup.world()) {
            world.linker.define(
                    "host",
                    "take",
                    World.type(List.of(RefType.EXTERNREF)),
                    frame -> assertTrue(frame.ref(0) instanceof byte[]));
            var it =
                    world.instance(
                            """
                            (module (import "host" "take" (func $take (param externref)))
                              (func (export "f") (param externref) (call $take (local.get 0))))
                            """);
            var f = it.func("f").handle();
            for (int n = 0; n < CALLS; n++) {
                f.invokeExact((Object) new byte[1]);
            }
            var passed = new java.lang.ref.WeakReference<Object>(new byte[1]);
            f.invokeExact(passed.get());
            for (int n = 0; n < CALLS && passed.get() != null; n++) {
                System.gc();
            }
            assertNull(passed.get());
        }
    }
}
