// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static io.nacelle.runtime.World.one;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.Mut;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Globals: values of every type, and one that is shared. */
final class GlobalTest {
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void oneGlobalInManyInstances(World.Setup setup) {
        try (var world = setup.world()) {
            var global = world.store.newGlobal(new GlobalType(Mut.VAR, NumType.I32), 1);
            world.linker.define("host", "g", global);
            var text =
                    """
                    (module (import "host" "g" (global $g (mut i32)))
                      (global $own (mut i32) (i32.const 100))
                      (func (export "get") (result i32) (global.get $g))
                      (func (export "set") (param i32)
                        (global.set $g (local.get 0)) (global.set $own (i32.const 0)))
                      (func (export "own") (result i32) (global.get $own)))
                    """;
            var a = world.other("a", text);
            var b = world.instance(text);
            assertEquals(1, one(a, "get"));
            a.func("set").call(2);
            assertEquals(2, one(b, "get"));
            assertEquals(2, global.get());
            global.set(-3);
            assertEquals(-3, one(a, "get"));
            assertEquals(-3, one(b, "get"));
            assertEquals(0, one(a, "own"));
            assertEquals(100, one(b, "own"));
        }
    }

    /** Functions are made while globals are still being filled in. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void functionsMadeEarlySeeGlobalsMadeLater(World.Setup setup) {
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module
                              (type $i (func (result i64)))
                              (global $f (ref $i) (ref.func $get))
                              (global $late i64 (i64.const 0x123456789a))
                              (func $get (type $i) (global.get $late))
                              (table (ref null $i) (elem (ref.func $get)))
                              (func (export "go") (result i64) (call_ref $i (global.get $f)))
                              (func (export "table") (result i64)
                                (call_indirect (type $i) (i32.const 0))))
                            """);
            assertEquals(0x123456789aL, one(it, "go"));
            assertEquals(0x123456789aL, one(it, "table"));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void valuesOfEveryType(World.Setup setup) {
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module
                              (global $i (export "i32") (mut i32) (i32.const -1))
                              (global $l (export "i64") (mut i64) (i64.const -2))
                              (global $f (export "f32") (mut f32) (f32.const nan:0x200001))
                              (global $d (export "f64") (mut f64) (f64.const 1.5))
                              (global $v (export "v128") (mut v128) (v128.const i64x2 1 2))
                              (global $x (export "externref") (mut externref) (ref.null extern))
                              (global $r (export "funcref") (mut funcref) (ref.null func))
                              (global (export "const") i32 (i32.const 4))
                              (func $id (export "id") (param i32) (result i32) (local.get 0))
                              (func (export "swap") (param v128 externref)
                                  (result v128 externref f32)
                                (global.get $v) (global.get $x) (global.get $f)
                                (global.set $v (local.get 0))
                                (global.set $x (local.get 1))
                                (global.set $r (ref.func $id))))
                            """);
            assertEquals(-1, it.global("i32").get());
            assertEquals(-2L, it.global("i64").get());
            assertEquals(0x7FA00001, Float.floatToRawIntBits((float) it.global("f32").get()));
            assertEquals(1.5, it.global("f64").get());
            assertEquals(new V128(1, 2), it.global("v128").get());
            assertNull(it.global("externref").get());
            var results = it.func("swap").call(new V128(3, 4), "x");
            assertEquals(new V128(1, 2), results[0]);
            assertNull(results[1]);
            assertEquals(new V128(3, 4), it.global("v128").get());
            assertEquals("x", it.global("externref").get());
            assertSame(it.func("id"), it.global("funcref").get());
            it.global("v128").set(new V128(5, 6));
            it.global("externref").set("y");
            results = it.func("swap").call(new V128(0, 0), null);
            assertEquals(new V128(5, 6), results[0]);
            assertEquals("y", results[1]);

            assertThrows(IllegalStateException.class, () -> it.global("const").set(5));
            assertThrows(IllegalArgumentException.class, () -> it.global("i32").set(5L));
            assertThrows(IllegalArgumentException.class, () -> it.global("i32").set(null));
            assertThrows(IllegalArgumentException.class, () -> it.global("funcref").set("f"));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> world.store.newGlobal(new GlobalType(Mut.VAR, RefType.FUNCREF), "f"));
        }
    }
}
