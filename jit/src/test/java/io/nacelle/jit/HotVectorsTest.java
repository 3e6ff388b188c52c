// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.runtime.Trap;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;

/** What functions with vectors have in place, once HotSpot has compiled it: as interpreted. */
class HotVectorsTest {
    private static final int ROUNDS = 30_000;

    /** Shapes of lanes, pairs of shifts, and counts: rotations, and what looks like one only. */
    private static final List<String> SHIFTS =
            List.of(
                    "i32x4 shl 7 shr_u 25",
                    "i32x4 shr_u 12 shl 20",
                    "i32x4 shl 39 shr_u 25",
                    "i32x4 shl 0 shr_u 32",
                    "i32x4 shl 7 shr_u 24",
                    "i32x4 shl 7 shr_s 25",
                    "i32x4 shl 16 shl 16",
                    "i64x2 shl 7 shr_u 57",
                    "i64x2 shr_u 40 shl 24",
                    "i64x2 shl 7 shr_u 25",
                    "i16x8 shl 3 shr_u 13");

    private static final String ACCESSES =
            """
            (module
              (memory (export "memory") 1)
              (data (i32.const 65500) "abcdefghijklmnopqrstuvwxyz0123456789")
              (func (export "vector") (param i32) (result i32)
                (i8x16.extract_lane_u 15 (v128.load (local.get 0))))
              (func (export "vector7") (param i32) (result i32)
                (i8x16.extract_lane_u 15 (v128.load offset=7 (local.get 0))))
              (func (export "halves") (param i32) (result i32)
                (v128.store offset=3 (local.get 0) (v128.load offset=3 (local.get 0)))
                (i16x8.extract_lane_u 7 (v128.load8x8_u offset=3 (local.get 0))))
              (func (export "numbers") (param i32) (result i32)
                (local v128)
                (local.set 1 (i32x4.splat (i32.load8_s (local.get 0))))
                (local.set 1 (i32x4.replace_lane 1 (local.get 1)
                  (i32.load16_u offset=1 (local.get 0))))
                (local.set 1 (v128.xor (local.get 1) (i64x2.splat (i64.load offset=5 (local.get 0)))))
                (f64.store offset=2 (local.get 0) (f64.load offset=2 (local.get 0)))
                (f32.store (local.get 0) (f32.load (local.get 0)))
                (i32.store16 offset=9 (local.get 0) (i32.load16_s offset=9 (local.get 0)))
                (i64.store8 offset=11 (local.get 0) (i64.load8_u offset=11 (local.get 0)))
                (i64.store32 offset=9 (local.get 0) (i64.load32_u offset=9 (local.get 0)))
                (i32.xor
                  (i32x4.extract_lane 0 (local.get 1))
                  (i32.mul (i32.const 7) (i32x4.extract_lane 1 (local.get 1)))))
              (func (export "grow") (param i32) (result i32)
                (local v128)
                (local.set 1 (v128.load (i32.const 0)))
                (drop (memory.grow (i32.const 1)))
                (i8x16.extract_lane_u 0
                  (v128.or (local.get 1) (v128.load (i32.const 131056))))))
            """;

    private static Instance instance(Mode mode, StoreKind kind, String text) {
        var engine = Engine.create(EngineConfig.defaults().withMode(mode));
        var module = Module.of(engine, TextParser.parse(text));
        return Linker.create(Store.create(engine, kind)).instantiate(module);
    }

    private static long[] shifted(Mode mode) {
        var text = new StringBuilder("(module\n");
        for (int i = 0; i < SHIFTS.size(); i++) {
            var word = SHIFTS.get(i).split(" ");
            text.append(
                    """
                    (func (export "f%1$d") (param $n i32) (result i64)
                      (local $v v128) (local $sum v128)
                      (local.set $v (v128.const i64x2 0x123456789abcdef0 0xfedcba9876543210))
                      (loop $again
                        (local.set $v
                          (v128.or
                            (%2$s.%3$s (local.get $v) (i32.const %4$s))
                            (%2$s.%5$s (local.get $v) (i32.const %6$s))))
                        (local.set $sum
                          (i64x2.add
                            (local.get $sum)
                            (i8x16.shuffle 3 17 2 30 8 31 0 16 9 9 24 25 26 1 7 15
                              (local.get $v) (local.get $sum))))
                        (local.set $v
                          (i32x4.add (local.get $v) (v128.const i32x4 1 0x10001 -7 0x654321)))
                        (local.set $v
                          (i16x8.add (local.get $v)
                            (i16x8.extend_high_i8x16_u (local.get $sum))))
                        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                      (i64.add
                        (i64x2.extract_lane 0 (local.get $sum))
                        (i64x2.extract_lane 1 (i64x2.mul (local.get $sum) (local.get $v)))))
                    """
                            .formatted(i, word[0], word[1], word[2], word[3], word[4]));
        }
        var instance = instance(mode, StoreKind.HEAP, text + ")");
        var results = new long[SHIFTS.size()];
        for (int i = 0; i < results.length; i++) {
            results[i] = (long) instance.func("f" + i).call(ROUNDS)[0];
        }
        return results;
    }

    @Test
    void shiftsAndShufflesAreRight() {
        assertArrayEquals(shifted(Mode.FAST), shifted(Mode.JIT));
    }

    private static List<String> accessed(Mode mode, StoreKind kind, int times) {
        var instance = instance(mode, kind, ACCESSES);
        var results = new ArrayList<String>();
        for (var name : List.of("vector", "vector7", "halves", "numbers")) {
            var func = instance.func(name);
            for (int i = 0; i < times; i++) {
                func.call(65_500 + i % 10);
            }
            for (int at : new int[] {0, 65_500, 65_510}) {
                results.add(name + at + ": " + func.call(at)[0]);
            }
            for (int end = 65_511; end < 65_540; end++) {
                results.add(name + end + ": " + outcome(instance, name, end));
            }
            for (int at : new int[] {-1, -7, -16, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                int address = at;
                assertThrows(Trap.class, () -> func.call(address), name + at);
            }
        }
        assertEquals(0, instance.func("grow").call(0)[0]);
        for (int at : new int[] {65_530, 131_000, 131_056, 131_057, 131_060, 131_072}) {
            results.add("grown " + at + ": " + outcome(instance, "vector", at));
            results.add("grown " + at + ": " + outcome(instance, "numbers", at));
        }
        return results;
    }

    private static String outcome(Instance instance, String name, int at) {
        try {
            return instance.func(name).call(at)[0].toString();
        } catch (Trap e) {
            return e.getMessage();
        }
    }

    @ParameterizedTest
    @EnumSource(StoreKind.class)
    void accessesEndWhereTheMemoryDoes(StoreKind kind) {
        assertEquals(accessed(Mode.FAST, kind, 10), accessed(Mode.JIT, kind, ROUNDS));
    }
}
