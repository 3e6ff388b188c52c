// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench;

import io.nacelle.runtime.Func;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Module;
import io.nacelle.wasm.text.TextParser;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * What an operation on objects costs: processor time of the thread for each, less that of the loop
 * around it, and bytes allocated for each. All are warmed in one process before any is measured, so
 * that the compiled loop knows them all.
 *
 * <p>{@code GcBench [--modes …] [--stores …] [--rounds N]}
 */
final class GcBench {
    /** The exports of {@code gc.wat} but for the empty loop. */
    private static final List<String> CASES =
            List.of(
                    "struct.new",
                    "struct.new_default",
                    "struct.get",
                    "struct.get ref",
                    "struct.get far",
                    "struct.set",
                    "struct.set ref",
                    "array.new 8",
                    "array.get",
                    "array.get_u 8",
                    "array.set",
                    "array.len",
                    "ref.cast",
                    "ref.cast up",
                    "ref.test",
                    "br_on_cast",
                    "ref.i31",
                    "ref.eq");

    private static final int OPERATIONS = 4;
    private static final int REPEATS = 5;

    private GcBench() {}

    public static void main(String[] args) throws IOException {
        var options = Options.parse(args, Set.of(), Set.of("--modes", "--stores", "--rounds"));
        int rounds = Integer.parseInt(options.get("--rounds", "1000000"));
        for (var candidate :
                Candidate.parse(
                        options.get("--modes", "fast,classic"), options.get("--stores", "heap"))) {
            try (var store = candidate.store()) {
                var module = Module.of(store.engine(), TextParser.parse(Resources.text("gc.wat")));
                var instance = Linker.create(store).instantiate(module);
                var loop = instance.func("loop");
                for (int i = 0; i < REPEATS; i++) {
                    time(loop, rounds / 5);
                    for (var name : CASES) {
                        time(instance.func(name), rounds / 5);
                    }
                }
                long empty = time(loop, rounds);
                System.out.printf(
                        "%-16s %-20s %8.2f ns a round%n",
                        candidate, "loop", (double) empty / rounds);
                for (var name : CASES) {
                    var func = instance.func(name);
                    long before = Meter.allocated();
                    long spent = time(func, rounds);
                    double bytes = (double) (Meter.allocated() - before) / REPEATS;
                    double count = (double) rounds * OPERATIONS;
                    System.out.printf(
                            "%-16s %-20s %8.2f ns  %6.1f bytes%n",
                            candidate, name, (spent - empty) / count, bytes / count);
                }
            }
        }
    }

    /** The least time of several runs. */
    private static long time(Func func, int rounds) {
        var slots = new long[1];
        long best = Long.MAX_VALUE;
        for (int i = 0; i < REPEATS; i++) {
            slots[0] = rounds;
            long start = Meter.cpu();
            func.callRaw(slots);
            best = Math.min(best, Meter.cpu() - start);
            if ((int) slots[0] != rounds) {
                throw new IllegalStateException("went round " + slots[0]);
            }
        }
        return best;
    }
}
