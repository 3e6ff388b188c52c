// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench;

import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Module;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.text.TextParser;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * What throwing and catching costs, each round less one of the same loop with a call that returns;
 * {@code call} is that loop itself. Of several runs of each the best counts.
 *
 * <p>{@code ExceptionBench [--modes …] [--stores …]}.
 */
final class ExceptionBench {
    private static final int RUNS = 5;

    /** An export of {@code exceptions.wat} and how often it goes round. */
    private record Case(String export, int count) {}

    private static final List<Case> CASES =
            List.of(
                    new Case("try", 2_000_000),
                    new Case("depth 0", 2_000_000),
                    new Case("depth 1", 2_000_000),
                    new Case("depth 10", 500_000),
                    new Case("legacy 1", 2_000_000),
                    new Case("rethrow", 1_000_000),
                    new Case("host", 100_000));

    private ExceptionBench() {}

    public static void main(String[] args) throws IOException {
        var options = Options.parse(args, Set.of(), Set.of("--modes", "--stores"));
        for (var candidate :
                Candidate.parse(
                        options.get("--modes", "fast,classic"), options.get("--stores", "heap"))) {
            try (var store = candidate.store()) {
                var module =
                        Module.of(
                                store.engine(), TextParser.parse(Resources.text("exceptions.wat")));
                var inner = new Instance[1];
                var instance =
                        Linker.create(store)
                                .define(
                                        "host",
                                        "pass",
                                        new FuncType(List.of(), List.of()),
                                        frame -> inner[0].func("thrower").call())
                                .instantiate(module);
                inner[0] = instance;
                double round = measure(instance, new Case("call", 2_000_000));
                report(candidate, "call", round);
                for (var test : CASES) {
                    report(candidate, test.export, measure(instance, test) - round);
                }
            }
        }
    }

    /** Nanoseconds of a round. */
    private static double measure(Instance instance, Case test) {
        var func = instance.func(test.export);
        double best = Double.MAX_VALUE;
        var slots = new long[1];
        for (int i = 0; i < RUNS; i++) {
            slots[0] = test.count;
            long time = Meter.cpu();
            func.callRaw(slots);
            time = Meter.cpu() - time;
            if (slots[0] != test.count) {
                throw new IllegalStateException(test.export + " counted " + slots[0]);
            }
            best = Math.min(best, (double) time / test.count);
        }
        return best;
    }

    private static void report(Candidate candidate, String what, double nanoseconds) {
        System.out.printf("%-16s %-10s %8.1f ns%n", candidate, what, nanoseconds);
    }
}
