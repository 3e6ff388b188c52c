// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Switches with so many cases that these are in several methods. */
class LadderTest {
    private static final int CASES = 500;
    private static final int INPUTS = 60;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void casesGoWhereTheyAreToGo(long seed) {
        var text = module(new SplittableRandom(seed));
        var expected = run(text, Mode.FAST);
        assertArrayEquals(expected, run(text, Mode.JIT));
        assertTrue(Arrays.stream(expected).distinct().count() > INPUTS / 2);
    }

    private static int[] run(String text, Mode mode) {
        var engine = Engine.create(EngineConfig.defaults().withMode(mode));
        var module = Module.of(engine, TextParser.parse(text));
        try (var store = Store.create(engine)) {
            var instance = Linker.create(store).instantiate(module);
            var run = instance.func("run");
            assertNotNull(run);
            var results = new int[INPUTS];
            for (int i = 0; i < INPUTS; i++) {
                results[i] = (int) run.call(i * 0x9e3779b1, 300)[0];
            }
            return results;
        }
    }

    /**
     * A loop around a switch whose cases fall through, go on with later cases, end the round or the
     * function, or have an inner switch.
     */
    private static String module(SplittableRandom random) {
        var text = new StringBuilder();
        text.append("(module (memory 1) (func (export \"run\") (param $x i32) (param $n i32)");
        text.append(" (result i32) (local $y i64)\n(block $end (loop $again (block $none\n");
        for (int i = 0; i < CASES; i++) {
            text.append("(block $c").append(CASES - 1 - i).append('\n');
        }
        text.append("(br_if $end (i32.eqz (local.tee $n (i32.sub (local.get $n)");
        text.append(" (i32.const 1)))))\n(br_table");
        for (int i = 0; i < CASES; i++) {
            text.append(" $c").append(random.nextInt(8) == 0 ? random.nextInt(CASES) : i);
        }
        text.append(" $none (i32.rem_u (local.get $x) (i32.const ").append(CASES + 3);
        text.append(")))\n");
        for (int i = 0; i < CASES; i++) {
            // The end of a case's block comes before the case.
            text.append(")\n");
            body(text, random, i);
        }
        // Behind $none: what all rounds do that are not ended otherwise.
        text.append(")\n(local.set $x (i32.add (i32.mul (local.get $x) (i32.const 1664525))");
        text.append(" (i32.const 1013904223)))\n(br $again)))\n");
        text.append("(i32.xor (local.get $x) (i32.wrap_i64 (local.get $y)))))");
        return text.toString();
    }

    private static void body(StringBuilder text, SplittableRandom random, int i) {
        text.append("(local.set $x (i32.rotl (i32.add (local.get $x) (i32.const ");
        text.append(random.nextInt()).append(")) (i32.const ").append(random.nextInt(1, 31));
        text.append(")))\n(local.set $y (i64.add (local.get $y) (i64.const ").append(i);
        text.append(")))\n");
        int later = i + 1 < CASES ? random.nextInt(i + 1, CASES) : -1;
        switch (random.nextInt(9)) {
            case 0 -> {
                // Falls through.
            }
            case 1 -> text.append("(br $again)\n");
            case 2 -> {
                if (later >= 0) {
                    text.append("(br $c").append(later).append(")\n");
                }
            }
            case 3 -> {
                if (later >= 0) {
                    text.append("(br_if $c").append(later);
                    text.append(" (i32.and (local.get $x) (i32.const 4)))\n");
                }
            }
            case 4 -> text.append("(br_if $end (i32.eq (local.get $x) (i32.const 77)))\n");
            case 5 -> {
                text.append("(if (i32.eqz (i32.rem_u (local.get $x) (i32.const 199)))");
                text.append(" (then (return (local.get $n))))\n(br $none)\n");
            }
            case 6 -> {
                text.append("(block $a (block $b (block $d (br_table $a $b $d ");
                text.append(later >= 0 ? "$c" + later : "$none");
                text.append(" (i32.and (local.get $x) (i32.const 3))))\n");
                text.append("(local.set $y (i64.rotl (local.get $y) (i64.const 3))) (br $none))\n");
                text.append("(i32.store8 (i32.and (local.get $x) (i32.const 0xfff))");
                text.append(" (local.get $n)))\n");
                text.append("(local.set $x (i32.add (local.get $x)");
                text.append(" (i32.load8_u (i32.and (local.get $x) (i32.const 0xfff)))))\n");
            }
            default -> text.append("(br $none)\n");
        }
    }
}
