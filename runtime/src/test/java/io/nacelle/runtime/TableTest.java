// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static io.nacelle.runtime.World.one;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.TableType;

import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tables: bounds, types, growth, and the calls that go through them. */
final class TableTest {
    private static void traps(TrapKind kind, Executable access) {
        assertEquals(kind, assertThrows(Trap.class, access).kind());
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void theHostReadsAndWritesWithinBoundsAndTypes(World.Setup setup) {
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module (table (export "f") 2 4 funcref) (table (export "x") 1 externref)
                              (type $i (func (result i32)))
                              (table (export "typed") 1 (ref null $i))
                              (func (export "one") (result i32) (i32.const 1))
                              (func (export "id") (param i32) (result i32) (local.get 0)))
                            """);
            var funcs = it.table("f");
            assertNull(funcs.get(1));
            funcs.set(1, it.func("one"));
            assertSame(it.func("one"), funcs.get(1));
            assertThrows(IllegalArgumentException.class, () -> funcs.set(0, "text"));
            assertThrows(
                    IllegalArgumentException.class, () -> it.table("typed").set(0, it.func("id")));
            it.table("typed").set(0, it.func("one"));
            it.table("x").set(0, "text");
            assertEquals("text", it.table("x").get(0));
            for (long index : new long[] {2, -1, 1L << 32, Long.MIN_VALUE}) {
                traps(TrapKind.OUT_OF_BOUNDS_TABLE, () -> funcs.get(index));
                traps(TrapKind.OUT_OF_BOUNDS_TABLE, () -> funcs.set(index, null));
            }
            assertEquals(-1, funcs.grow(3, null));
            assertEquals(-1, funcs.grow(-1, null));
            assertEquals(2, funcs.grow(1, it.func("id")));
            assertSame(it.func("id"), funcs.get(2));
            assertEquals(3, funcs.type().limits().min());
            // Growing may leave slack behind the last element; it is not reachable.
            traps(TrapKind.OUT_OF_BOUNDS_TABLE, () -> funcs.get(3));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void callsThroughATable(World.Setup setup) {
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module (table $t (export "t") 4 100 funcref)
                              (type $i (func (result i32))) (type $v (func))
                              (elem (i32.const 0) func $one $nothing)
                              (func $one (type $i) (i32.const 1))
                              (func $nothing)
                              (func (export "call") (param i32) (result i32)
                                (call_indirect (type $i) (local.get 0)))
                              (func (export "tail") (param i32) (result i32)
                                (return_call_indirect (type $i) (local.get 0)))
                              (func (export "grow") (param i32) (result i32)
                                (table.grow (ref.func $one) (local.get 0))))
                            """);
            for (var name : new String[] {"call", "tail"}) {
                assertEquals(1, one(it, name, 0));
                traps(TrapKind.INDIRECT_CALL_TYPE_MISMATCH, () -> it.func(name).call(1));
                traps(TrapKind.UNINITIALIZED_ELEMENT, () -> it.func(name).call(2));
                for (int index : new int[] {50, -1, Integer.MIN_VALUE}) {
                    traps(TrapKind.UNDEFINED_ELEMENT, () -> it.func(name).call(index));
                }
            }
            assertEquals(4, one(it, "grow", 30));
            assertEquals(1, one(it, "call", 33));
            traps(TrapKind.UNDEFINED_ELEMENT, () -> it.func("call").call(34));
            assertEquals(-1, one(it, "grow", 67));
            assertEquals(-1, one(it, "grow", -1));
            assertEquals(34, it.table("t").size());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void indicesOf64Bits(World.Setup setup) {
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module (table $t i64 3 externref) (table $f i64 1 funcref)
                              (type $v (func))
                              (func (export "get") (param i64) (result externref)
                                (table.get $t (local.get 0)))
                              (func (export "set") (param i64 externref)
                                (table.set $t (local.get 0) (local.get 1)))
                              (func (export "fill") (param i64 i64)
                                (table.fill $t (local.get 0) (ref.null extern) (local.get 1)))
                              (func (export "copy") (param i64 i64 i64)
                                (table.copy $t $t (local.get 0) (local.get 1) (local.get 2)))
                              (func (export "grow") (param i64) (result i64)
                                (table.grow $t (ref.null extern) (local.get 0)))
                              (func (export "call") (param i64)
                                (call_indirect $f (type $v) (local.get 0))))
                            """);
            it.func("set").call(2L, "x");
            assertEquals("x", one(it, "get", 2L));
            for (long index : new long[] {3, -1, 1L << 32, Long.MIN_VALUE, (1L << 32) + 2}) {
                traps(TrapKind.OUT_OF_BOUNDS_TABLE, () -> it.func("get").call(index));
                traps(TrapKind.OUT_OF_BOUNDS_TABLE, () -> it.func("set").call(index, "y"));
                traps(TrapKind.OUT_OF_BOUNDS_TABLE, () -> it.func("fill").call(index, 1L));
                traps(TrapKind.OUT_OF_BOUNDS_TABLE, () -> it.func("copy").call(index, 0L, 1L));
                traps(TrapKind.OUT_OF_BOUNDS_TABLE, () -> it.func("copy").call(0L, index, 1L));
                traps(TrapKind.UNDEFINED_ELEMENT, () -> it.func("call").call(index));
            }
            for (long count : new long[] {3, -1, Long.MIN_VALUE, 1L << 32}) {
                traps(TrapKind.OUT_OF_BOUNDS_TABLE, () -> it.func("fill").call(1L, count));
                traps(TrapKind.OUT_OF_BOUNDS_TABLE, () -> it.func("copy").call(0L, 1L, count));
            }
            for (long count : new long[] {-1, Long.MIN_VALUE, 1L << 40}) {
                assertEquals(-1L, one(it, "grow", count));
            }
            assertEquals("x", one(it, "get", 2L));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void bulkOperationsAreCheckedBeforeTheyStart(World.Setup setup) {
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module (table $t (export "t") 4 externref) (table $f (export "f") 4 funcref)
                              (func $x)
                              (elem $e func $x $x $x)
                              (func (export "fill") (param i32 externref i32)
                                (table.fill $t (local.get 0) (local.get 1) (local.get 2)))
                              (func (export "init") (param i32 i32 i32)
                                (table.init $f $e (local.get 0) (local.get 1) (local.get 2)))
                              (func (export "drop") (elem.drop $e)))
                            """);
            traps(TrapKind.OUT_OF_BOUNDS_TABLE, () -> it.func("fill").call(2, "a", 3));
            traps(TrapKind.OUT_OF_BOUNDS_TABLE, () -> it.func("fill").call(2, "a", -1));
            assertNull(it.table("t").get(2));
            it.func("fill").call(2, "a", 2);
            assertEquals("a", it.table("t").get(3));
            traps(TrapKind.OUT_OF_BOUNDS_TABLE, () -> it.func("init").call(2, 0, 3));
            traps(TrapKind.OUT_OF_BOUNDS_TABLE, () -> it.func("init").call(0, 1, 3));
            traps(TrapKind.OUT_OF_BOUNDS_TABLE, () -> it.func("init").call(0, -1, 1));
            assertNull(it.table("f").get(2));
            it.func("init").call(1, 0, 3);
            it.func("drop").call();
            it.func("init").call(4, 0, 0);
            traps(TrapKind.OUT_OF_BOUNDS_TABLE, () -> it.func("init").call(0, 0, 1));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void whatNoTableCanBeIsRefused(World.Setup setup) {
        try (var world = setup.world()) {
            for (var limits : new Limits[] {Limits.between(2, 1), Limits.atLeast(1L << 32)}) {
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                world.store.newTable(
                                        new TableType(AddrType.I32, limits, RefType.FUNCREF),
                                        null));
            }
            assertThrows(
                    ExhaustedException.class,
                    () -> world.instance("(module (table 4294967295 funcref))"));
            assertThrows(
                    ExhaustedException.class,
                    () -> world.instance("(module (table i64 0xffffffffffffffff funcref))"));
        }
    }
}
