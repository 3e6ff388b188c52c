// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench;

import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.SharedMemory;
import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.text.TextParser;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * What atomic instructions cost, on a memory that no other thread uses meanwhile, in CPU
 * nanoseconds beyond an empty loop; and a round of two threads that wait for each other in turn, in
 * nanoseconds of wall time, since it is mostly the system's.
 *
 * <p>{@code ThreadsBench [--modes …] [--stores …]}.
 */
final class ThreadsBench {
    private static final int OPERATIONS = 5_000_000;
    private static final int ROUNDS = 100_000;
    private static final int REPEATS = 5;
    private static final List<String> NAMES =
            List.of("load", "store", "add", "add8", "cmpxchg", "notify");

    private ThreadsBench() {}

    public static void main(String[] args)
            throws IOException, InterruptedException, ExecutionException {
        var options = Options.parse(args, Set.of(), Set.of("--modes", "--stores"));
        System.out.printf("%-16s", "ns");
        NAMES.forEach(name -> System.out.printf(" %8s", name));
        System.out.printf(" %10s%n", "round trip");
        for (var candidate :
                Candidate.parse(
                        options.get("--modes", "fast,classic"),
                        options.get("--stores", "heap,native"))) {
            measure(candidate);
        }
    }

    private static void measure(Candidate candidate)
            throws IOException, InterruptedException, ExecutionException {
        try (var store = candidate.store();
                var memory = store.engine().newSharedMemory(type())) {
            var module = Module.of(store.engine(), TextParser.parse(Resources.text("threads.wat")));
            var instance = instantiate(Linker.create(store), module, memory);
            System.out.printf("%-16s", candidate);
            double nothing = least(instance, "nothing");
            for (var name : NAMES) {
                System.out.printf(" %8.1f", least(instance, name) - nothing);
            }
            try (var second = store.newThreadStore()) {
                var other = instantiate(Linker.create(second), module, memory);
                double best = Double.MAX_VALUE;
                for (int i = 0; i < REPEATS; i++) {
                    best = Math.min(best, turns(instance, other));
                }
                System.out.printf(" %10.0f%n", best);
            }
        }
    }

    private static MemType type() {
        return new MemType(
                AddrType.I32,
                Limits.between(1, 1),
                MemType.Sharing.SHARED,
                MemType.DEFAULT_PAGE_SIZE_LOG2);
    }

    private static Instance instantiate(Linker linker, Module module, SharedMemory memory) {
        return linker.define("env", "memory", memory.memory()).instantiate(module);
    }

    private static double least(Instance instance, String name) {
        var func = instance.func(name);
        double best = Double.MAX_VALUE;
        for (int i = 0; i < REPEATS; i++) {
            long before = Meter.cpu();
            func.call(OPERATIONS);
            best = Math.min(best, Meter.cpu() - before);
        }
        return best / OPERATIONS;
    }

    private static double turns(Instance one, Instance two)
            throws InterruptedException, ExecutionException {
        var work = new FutureTask<>(() -> two.func("turns").call(1, ROUNDS));
        long start = System.nanoTime();
        Thread.ofPlatform().daemon().start(work);
        one.func("turns").call(0, ROUNDS);
        work.get();
        return (double) (System.nanoTime() - start) / ROUNDS;
    }
}
