// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static io.nacelle.runtime.World.one;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;

/** Instances: their exports, how they are made, and what is left when that fails. */
final class InstanceTest {
    private static final String EVERYTHING =
            """
            (module
              (func (export "f") (param i32) (result i32) (local.get 0))
              (table (export "t") 2 5 funcref)
              (memory (export "m") 1 3)
              (global (export "g") (mut i64) (i64.const 7))
              (tag (export "e") (param i32))
              (func (export "f2") (result i32 i64) (i32.const 1) (i64.const 2)))
            """;

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void exportsAreThereByNameInOrder(World.Setup setup) {
        try (var world = setup.world()) {
            var it = world.instance(EVERYTHING);
            assertEquals(
                    List.of("f", "t", "m", "g", "e", "f2"), List.copyOf(it.exports().keySet()));
            assertSame(it.func("f"), it.export("f").orElseThrow());
            assertEquals(2, it.table("t").size());
            assertEquals(1, it.memory("m").pages());
            assertEquals(7L, it.global("g").get());
            assertInstanceOf(Tag.class, it.export("e").orElseThrow());
            assertEquals(List.of(1, 2L), List.of(it.func("f2").call()));
            assertTrue(it.export("no").isEmpty());
            var missing = assertThrows(IllegalArgumentException.class, () -> it.func("no"));
            assertEquals("no export named \"no\"", missing.getMessage());
            var other = assertThrows(IllegalArgumentException.class, () -> it.func("m"));
            assertEquals("the export \"m\" is no function", other.getMessage());
            assertEquals(setup.mode(), it.mode());
            assertSame(world.store, it.store());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void everythingIsSharedThroughImports(World.Setup setup) {
        try (var world = setup.world()) {
            var a = world.other("a", EVERYTHING);
            var b =
                    world.instance(
                            """
                            (module
                              (import "a" "f" (func $f (param i32) (result i32)))
                              (import "a" "t" (table $t 1 funcref))
                              (import "a" "m" (memory 1))
                              (import "a" "g" (global $g (mut i64)))
                              (import "a" "e" (tag (param i32)))
                              (type $ii (func (param i32) (result i32)))
                              (elem (table $t) (i32.const 1) func $own)
                              (data (i32.const 5) "hello")
                              (func $own (param i32) (result i32)
                                (i32.add (call $f (local.get 0)) (i32.wrap_i64 (global.get $g))))
                              (func (export "set") (global.set $g (i64.const 40)))
                              (func (export "go") (param i32) (result i32)
                                (call_indirect $t (type $ii) (local.get 0) (i32.const 1)))
                              (export "m2" (memory 0)) (export "f3" (func $f)))
                            """);
            assertEquals(9, one(b, "go", 2));
            b.func("set").call();
            assertEquals(42, one(b, "go", 2));
            assertEquals(40L, a.global("g").get());
            assertEquals('h', a.memory("m").readI8(5));
            assertSame(a.memory("m"), b.memory("m2"));
            assertSame(a.func("f"), b.func("f3"));
            assertEquals(43, ((Func) a.table("t").get(1)).call(3)[0]);
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void whatWasDoneBeforeAnInitialiserTrapsStays(World.Setup setup) {
        try (var world = setup.world()) {
            var a =
                    world.other(
                            "a",
                            """
                            (module (memory (export "m") 1) (table (export "t") 1 funcref)
                              (type $i (func (result i32)))
                              (func (export "go") (result i32)
                                (call_indirect (type $i) (i32.const 0))))
                            """);
            var text =
                    """
                    (module (import "a" "m" (memory 1)) (import "a" "t" (table 1 funcref))
                      (global $g i32 (i32.const 77))
                      (func $f (result i32) (global.get $g))
                      (elem (i32.const 0) func $f)
                      (data (i32.const 0) "x") (data (i32.const 65536) "y"))
                    """;
            var trap = assertThrows(Trap.class, () -> world.instance(text));
            assertEquals(TrapKind.OUT_OF_BOUNDS_MEMORY, trap.kind());
            assertEquals('x', a.memory("m").readI8(0));
            // The instance that failed lives on in the table, with its globals.
            assertEquals(77, one(a, "go"));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void instancesThatComeToNothingTakeNothing(World.Setup setup) {
        var limits =
                StoreLimits.defaults()
                        .withInstances(2)
                        .withMemoryBytes(4 << 16)
                        .withTableElements(100);
        try (var world = setup.world(limits)) {
            var outOfBounds =
                    "(module (memory 3) (table 60 funcref) (data (i32.const 196607) \"ab\"))";
            var tooMuch = "(module (memory 3) (memory 2))";
            var tooMany = "(module (memory 3) (table 60 funcref) (table 41 funcref))";
            for (int i = 0; i < 5; i++) {
                assertThrows(Trap.class, () -> world.instance(outOfBounds));
                var memory = assertThrows(ExhaustedException.class, () -> world.instance(tooMuch));
                assertEquals(ExhaustedException.Resource.MEMORY, memory.resource());
                var table = assertThrows(ExhaustedException.class, () -> world.instance(tooMany));
                assertEquals(ExhaustedException.Resource.TABLE, table.resource());
            }
            world.instance("(module (memory 4) (table 100 funcref))");
            world.instance("(module)");
            var full = assertThrows(ExhaustedException.class, () -> world.instance("(module)"));
            assertEquals(ExhaustedException.Resource.INSTANCES, full.resource());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void startFunctionsRunAndMayTrap(World.Setup setup) {
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module (global $g (export "g") (mut i32) (i32.const 1))
                              (func $s (global.set $g (i32.const 5))) (start $s))
                            """);
            assertEquals(5, it.global("g").get());
            var trap =
                    assertThrows(
                            Trap.class,
                            () -> world.instance("(module (func $s unreachable) (start $s))"));
            assertEquals("s", trap.guestFrames().getFirst().funcName().orElseThrow());
            assertEquals(5, it.global("g").get());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void theFirstModuleSettlesTheKindByAllItsMemories(World.Setup setup) {
        var engine = setup.engine();
        try (var store = Store.create(engine)) {
            assertEquals(StoreKind.AUTO, store.kind());
            var text = "(module (memory 1) (memory i64 1))";
            var module = Module.of(engine, io.nacelle.wasm.text.TextParser.parse(text));
            Linker.create(store).instantiate(module, setup.mode());
            assertEquals(StoreKind.NATIVE, store.kind());
        }
        assertFalse(setup.kind() == StoreKind.AUTO);
    }
}
