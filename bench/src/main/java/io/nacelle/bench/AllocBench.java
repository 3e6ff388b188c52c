// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench;

import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Module;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.text.TextParser;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * What running allocates: bytes by the thread over 10^8 instructions and over 10^7 calls of each
 * kind, once warm.
 *
 * <p>{@code AllocBench [--modes …] [--stores …] [--check]}. With {@code --check} the status is 1
 * when any of them allocates 1 KB or more.
 */
final class AllocBench {
    private static final long MOST = 1024;

    /** An export of {@code alloc.wat} and how often it goes round. */
    private record Case(String export, int count) {}

    // A round of the loop is eleven instructions.
    private static final List<Case> CASES =
            List.of(
                    new Case("loop", 10_000_000),
                    new Case("calls", 10_000_000),
                    new Case("indirect", 10_000_000),
                    new Case("multi", 10_000_000),
                    new Case("vector", 10_000_000),
                    new Case("tail", 10_000_000),
                    new Case("host", 10_000_000));

    private AllocBench() {}

    public static void main(String[] args) throws IOException {
        var options = Options.parse(args, Set.of("--check"), Set.of("--modes", "--stores"));
        boolean met = true;
        for (var candidate :
                Candidate.parse(
                        options.get("--modes", "fast,classic"),
                        options.get("--stores", "heap,native"))) {
            try (var store = candidate.store()) {
                var module =
                        Module.of(store.engine(), TextParser.parse(Resources.text("alloc.wat")));
                var type = new FuncType(List.of(NumType.I32), List.of(NumType.I32));
                var instance =
                        Linker.create(store)
                                .define(
                                        "host",
                                        "next",
                                        type,
                                        frame -> frame.setI32(0, frame.i32(0) + 1))
                                .instantiate(module);
                for (var test : CASES) {
                    met &= measure(candidate, instance, test);
                }
                met &= measureEntries(candidate, instance);
            }
        }
        System.exit(options.has("--check") && !met ? 1 : 0);
    }

    private static boolean measure(Candidate candidate, Instance instance, Case test) {
        var func = instance.func(test.export);
        var slots = new long[1];
        for (int i = 0; i < 5; i++) {
            slots[0] = test.count / 50;
            func.callRaw(slots);
        }
        Meter.allocated();
        slots[0] = test.count;
        long time = Meter.cpu();
        long before = Meter.allocated();
        func.callRaw(slots);
        long allocated = Meter.allocated() - before;
        time = Meter.cpu() - time;
        if ((int) slots[0] != test.count) {
            throw new IllegalStateException(test.export + " counted " + slots[0]);
        }
        return report(candidate, test.export, allocated, time, test.count);
    }

    /** Calls from the host into the guest. */
    private static boolean measureEntries(Candidate candidate, Instance instance) {
        var func = instance.func("increment");
        var slots = new long[1];
        enter(func, slots, 200_000);
        slots[0] = 0;
        int count = 10_000_000;
        long time = Meter.cpu();
        long before = Meter.allocated();
        enter(func, slots, count);
        long allocated = Meter.allocated() - before;
        time = Meter.cpu() - time;
        if ((int) slots[0] != count) {
            throw new IllegalStateException("entries counted " + slots[0]);
        }
        return report(candidate, "entries", allocated, time, count);
    }

    private static void enter(io.nacelle.runtime.Func func, long[] slots, int count) {
        for (int i = 0; i < count; i++) {
            func.callRaw(slots);
        }
    }

    private static boolean report(
            Candidate candidate, String what, long allocated, long nanoseconds, int count) {
        System.out.printf(
                "%-16s %-10s %12d bytes  %8.1f ns each%s%n",
                candidate,
                what,
                allocated,
                (double) nanoseconds / count,
                allocated < MOST ? "" : "  TOO MUCH");
        return allocated < MOST;
    }
}
