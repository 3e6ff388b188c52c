// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nacelle.runtime.World.Setup;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;

/** Modules that are instantiated again and again, and what tenants find that come later. */
class ImagesTest {
    private static final int ROUNDS = 4;
    private static final int PAGE = 1 << 16;
    private static final String ALL =
            "(func (export \"at\") (param i32) (result i32) (i32.load8_u (local.get 0)))"
                    + " (func (export \"put\") (param i32 i32)"
                    + "   (i32.store8 (local.get 0) (local.get 1)))"
                    + " (func (export \"grow\") (param i32) (result i32)"
                    + "   (memory.grow (local.get 0)))"
                    + " (func (export \"size\") (result i32) (memory.size))"
                    + " (func (export \"init\") (param i32 i32 i32)"
                    + "   (memory.init 1 (local.get 0) (local.get 1) (local.get 2)))";

    private static byte[] contents(Instance instance) {
        var memory = instance.memory("m");
        var bytes = new byte[(int) memory.size()];
        memory.read(0, bytes, 0, bytes.length);
        return bytes;
    }

    /** Every instance begins as the first one did, whatever those before it have written. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void nothingOfAnEarlierTenantIsThere(Setup setup) {
        var text =
                "(module (memory (export \"m\") 2 40) (data (i32.const 65530) \"\\01\\02\\03\")"
                        + " (data (i32.const 65531) \"\\07\") (data (i32.const 9) \"\\09\")"
                        + ALL
                        + ")";
        try (var world = setup.world()) {
            var module = world.module(text);
            byte[] first = null;
            for (int round = 0; round < ROUNDS; round++) {
                try (var store = Store.create(world.engine, setup.kind())) {
                    var instance = Linker.create(store).instantiate(module, setup.mode());
                    var begin = contents(instance);
                    assertEquals(2 * PAGE, begin.length);
                    first = first == null ? begin : first;
                    assertArrayEquals(first, begin);
                    assertEquals(7, World.one(instance, "at", 65531));
                    // All that it could reach it fills, what is committed later too.
                    assertEquals(2, World.one(instance, "grow", 38));
                    assertArrayEquals(
                            new byte[38 * PAGE],
                            Arrays.copyOfRange(contents(instance), 2 * PAGE, 40 * PAGE));
                    instance.memory("m").fill(0, (byte) 0x55, 40L * PAGE);
                    instance.func("put").call(3, 4);
                    assertEquals(4, World.one(instance, "at", 3));
                    assertThrows(Trap.class, () -> instance.func("at").call(40 * PAGE));
                }
            }
        }
    }

    /** Instances that live at one time share pages, but nothing that is written. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void noneSeesWhatAnotherWrites(Setup setup) {
        try (var world = setup.world()) {
            var module =
                    world.module(
                            "(module (memory (export \"m\") 1) (data (i32.const 0) \"abc\")"
                                    + ALL.replace("memory.init 1", "memory.init 0")
                                    + ")");
            try (var one = Store.create(world.engine, setup.kind());
                    var two = Store.create(world.engine, setup.kind())) {
                Linker.create(one).instantiate(module, setup.mode());
                var a = Linker.create(one).instantiate(module, setup.mode());
                var b = Linker.create(two).instantiate(module, setup.mode());
                var c = Linker.create(two).instantiate(module, setup.mode());
                a.func("put").call(0, 1);
                a.func("put").call(5000, 1);
                b.func("put").call(0, 2);
                assertEquals((int) 'a', World.one(c, "at", 0));
                assertEquals(0, World.one(c, "at", 5000));
                assertEquals(0, World.one(b, "at", 5000));
                assertEquals(1, World.one(a, "at", 0));
                assertEquals(2, World.one(b, "at", 0));
                one.close();
                assertEquals(2, World.one(b, "at", 0));
                assertEquals((int) 'b', World.one(b, "at", 1));
            }
        }
    }

    /** Active segments are dropped, passive ones are not. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void segmentsAreDroppedAsEver(Setup setup) {
        var text =
                "(module (memory (export \"m\") 1) (data (i32.const 0) \"abc\") (data \"xyz\")"
                        + " (func (export \"again\") (param i32)"
                        + "   (memory.init 0 (i32.const 0) (i32.const 0) (local.get 0)))"
                        + ALL
                        + ")";
        try (var world = setup.world()) {
            var module = world.module(text);
            for (int round = 0; round < ROUNDS; round++) {
                var instance = world.linker.instantiate(module, setup.mode());
                instance.func("again").call(0);
                assertThrows(Trap.class, () -> instance.func("again").call(1));
                instance.func("init").call(10, 0, 3);
                assertEquals((int) 'z', World.one(instance, "at", 12));
                assertThrows(Trap.class, () -> instance.func("init").call(10, 1, 3));
            }
        }
    }

    /** What a segment out of bounds leaves behind is what it left the first time. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void whatFailsLeavesTheSameEachTime(Setup setup) {
        try (var world = setup.world()) {
            var shared = world.linker;
            var host = world.store.newTable(TABLE, null);
            shared.define("h", "t", host);
            // The element segment is in bounds and leads others here; then the second one is not.
            var module =
                    world.module(
                            "(module (import \"h\" \"t\" (table 4 funcref)) (memory 1)"
                                    + " (func $f (result i32) (i32.load8_u (i32.const 0)))"
                                    + " (elem (i32.const 0) $f) (data (i32.const 0) \"\\05\")"
                                    + " (data (i32.const 65536) \"\\01\"))");
            var early =
                    world.module(
                            "(module (import \"h\" \"t\" (table 4 funcref)) (memory 1)"
                                    + " (func $f (result i32) (i32.load8_u (i32.const 0)))"
                                    + " (elem (i32.const 0) $f) (elem (i32.const 4) $f)"
                                    + " (data (i32.const 0) \"\\05\"))");
            for (int round = 0; round < ROUNDS; round++) {
                host.set(0, null);
                assertThrows(Trap.class, () -> shared.instantiate(module, setup.mode()));
                assertEquals(5, ((Func) host.get(0)).call()[0]);
                host.set(0, null);
                assertThrows(Trap.class, () -> shared.instantiate(early, setup.mode()));
                assertEquals(0, ((Func) host.get(0)).call()[0]);
            }
        }
    }

    private static final io.nacelle.wasm.syntax.TableType TABLE =
            new io.nacelle.wasm.syntax.TableType(
                    io.nacelle.wasm.syntax.AddrType.I32,
                    io.nacelle.wasm.syntax.Limits.atLeast(4),
                    io.nacelle.wasm.syntax.RefType.FUNCREF);

    /** Places that are not known beforehand, and memories of others. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void whatIsNotKnownBeforehandIsAskedEachTime(Setup setup) {
        try (var world = setup.world()) {
            var module =
                    world.module(
                            "(module (import \"h\" \"at\" (global $at i32))"
                                    + " (import \"h\" \"m\" (memory $theirs 1))"
                                    + " (memory $mine (export \"m\") 1)"
                                    + " (data (memory $mine) (global.get $at) \"\\01\")"
                                    + " (data (memory $theirs) (i32.const 1) \"\\02\"))");
            for (int round = 0; round < ROUNDS; round++) {
                try (var store = Store.create(world.engine, setup.kind())) {
                    var theirs =
                            store.newMemory(
                                    io.nacelle.wasm.syntax.MemType.of(
                                            io.nacelle.wasm.syntax.Limits.atLeast(1)));
                    var linker = Linker.create(store).define("h", "m", theirs);
                    linker.define(
                            "h",
                            "at",
                            store.newGlobal(
                                    new io.nacelle.wasm.syntax.GlobalType(
                                            io.nacelle.wasm.syntax.Mut.CONST,
                                            io.nacelle.wasm.syntax.NumType.I32),
                                    round * 10));
                    var instance = linker.instantiate(module, setup.mode());
                    assertEquals(1, instance.memory("m").readI8(round * 10L));
                    assertEquals(2, theirs.readI8(1));
                    assertEquals(round == 0 ? 1 : 0, instance.memory("m").readI8(0));
                }
            }
        }
    }

    /** Many more stores than are kept for others, open at one time and closed in any order. */
    @ParameterizedTest
    @EnumSource(
            value = StoreKind.class,
            names = {"HEAP", "NATIVE"})
    void manyComeAndGo(StoreKind kind) {
        var engine = Engine.create();
        var module =
                Module.of(
                        engine,
                        io.nacelle.wasm.text.TextParser.parse(
                                "(module (memory (export \"m\") 1 2) (data (i32.const 4) \"a\"))"));
        for (int round = 0; round < 3; round++) {
            var stores = new java.util.ArrayList<Store>();
            for (int i = 0; i < 1000; i++) {
                var store = Store.create(engine, kind);
                stores.add(store);
                var memory = Linker.create(store).instantiate(module).memory("m");
                assertEquals(0, memory.readI64(8));
                assertEquals('a', memory.readI32(4));
                memory.fill(0, (byte) 1, PAGE);
            }
            java.util.Collections.shuffle(stores, new java.util.Random(round));
            stores.forEach(Store::close);
        }
    }

    /** An image stays as long as somebody lives on it, and is there for the next engine anew. */
    @Test
    void anImageOutlivesItsModule() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            var engine = Engine.create();
            var store = Store.create(engine, StoreKind.NATIVE);
            var memory = onItsOwn(engine, store);
            for (int j = 0; j < 3; j++) {
                System.gc();
                Thread.sleep(5);
            }
            assertEquals(0x64636261, memory.readI32(8));
            store.close();
            assertThrows(ClosedException.class, () -> memory.readI32(8));
        }
    }

    private static Memory onItsOwn(Engine engine, Store store) {
        var text = "(module (memory (export \"m\") 1) (data (i32.const 8) \"abcd\"))";
        var module = Module.of(engine, io.nacelle.wasm.text.TextParser.parse(text));
        for (int i = 0; i < 2; i++) {
            try (var other = Store.create(engine, StoreKind.NATIVE)) {
                Linker.create(other).instantiate(module);
            }
        }
        return Linker.create(store).instantiate(module).memory("m");
    }
}
