// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.GuestFrame;
import io.nacelle.runtime.HostException;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.StoppedException;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.runtime.StoreLimits;
import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;
import io.nacelle.runtime.V128;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Functions run by the classic interpreter, over memories of both kinds. */
final class ClassicInterpreterTest {
    private static final EngineConfig CONFIG = EngineConfig.defaults().withMode(Mode.CLASSIC);
    private static final FuncType NOTHING = new FuncType(List.of(), List.of());

    private final Engine engine = Engine.create(CONFIG);
    private Store store = Store.create(engine);

    private Module module(String text) {
        return Module.of(engine, TextParser.parse(text));
    }

    private Instance instance(String text) {
        return Linker.create(store).instantiate(module(text));
    }

    private static Object one(Instance instance, String name, Object... args) {
        var results = instance.func(name).call(args);
        assertEquals(1, results.length);
        return results[0];
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "NATIVE"})
    void recursionAndMemory(StoreKind kind) {
        store = Store.create(engine, kind);
        var it =
                instance(
                        """
                        (module
                          (memory 1)
                          (func $fib (export "fib") (param i32) (result i32)
                            (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
                              (then (local.get 0))
                              (else (i32.add
                                (call $fib (i32.sub (local.get 0) (i32.const 1)))
                                (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
                          (func (export "primes") (param $n i32) (result i32)
                            (local $i i32) (local $j i32) (local $count i32)
                            (local.set $i (i32.const 2))
                            (loop $next
                              (if (i32.eqz (i32.load8_u offset=300 (local.get $i)))
                                (then
                                  (local.set $count (i32.add (local.get $count) (i32.const 1)))
                                  (local.set $j (local.get $i))
                                  (loop $mark
                                    (i32.store8 offset=300 (local.get $j) (i32.const 1))
                                    (local.set $j (i32.add (local.get $j) (local.get $i)))
                                    (br_if $mark (i32.lt_u (local.get $j) (local.get $n))))))
                              (local.set $i (i32.add (local.get $i) (i32.const 1)))
                              (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
                            (local.get $count)))
                        """);
        assertEquals(6765, one(it, "fib", 20));
        assertEquals(168, one(it, "primes", 1000));
    }

    @Test
    void branchesKeepAndDrop() {
        var it =
                instance(
                        """
                        (module
                          (func (export "table") (param i32) (result i32 i64)
                            (block $two (result i32 i64)
                              (block $one (result i32 i64)
                                (block $zero (result i32 i64)
                                  (i32.const 77) (i64.const 78)
                                  (i32.const 1) (i64.const 2) (local.get 0)
                                  (br_table $zero $one $two))
                                (drop) (drop) (i32.const 10) (i64.const 20)
                                (br $two))
                              (drop) (drop) (i32.const 100) (i64.const 200)))
                          (func (export "deep") (param i32) (result i32)
                            (i32.const 5)
                            (block $out (result i32)
                              (i32.const 6) (i32.const 7)
                              (block $in (result i32)
                                (i32.const 8) (i32.const 9)
                                (br_if $out (i32.const 40) (local.get 0)) (drop)
                                (br_if $in (i32.const 50) (i32.const 1)) (drop)
                                (drop))
                              (i32.add) (i32.add))
                            (i32.add))
                          (func (export "sum") (param i32) (result i32)
                            (i32.const 0) (local.get 0)
                            (loop $l (param i32 i32) (result i32)
                              (local.set 0)
                              (i32.add (local.get 0))
                              (i32.sub (local.get 0) (i32.const 1)) (local.tee 0)
                              (local.get 0)
                              (br_if $l)
                              (drop)))
                          (func (export "returns") (param i32) (result i32 i32 i32)
                            (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4)
                            (if (local.get 0) (then (br 1 (i32.const 8) (i32.const 9)
                               (i32.const 10))))
                            (drop)))
                        """);
        assertArrayEquals(new Object[] {100, 200L}, it.func("table").call(1));
        assertArrayEquals(new Object[] {10, 20L}, it.func("table").call(0));
        assertArrayEquals(new Object[] {1, 2L}, it.func("table").call(2));
        assertArrayEquals(new Object[] {1, 2L}, it.func("table").call(-1));
        assertEquals(45, one(it, "deep", 1));
        assertEquals(68, one(it, "deep", 0));
        assertEquals(55, one(it, "sum", 10));
        assertArrayEquals(new Object[] {8, 9, 10}, it.func("returns").call(1));
        assertArrayEquals(new Object[] {1, 2, 3}, it.func("returns").call(0));
    }

    @Test
    void referencesAndVectorsMoveWithTheirSlots() {
        var it =
                instance(
                        """
                        (module
                          (func $pick (export "pick") (param externref v128 i32)
                              (result externref v128 i32)
                            (local $r externref) (local $v v128)
                            (local.set $r (local.get 0))
                            (local.set $v (local.get 1))
                            (block $b (result externref v128 i32)
                              (i32.const 1) (v128.const i64x2 8 9) (ref.null extern)
                              (br $b (local.get $r) (local.get $v) (i32.const 3))))
                          (func (export "through") (param externref v128 i32)
                              (result externref v128 i32)
                            (local externref v128)
                            (call $pick (local.get 0) (local.get 1) (i32.const 0))
                            (drop) (local.set 4) (local.set 3)
                            (select (result externref)
                              (local.get 3) (ref.null extern) (local.get 2))
                            (select (local.get 4) (v128.const i64x2 5 6) (local.get 2))
                            (ref.is_null (local.get 3))))
                        """);
        var ref = "anything";
        var vector = new V128(11, 12);
        assertArrayEquals(new Object[] {ref, vector, 3}, it.func("pick").call(ref, vector, 0));
        assertArrayEquals(new Object[] {ref, vector, 0}, it.func("through").call(ref, vector, 1));
        assertArrayEquals(
                new Object[] {null, new V128(5, 6), 0}, it.func("through").call(ref, vector, 0));
    }

    @Test
    void localsBeginAtTheirDefaultsOnEveryCall() {
        var it =
                instance(
                        """
                        (module
                          (func $f (param i32) (result i32 externref v128)
                            (local $n i32) (local $r externref) (local $v v128)
                            (local.get $n) (local.get $r) (local.get $v))
                          (func (export "dirty") (param externref)
                            (local i64 i64 externref externref v128)
                            (i64.const -1) (local.get 0) (local.get 0)
                            (v128.const i64x2 -1 -1) (v128.const i64x2 -1 -1)
                            (drop) (drop) (drop) (drop) (drop))
                          (func (export "clean") (result i32 externref v128)
                            (call $f (i32.const 9))))
                        """);
        it.func("dirty").call("rubbish");
        assertArrayEquals(new Object[] {0, null, new V128(0, 0)}, it.func("clean").call());
    }

    @Test
    @Timeout(60)
    void tailCallsDoNotGrowTheStack() {
        store = Store.create(engine, StoreKind.HEAP, StoreLimits.defaults().withStackBytes(20_000));
        var other =
                instance(
                        """
                        (module
                          (table (export "t") 1 funcref)
                          (type $f (func (param i32 i64) (result i64)))
                          (func (export "even") (type $f)
                            (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
                            (return_call_indirect (type $f)
                              (i32.sub (local.get 0) (i32.const 1))
                              (i64.add (local.get 1) (i64.const 1))
                              (i32.const 0))))
                        """);
        var linker = Linker.create(store).define("o", other);
        var it =
                linker.instantiate(
                        module(
                                """
                                (module
                                  (type $f (func (param i32 i64) (result i64)))
                                  (import "o" "even" (func $even (type $f)))
                                  (import "o" "t" (table 1 funcref))
                                  (elem (i32.const 0) func $odd)
                                  (func $odd (export "odd") (type $f)
                                    (local i32 i32 i32)
                                    (if (i32.eqz (local.get 0)) (then (return (i64.const -1))))
                                    (return_call $even
                                      (i32.sub (local.get 0) (i32.const 1))
                                      (i64.add (local.get 1) (i64.const 1))))
                                  (func (export "nested") (param i32) (result i64)
                                    (i64.add (i64.const 1)
                                      (call $odd (local.get 0) (i64.const 0)))))
                                """));
        assertEquals(300_001L, one(it, "odd", 300_001, 0L));
        assertEquals(300_002L, one(it, "nested", 300_001));
    }

    @Test
    @Timeout(60)
    void callsAndTailCallsToOtherExecutors() {
        store =
                Store.create(
                        engine, StoreKind.HEAP, StoreLimits.defaults().withStackBytes(120_000));
        var text =
                """
                (module
                  (type $f (func (param i32 i64) (result i64)))
                  (import "t" "t" (table 2 funcref))
                  (memory 1)
                  (func $tail (export "tail") (type $f)
                    (local i32)
                    (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
                    (return_call_indirect (type $f)
                      (i32.sub (local.get 0) (i32.const 1))
                      (i64.add (local.get 1) (i64.const 1))
                      (i32.and (local.get 0) (i32.const 1))))
                  (func $deep (export "deep") (type $f)
                    (i32.store (i32.const 0) (local.get 0))
                    (if (i32.eqz (local.get 0))
                      (then (return (i64.extend_i32_s (i32.div_s (i32.const 7) (local.get 0))))))
                    (i64.add (local.get 1)
                      (call_indirect (type $f)
                        (i32.sub (local.get 0) (i32.const 1))
                        (i64.const 0)
                        (i32.and (local.get 0) (i32.const 1))))))
                """;
        var table = instance("(module (table (export \"t\") 2 funcref))");
        var linker = Linker.create(store).define("t", table);
        var classic = linker.instantiate(module(text), Mode.CLASSIC);
        var fast = linker.instantiate(module(text), Mode.FAST);
        table.table("t").set(0, classic.func("tail"));
        table.table("t").set(1, fast.func("tail"));
        assertEquals(200_001L, one(classic, "tail", 200_000, 1L));
        assertEquals(200_001L, one(fast, "tail", 200_000, 1L));

        table.table("t").set(0, classic.func("deep"));
        table.table("t").set(1, fast.func("deep"));
        var trap = assertThrows(Trap.class, () -> classic.func("deep").call(10, 0L));
        assertEquals(TrapKind.INTEGER_DIVIDE_BY_ZERO, trap.kind());
        assertEquals(11, GuestFrame.of(trap).size());
        assertEquals(TrapKind.INTEGER_DIVIDE_BY_ZERO, trap(classic, "deep", 10, 0L));
        var e = assertThrows(ExhaustedException.class, () -> classic.func("deep").call(9999, 0L));
        assertEquals(ExhaustedException.Resource.CALL_STACK, e.resource());
    }

    @Test
    void tailCallsOfHostFunctions() {
        var linker = Linker.create(store);
        linker.define(
                "h",
                "twice",
                new FuncType(List.of(NumType.I32, NumType.I32), List.of(NumType.I32)),
                frame -> frame.setI32(0, 2 * frame.i32(1)));
        var it =
                linker.instantiate(
                        module(
                                """
                                (module
                                  (import "h" "twice" (func $twice (param i32 i32) (result i32)))
                                  (func $f (export "f") (param i32) (result i32) (local i64)
                                    (i32.const 5) (i32.const 0) (local.get 0)
                                    (return_call $twice))
                                  (func (export "g") (param i32) (result i32)
                                    (i32.add (i32.const 1) (call $f (local.get 0)))))
                                """));
        assertEquals(84, one(it, "f", 42));
        assertEquals(85, one(it, "g", 42));
    }

    @Test
    void hostCallsMayComeBackAndGrowTheMemory() {
        var linker = Linker.create(store);
        var holder = new Instance[1];
        linker.define(
                "h",
                "back",
                new FuncType(List.of(NumType.I32), List.of(NumType.I32)),
                frame -> {
                    assertSame(holder[0], frame.caller().orElseThrow());
                    holder[0].memory("m").grow(1);
                    holder[0].memory("m").writeI32(65536, 1000);
                    int n = frame.i32(0);
                    frame.setI32(0, n == 0 ? 0 : (int) one(holder[0], "f", n - 1));
                });
        holder[0] =
                linker.instantiate(
                        module(
                                """
                                (module
                                  (import "h" "back" (func $back (param i32) (result i32)))
                                  (memory (export "m") 1)
                                  (func (export "f") (param i32) (result i32)
                                    (i32.const 3)
                                    (i32.add (call $back (local.get 0)))
                                    (i32.add (i32.load (i32.const 65536)))))
                                """));
        assertEquals(3 * 1003, one(holder[0], "f", 2));
    }

    @Test
    void indirectCalleesUseTheirOwnInstance() {
        var owner =
                instance(
                        """
                        (module
                          (memory 1)
                          (data (i32.const 0) "\\07")
                          (table (export "t") 3 funcref)
                          (elem (i32.const 0) func $load)
                          (global $g i32 (i32.const 30))
                          (func $load (result i32)
                            (i32.add (global.get $g) (i32.load (i32.const 0)))))
                        """);
        var it =
                Linker.create(store)
                        .define("o", owner)
                        .instantiate(
                                module(
                                        """
                                        (module
                                          (import "o" "t" (table 3 funcref))
                                          (memory 1)
                                          (data (i32.const 0) "\\63")
                                          (global i32 (i32.const 500))
                                          (type $r (func (result i32)))
                                          (func (export "call") (param i32) (result i32)
                                            (i32.add
                                              (call_indirect (type $r) (local.get 0))
                                              (i32.load (i32.const 0))))
                                          (func (export "wrong")
                                            (call_indirect (i32.const 0))))
                                        """));
        assertEquals(37 + 99, one(it, "call", 0));
        assertEquals(TrapKind.UNINITIALIZED_ELEMENT, trap(it, "call", 1));
        assertEquals(TrapKind.UNDEFINED_ELEMENT, trap(it, "call", 3));
        assertEquals(TrapKind.UNDEFINED_ELEMENT, trap(it, "call", -1));
        assertEquals(TrapKind.INDIRECT_CALL_TYPE_MISMATCH, trap(it, "wrong"));
    }

    private static TrapKind trap(Instance instance, String name, Object... args) {
        return assertThrows(Trap.class, () -> instance.func(name).call(args)).kind();
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "NATIVE"})
    void memoriesOfEveryShape(StoreKind kind) {
        store = Store.create(engine, kind);
        var it =
                instance(
                        """
                        (module
                          (memory $a i64 1 4)
                          (memory $b 1)
                          (func (export "wide") (param i64 i32) (result i32)
                            (i32.store offset=8 (local.get 0) (local.get 1))
                            (i32.store8 $b offset=200 (i32.const 1) (i32.const 5))
                            (i32.add (i32.load8_u $b offset=200 (i32.const 1))
                              (i32.load offset=8 (local.get 0))))
                          (func (export "grow") (result i64)
                            (drop (memory.grow $a (i64.const 1)))
                            (i64.store8 (i64.const 131071) (i64.const 77))
                            (i64.add (memory.size $a) (i64.load8_u (i64.const 131071)))))
                        """);
        assertEquals(47, one(it, "wide", 16L, 42));
        assertEquals(TrapKind.OUT_OF_BOUNDS_MEMORY, trap(it, "wide", 1L << 32, 1));
        assertEquals(TrapKind.OUT_OF_BOUNDS_MEMORY, trap(it, "wide", -8L, 1));
        assertEquals(79L, one(it, "grow"));
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "NATIVE"})
    void addressesDoNotWrap(StoreKind kind) {
        store = Store.create(engine, kind);
        var it =
                instance(
                        """
                        (module (memory 1)
                          (func (export "far") (param i32) (result i32)
                            (i32.load offset=0xFFFFFFFF (local.get 0)))
                          (func (export "near") (param i32) (result i32)
                            (i32.load (local.get 0))))
                        """);
        assertEquals(TrapKind.OUT_OF_BOUNDS_MEMORY, trap(it, "far", 1));
        assertEquals(TrapKind.OUT_OF_BOUNDS_MEMORY, trap(it, "far", -1));
        assertEquals(TrapKind.OUT_OF_BOUNDS_MEMORY, trap(it, "near", 65533));
        assertEquals(TrapKind.OUT_OF_BOUNDS_MEMORY, trap(it, "near", -1));
        assertEquals(0, one(it, "near", 65532));
    }

    @Test
    void manyLocalsAndLongNumbers() {
        var locals = "i32 ".repeat(300);
        var it =
                instance(
                        """
                        (module
                          (global $g0 (mut i32) (i32.const 0))
                          (func (export "f") (param i32) (result i64)
                            (local LOCALS)
                            (local.set 299 (i32.const -123456))
                            (i32.add (local.tee 250 (local.get 0)) (local.get 299))
                            (i64.add (i64.extend_i32_s) (i64.const -9000000000))
                            (i64.sub (i64.extend_i32_u (local.get 250)))))
                        """
                                .replace("LOCALS", locals));
        assertEquals(-9_000_123_456L, one(it, "f", 7));
    }

    @Test
    void depthIsLimitedAndTheStoreStaysUsable() {
        store =
                Store.create(
                        engine, StoreKind.HEAP, StoreLimits.defaults().withStackBytes(100_000));
        var it =
                instance(
                        """
                        (module
                          (func $f (export "f") (param i32) (result i32)
                            (if (result i32) (local.get 0)
                              (then (i32.add (i32.const 1)
                                (call $f (i32.sub (local.get 0) (i32.const 1)))))
                              (else (i32.const 0)))))
                        """);
        // The call from the host counts 2,048 bytes; a frame 64, and 8 for the parameter and each
        // of
        // three operands. The last frame is the one that finds zero.
        int most = (100_000 - 2_048) / (64 + 8 * 4) - 1;
        assertEquals(most, one(it, "f", most));
        var e = assertThrows(ExhaustedException.class, () -> it.func("f").call(most + 1));
        assertEquals(ExhaustedException.Resource.CALL_STACK, e.resource());
        assertEquals(most, one(it, "f", most));
    }

    @Test
    @Timeout(60)
    void stopsInLoopsAndInRecursion() throws InterruptedException {
        var it =
                instance(
                        """
                        (module
                          (func (export "loop") (loop $l (br $l)))
                          (func (export "if") (loop $l (br_if $l (i32.eqz (i32.const 0)))))
                          (func $f (export "tail") (return_call $f)))
                        """);
        for (var name : List.of("loop", "if", "tail")) {
            var stopper =
                    Thread.ofPlatform()
                            .daemon()
                            .start(
                                    () -> {
                                        while (!Thread.currentThread().isInterrupted()) {
                                            store.stop();
                                            Thread.onSpinWait();
                                        }
                                    });
            assertThrows(StoppedException.class, () -> it.func(name).call());
            stopper.interrupt();
            stopper.join();
        }
    }

    @Test
    void backtracesNameTheInstructions() {
        var linker = Linker.create(store);
        linker.define(
                "h",
                "fail",
                NOTHING,
                frame -> {
                    throw new IOException("no");
                });
        var bytes =
                BinaryEncoder.encode(
                        TextParser.parse(
                                """
                                (module
                                  (import "h" "fail" (func $fail))
                                  (func $inner (param i32)
                                    (if (local.get 0) (then (call $fail)))
                                    (drop (i32.div_s (i32.const 300) (local.get 0))))
                                  (func (export "outer") (param i32)
                                    (nop)
                                    (call $inner (local.get 0))))
                                """));
        var it = linker.instantiate(Module.load(engine, bytes));
        var trap = assertThrows(Trap.class, () -> it.func("outer").call(0));
        var frames = GuestFrame.of(trap);
        assertEquals(List.of(1, 2), frames.stream().map(GuestFrame::funcIndex).toList());
        assertEquals(0x6D, bytes[frames.get(0).offset()]);
        assertEquals(0x10, bytes[frames.get(1).offset()]);
        assertEquals(1, bytes[frames.get(1).offset() + 1]);

        var failed = assertThrows(HostException.class, () -> it.func("outer").call(1));
        frames = GuestFrame.of(failed);
        assertEquals(List.of(1, 2), frames.stream().map(GuestFrame::funcIndex).toList());
        assertEquals(0x10, bytes[frames.get(0).offset()]);
        assertEquals(0, bytes[frames.get(0).offset() + 1]);
    }

    @Test
    void mappedFilesRunFromACopyOfTheBody(@TempDir Path dir) throws IOException {
        var bytes =
                BinaryEncoder.encode(
                        TextParser.parse(
                                """
                                (module
                                  (func (export "a") (param i32) (result i32)
                                    (block (br_if 0 (local.get 0)) (return (i32.const 5)))
                                    (i32.const 6))
                                  (func (export "b") (result i32)
                                    (local i32)
                                    (i32.div_u (i32.const 1) (local.get 0))))
                                """));
        var file = Files.write(dir.resolve("m.wasm"), bytes);
        var it = Linker.create(store).instantiate(Module.load(engine, file));
        assertEquals(5, one(it, "a", 0));
        assertEquals(6, one(it, "a", 1));
        var trap = assertThrows(Trap.class, () -> it.func("b").call());
        assertEquals(0x6E, bytes[GuestFrame.of(trap).getFirst().offset()]);
    }

    @Test
    void referencesThatMayBeNull() {
        var it =
                instance(
                        """
                        (module
                          (type $f (func (result i32)))
                          (elem declare func $one)
                          (func $one (type $f) (i32.const 1))
                          (func (export "get") (param i32) (result funcref)
                            (if (result funcref) (local.get 0)
                              (then (ref.func $one)) (else (ref.null func))))
                          (func $maybe (param i32) (result (ref null $f))
                            (if (result (ref null $f)) (local.get 0)
                              (then (ref.func $one)) (else (ref.null $f))))
                          (func (export "on_null") (param i32) (result i32)
                            (block $null
                              (i32.const 90)
                              (br_on_null $null (call $maybe (local.get 0)))
                              (return (i32.add (call_ref $f))))
                            (i32.const 7))
                          (func (export "on_non_null") (param i32) (result i32)
                            (block $some (result (ref $f))
                              (br_on_non_null $some (call $maybe (local.get 0)))
                              (return (i32.const 8)))
                            (call_ref $f))
                          (func (export "call") (param i32) (result i32)
                            (call_ref $f (call $maybe (local.get 0))))
                          (func (export "assert") (param i32) (result i32)
                            (drop (ref.as_non_null (call $maybe (local.get 0))))
                            (i32.const 3)))
                        """);
        assertNull(one(it, "get", 0));
        assertEquals(7, one(it, "on_null", 0));
        assertEquals(91, one(it, "on_null", 1));
        assertEquals(8, one(it, "on_non_null", 0));
        assertEquals(1, one(it, "on_non_null", 1));
        assertEquals(1, one(it, "call", 1));
        assertEquals(TrapKind.NULL_FUNCTION_REFERENCE, trap(it, "call", 0));
        assertEquals(3, one(it, "assert", 1));
        assertEquals(TrapKind.NULL_REFERENCE, trap(it, "assert", 0));
    }

    @Test
    void fuelIsWhatTheDefinitionSays() {
        var metered = Engine.create(CONFIG.withFuel());
        var fueled = Store.create(metered);
        var it =
                Linker.create(fueled)
                        .instantiate(
                                Module.of(
                                        metered,
                                        TextParser.parse(
                                                """
                                                (module
                                                  (func $id (param i32) (result i32) (local.get 0))
                                                  (func (export "f") (param i32) (result i32)
                                                    (local i32)
                                                    (block $out
                                                      (loop $l
                                                        (br_if $out (i32.eqz (local.get 0)))
                                                        (if (i32.and (local.get 0) (i32.const 1))
                                                          (then (local.set 1
                                                            (call $id (local.get 1))))
                                                          (else (nop)))
                                                        (local.set 0
                                                          (i32.sub (local.get 0) (i32.const 1)))
                                                        (br $l)))
                                                    (local.get 1))
                                                  (func (export "spin") (loop $l (br $l))))
                                                """)));
        fueled.setFuel(1_000);
        it.func("f").call(0);
        // The function's first segment is empty; get, eqz, br_if; then get.
        assertEquals(3 + 1, 1_000 - fueled.fuel());
        fueled.setFuel(1_000);
        it.func("f").call(2);
        // Per round 3, get, const, and, if: 4, get, const, sub, set, br: 5; when odd get, call, set
        // and the callee's get.
        assertEquals(2 * (3 + 4 + 5) + 4 + 3 + 1, 1_000 - fueled.fuel());
        fueled.setFuel(1_000);
        var e = assertThrows(ExhaustedException.class, () -> it.func("spin").call());
        assertEquals(ExhaustedException.Resource.FUEL, e.resource());
        assertEquals(0, fueled.fuel());
        assertTrue(GuestFrame.of(e).size() == 1);
    }
}
