// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.nacelle.cli.wast.ScriptReport;
import io.nacelle.cli.wast.ScriptRunner;
import io.nacelle.runtime.ExhaustedException;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Fuel is defined by the module: every mode counts the same, to the last unit. */
final class FuelTest {
    private static final String SUM =
            """
            (module
              (memory 1)
              (func (export "sum") (param $n i32) (result i32) (local $s i32)
                (loop $l
                  (local.set $s (i32.add (local.get $s) (local.get $n)))
                  (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (local.get $s))
              (func (export "forever") (loop $l (br $l)))
              (func (export "fill") (param $n i32)
                (memory.fill (i32.const 0) (i32.const 1) (local.get $n))))
            """;

    static Stream<Setup> setups() {
        return Setup.pure();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aLoopCostsByTheRound(Setup setup) {
        try (var store = setup.meteredStore()) {
            var sum = setup.instantiate(store, SUM).func("sum");
            store.setFuel(1_000_000);
            sum.call(10);
            long ten = 1_000_000 - store.fuel();
            store.setFuel(1_000_000);
            assertEquals(500500, sum.call(1000)[0]);
            long thousand = 1_000_000 - store.fuel();
            assertEquals(99 * (thousand - ten), 990 * ((thousand - ten) / 10));
            assertTrue(thousand > ten);
            // Exactly enough is enough, one less is not.
            store.setFuel(thousand);
            sum.call(1000);
            assertEquals(0, store.fuel());
            store.setFuel(thousand - 1);
            var e = assertThrows(ExhaustedException.class, () -> sum.call(1000));
            assertEquals(ExhaustedException.Resource.FUEL, e.resource());
            // The store stays usable.
            store.setFuel(thousand);
            assertEquals(500500, sum.call(1000)[0]);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void whatNeverEndsRunsOut(Setup setup) {
        try (var store = setup.meteredStore()) {
            var forever = setup.instantiate(store, SUM).func("forever");
            store.setFuel(100_000);
            assertThrows(ExhaustedException.class, () -> forever.call());
            assertEquals(0, store.fuel());
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void bulkOperationsCostByLength(Setup setup) {
        try (var store = setup.meteredStore()) {
            var fill = setup.instantiate(store, SUM).func("fill");
            store.setFuel(1_000_000);
            fill.call(0);
            long least = 1_000_000 - store.fuel();
            store.setFuel(1_000_000);
            fill.call(65536);
            assertTrue(1_000_000 - store.fuel() > least);
        }
    }

    @TestFactory
    Stream<DynamicTest> ownScripts() {
        return Scripts.own().stream().map(FuelTest::compared);
    }

    @TestFactory
    Stream<DynamicTest> officialScripts() {
        return Scripts.official().stream().map(FuelTest::compared);
    }

    private static DynamicTest compared(Scripts.Script script) {
        return dynamicTest(script.name(), () -> compare(script));
    }

    private static void compare(Scripts.Script script) {
        var text = script.text();
        var counts = new ArrayList<List<ScriptReport.Result>>();
        Setup.all()
                .forEach(
                        setup -> {
                            var config = setup.config().withFeatures(script.features()).withFuel();
                            counts.add(ScriptRunner.run(text, config).results());
                        });
        for (var other : counts) {
            assertEquals(counts.getFirst(), other);
        }
    }

    @Test
    void fuelIsNotThereUnlessCounted() {
        try (var store = Setup.pure().findFirst().orElseThrow().store()) {
            assertThrows(IllegalStateException.class, store::fuel);
            assertThrows(IllegalStateException.class, () -> store.setFuel(1));
        }
    }
}
