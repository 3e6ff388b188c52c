// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.World.Setup;
import io.nacelle.wasm.syntax.FeatureSet;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Optional;

/** Instances that begin where others were. */
class SnapshotTest {
    /** State of every kind, and a start function that must not run again. */
    private static final String STATE =
            """
            (module
              (type $get (func (result i32)))
              (import "h" "seven" (func $seven (type $get)))
              (memory (export "m") 1 10)
              (memory $second 1)
              (global $i (export "i") (mut i32) (i32.const 1))
              (global $l (mut i64) (i64.const 2))
              (global $f (mut f32) (f32.const 3))
              (global $d (mut f64) (f64.const 4))
              (global $v (mut v128) (v128.const i64x2 5 6))
              (global $r (mut funcref) (ref.null func))
              (global $n (mut i31ref) (ref.null i31))
              (table $t (export "t") 4 20 funcref)
              (table $u 2 (ref null $get))
              (data $active (i32.const 0) "abc")
              (data $kept "kept")
              (data $gone "gone")
              (elem $elems (i32.const 1) $one)
              (elem $passive func $two $one)
              (elem declare func $three $seven)
              (start $begin)
              (func $begin (global.set $i (i32.add (global.get $i) (i32.const 100))))
              (func $one (result i32) (i32.const 1))
              (func $two (result i32) (i32.add (i32.const 1) (global.get $i)))
              (func $three (result i32) (i32.const 3))
              (func (export "prepare")
                (drop (memory.grow (i32.const 2)))
                (i32.store (i32.const 131080) (i32.const 77))
                (i32.store8 $second (i32.const 9) (i32.const 88))
                (i32.store8 (i32.const 1) (i32.const 0))
                (global.set $i (i32.const 11))
                (global.set $l (i64.const -12))
                (global.set $f (f32.const nan:0x200001))
                (global.set $d (f64.const -0.0))
                (global.set $v (v128.const i64x2 0x1234 -7))
                (global.set $r (ref.func $three))
                (global.set $n (ref.i31 (i32.const -9)))
                (drop (table.grow $t (ref.func $three) (i32.const 3)))
                (table.set $t (i32.const 0) (ref.func $two))
                (table.set $t (i32.const 2) (ref.func $seven))
                (table.set $u (i32.const 1) (ref.func $two))
                (data.drop $gone)
                (elem.drop $elems))
              (func (export "i32") (result i32) (global.get $i))
              (func (export "i64") (result i64) (global.get $l))
              (func (export "f32") (result i32) (i32.reinterpret_f32 (global.get $f)))
              (func (export "f64") (result i64) (i64.reinterpret_f64 (global.get $d)))
              (func (export "low") (result i64) (i64x2.extract_lane 0 (global.get $v)))
              (func (export "high") (result i64) (i64x2.extract_lane 1 (global.get $v)))
              (func (export "ref") (result i32)
                (table.set $t (i32.const 3) (global.get $r))
                (call_indirect $t (type $get) (i32.const 3)))
              (func (export "i31") (result i32) (i31.get_s (global.get $n)))
              (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
              (func (export "second") (param i32) (result i32)
                (i32.load8_u $second (local.get 0)))
              (func (export "pages") (result i32) (memory.size))
              (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
              (func (export "table") (result i32) (table.size $t))
              (func (export "call") (param i32) (result i32)
                (call_indirect $t (type $get) (local.get 0)))
              (func (export "typed") (param i32) (result i32)
                (call_ref $get (table.get $u (local.get 0))))
              (func (export "kept") (param i32)
                (memory.init $kept (i32.const 200) (i32.const 0) (local.get 0)))
              (func (export "gone") (param i32)
                (memory.init $gone (i32.const 200) (i32.const 0) (local.get 0)))
              (func (export "active") (param i32)
                (memory.init $active (i32.const 200) (i32.const 0) (local.get 0)))
              (func (export "elems") (param i32)
                (table.init $t $elems (i32.const 0) (i32.const 0) (local.get 0)))
              (func (export "passive") (result i32)
                (table.init $t $passive (i32.const 0) (i32.const 0) (i32.const 2))
                (call_indirect $t (type $get) (i32.const 0))))
            """;

    private static final FuncType GET = new FuncType(List.of(), List.of(NumType.I32));

    private static Linker linker(Store store, int seven) {
        return Linker.create(store).define("h", "seven", GET, frame -> frame.setI32(0, seven));
    }

