// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Stream;

/**
 * Neither instructions nor calls allocate. Rounds are many, so that one object in each of a
 * thousand would be noticed.
 */
final class AllocationTest {
    private static final int ROUNDS = 1_000_000;
    private static final int WARMING_ROUNDS = 20_000;
    private static final long MOST_BYTES = 1024;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Each export goes round as often as it is told, and answers how often it has. */
    private static final String TEXT =
            """
            (module
              (import "host" "next" (func $next (param i32) (result i32)))
              (type $step (func (param i32) (result i32)))
              (table funcref (elem $increment))
              (memory 1)
              (func $increment (export "increment") (type $step)
                (i32.add (local.get 0) (i32.const 1)))
              (func $pair (param i32 f64) (result f64 i32)
                (f64.add (local.get 1) (f64.const 3))
                (i32.add (local.get 0) (i32.const 1)))

              (func (export "loop") (type $step) (local $i i32)
                (loop $more
                  (i32.store (i32.const 8) (i32.add (local.get $i) (i32.const 1)))
                  (local.set $i (i32.load (i32.const 8)))
                  (br_if $more (i32.lt_u (local.get $i) (local.get 0))))
                (local.get $i))
              (func (export "calls") (type $step) (local $i i32)
                (loop $more
                  (local.set $i (call $increment (local.get $i)))
                  (br_if $more (i32.lt_u (local.get $i) (local.get 0))))
                (local.get $i))
              (func (export "indirect calls") (type $step) (local $i i32)
                (loop $more
                  (local.set $i
                    (call_indirect (type $step) (local.get $i) (i32.const 0)))
                  (br_if $more (i32.lt_u (local.get $i) (local.get 0))))
                (local.get $i))
              (func (export "several results") (type $step) (local $i i32) (local $sum f64)
                (loop $more
                  (call $pair (local.get $i) (local.get $sum))
                  (local.set $i)
                  (local.set $sum)
                  (br_if $more (i32.lt_u (local.get $i) (local.get 0))))
                (local.get $i))
              (func (export "vectors") (type $step) (local $v v128)
                (loop $more
                  (local.set $v
                    (i32x4.add (local.get $v) (v128.const i32x4 1 2 3 4)))
                  (v128.store (i32.const 16) (local.get $v))
                  (br_if $more
                    (i32.lt_u (i32x4.extract_lane 0 (local.get $v)) (local.get 0))))
                (i32x4.extract_lane 0 (local.get $v)))
              (func $tail (param $i i32) (param $n i32) (result i32)
                (if (result i32) (i32.ge_u (local.get $i) (local.get $n))
                  (then (local.get $i))
                  (else
                    (return_call $tail
                      (i32.add (local.get $i) (i32.const 1)) (local.get $n)))))
              (func (export "tail calls") (type $step)
                (call $tail (i32.const 0) (local.get 0)))
              (func (export "calls of the host") (type $step) (local $i i32)
                (loop $more
                  (local.set $i (call $next (local.get $i)))
                  (br_if $more (i32.lt_u (local.get $i) (local.get 0))))
                (local.get $i)))
            """;

    static Stream<Arguments> cases() {
        return Stream.of(Mode.CLASSIC, Mode.FAST)
                .flatMap(
                        mode ->
                                Stream.of(StoreKind.HEAP, StoreKind.NATIVE)
                                        .flatMap(kind -> exports(mode, kind)));
    }

    private static Stream<Arguments> exports(Mode mode, StoreKind kind) {
        return Stream.of(
                        "loop",
                        "calls",
                        "indirect calls",
                        "several results",
                        "vectors",
                        "tail calls",
                        "calls of the host")
                .map(export -> Arguments.of(mode, kind, export));
    }

    private static Store store(Mode mode, StoreKind kind) {
        return Store.create(Engine.create(EngineConfig.defaults().withMode(mode)), kind);
    }

    private static Instance instantiate(Store store) {
        var binary = BinaryEncoder.encode(TextParser.parse(TEXT));
        var module = Module.of(store.engine(), BinaryDecoder.decode(ByteSource.of(binary)));
        var type = new FuncType(List.of(NumType.I32), List.of(NumType.I32));
        return Linker.create(store)
                .define("host", "next", type, frame -> frame.setI32(0, frame.i32(0) + 1))
                .instantiate(module);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void running(Mode mode, StoreKind kind, String export) {
        try (var store = store(mode, kind)) {
            var func = instantiate(store).func(export);
            var slots = new long[1];
            for (int i = 0; i < 3; i++) {
                slots[0] = WARMING_ROUNDS;
                func.callRaw(slots);
            }
            slots[0] = ROUNDS;
            long before = THREADS.getCurrentThreadAllocatedBytes();
            func.callRaw(slots);
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertEquals(ROUNDS, slots[0], "rounds");
            assertTrue(allocated < MOST_BYTES, allocated + " bytes were allocated");
        }
    }

    static Stream<Arguments> modes() {
        return Stream.of(Mode.CLASSIC, Mode.FAST).map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("modes")
    void callsFromTheHost(Mode mode) {
        try (var store = store(mode, StoreKind.HEAP)) {
            var func = instantiate(store).func("increment");
            var slots = new long[1];
            call(func, slots, WARMING_ROUNDS);
            slots[0] = 0;
            long before = THREADS.getCurrentThreadAllocatedBytes();
            call(func, slots, ROUNDS);
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertEquals(ROUNDS, slots[0], "calls");
            assertTrue(allocated < MOST_BYTES, allocated + " bytes were allocated");
        }
    }

    private static void call(Func func, long[] slots, int count) {
        for (int i = 0; i < count; i++) {
            func.callRaw(slots);
        }
    }
}
