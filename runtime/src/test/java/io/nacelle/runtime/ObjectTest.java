// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.FieldType;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.Mut;
import io.nacelle.wasm.syntax.RecType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.StructType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;

/** Structures, arrays and i31 as hosts see them, and how values cross that border. */
final class ObjectTest {
    private static final String MIXED =
            """
            (module
              (type $s (struct
                (field (mut i8)) (field (mut i16)) (field (mut i32)) (field (mut i64))
                (field (mut f32)) (field (mut f64)) (field (mut v128)) (field (mut anyref))
                (field (mut funcref)) (field i32)))
              (type $f (func (result i32)))
              (func $one (type $f) (i32.const 1))
              (elem declare func $one)
              (func (export "make") (result (ref $s))
                (struct.new $s (i32.const 0x1FF) (i32.const 0x18000) (i32.const -3)
                  (i64.const 0x123456789A) (f32.const 1.5) (f64.const -2.25)
                  (v128.const i64x2 5 6) (ref.i31 (i32.const -1)) (ref.func $one) (i32.const 42)))
              (func (export "get8s") (param (ref $s)) (result i32)
                (struct.get_s $s 0 (local.get 0)))
              (func (export "get8u") (param (ref $s)) (result i32)
                (struct.get_u $s 0 (local.get 0)))
              (func (export "get16s") (param (ref $s)) (result i32)
                (struct.get_s $s 1 (local.get 0)))
              (func (export "get16u") (param (ref $s)) (result i32)
                (struct.get_u $s 1 (local.get 0)))
              (func (export "vector") (param (ref $s)) (result v128)
                (struct.get $s 6 (local.get 0)))
              (func (export "set") (param (ref $s) v128 f32)
                (struct.set $s 6 (local.get 0) (local.get 1))
                (struct.set $s 4 (local.get 0) (local.get 2))))
            """;

