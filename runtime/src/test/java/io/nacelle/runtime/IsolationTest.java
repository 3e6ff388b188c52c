// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static io.nacelle.runtime.World.one;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.Mut;
import io.nacelle.wasm.syntax.RefType;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Instances reach what is theirs, whichever way control got there; threads do not mix. */
@Timeout(60)
final class IsolationTest {
    /** A module whose functions tell and change whose memory, table and global they use. */
    private static String own(int number, String imports) {
        return """
        (module IMPORTS
          (type $i (func (result i32)))
          (memory (export "m") 1) (data (i32.const 0) "NN")
          (global $g (export "g") (mut i32) (i32.const NN))
          (table $own (export "own") 1 funcref) (elem (table $own) (i32.const 0) func $number)
          (func $number (type $i) (i32.const NN))
          (func (export "who") (type $i)
            (i32.store (i32.const 16) (i32.const NN))
            (global.set $g (i32.add (global.get $g) (i32.const 1)))
            (i32.add
              (i32.mul (i32.const 100) (i32.load8_u (i32.const 1)))
              (call_indirect $own (type $i) (i32.const 0)))))
        """
                .replace("IMPORTS", imports)
                .replace("NN", String.valueOf(number));
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void everyWayOfCallingReachesTheCalleesOwn(World.Setup setup) {
        try (var world = setup.world()) {
            var a = world.other("a", own(12, ""));
            var b =
                    world.instance(
                            """
                            (module
                              (import "a" "who" (func $who (result i32)))
                              (type $i (func (result i32)))
                              (memory (export "m") 1) (data (i32.const 0) "34")
                              (global $g (export "g") (mut i32) (i32.const 34))
                              (table $t 2 funcref) (elem (table $t) (i32.const 0) func $who $mine)
                              (func $mine (type $i) (i32.load8_u (i32.const 1)))
                              (func $check (param i32) (result i32)
                                ;; After the call everything is this instance's again.
                                (if (i32.ne (i32.load8_u (i32.const 1)) (i32.const 52))
                                  (then unreachable))
                                (if (i32.ne (global.get $g) (i32.const 34)) (then unreachable))
                                (if (i32.load (i32.const 16)) (then unreachable))
                                (if (i32.ne (call_indirect $t (type $i) (i32.const 1))
                                  (i32.const 52)) (then unreachable))
                                (local.get 0))
                              (func (export "direct") (type $i) (call $check (call $who)))
                              (func (export "indirect") (type $i)
                                (call $check (call_indirect $t (type $i) (i32.const 0))))
                              (func (export "ref") (type $i)
                                (call $check (call_ref $i (ref.func $who))))
                              (func $td (type $i) (return_call $who))
                              (func $ti (type $i)
                                (return_call_indirect $t (type $i) (i32.const 0)))
                              (func $tr (type $i) (return_call_ref $i (ref.func $who)))
                              (func (export "tail") (type $i) (call $check (call $td)))
                              (func (export "tail_indirect") (type $i) (call $check (call $ti)))
                              (func (export "tail_ref") (type $i) (call $check (call $tr)))
                              (func (export "inline") (type $i) (local i32)
                                (local.set 0 (call $who))
                                (if (i32.ne (i32.load8_u (i32.const 1)) (i32.const 52))
                                  (then unreachable))
                                (i32.store (i32.const 16) (i32.const 0))
                                (global.set $g (i32.const 34))
                                (local.get 0)))
                            """);
            int expected = 100 * '2' + 12;
            var names =
                    List.of(
                            "direct",
                            "indirect",
                            "ref",
                            "tail",
                            "tail_indirect",
                            "tail_ref",
                            "inline");
            for (var name : names) {
                assertEquals(expected, one(b, name), name);
            }
            assertEquals(12, a.memory("m").readI32(16));
            assertEquals(12 + names.size(), a.global("g").get());
            assertEquals(34, b.global("g").get());
            assertEquals(0, b.memory("m").readI32(16));
        }
    }

    /** Types are compared, not their places in modules. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void indirectCallsCompareTypesAcrossModules(World.Setup setup) {
        try (var world = setup.world()) {
            world.other(
                    "a",
                    """
                    (module (type $x (func (param i64))) (type $i (func (result i32)))
                      (table (export "t") 3 funcref)
                      (elem (i32.const 0) func $long $int $ref)
                      (func $long (type $x)) (func $int (type $i) (i32.const 7))
                      (func $ref (param externref) (result externref) (local.get 0)))
                    """);
            var it =
                    world.instance(
                            """
                            (module (import "a" "t" (table 3 funcref))
                              (type $i (func (result i32))) (type $x (func (param i64)))
                              (func (export "go") (param i32) (result i32)
                                (call_indirect (type $i) (local.get 0))))
                            """);
            assertEquals(7, one(it, "go", 1));
            for (int index : new int[] {0, 2}) {
                var trap = assertThrows(Trap.class, () -> it.func("go").call(index));
                assertEquals(TrapKind.INDIRECT_CALL_TYPE_MISMATCH, trap.kind());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void referencesOfOtherStoresAreRefusedEverywhere(World.Setup setup) {
        try (var world = setup.world();
                var elsewhere = Store.create(world.engine, setup.kind())) {
            var foreign =
                    Linker.create(elsewhere)
                            .instantiate(
                                    world.module("(module (func (export \"f\")))"), setup.mode())
                            .func("f");
            world.linker.define(
                    "host",
                    "f",
                    World.type(List.of(), RefType.FUNCREF),
                    frame -> frame.setRef(0, foreign));
            var it =
                    world.instance(
                            """
                            (module (import "host" "f" (func $f (result funcref)))
                              (table (export "t") 1 funcref)
                              (global (export "g") (mut funcref) (ref.null func))
                              (func (export "take") (param funcref))
                              (func (export "ask") (drop (call $f))))
                            """);
            var uses =
                    List.<Executable>of(
                            () -> it.func("take").call(foreign),
                            () -> it.func("ask").call(),
                            () -> it.table("t").set(0, foreign),
                            () -> it.table("t").grow(1, foreign),
                            () -> it.global("g").set(foreign),
                            () ->
                                    world.store.newGlobal(
                                            new GlobalType(Mut.VAR, RefType.FUNCREF), foreign),
                            () -> world.store.newTable(it.table("t").type(), foreign));
            for (var use : uses) {
                assertThrows(IllegalArgumentException.class, use);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void anotherThreadIsRefusedWhileOneIsInside(World.Setup setup) throws InterruptedException {
        try (var world = setup.world()) {
            var inside = new CountDownLatch(1);
            var done = new CountDownLatch(1);
            world.linker.define(
                    "host",
                    "wait",
                    World.NOTHING,
                    frame -> {
                        inside.countDown();
                        done.await();
                    });
            var module = world.module("(module)");
            var it =
                    world.instance(
                            """
                            (module (import "host" "wait" (func $wait))
                              (memory (export "m") 1) (table (export "t") 1 funcref)
                              (global (export "g") (mut i32) (i32.const 0))
                              (func (export "go") (call $wait))
                              (func (export "ok") (result i32) (i32.const 1)))
                            """);
            var memory = it.memory("m");
            var failed = new ArrayList<Throwable>();
            var runner =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            it.func("go").call();
                                        } catch (Throwable e) {
                                            failed.add(e);
                                        }
                                    });
            inside.await();
            var uses =
                    List.<Executable>of(
                            () -> it.func("ok").call(),
                            () -> it.func("ok").callRaw(new long[1]),
                            () -> memory.readI8(0),
                            () -> memory.write(0, new byte[1], 0, 1),
                            () -> memory.fill(0, (byte) 1, 1),
                            () -> memory.grow(1),
                            () -> it.table("t").get(0),
                            () -> it.table("t").set(0, null),
                            () -> it.table("t").grow(1, null),
                            () -> it.global("g").get(),
                            () -> it.global("g").set(1),
                            () -> world.store.newMemory(MemType.of(Limits.atLeast(1))),
                            () -> world.store.newTable(it.table("t").type(), null),
                            () -> world.linker.instantiate(module, setup.mode()));
            for (var use : uses) {
                var refused = assertThrows(IllegalStateException.class, use);
                assertTrue(refused.getMessage().contains("another thread"));
            }
            done.countDown();
            runner.join();
            assertEquals(List.of(), failed);
            // In turn, any thread may use it.
            assertEquals(1, one(it, "ok"));
            assertEquals(0, memory.readI8(0));
        }
    }

    /** A store that is made and closed again and again leaves other stores alone. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void storesDoNotShareMemory(World.Setup setup) {
        try (var world = setup.world()) {
            var memory = world.store.newMemory(MemType.of(Limits.atLeast(4)));
            memory.fill(0, (byte) 7, memory.size());
            for (int i = 0; i < 100; i++) {
                try (var brief = setup.world()) {
                    var other = brief.store.newMemory(MemType.of(Limits.atLeast(4)));
                    assertEquals(0, other.readI64(8 * i));
                    other.fill(0, (byte) 9, other.size());
                }
            }
            assertEquals(0x0707070707070707L, memory.readI64(memory.size() - 8));
        }
    }
}
