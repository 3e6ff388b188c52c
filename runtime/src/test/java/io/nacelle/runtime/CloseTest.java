// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.Mut;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.TableType;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.concurrent.CountDownLatch;

/** Closing a store: every use afterwards fails alike, and nothing is released under a guest. */
@Timeout(60)
final class CloseTest {
    private static final String TEXT =
            """
            (module (memory (export "m") 1) (table (export "t") 1 funcref)
              (global (export "g") (mut i32) (i32.const 0))
              (func (export "f") (result i32) (i32.load (i32.const 0)))
              (func (export "loop") (loop $l (i32.store (i32.const 8) (i32.const 1)) (br $l))))
            """;

    private static void closed(Executable use) {
        assertThrows(ClosedException.class, use);
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void everyUseAfterwardsFailsAlike(World.Setup setup) {
        var world = setup.world();
        var module = world.module(TEXT);
        var it = world.instance(TEXT);
        var store = world.store;
        var func = it.func("f");
        var memory = it.memory("m");
        var table = it.table("t");
        var global = it.global("g");
        var host = store.newFunc(World.NOTHING, frame -> {});
        store.close();
        store.close();
        closed(func::call);
        closed(() -> func.callRaw(new long[1]));
        closed(host::call);
        closed(() -> memory.readI8(0));
        closed(() -> memory.writeI64(0, 1));
        closed(() -> memory.readI8(-1));
        closed(() -> memory.grow(1));
        closed(() -> memory.grow(0));
        closed(() -> memory.fill(0, (byte) 1, 1));
        closed(() -> memory.read(0, new byte[1], 0, 1));
        closed(() -> memory.write(0, new byte[1], 0, 1));
        closed(() -> table.get(0));
        closed(() -> table.set(0, null));
        closed(() -> table.grow(1, null));
        closed(global::get);
        closed(() -> global.set(1));
        closed(() -> world.linker.instantiate(module, setup.mode()));
        closed(() -> store.newFunc(World.NOTHING, frame -> {}));
        closed(() -> store.newMemory(MemType.of(Limits.atLeast(1))));
        closed(
                () ->
                        store.newTable(
                                new TableType(AddrType.I32, Limits.atLeast(1), RefType.FUNCREF),
                                null));
        closed(() -> store.newGlobal(new GlobalType(Mut.VAR, NumType.I32), 1));
        store.stop();
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void aHostFunctionMayCloseTheStoreItIsCalledFrom(World.Setup setup) {
        var world = setup.world();
        var memory = new Memory[1];
        var read = new int[1];
        world.linker.define(
                "host",
                "close",
                World.NOTHING,
                frame -> {
                    world.store.close();
                    // Nothing is released while the guest is inside.
                    read[0] = memory[0].readI32(0);
                });
        var it =
                world.instance(
                        """
                        (module (import "host" "close" (func $close))
                          (memory (export "m") 1) (data (i32.const 0) "abcd")
                          (func (export "go") (call $close)
                            (i32.store (i32.const 0) (i32.const 1)) (loop $l (br $l))))
                        """);
        memory[0] = it.memory("m");
        closed(() -> it.func("go").call());
        assertEquals(0x64636261, read[0]);
        closed(() -> memory[0].readI32(0));
    }

    /** Many threads use a store, in turn or refused, while it is closed under them. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void closingWhileOthersUseIt(World.Setup setup) throws InterruptedException {
        for (int round = 0; round < 30; round++) {
            var world = setup.world();
            var it = world.instance(TEXT);
            var memory = it.memory("m");
            var table = it.table("t");
            var odd = Collections.synchronizedList(new ArrayList<Throwable>());
            var begun = new CountDownLatch(3);
            var threads = new ArrayList<Thread>();
            for (int t = 0; t < 3; t++) {
                int kind = t;
                threads.add(
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            begun.countDown();
                                            while (true) {
                                                try {
                                                    switch (kind) {
                                                        case 0 -> it.func("f").call();
                                                        case 1 -> {
                                                            memory.fill(0, (byte) 1, 65536);
                                                            memory.grow(1);
                                                        }
                                                        default -> {
                                                            table.grow(1, null);
                                                            table.get(0);
                                                        }
                                                    }
                                                } catch (ClosedException e) {
                                                    return;
                                                } catch (IllegalStateException e) {
                                                    Thread.onSpinWait();
                                                } catch (Throwable e) {
                                                    odd.add(e);
                                                    return;
                                                }
                                            }
                                        }));
            }
            begun.await();
            Thread.sleep(round % 5);
            world.store.close();
            for (var thread : threads) {
                thread.join();
            }
            assertEquals(0, odd.size(), odd::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void closingStopsTheGuest(World.Setup setup) throws InterruptedException {
        var world = setup.world();
        var it = world.instance(TEXT);
        var ended = new Throwable[1];
        var runner =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        it.func("loop").call();
                                    } catch (Throwable e) {
                                        ended[0] = e;
                                    }
                                });
        Thread.sleep(20);
        world.store.close();
        runner.join(10_000);
        assertInstanceOf(ClosedException.class, ended[0]);
        closed(() -> it.memory("m").readI8(0));
    }
}