    static List<World.Setup> setups() {
        return World.setups().toList();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void fieldsOfEveryStorageType(World.Setup setup) {
        try (var world = setup.world()) {
            var instance = world.instance(MIXED);
            var made = assertInstanceOf(StructRef.class, World.one(instance, "make"));
            assertEquals(10, made.size());
            assertEquals(-1, made.i32(0));
            assertEquals(-1, made.get(0));
            assertEquals((int) (short) 0x8000, made.i32(1));
            assertEquals(-3, made.i32(2));
            assertEquals(0x123456789AL, made.i64(3));
            assertEquals(1.5f, made.f32(4));
            assertEquals(-2.25, made.f64(5));
            assertEquals(new V128(5, 6), made.v128(6));
            assertEquals(new I31(-1), made.ref(7));
            assertEquals(1, ((Func) made.ref(8)).call()[0]);
            assertEquals(42, made.get(9));
            assertEquals(-1, World.one(instance, "get8s", made));
            assertEquals(255, World.one(instance, "get8u", made));
            assertEquals(-0x8000, World.one(instance, "get16s", made));
            assertEquals(0x8000, World.one(instance, "get16u", made));
            assertEquals(new V128(5, 6), World.one(instance, "vector", made));
            instance.func("set").call(made, new V128(-1, 9), -0.5f);
            assertEquals(new V128(-1, 9), made.get(6));
            assertEquals(-0.5f, made.get(4));

            made.setI32(0, 0x80);
            assertEquals(-128, World.one(instance, "get8s", made));
            made.set(5, 8.0);
            assertEquals(8.0, made.f64(5));
            assertThrows(IllegalStateException.class, () -> made.setI32(9, 1));
            assertThrows(IllegalArgumentException.class, () -> made.setI64(2, 1));
            assertThrows(IllegalArgumentException.class, () -> made.set(2, 1L));
            assertThrows(IllegalArgumentException.class, () -> made.setRef(8, "no function"));
            assertThrows(IllegalArgumentException.class, () -> made.i64(0));
            assertThrows(IndexOutOfBoundsException.class, () -> made.get(10));
            assertThrows(IndexOutOfBoundsException.class, () -> made.i32(-1));
            assertEquals(42, made.i32(9));
        }
    }

    /** Fields in every slot of every shape, and beyond them, read back as written. */
    @ParameterizedTest
    @MethodSource("setups")
    void structuresOfManySizes(World.Setup setup) {
        try (var world = setup.world()) {
            for (int count : new int[] {0, 1, 2, 3, 4, 5, 8, 9, 13, 40}) {
                var text = new StringBuilder("(module (type $s (struct");
                text.append(" (field (mut i64)) (field (mut eqref))".repeat(count));
                text.append(")) (func (export \"make\") (result (ref $s)) (struct.new $s");
                for (int i = 0; i < count; i++) {
                    text.append(" (i64.const ").append(i * 7L + (1L << 40)).append(')');
                    text.append(" (ref.i31 (i32.const ").append(i).append("))");
                }
                text.append("))");
                for (int i = 0; i < count; i++) {
                    text.append("(func (export \"n%d\") (param (ref $s)) (result i64)".formatted(i))
                            .append("(struct.get $s %d (local.get 0)))".formatted(2 * i))
                            .append("(func (export \"r%d\") (param (ref $s) eqref)".formatted(i))
                            .append(
                                    "(struct.set $s %d (local.get 0) (local.get 1)))"
                                            .formatted(2 * i + 1));
                }
                var instance = world.instance(text.append(')').toString());
                var made = (StructRef) World.one(instance, "make");
                for (int i = 0; i < count; i++) {
                    assertEquals(i * 7L + (1L << 40), World.one(instance, "n" + i, made));
                    assertEquals(new I31(i), made.ref(2 * i + 1));
                    made.setI64(2 * i, -i);
                    instance.func("r" + i).call(made, new I31(1000 + i));
                }
                for (int i = 0; i < count; i++) {
                    assertEquals((long) -i, World.one(instance, "n" + i, made));
                    assertEquals(new I31(1000 + i), made.get(2 * i + 1));
                }
            }
        }
    }

    /** A supertype's code finds its fields in objects of a larger shape. */
    @ParameterizedTest
    @MethodSource("setups")
    void subtypesKeepTheSlotsOfTheirSupertypes(World.Setup setup) {
        try (var world = setup.world()) {
            world.other(
                    "base",
                    """
                    (module
                      (type $a (sub (struct (field (mut i32)) (field (mut anyref)))))
                      (func (export "read") (param (ref $a)) (result i32 anyref)
                        (struct.get $a 0 (local.get 0)) (struct.get $a 1 (local.get 0)))
                      (func (export "isA") (param anyref) (result i32)
                        (ref.test (ref $a) (local.get 0))))
                    """);
            var instance =
                    world.instance(
                            """
                            (module
                              (type $other (func))
                              (type $a (sub (struct (field (mut i32)) (field (mut anyref)))))
                              (type $b (sub $a (struct (field (mut i32)) (field (mut anyref))
                                (field i64 i64 i64 i64 i64) (field v128) (field anyref anyref
                                anyref anyref anyref anyref anyref anyref))))
                              (type $c (struct (field (mut i32)) (field (mut anyref))))
                              (import "base" "read" (func $read (param (ref $a)) (result i32 anyref)))
                              (import "base" "isA" (func $isA (param anyref) (result i32)))
                              (func (export "run") (result i32 anyref) (local $b (ref $b))
                                (local.set $b (struct.new_default $b))
                                (struct.set $a 0 (local.get $b) (i32.const 77))
                                (struct.set $b 1 (local.get $b) (local.get $b))
                                (return_call $read (local.get $b)))
                              (func (export "tests") (result i32 i32 i32)
                                (call $isA (struct.new_default $b))
                                (call $isA (struct.new_default $c))
                                (call $isA (ref.i31 (i32.const 1)))))
                            """);
            var results = instance.func("run").call();
            assertEquals(77, results[0]);
            var made = (StructRef) results[1];
            assertSame(made, made.ref(1));
            assertEquals(List.of(1, 0, 0), List.of(instance.func("tests").call()));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void objectsPassThroughGlobalsTablesAndCalls(World.Setup setup) {
        try (var world = setup.world()) {
            var other =
                    world.other(
                            "other",
                            """
                            (module
                              (global (export "g") (mut anyref) (ref.null any))
                              (table (export "t") 2 anyref)
                              (func (export "swap") (param anyref i32 eqref) (result eqref i32 anyref)
                                (local.get 2) (local.get 1) (local.get 0)))
                            """);
            var instance =
                    world.instance(
                            """
                            (module
                              (type $bytes (array (mut i8)))
                              (import "other" "g" (global $g (mut anyref)))
                              (import "other" "t" (table $t 2 anyref))
                              (import "other" "swap" (func $swap (param anyref i32 eqref)
                                (result eqref i32 anyref)))
                              (func (export "run") (param $x anyref) (result eqref i32 anyref)
                                (local $a (ref $bytes))
                                (local.set $a (array.new $bytes (i32.const 9) (i32.const 3)))
                                (global.set $g (local.get $a))
                                (table.set $t (i32.const 1) (local.get $x))
                                (call $swap (local.get $x) (i32.const 5) (local.get $a))))
                            """);
            var host = new Object();
            var results = instance.func("run").call(host);
            var array = assertInstanceOf(ArrayRef.class, results[0]);
            assertEquals(5, results[1]);
            assertSame(host, results[2]);
            assertEquals(3, array.size());
            assertEquals(9, array.i32(2));
            assertSame(array, other.global("g").get());
            assertSame(host, other.table("t").get(1));
            assertNull(other.table("t").get(0));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void hostObjectsAreAnyAndNothingElse(World.Setup setup) {
        try (var world = setup.world()) {
            var instance =
                    world.instance(
                            """
                            (module
                              (func (export "round") (param externref) (result externref)
                                (extern.convert_any (any.convert_extern (local.get 0))))
                              (func (export "any") (param externref) (result anyref)
                                (any.convert_extern (local.get 0)))
                              (func (export "kinds") (param anyref) (result i32 i32 i32 i32)
                                (ref.test (ref any) (local.get 0))
                                (ref.test (ref eq) (local.get 0))
                                (ref.test (ref i31) (local.get 0))
                                (ref.test (ref struct) (local.get 0))))
                            """);
            for (var value : new Object[] {"text", 7, new I31(7), List.of()}) {
                assertSame(value, World.one(instance, "round", value));
                assertSame(value, World.one(instance, "any", value));
            }
            assertNull(World.one(instance, "round", (Object) null));
            assertEquals(List.of(1, 0, 0, 0), List.of(instance.func("kinds").call(7)));
            assertEquals(List.of(1, 1, 1, 0), List.of(instance.func("kinds").call(new I31(7))));
            var func = instance.func("round");
            assertSame(func, World.one(instance, "round", func));
            assertThrows(IllegalArgumentException.class, () -> instance.func("kinds").call(func));
        }
    }

    @Test
    void hostMakesObjects() {
        var setup = new World.Setup(Mode.FAST, Mode.FAST, StoreKind.HEAP);
        try (var world = setup.world()) {
            var instance =
                    world.instance(
                            """
                            (module
                              (type $p (struct (field i8) (field (ref eq))))
                              (type $i (array (mut i16)))
                              (type $r (array (ref eq)))
                              (func (export "p") (param (ref $p)) (result i32 eqref)
                                (struct.get_u $p 0 (local.get 0)) (struct.get $p 1 (local.get 0)))
                              (func (export "i") (param (ref $i)) (result i32)
                                (array.get_u $i (local.get 0) (i32.const 1))))
                            """);
            var valid = instance.module().valid();
            var store = world.store;
            var inner = new I31(3);
            var pair = store.newStruct(valid.type(0), 511, inner);
            assertEquals(List.of(255, inner), List.of(instance.func("p").call(pair)));
            assertSame(valid.type(0), pair.type());
            var array = store.newArray(valid.type(1), 1, -1);
            assertEquals(0xFFFF, World.one(instance, "i", array));
            assertEquals(4, store.newDefaultArray(valid.type(1), 4).size());
            assertEquals(0, store.newDefaultArray(valid.type(2), 0).size());

            var wrong = IllegalArgumentException.class;
            assertThrows(wrong, () -> store.newStruct(valid.type(0)));
            assertThrows(wrong, () -> store.newStruct(valid.type(0), 1));
            assertThrows(wrong, () -> store.newStruct(valid.type(0), 1, null));
            assertThrows(wrong, () -> store.newStruct(valid.type(1)));
            assertThrows(wrong, () -> store.newArray(valid.type(0)));
            assertThrows(wrong, () -> store.newArray(valid.type(2), "no eqref"));
            assertThrows(wrong, () -> store.newDefaultArray(valid.type(2), 1));
            assertThrows(wrong, () -> store.newDefaultArray(valid.type(1), -1));
            assertThrows(wrong, () -> instance.func("p").call(array));
            assertThrows(wrong, () -> new I31(1 << 30));
            assertEquals(new I31(-(1 << 30)), I31.wrap(1 << 30));
            assertEquals(Integer.MAX_VALUE, I31.wrap(-1).unsigned());
        }
    }

    /** An object can hold functions of its store, which another must not get hold of. */
    @Test
    void objectsStayInTheirStore() {
        var type =
                DefType.of(
                                RecType.of(
                                        new StructType(
                                                List.of(
                                                        new FieldType(Mut.VAR, RefType.FUNCREF),
                                                        new FieldType(Mut.VAR, RefType.ANYREF)))))
                        .getFirst();
        var engine = Engine.create();
        StructRef kept;
        try (var store = Store.create(engine);
                var foreign = Store.create(engine)) {
            var wrong = IllegalArgumentException.class;
            var mine = store.newStruct(type);
            kept = mine;
            var theirs = foreign.newStruct(type);
            var theirFunc = foreign.newFunc(World.NOTHING, frame -> {});
            assertThrows(wrong, () -> mine.setRef(0, theirFunc));
            assertThrows(wrong, () -> mine.setRef(1, theirs));
            assertThrows(wrong, () -> store.newStruct(type, theirFunc, null));
            var global = store.newGlobal(new GlobalType(Mut.VAR, RefType.EXTERNREF), null);
            assertThrows(wrong, () -> global.set(theirs));
            global.set(mine);
            mine.setRef(1, mine);
            assertNull(mine.ref(0));
            assertNotSame(mine, theirs);
            assertSame(mine.type(), theirs.type());
        }
        assertSame(kept, kept.ref(1));
        kept.setRef(1, "after the end");
        assertEquals("after the end", kept.get(1));
    }

    @ParameterizedTest
    @MethodSource("setups")
    void constantExpressionsMakeObjects(World.Setup setup) {
        try (var world = setup.world()) {
            var instance =
                    world.instance(
                            """
                            (module
                              (type $v (array i16))
                              (type $s (struct (field i32) (field (ref $v)) (field v128) (field anyref)))
                              (global $n i32 (i32.const 3))
                              (global $v (ref $v) (array.new_fixed $v 2 (i32.const 65535) (global.get $n)))
                              (global $w (ref $v) (array.new $v (i32.const 7) (global.get $n)))
                              (global (export "s") (ref $s)
                                (struct.new $s (i32.add (global.get $n) (i32.const 1)) (global.get $v)
                                  (v128.const i64x2 1 2) (ref.i31 (i32.const 5))))
                              (global (export "e") externref (extern.convert_any (global.get $w)))
                              (table (export "t") 3 anyref (struct.new $s (i32.const 1)
                                (array.new_default $v (i32.const 2))
                                (v128.const i64x2 3 4) (any.convert_extern (ref.null extern)))))
                            """);
            var made = (StructRef) instance.global("s").get();
            assertEquals(4, made.i32(0));
            var array = (ArrayRef) made.ref(1);
            assertEquals(List.of(-1, 3), List.of(array.get(0), array.get(1)));
            assertEquals(new V128(1, 2), made.v128(2));
            assertEquals(new I31(5), made.ref(3));
            var filled = (ArrayRef) instance.global("e").get();
            assertEquals(List.of(3, 7), List.of(filled.size(), filled.i32(2)));
            var element = (StructRef) instance.table("t").get(2);
            assertSame(element, instance.table("t").get(0));
            assertEquals(2, ((ArrayRef) element.ref(1)).size());
            assertNull(element.ref(3));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void trapsNameWhatWasNull(World.Setup setup) {
        try (var world = setup.world()) {
            var instance =
                    world.instance(
                            """
                            (module
                              (type $s (struct (field (mut i32))))
                              (type $a (array (mut i32)))
                              (func (export "get") (drop (struct.get $s 0 (ref.null $s))))
                              (func (export "set") (struct.set $s 0 (ref.null $s) (i32.const 1)))
                              (func (export "len") (drop (array.len (ref.null $a))))
                              (func (export "at") (drop (array.get $a (ref.null $a) (i32.const 0))))
                              (func (export "put")
                                (array.set $a (ref.null $a) (i32.const 0) (i32.const 1)))
                              (func (export "i31") (drop (i31.get_s (ref.null i31))))
                              (func (export "cast") (drop (ref.cast (ref $s) (ref.null $s))))
                              (func (export "wrong")
                                (drop (ref.cast (ref null $s) (ref.i31 (i32.const 1)))))
                              (func (export "outside") (param i32)
                                (drop (array.get $a (array.new_default $a (i32.const 4))
                                  (local.get 0)))))
                            """);
            var expected = new ArrayList<List<Object>>();
            expected.add(List.of("get", TrapKind.NULL_STRUCTURE_REFERENCE));
            expected.add(List.of("set", TrapKind.NULL_STRUCTURE_REFERENCE));
            expected.add(List.of("len", TrapKind.NULL_ARRAY_REFERENCE));
            expected.add(List.of("at", TrapKind.NULL_ARRAY_REFERENCE));
            expected.add(List.of("put", TrapKind.NULL_ARRAY_REFERENCE));
            expected.add(List.of("i31", TrapKind.NULL_I31_REFERENCE));
            expected.add(List.of("cast", TrapKind.CAST_FAILURE));
            expected.add(List.of("wrong", TrapKind.CAST_FAILURE));
            for (var pair : expected) {
                var trap =
                        assertThrows(
                                Trap.class, () -> instance.func((String) pair.getFirst()).call());
                assertEquals(pair.getLast(), trap.kind());
                assertEquals(1, trap.guestFrames().size());
            }
            var outside = instance.func("outside");
            outside.call(3);
            for (int index : new int[] {4, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                var trap = assertThrows(Trap.class, () -> outside.call(index));
                assertEquals(TrapKind.OUT_OF_BOUNDS_ARRAY, trap.kind());
            }
        }
    }

    /** Branches with values, into loops too, on casts that succeed and on casts that fail. */
    @ParameterizedTest
    @MethodSource("setups")
    void branchesOnCastsCarryValues(World.Setup setup) {
        try (var world = setup.metered()) {
            world.store.setFuel(1_000_000);
            var instance =
                    world.instance(
                            """
                            (module
                              (type $node (struct (field i64) (field anyref)))
                              (func $list (param i32) (result anyref)
                                (if (result anyref) (i32.eqz (local.get 0))
                                  (then (ref.i31 (i32.const 5)))
                                  (else (struct.new $node (i64.extend_i32_s (local.get 0))
                                    (call $list (i32.sub (local.get 0) (i32.const 1)))))))
                              (func (export "sum") (param i32) (result i64 i32)
                                (local $sum i64) (local $at (ref null $node))
                                (block $end (result anyref)
                                  (call $list (local.get 0))
                                  (loop $more (param anyref) (result anyref)
                                    (br_on_cast_fail $end anyref (ref $node))
                                    (local.set $at)
                                    (local.set $sum
                                      (i64.add (local.get $sum) (struct.get $node 0 (local.get $at))))
                                    (br_on_cast $more anyref (ref $node)
                                      (struct.get $node 1 (local.get $at)))))
                                (local.set 0 (i31.get_s (ref.cast (ref i31))))
                                (local.get $sum) (local.get 0)))
                            """);
            assertEquals(List.of(15L, 5), List.of(instance.func("sum").call(5)));
            assertEquals(List.of(0L, 5), List.of(instance.func("sum").call(0)));
            assertTrue(world.store.fuel() < 1_000_000);
        }
    }
}
