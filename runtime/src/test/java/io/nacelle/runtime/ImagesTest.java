// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nacelle.runtime.World.Setup;
import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.Mut;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.FutureTask;

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
    @SuppressWarnings("try")
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

    private static final TableType TABLE =
            new TableType(AddrType.I32, Limits.atLeast(4), RefType.FUNCREF);

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
                    var theirs = store.newMemory(MemType.of(Limits.atLeast(1)));
                    var linker = Linker.create(store).define("h", "m", theirs);
                    linker.define(
                            "h",
                            "at",
                            store.newGlobal(new GlobalType(Mut.CONST, NumType.I32), round * 10));
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
                        TextParser.parse(
                                "(module (memory (export \"m\") 1 2) (data (i32.const 4) \"a\"))"));
        for (int round = 0; round < 3; round++) {
            var stores = new ArrayList<Store>();
            for (int i = 0; i < 1000; i++) {
                var store = Store.create(engine, kind);
                stores.add(store);
                var memory = Linker.create(store).instantiate(module).memory("m");
                assertEquals(0, memory.readI64(8));
                assertEquals('a', memory.readI32(4));
                memory.fill(0, (byte) 1, PAGE);
            }
            Collections.shuffle(stores, new Random(round));
            stores.forEach(Store::close);
        }
    }

    /** Tenants on several threads, who come and go at any time, and fill all that they have. */
    @ParameterizedTest
    @EnumSource(
            value = StoreKind.class,
            names = {"HEAP", "NATIVE"})
    void tenantsOfManyThreadsMeetNobody(StoreKind kind) throws Exception {
        var engine = Engine.create();
        var text = "(module (memory (export \"m\") 1 20) (data (i32.const 60000) \"abcdefgh\"))";
        var module = Module.of(engine, TextParser.parse(text));
        var plain = Module.of(engine, TextParser.parse("(module (memory (export \"m\") 1 20))"));
        var tasks = new ArrayList<FutureTask<Void>>();
        for (int thread = 0; thread < 4; thread++) {
            var random = new Random(thread);
            var task =
                    new FutureTask<Void>(() -> tenants(engine, kind, module, plain, random), null);
            tasks.add(task);
            new Thread(task).start();
        }
        for (var task : tasks) {
            task.get();
        }
    }

    private static void tenants(
            Engine engine, StoreKind kind, Module module, Module plain, Random random) {
        var open = new ArrayDeque<Store>();
        for (int i = 0; i < 1500; i++) {
            var store = Store.create(engine, kind);
            open.add(store);
            boolean imaged = random.nextBoolean();
            var memory = Linker.create(store).instantiate(imaged ? module : plain).memory("m");
            assertEquals(imaged ? 0x6867666564636261L : 0, memory.readI64(60000));
            assertEquals(0, memory.readI64(60008));
            assertEquals(0, memory.readI64(random.nextInt(59992)));
            if (random.nextInt(4) == 0) {
                memory.grow(19);
                assertEquals(0, memory.readI64(random.nextInt(1 << 16, 20 << 16) & -8));
            }
            memory.fill(0, (byte) -1, memory.size());
            while (open.size() > random.nextInt(1, 40)) {
                (random.nextBoolean() ? open.removeFirst() : open.removeLast()).close();
            }
        }
        open.forEach(Store::close);
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
        var module = Module.of(engine, TextParser.parse(text));
        for (int i = 0; i < 2; i++) {
            try (var other = Store.create(engine, StoreKind.NATIVE)) {
                Linker.create(other).instantiate(module);
            }
        }
        return Linker.create(store).instantiate(module).memory("m");
    }
}
