// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static io.nacelle.runtime.World.one;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;

import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Memories: bounds, growth seen by everyone, and addresses of every size. */
final class MemoryTest {
    private static void outOfBounds(Executable access) {
        var trap = assertThrows(Trap.class, access);
        assertEquals(TrapKind.OUT_OF_BOUNDS_MEMORY, trap.kind());
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void theHostReadsAndWritesWithinBounds(World.Setup setup) {
        try (var world = setup.world()) {
            var memory = world.instance("(module (memory (export \"m\") 1 2))").memory("m");
            memory.writeI64(65528, 0x0807060504030201L);
            assertEquals(0x0807060504030201L, memory.readI64(65528));
            assertEquals(0x0605, memory.readI16(65532));
            assertEquals(0x08070605, memory.readI32(65532));
            assertEquals(8, memory.readI8(65535));
            for (long address : new long[] {65529, 65536, -1, 1L << 32, Long.MAX_VALUE}) {
                outOfBounds(() -> memory.readI64(address));
                outOfBounds(() -> memory.writeI64(address, -1));
            }
            outOfBounds(() -> memory.readI8(65536));
            outOfBounds(() -> memory.readI16(65535));
            outOfBounds(() -> memory.writeI32(65533, 1));
            outOfBounds(() -> memory.fill(65530, (byte) 1, 7));
            outOfBounds(() -> memory.fill(0, (byte) 1, -1));
            outOfBounds(() -> memory.fill(1, (byte) 1, Long.MAX_VALUE));
            outOfBounds(() -> memory.write(65534, new byte[3], 0, 3));
            outOfBounds(() -> memory.read(Long.MAX_VALUE, new byte[3], 0, 3));
            assertThrows(IndexOutOfBoundsException.class, () -> memory.read(0, new byte[3], 1, 3));
            assertEquals(0x0807060504030201L, memory.readI64(65528));
            var bytes = new byte[4];
            memory.read(65532, bytes, 0, 4);
            assertArrayEquals(new byte[] {5, 6, 7, 8}, bytes);
            memory.fill(65536, (byte) 1, 0);
            assertEquals(-1, memory.grow(2));
            assertEquals(-1, memory.grow(-1));
            assertEquals(-1, memory.grow(Long.MAX_VALUE));
            assertEquals(1, memory.grow(1));
            assertEquals(0, memory.readI8(131071));
            assertEquals(2, memory.type().limits().min());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void offsetsDoNotWrapAround(World.Setup setup) {
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module (memory 1)
                              (func (export "l8") (param i32) (result i32)
                                (i32.load8_u offset=4294967295 (local.get 0)))
                              (func (export "l64") (param i32) (result i64)
                                (i64.load offset=65529 (local.get 0)))
                              (func (export "s32") (param i32)
                                (i32.store offset=2147483647 (local.get 0) (i32.const 1)))
                              (func (export "sum") (param i32) (result i32)
                                (i32.load (i32.add (local.get 0) (i32.const -4))))
                              (func (export "vec") (param i32) (result v128)
                                (v128.load offset=65520 (local.get 0))))
                            """);
            for (int address : new int[] {0, 1, -1, 65536, Integer.MIN_VALUE}) {
                outOfBounds(() -> it.func("l8").call(address));
                outOfBounds(() -> it.func("l64").call(address));
                outOfBounds(() -> it.func("s32").call(address));
            }
            assertEquals(new V128(0, 0), one(it, "vec", 0));
            outOfBounds(() -> it.func("vec").call(1));
            outOfBounds(() -> it.func("vec").call(-1));
            assertEquals(0, one(it, "sum", 4));
            outOfBounds(() -> it.func("sum").call(3));
            outOfBounds(() -> it.func("sum").call(65537));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void addressesOf64BitsDoNotWrapAround(World.Setup setup) {
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module (memory (export "m") i64 1 2)
                              (func (export "load") (param i64) (result i64)
                                (i64.load offset=8 (local.get 0)))
                              (func (export "far") (param i64) (result i32)
                                (i32.load8_u offset=0xffffffffffffffff (local.get 0)))
                              (func (export "half") (param i64)
                                (i64.store offset=0x8000000000000000 (local.get 0) (i64.const 1)))
                              (func (export "fill") (param i64 i64)
                                (memory.fill (local.get 0) (i32.const 1) (local.get 1)))
                              (func (export "copy") (param i64 i64 i64)
                                (memory.copy (local.get 0) (local.get 1) (local.get 2)))
                              (func (export "grow") (param i64) (result i64)
                                (memory.grow (local.get 0))))
                            """);
            assertEquals(0L, one(it, "load", 65520L));
            for (long address : new long[] {65521, -1, -8, -16, 1L << 32, Long.MIN_VALUE}) {
                outOfBounds(() -> it.func("load").call(address));
                outOfBounds(() -> it.func("fill").call(address, 16L));
            }
            for (long address : new long[] {0, 1, 2, -1, Long.MIN_VALUE}) {
                outOfBounds(() -> it.func("far").call(address));
                outOfBounds(() -> it.func("half").call(address));
            }
            outOfBounds(() -> it.func("fill").call(1L, -1L));
            outOfBounds(() -> it.func("fill").call(0L, Long.MIN_VALUE));
            outOfBounds(() -> it.func("copy").call(0L, -1L, 1L));
            outOfBounds(() -> it.func("copy").call(0L, 1L, -1L));
            outOfBounds(() -> it.func("copy").call(65536L, 65536L, 1L));
            assertEquals(0, it.memory("m").readI8(1));
            assertEquals(-1L, one(it, "grow", -1L));
            assertEquals(-1L, one(it, "grow", 1L << 48));
            assertEquals(1L, one(it, "grow", 1L));
            assertEquals(0L, one(it, "load", 65536L));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void pagesOfOneByte(World.Setup setup) {
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module (memory (export "m") 3 6 (pagesize 1))
                              (func (export "get") (param i32) (result i32)
                                (i32.load8_u (local.get 0)))
                              (func (export "get16") (param i32) (result i32)
                                (i32.load16_u (local.get 0)))
                              (func (export "grow") (param i32) (result i32)
                                (memory.grow (local.get 0)))
                              (func (export "size") (result i32) (memory.size)))
                            """);
            assertEquals(3, one(it, "size"));
            assertEquals(0, one(it, "get", 2));
            outOfBounds(() -> it.func("get").call(3));
            assertEquals(0, one(it, "get16", 1));
            outOfBounds(() -> it.func("get16").call(2));
            assertEquals(-1, one(it, "grow", 4));
            assertEquals(-1, one(it, "grow", -1));
            assertEquals(3, one(it, "grow", 2));
            assertEquals(0, one(it, "get", 4));
            outOfBounds(() -> it.func("get").call(5));
            assertEquals(5, it.memory("m").size());
        }
    }

    private static final String GROWER =
            """
            (module (memory (export "m") 1 9)
              (func (export "grow") (result i32) (memory.grow (i32.const 1)))
              (func (export "grow_and_write") (result i32)
                (drop (memory.grow (i32.const 1)))
                (i32.store (i32.const 65536) (i32.const 99))
                (i32.const 0)))
            """;

    /** Each export calls something that grows the memory, then uses what has been added. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void growthByCalleesIsSeenAtOnce(World.Setup setup) {
        var text =
                """
                (module
                  (import "a" "m" (memory $first 1)) (import "a" "m" (memory $again 1))
                  (import "a" "grow" (func $grow (result i32)))
                  (import "host" "grow" (func $host (result i32)))
                  (type $i (func (result i32)))
                  (table funcref (elem $grow $host $self $tail))
                  (func $self (result i32) (memory.grow (i32.const 1)))
                  (func $tail (result i32) (return_call $grow))
                  (func $use (result i32)
                    (i32.store (i32.const 65536) (i32.const 5))
                    (i32.load (i32.const 65536)))
                  (func (export "direct") (result i32) (drop (call $grow)) (call $use))
                  (func (export "inline") (result i32)
                    (drop (call $grow))
                    (i32.store (i32.const 65536) (i32.const 5))
                    (i32.load (i32.const 65536)))
                  (func (export "host") (result i32)
                    (drop (call $host))
                    (i32.store (i32.const 65536) (i32.const 5))
                    (i32.load (i32.const 65536)))
                  (func (export "self") (result i32)
                    (drop (call $self))
                    (i32.store (i32.const 65536) (i32.const 5))
                    (i32.load (i32.const 65536)))
                  (func (export "tail") (result i32)
                    (drop (call $tail))
                    (i32.store (i32.const 65536) (i32.const 5))
                    (i32.load (i32.const 65536)))
                  (func (export "indirect") (param i32) (result i32)
                    (drop (call_indirect (type $i) (local.get 0)))
                    (i32.store (i32.const 65536) (i32.const 5))
                    (i32.load (i32.const 65536)))
                  (func (export "second") (result i32)
                    (drop (memory.grow $again (i32.const 1)))
                    (i32.store (i32.const 65536) (i32.const 5))
                    (i32.load $again (i32.const 65536))))
                """;
        for (var name : new String[] {"direct", "inline", "host", "self", "tail", "second"}) {
            try (var world = setup.world()) {
                var memory = world.other("a", GROWER).memory("m");
                world.linker.define(
                        "host",
                        "grow",
                        World.toI32(),
                        frame -> frame.setI32(0, (int) memory.grow(1)));
                var it = world.instance(text);
                assertEquals(5, one(it, name), name);
                assertEquals(2, memory.pages());
            }
        }
        for (int i = 0; i < 4; i++) {
            try (var world = setup.world()) {
                var memory = world.other("a", GROWER).memory("m");
                world.linker.define(
                        "host",
                        "grow",
                        World.toI32(),
                        frame -> frame.setI32(0, (int) memory.grow(1)));
                assertEquals(5, one(world.instance(text), "indirect", i));
            }
        }
    }

    /** Two instances with memories of their own, calling back and forth. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void everyInstanceUsesItsOwnMemory(World.Setup setup) {
        try (var world = setup.world()) {
            var a = world.other("a", GROWER);
            var b =
                    world.instance(
                            """
                            (module
                              (import "a" "grow_and_write" (func $f (result i32)))
                              (memory (export "m") 1 9)
                              (func (export "go") (result i32)
                                (i32.store (i32.const 8) (i32.const 1))
                                (drop (call $f))
                                (i32.load (i32.const 8)))
                              (func (export "beyond") (result i32)
                                (drop (call $f))
                                (i32.load (i32.const 65536))))
                            """);
            assertEquals(1, one(b, "go"));
            assertEquals(0, a.memory("m").readI32(8));
            assertEquals(99, a.memory("m").readI32(65536));
            outOfBounds(() -> b.func("beyond").call());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void whatIsBeforeATrapIsVisible(World.Setup setup) {
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module (memory (export "m") 1)
                              (func (export "go")
                                (i32.store (i32.const 0) (i32.const 1))
                                (memory.fill (i32.const 65530) (i32.const 7) (i32.const 7))
                                (i32.store (i32.const 4) (i32.const 1)))
                              (func (export "split")
                                (i64.store (i32.const 65529) (i64.const -1)))
                              (func (export "vec")
                                (v128.store (i32.const 65521) (v128.const i64x2 -1 -1)))
                              (func (export "init")
                                (memory.init $d (i32.const 65535) (i32.const 0) (i32.const 2)))
                              (data $d "abc"))
                            """);
            for (var name : new String[] {"go", "split", "vec", "init"}) {
                outOfBounds(() -> it.func(name).call());
            }
            var memory = it.memory("m");
            assertEquals(1, memory.readI32(0));
            assertEquals(0, memory.readI32(4));
            assertEquals(0, memory.readI64(65528));
            assertEquals(0, memory.readI64(65520));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void typesThatNoModuleCouldDeclareAreRefused(World.Setup setup) {
        try (var world = setup.world()) {
            for (var limits :
                    new Limits[] {
                        Limits.between(2, 1), Limits.atLeast(65537), Limits.between(0, -1)
                    }) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> world.store.newMemory(MemType.of(limits)));
            }
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            world.store.newMemory(
                                    new MemType(
                                            AddrType.I32,
                                            Limits.atLeast(1),
                                            MemType.Sharing.UNSHARED,
                                            3)));
            var large =
                    new MemType(
                            AddrType.I64, Limits.atLeast(1L << 47), MemType.Sharing.UNSHARED, 16);
            assertThrows(ExhaustedException.class, () -> world.store.newMemory(large));
            assertEquals(1, world.store.newMemory(MemType.of(Limits.atLeast(1))).pages());
        }
    }
}
