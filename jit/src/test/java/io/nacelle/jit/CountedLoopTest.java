// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.runtime.Trap;
import io.nacelle.runtime.exec.ModuleImpl;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Loops that are there twice do what they do in an interpreter, wherever they begin and end. */
class CountedLoopTest {
    private static final int[] STEPS = {1, 2, 3, 8, 65_535, 65_537, -1, -2, -3, -8, -65_536};

    private static final List<String> RELATIONS =
            List.of("ne", "eq", "lt_s", "lt_u", "le_s", "le_u", "gt_s", "gt_u", "ge_s", "ge_u");

    private static final int[] EDGES = {
        0,
        1,
        2,
        3,
        7,
        8,
        100,
        65_536,
        -1,
        -2,
        -3,
        -8,
        -9,
        -100,
        0x7fff_ffff,
        0x7fff_fffe,
        0x7fff_fff0,
        0x7ffe_ffff,
        0x8000_0000,
        0x8000_0001,
        0x8000_0009,
        0x8001_0001,
    };

    /** What ends a loop before it gets long. */
    private static final String MOST_ROUNDS =
            """
            (br_if $out (i32.gt_u (local.tee $n (i32.add (local.get $n) (i32.const 1)))
              (i32.const 40)))
            (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31)) (local.get $p)))
            """;

    private static String byComparison(int step, String condition, boolean early) {
        var count = "(local.set $p (i32.add (local.get $p) (i32.const %d)))".formatted(step);
        return """
        (func (export "f") (param $p i32) (param $end i32) (result i32) (local $n i32)
          (local $sum i32)
          (block $out (loop $on %s %s %s (br_if $on %s)))
          (i32.xor (local.get $sum) (local.get $p)))
        """
                .formatted(early ? count : "", MOST_ROUNDS, early ? "" : count, condition);
    }

    private static List<String> comparisons() {
        var functions = new ArrayList<String>();
        for (int step : STEPS) {
            for (boolean early : new boolean[] {true, false}) {
                for (var relation : RELATIONS) {
                    for (var p :
                            List.of("(local.get $p)", "(i32.sub (local.get $p) (i32.const 5))")) {
                        for (var end : List.of("(local.get $end)", "(i32.const 70)")) {
                            functions.add(
                                    byComparison(
                                            step,
                                            "(i32.%s %s %s)".formatted(relation, p, end),
                                            early));
                            functions.add(
                                    byComparison(
                                            step,
                                            "(i32.%s %s %s)".formatted(relation, end, p),
                                            early));
                        }
                    }
                }
                functions.add(byComparison(step, "(local.get $p)", early));
                functions.add(byComparison(step, "(i32.eqz (local.get $p))", early));
            }
        }
        return functions;
    }

    /** Loops that end by what is in the memory, of which all is 0 but for two bytes. */
    private static List<String> searches() {
        var functions = new ArrayList<String>();
        for (int step : STEPS) {
            for (var load : List.of("i32.load8_u", "i32.load16_u", "i32.load")) {
                for (int offset : new int[] {0, 3, 65_530, Integer.MAX_VALUE}) {
                    for (int more : new int[] {0, 1, -4}) {
                        functions.add(
                                """
                                (func (export "f") (param $p i32) (param $end i32) (result i32)
                                  (local $n i32)
                                  (block $out
                                    (loop $on
                                      (br_if $out (i32.eq (i32.load8_u (local.get $p))
                                        (i32.const 9)))
                                      (global.set $seen (local.get $p))
                                      (local.set $p
                                        (i32.add (local.get $p) (i32.const %d)))
                                      (br_if $on (i32.eqz
                                        (%s offset=%d
                                          (i32.add (local.get $p) (i32.const %d)))))))
                                  (local.get $p))
                                """
                                        .formatted(
                                                step, load, Integer.toUnsignedLong(offset), more));
                    }
                }
            }
        }
        // Two pointers, and bytes that are stored until the memory ends.
        functions.add(
                """
                (func (export "f") (param $p i32) (param $end i32) (result i32) (local $q i32)
                  (local.set $q (i32.const 10))
                  (loop $on
                    (i32.store8 offset=1 (local.get $p) (i32.const 0))
                    (global.set $seen (local.get $q))
                    (local.set $p (i32.add (local.get $p) (i32.const 1)))
                    (local.set $q (i32.add (local.get $q) (i32.const 2)))
                    (br_if $on (i32.ne (i32.load8_u (local.get $q)) (i32.const 8))))
                  (local.get $p))
                """);
        return functions;
    }

    private static final int[] STARTS = {
        0, 1, 5, 100, 65_400, 65_530, 65_533, 65_535, 65_536, -1, -4, -9, 0x7fff_ffff, 0x8000_0000,
    };

