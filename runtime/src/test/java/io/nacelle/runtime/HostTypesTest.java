// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;
import java.util.function.LongSupplier;

/** Functions of the host with types of their own, and pointers of a guest that means ill. */
final class HostTypesTest {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final int PAGE = 1 << 16;

    private record Pair(long first, boolean second) {}

    private static final List<String> HEARD = new ArrayList<>();

    private static Pair pair(float f, double d, boolean b, Instance caller, HostFrame frame) {
        assertSame(caller, frame.caller().orElseThrow());
        return new Pair((long) (f + d), !b);
    }

    private static void hear(String text, byte[] bytes) {
        HEARD.add(text + bytes.length);
    }

    private static void fail(Object why) throws IOException {
        throw new IOException((String) why);
    }

    private static CharSequence text(StringBuilder builder) {
        return builder.append('!');
    }

    private static MethodHandle own(String name, Class<?> result, Class<?>... params) {
        try {
            return LOOKUP.findStatic(
                    HostTypesTest.class, name, MethodType.methodType(result, params));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static final String TEXT =
            """
            (module
              (import "h" "add" (func $add (param i32 i32) (result i32)))
              (import "h" "now" (func $now (result i64)))
              (import "h" "pair" (func $pair (param f32 f64 i32) (result i64 i32)))
              (import "h" "hear" (func $hear (param i32 i32 i32 i32)))
              (import "h" "fail" (func $fail (param externref)))
              (import "h" "text" (func $text (param externref) (result externref)))
              (memory (export "memory") 1 2)
              (data (i32.const 16) "good \\c3\\bcber")
              (export "hear" (func $hear))
              (func (export "all") (result i32 i64 i64 i32)
                (call $add (i32.const 2) (i32.const 3)) (call $now)
                (call $pair (f32.const 1.5) (f64.const 2.5) (i32.const 5)))
              (func (export "say") (param i32 i32 i32 i32)
                (call $hear (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
              (func (export "die") (param externref) (call $fail (local.get 0)))
              (func (export "text") (param externref) (result externref)
                (call $text (local.get 0))))
            """;

    private static Instance instance(World world) {
        HEARD.clear();
        world.linker
                .define("h", "add", IntBinaryOperator.class, (a, b) -> a + b)
                .define("h", "now", LongSupplier.class, () -> 1L << 40)
                .define(
                        "h",
                        "pair",
                        LOOKUP,
                        own(
                                "pair",
                                Pair.class,
                                float.class,
                                double.class,
                                boolean.class,
                                Instance.class,
                                HostFrame.class))
                .define("h", "hear", own("hear", void.class, String.class, byte[].class))
                .define("h", "fail", own("fail", void.class, Object.class))
                .define("h", "text", own("text", CharSequence.class, StringBuilder.class));
        return world.instance(TEXT);
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void typesFollowFromMethods(World.Setup setup) {
        try (var world = setup.world()) {
            var it = instance(world);
            for (int n = 0; n < 100; n++) {
                assertArrayEquals(new Object[] {5, 1L << 40, 4L, 0}, it.func("all").call());
                it.func("say").call(16, 10, 0, n);
                assertEquals("good über" + n, HEARD.getLast());
                assertEquals("a!", it.func("text").call(new StringBuilder("a"))[0].toString());
                var e =
                        assertThrows(
                                HostException.class, () -> it.func("die").call("no such thing"));
                assertEquals("no such thing", e.getCause().getMessage());
                assertEquals(
                        TrapKind.CAST_FAILURE,
                        assertThrows(Trap.class, () -> it.func("text").call(7)).kind());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void hostsNeverSeeRangesOutOfBounds(World.Setup setup) {
        try (var world = setup.world()) {
            var it = instance(world);
            int[][] ranges = {
                {PAGE, 1},
                {PAGE - 1, 2},
                {0, PAGE + 1},
                {PAGE + 1, 0},
                {-1, 1},
                {-1, -1},
                {1, -1},
                {Integer.MIN_VALUE, Integer.MIN_VALUE},
                {Integer.MAX_VALUE, 1},
                {0, Integer.MIN_VALUE},
                {-8, 8},
                {-8, 16},
                {-1, 0}
            };
            for (int n = 0; n < 10; n++) {
                for (int[] range : ranges) {
                    for (boolean first : new boolean[] {true, false}) {
                        var e =
                                assertThrows(
                                        Trap.class,
                                        () ->
                                                it.func("say")
                                                        .call(
                                                                first ? range[0] : 0,
                                                                first ? range[1] : 0,
                                                                first ? 0 : range[0],
                                                                first ? 0 : range[1]));
                        assertEquals(TrapKind.OUT_OF_BOUNDS_MEMORY, e.kind());
                    }
                }
            }
            assertTrue(HEARD.isEmpty(), HEARD::toString);
            it.func("say").call(PAGE, 0, PAGE - 1, 1);
            assertEquals(List.of("1"), HEARD);
            it.memory("memory").grow(1);
            it.func("say").call(PAGE, 1, 2 * PAGE, 0);
            assertEquals("\0" + 0, HEARD.getLast());
            assertThrows(Trap.class, () -> it.func("say").call(2 * PAGE, 1, 0, 0));
            // No instance, no memory.
            assertThrows(IllegalStateException.class, () -> it.func("hear").call(0, 0, 0, 0));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void memoriesThatAreNotExportedAreNone(World.Setup setup) {
        try (var world = setup.world()) {
            world.linker.define("h", "hear", own("hear", void.class, String.class, byte[].class));
            HEARD.clear();
            for (var memory :
                    new String[] {
                        "",
                        "(memory 1)",
                        "(memory (export \"other\") 1)",
                        "(func (export \"memory\"))"
                    }) {
                var it =
                        world.instance(
                                "(module (import \"h\" \"hear\" (func $h (param i32 i32 i32 i32)))"
                                        + memory
                                        + "(func (export \"say\") (call $h (i32.const 0) (i32.const 0)"
                                        + " (i32.const 0) (i32.const 0))))");
                var e = assertThrows(Trap.class, () -> it.func("say").call());
                assertTrue(e.getMessage().contains("exports no memory \"memory\""));
            }
            assertTrue(HEARD.isEmpty());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void viewsEndWithTheCall(World.Setup setup) {
        try (var world = setup.world()) {
            var kept = new ArrayList<MemoryView>();
            var two = FuncType.of(List.of(NumType.I32, NumType.I32), List.of());
            world.linker.define(
                    "h",
                    "view",
                    two,
                    frame -> {
                        var view = HostArguments.view(frame, "memory", AddrType.I32, 0);
                        try {
                            kept.add(view);
                            kept.add(view.slice(1, 1));
                            kept.add(view.asReadOnly());
                            view.writeI32(0, 0x01020304);
                            view.memory().grow(1);
                            assertEquals(0x04, view.readI8(0));
                            view.writeI8(0, (byte) 9);
                        } finally {
                            HostArguments.end(view);
                        }
                    });
            var it =
                    world.instance(
                            """
                            (module
                              (import "h" "view" (func $view (param i32 i32)))
                              (memory (export "memory") 1)
                              (func (export "f") (param i32 i32) (result i32)
                                (call $view (local.get 0) (local.get 1))
                                (i32.load (local.get 0))))
                            """);
            assertEquals(0x01020309, it.func("f").call(8, 4)[0]);
            for (var view : kept) {
                assertThrows(IllegalStateException.class, () -> view.readI8(0));
                assertThrows(IllegalStateException.class, view::toByteArray);
            }
            int before = kept.size();
            assertThrows(Trap.class, () -> it.func("f").call(2 * PAGE - 3, 4));
            assertThrows(Trap.class, () -> it.func("f").call(-4, 4));
            assertEquals(before, kept.size());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void wideAddressesAreCheckedToo(World.Setup setup) {
        if (setup.kind() == StoreKind.HEAP) {
            return;
        }
        try (var world = setup.world()) {
            var seen = new ArrayList<Long>();
            world.linker.define(
                    "h",
                    "view",
                    FuncType.of(List.of(NumType.I64, NumType.I64), List.of()),
                    frame -> seen.add(HostArguments.view(frame, "memory", AddrType.I64, 0).size()));
            var it =
                    world.instance(
                            """
                            (module
                              (import "h" "view" (func $view (param i64 i64)))
                              (memory (export "memory") i64 1)
                              (func (export "f") (param i64 i64)
                                (call $view (local.get 0) (local.get 1))))
                            """);
            long[][] ranges = {
                {PAGE, 1},
                {Long.MAX_VALUE, 1},
                {Long.MAX_VALUE, Long.MAX_VALUE},
                {-1, 1},
                {-1, 2},
                {0, -1},
                {8, Long.MAX_VALUE},
                {Long.MIN_VALUE, Long.MIN_VALUE},
                {1L << 32, 1}
            };
            for (long[] range : ranges) {
                assertEquals(
                        TrapKind.OUT_OF_BOUNDS_MEMORY,
                        assertThrows(Trap.class, () -> it.func("f").call(range[0], range[1]))
                                .kind());
            }
            assertTrue(seen.isEmpty());
            it.func("f").call((long) PAGE, 0L);
            it.func("f").call(0L, (long) PAGE);
            assertEquals(List.of(0L, (long) PAGE), seen);
        }
    }

    private interface Two {
        int one();

        int two();
    }

    private interface Taking {
        void take(MemoryView view);
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void typesThatCannotBeAreRefused(World.Setup setup) {
        try (var world = setup.world()) {
            var linker = world.linker;
            assertThrows(
                    IllegalArgumentException.class, () -> linker.define("h", "f", Two.class, null));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> linker.define("h", "f", LOOKUP, Taking.class, v -> {}));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> linker.define("h", "f", MethodHandles.constant(short.class, (short) 1)));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> linker.define("h", "f", MethodHandles.constant(String.class, "")));
            assertFalse(linker.get("h", "f").isPresent());
        }
    }
}
