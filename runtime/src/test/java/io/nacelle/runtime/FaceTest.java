// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.invoke.MethodHandles;
import java.util.function.IntBinaryOperator;

/** Exports as interfaces of the host's. */
final class FaceTest {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    /** Calls after which a function is compiled, wherever that is done at once. */
    private static final int CALLS = 100;

    private static final String TEXT =
            """
            (module
              (memory (export "memory") 1)
              (table (export "table") 2 funcref)
              (global (export "count") (mut i32) (i32.const 7))
              (func $add (export "add") (param i32 i32) (result i32)
                (i32.add (local.get 0) (local.get 1)))
              (func (export "is_even") (param i64) (result i32)
                (i32.and (i32.wrap_i64 (local.get 0)) (i32.const 2)))
              (func (export "to-the-half") (param f64 f32) (result f32)
                (f32.mul (f32.demote_f64 (local.get 0)) (local.get 1)))
              (func (export "all") (param i32 i64 f32 f64) (result i32 i64 f32 f64)
                (local.get 0) (local.get 1) (local.get 2) (local.get 3))
              (func (export "mixed") (param externref) (result i32 externref f64)
                (i32.const 3) (local.get 0) (f64.const 0.5))
              (func (export "echo") (param externref) (result externref) (local.get 0))
              (func (export "vector") (param v128) (result v128) (local.get 0))
              (func (export "the function") (result funcref) (ref.func $add))
              (func (export "fail") (unreachable)))
            """;

    record All(int i, long l, float f, double d) {}

    private record Mixed(boolean yes, String text, double d) {}

    private interface Calculator {
        int add(int a, int b);

        boolean isEven(long value);

        float toTheHalf(double a, float b);

        All all(int i, long l, float f, double d);

        Mixed mixed(String text);

        String echo(String text);

        @Export("echo")
        Object echoOfAny(Object any);

        V128 vector(V128 value);

        @Export("the function")
        Func function();

        @Export("add")
        Func adder();

        void fail();

        Memory memory();

        Table table();

        Global count();

        default int twice(int value) {
            return add(value, value);
        }

        static int own() {
            return 1;
        }

        @Override
        String toString();
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void methodsCallExports(World.Setup setup) {
        try (var world = setup.world()) {
            var instance = world.instance(TEXT);
            var it = instance.as(LOOKUP, Calculator.class);
            for (int n = 0; n < CALLS; n++) {
                assertEquals(n + 3, it.add(n, 3));
                assertEquals(2 * n, it.twice(n));
                // Any number but zero is true.
                assertTrue(it.isEven(2));
                assertFalse(it.isEven(1));
                assertEquals(n * 0.5f, it.toTheHalf(n, 0.5f));
                assertEquals(
                        new All(-n, Long.MIN_VALUE + n, -0.0f, Double.MIN_VALUE * n),
                        it.all(-n, Long.MIN_VALUE + n, -0.0f, Double.MIN_VALUE * n));
                assertEquals(new Mixed(true, "x" + n, 0.5), it.mixed("x" + n));
                assertEquals("y" + n, it.echo("y" + n));
                assertEquals(new V128(n, 2), it.vector(new V128(n, 2)));
                assertSame(instance.func("add"), it.function());
                assertThrows(Trap.class, it::fail);
            }
            assertSame(instance.func("add"), it.adder());
            assertSame(instance.memory("memory"), it.memory());
            assertSame(instance.table("table"), it.table());
            assertSame(instance.global("count"), it.count());
            assertEquals(7, it.echoOfAny(7));
            assertSame(it.getClass(), world.instance(TEXT).as(LOOKUP, Calculator.class).getClass());
            assertNotEquals(it, world.instance(TEXT).as(LOOKUP, Calculator.class));
        }
    }

    private interface EchoOfString {
        @Export("echo")
        String echo(Object any);
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void functionsAreFunctionalInterfaces(World.Setup setup) {
        try (var world = setup.world()) {
            var instance = world.instance(TEXT);
            var add = instance.func("add").as(LOOKUP, IntBinaryOperator.class);
            for (int n = 0; n < CALLS; n++) {
                assertEquals(n + 1, add.applyAsInt(n, 1));
            }
            var echo = instance.as(LOOKUP, EchoOfString.class);
            assertThrows(ClassCastException.class, () -> echo.echo(7));
            assertEquals("7", echo.echo("7"));
            world.store.close();
            assertThrows(ClosedException.class, () -> add.applyAsInt(1, 2));
            assertThrows(ClosedException.class, () -> echo.echo(""));
        }
    }

    interface Wrong {
        long add(int a, long b);

        int missing();

        int memory();

        @Export("all")
        Mixed all(int i, long l, float f, double d);

        @Export("count")
        Memory count();
    }

    sealed interface Sealed permits Permitted {}

    record Permitted() implements Sealed {}

    private static String refusal(Instance instance, MethodHandles.Lookup lookup, Class<?> type) {
        return assertThrows(IllegalArgumentException.class, () -> instance.as(lookup, type))
                .getMessage();
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void refusalsNameMethodExportAndTypes(World.Setup setup) {
        try (var world = setup.world()) {
            var instance = world.instance(TEXT);
            var message = refusal(instance, LOOKUP, Wrong.class);
            for (var part :
                    new String[] {
                        "Wrong.add(int, long)long: the export \"add\" has the type [i32 i32] -> [i32],"
                                + " so expected a method (int, int)int, found (int, long)long",
                        "Wrong.missing()int: there is no export named \"missing\"",
                        "Wrong.memory()int: the export \"memory\" is a memory, which a method without"
                                + " parameters gives as Memory",
                        "(int, long, float, double)record(int, long, float, double), found (int, long,"
                                + " float, double)Mixed with components boolean, String, double",
                        "Wrong.count()Memory: the export \"count\" is a global"
                    }) {
                assertTrue(message.contains(part), message);
            }
            assertTrue(refusal(instance, LOOKUP, Sealed.class).contains("sealed"));
            assertTrue(refusal(instance, LOOKUP, String.class).contains("no interface"));
            assertTrue(refusal(instance, LOOKUP, Override.class).contains("no interface"));
            assertTrue(
                    refusal(instance, MethodHandles.publicLookup(), Runnable.class)
                            .contains("the lookup must be"));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> instance.func("add").as(LOOKUP, Calculator.class));
        }
    }
}