    private static void check(Instance at, int seven) {
        assertEquals(11, World.one(at, "i32"));
        assertEquals(-12L, World.one(at, "i64"));
        assertEquals(0x7FA00001, World.one(at, "f32"));
        assertEquals(Long.MIN_VALUE, World.one(at, "f64"));
        assertEquals(0x1234L, World.one(at, "low"));
        assertEquals(-7L, World.one(at, "high"));
        assertEquals(3, World.one(at, "ref"));
        assertEquals(-9, World.one(at, "i31"));
        assertEquals(77, World.one(at, "load", 131080));
        assertEquals(0x630061, World.one(at, "load", 0));
        assertEquals(88, World.one(at, "second", 9));
        assertEquals(3, World.one(at, "pages"));
        assertEquals(7, World.one(at, "table"));
        assertEquals(12, World.one(at, "call", 0));
        assertEquals(1, World.one(at, "call", 1));
        assertEquals(seven, World.one(at, "call", 2));
        assertEquals(3, World.one(at, "call", 6));
        assertEquals(12, World.one(at, "typed", 1));
        assertThrows(Trap.class, () -> at.func("typed").call(0));
        assertThrows(Trap.class, () -> at.func("call").call(7));
        at.func("kept").call(4);
        assertEquals(0x7470656B, World.one(at, "load", 200));
        assertThrows(Trap.class, () -> at.func("kept").call(5));
        at.func("gone").call(0);
        assertThrows(Trap.class, () -> at.func("gone").call(1));
        assertThrows(Trap.class, () -> at.func("active").call(1));
        assertThrows(Trap.class, () -> at.func("elems").call(1));
        assertEquals(12, World.one(at, "passive"));
        // Functions are the instance's own: they see its globals, and nobody else's.
        at.global("i").set(40);
        assertEquals(41, World.one(at, "call", 0));
        assertEquals(3, World.one(at, "grow", 7));
        assertEquals(0, World.one(at, "load", 5 << 16));
        assertEquals(-1, World.one(at, "grow", 1));
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void anInstanceGoesOnFromThere(Setup setup) {
        var engine = setup.engine();
        try (var store = Store.create(engine, setup.kind())) {
            var module = Module.of(engine, TextParser.parse(STATE));
            var first = linker(store, 7).instantiate(module, setup.mode());
            first.func("prepare").call();
            var snapshot = first.snapshot();
            for (int i = 0; i < 3; i++) {
                try (var other = Store.create(engine, setup.kind())) {
                    check(
                            linker(other, 70 + i)
                                    .instantiate(snapshot, setup.mode(), Optional.empty()),
                            70 + i);
                }
            }
            for (var kind : List.of(StoreKind.HEAP, StoreKind.NATIVE, StoreKind.AUTO)) {
                try (var other = Store.create(engine, kind)) {
                    check(linker(other, 1).instantiate(snapshot), 1);
                }
            }
            check(first, 7);
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    @SuppressWarnings("try")
    void aForkGoesItsOwnWay(Setup setup) {
        var engine = setup.engine();
        try (var store = Store.create(engine, setup.kind());
                var other = Store.create(engine, setup.kind())) {
            var module = Module.of(engine, TextParser.parse(STATE));
            var first = linker(store, 7).instantiate(module, setup.mode());
            first.func("prepare").call();
            var fork = first.fork(linker(other, 8));
            var again = fork.fork(linker(other, 9));
            first.memory("m").fill(0, (byte) 1, 3 << 16);
            check(fork, 8);
            store.close();
            check(again, 9);
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void aModuleBeginsThere(Setup setup) {
        var engine = setup.engine();
        byte[] bytes;
        try (var store = Store.create(engine, setup.kind())) {
            var module = Module.of(engine, TextParser.parse(STATE));
            var first = linker(store, 7).instantiate(module, setup.mode());
            first.func("prepare").call();
            bytes = first.snapshot().encode(exports -> exports);
        }
        // It is a module like others: in another engine, and as its own snapshot.
        var next = setup.engine();
        for (int i = 0; i < 3; i++) {
            try (var store = Store.create(next, setup.kind())) {
                var instance = linker(store, i).instantiate(Module.load(next, bytes), setup.mode());
                var again = instance.snapshot().encode(exports -> exports);
                check(instance, i);
                bytes = again;
            }
        }
    }

    /** A module without anything that came after the first version stays without it. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void whatIsWrittenNeedsNoMoreThanTheModule(Setup setup) {
        var features = FeatureSet.parse("wasm1");
        var engine = Engine.create(setup.config().withFeatures(features));
        try (var store = Store.create(engine, setup.kind())) {
            var module =
                    Module.of(
                            engine,
                            TextParser.parse(
                                    "(module (memory 1) (data (i32.const 3) \"a\")"
                                            + " (table 3 funcref) (elem (i32.const 1) $f)"
                                            + " (global $g (mut i32) (i32.const 0))"
                                            + " (func $f (export \"f\") (result i32)"
                                            + "   (global.set $g (i32.add (global.get $g)"
                                            + "     (i32.const 1))) (global.get $g)))"));
            var first = Linker.create(store).instantiate(module, setup.mode());
            first.func("f").call();
            var bytes = first.snapshot().encode(exports -> exports);
            var next = Linker.create(store).instantiate(Module.load(engine, bytes));
            assertEquals(2, World.one(next, "f"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(import \"h\" \"m\" (memory 1))#memory 0 is imported",
                "(import \"h\" \"t\" (table 1 funcref))#table 0 is imported",
                "(import \"h\" \"g\" (global (mut i32)))#global 0 is imported and mutable",
                "(memory (export \"x\") 1 1 shared)#memory 0 (\"x\") is shared",
                "(type $s (struct)) (global (export \"o\") (ref $s) (struct.new $s))"
                        + "#global 0 (\"o\") holds a structure",
                "(type $s (struct)) (table 2 anyref) (elem (table 0) (i32.const 1) anyref"
                        + " (struct.new $s))#element 1 of table 0 holds a structure",
                "(type $s (struct)) (elem anyref (struct.new $s))"
                        + "#element 0 of element segment 0 holds a structure",
            })
    void whatCannotBeSavedIsNamed(String moduleAndMessage) {
        var parts = moduleAndMessage.split("#");
        var engine = Engine.create();
        try (var store = Store.create(engine, StoreKind.HEAP)) {
            var linker =
                    Linker.create(store)
                            .define(
                                    "h",
                                    Linker.create(store)
                                            .instantiate(
                                                    Module.of(
                                                            engine,
                                                            TextParser.parse(
                                                                    "(module (memory (export"
                                                                            + " \"m\") 1) (table"
                                                                            + " (export \"t\") 1"
                                                                            + " funcref) (global"
                                                                            + " (export \"g\") (mut"
                                                                            + " i32) (i32.const"
                                                                            + " 0)))"))));
            var instance =
                    linker.instantiate(
                            Module.of(engine, TextParser.parse("(module " + parts[0] + ")")));
            var thrown = assertThrows(SnapshotException.class, instance::snapshot);
            assertTrue(thrown.getMessage().startsWith(parts[1]), thrown.getMessage());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void referencesToOthersAreRefused(Setup setup) {
        try (var world = setup.world()) {
            var text =
                    "(module (table (export \"t\") 2 funcref) (table (export \"e\") 1 externref)"
                            + " (func (export \"f\")))";
            var one = world.instance(text);
            var two = world.instance(text);
            one.table("t").set(1, one.func("f"));
            one.snapshot();
            one.table("t").set(1, two.func("f"));
            assertEquals(
                    "element 1 of table 0 (\"t\") holds a function that is not of this instance",
                    assertThrows(SnapshotException.class, one::snapshot).getMessage());
            one.table("t").set(1, null);
            one.table("e").set(0, "text");
            assertEquals(
                    "element 0 of table 1 (\"e\") holds an object of the host",
                    assertThrows(SnapshotException.class, one::snapshot).getMessage());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void aRunningGuestIsNotSaved(Setup setup) {
        try (var world = setup.world()) {
            var holder = new Instance[1];
            world.linker.define(
                    "h",
                    "seven",
                    World.NOTHING,
                    _ -> assertThrows(IllegalStateException.class, holder[0]::snapshot));
            holder[0] =
                    world.instance(
                            "(module (import \"h\" \"seven\" (func $f))"
                                    + " (func (export \"f\") (call $f)))");
            holder[0].func("f").call();
            world.store.close();
            assertThrows(ClosedException.class, holder[0]::snapshot);
        }
    }

    /** Limits hold for what begins from a snapshot as for others. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void limitsHold(Setup setup) {
        var engine = setup.engine();
        try (var store = Store.create(engine, setup.kind())) {
            var module =
                    Module.of(
                            engine,
                            TextParser.parse(
                                    "(module (memory 1) (table 2 funcref) (func (export \"f\")"
                                            + " (drop (memory.grow (i32.const 3)))))"));
            var first = Linker.create(store).instantiate(module, setup.mode());
            first.func("f").call();
            var snapshot = first.snapshot();
            var limits = StoreLimits.defaults().withMemoryBytes(4 << 16).withTableElements(4);
            try (var small = Store.create(engine, setup.kind(), limits)) {
                Linker.create(small).instantiate(snapshot);
                assertEquals(
                        ExhaustedException.Resource.MEMORY,
                        assertThrows(
                                        ExhaustedException.class,
                                        () -> Linker.create(small).instantiate(snapshot))
                                .resource());
            }
            try (var none =
                    Store.create(engine, setup.kind(), StoreLimits.defaults().withInstances(0))) {
                assertThrows(
                        ExhaustedException.class, () -> Linker.create(none).instantiate(snapshot));
            }
            try (var other = Store.create(setup.engine(), setup.kind())) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Linker.create(other).instantiate(snapshot));
            }
        }
    }
}