    @ParameterizedTest
    @EnumSource(
            value = StoreKind.class,
            names = {"HEAP", "NATIVE"})
    void endByComparison(StoreKind kind) {
        for (var function : comparisons()) {
            check(kind, function, EDGES, EDGES, 1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = StoreKind.class,
            names = {"HEAP", "NATIVE"})
    void endByWhatIsFound(StoreKind kind) {
        for (var function : searches()) {
            check(kind, function, STARTS, new int[] {0}, 3);
        }
    }

    private static final Engine COMPILED =
            Engine.create(EngineConfig.defaults().withMode(Mode.JIT));
    private static final Engine INTERPRETED =
            Engine.create(EngineConfig.defaults().withMode(Mode.CLASSIC));

    private static void check(
            StoreKind kind, String function, int[] starts, int[] ends, int times) {
        var text = text(function);
        for (int time = 0; time < times; time++) {
            assertEquals(
                    outcomes(INTERPRETED, kind, text, starts, ends),
                    outcomes(COMPILED, kind, text, starts, ends),
                    function);
        }
    }

    private static String text(String function) {
        return """
        (module (memory (export "m") 1 1)
          (global $seen (export "seen") (mut i32) (i32.const 0))
          (data (i32.const 3000) "\\09") (data (i32.const 40000) "\\08")
        """
                + function
                + ")";
    }

    private static List<String> outcomes(
            Engine engine, StoreKind kind, String text, int[] starts, int[] ends) {
        var seen = new ArrayList<String>();
        var module = Module.of(engine, TextParser.parse(text));
        try (var store = Store.create(engine, kind)) {
            var instance = Linker.create(store).instantiate(module);
            var f = instance.func("f");
            var memory = instance.memory("m");
            var bytes = new byte[65_536];
            boolean counts = engine.config().metering() == EngineConfig.Metering.FUEL;
            for (int start : starts) {
                for (int end : ends) {
                    for (long fuel : counts ? FUEL : new long[] {0}) {
                        if (counts) {
                            store.setFuel(fuel);
                        }
                        var result = outcome(f, start, end);
                        var left = counts ? " fuel " + store.fuel() : "";
                        var last = " seen " + instance.global("seen").get();
                        seen.add(start + " " + end + ": " + result + last + left);
                    }
                }
            }
            memory.read(0, bytes, 0, bytes.length);
            seen.add("memory " + Arrays.hashCode(bytes));
        }
        return seen;
    }

    private static String outcome(Func f, int start, int end) {
        try {
            return f.call(start, end)[0].toString();
        } catch (Trap e) {
            return e.kind() + " at " + e.guestFrames().getFirst().offset();
        } catch (ExhaustedException e) {
            return e.resource().toString();
        }
    }

    private static final Engine COMPILED_WITH_FUEL =
            Engine.create(EngineConfig.defaults().withMode(Mode.JIT).withFuel());
    private static final Engine INTERPRETED_WITH_FUEL =
            Engine.create(EngineConfig.defaults().withMode(Mode.CLASSIC).withFuel());

    /** Little enough for loops to end in each of their rounds, and more than they need. */
    private static final long[] FUEL = {3, 11, 20, 33, 34, 35, 36, 37, 38, 39, 40, 41, 60, 1 << 20};

    @Test
    void countFuelAlike() {
        var functions = new ArrayList<String>();
        for (int step : new int[] {1, 4, -2}) {
            for (var condition :
                    List.of(
                            "(i32.ne (local.get $p) (local.get $end))",
                            "(i32.lt_u (local.get $p) (local.get $end))",
                            "(i32.gt_u (local.get $p) (i32.const 70))",
                            "(local.get $p)")) {
                functions.add(byComparison(step, condition, true));
                functions.add(byComparison(step, condition, false));
            }
        }
        var searches = searches();
        for (int i = 0; i < searches.size(); i += 17) {
            functions.add(searches.get(i));
        }
        functions.add(searches.getLast());
        var starts = new int[] {0, 3, 100, 65_520, 65_535, -1};
        for (var function : functions) {
            for (var kind : List.of(StoreKind.HEAP, StoreKind.NATIVE)) {
                var text = text(function);
                assertEquals(
                        outcomes(INTERPRETED_WITH_FUEL, kind, text, starts, new int[] {0, 100}),
                        outcomes(COMPILED_WITH_FUEL, kind, text, starts, new int[] {0, 100}),
                        function);
            }
        }
    }

    private static CountedLoop find(String function) {
        var module =
                (ModuleImpl)
                        Module.of(
                                COMPILED,
                                TextParser.parse(
                                        "(module (memory 1) (global $seen (mut i32) (i32.const 0))"
                                                + function
                                                + ")"));
        var ir = IrBuilder.build(module.body(0));
        CountedLoop found = null;
        for (int i = 0; i < ir.count; i++) {
            var loop = CountedLoop.find(ir, i);
            found = loop == null ? found : loop;
        }
        return found;
    }

    @Test
    void areFound() {
        var search = searches().getFirst();
        assertNotNull(find(search));
        assertNull(find(search).end());
        assertNull(find(byComparison(1, "(i32.ne (local.get $p) (local.get $end))", true)));
        assertNull(find(byComparison(4, "(i32.lt_s (local.get $p) (local.get $end))", true)));
        assertEquals(
                Compare.Relation.LT,
                find(byComparison(4, "(i32.ne (local.get $p) (local.get $end))", true)).relation());
        var down = find(byComparison(-2, "(i32.le_u (local.get $end) (local.get $p))", false));
        assertTrue(down.unsigned() && down.mirrored());
        assertEquals(-2, down.step());
    }
}
