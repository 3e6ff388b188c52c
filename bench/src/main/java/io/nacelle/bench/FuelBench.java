// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What counting fuel costs compiled code: kernels with and without it, in turns, as CPU time of the
 * thread, the least of some rounds.
 *
 * <p>{@code FuelBench KERNELS NAME…}.
 */
final class FuelBench {
    private static final int ROUNDS = 5;
    private static final int WARM_RUNS = 300;
    private static final long WARM_NANOS = 2_500_000_000L;

    private FuelBench() {}

    public static void main(String[] args) throws IOException {
        System.out.println("kernel       without, ms    with, as a multiple");
        double product = 1;
        for (int i = 1; i < args.length; i++) {
            var file = Path.of(args[0], args[i] + ".wasm");
            double ratio = measure(args[i], file);
            product *= ratio;
        }
        System.out.printf(
                Locale.ROOT, "geometric mean %29.2f%n", Math.pow(product, 1.0 / (args.length - 1)));
    }

    private static double measure(String name, Path file) throws IOException {
        var config = EngineConfig.defaults().withMode(Mode.JIT);
        var without = Engine.create(config);
        var with = Engine.create(config.withFuel());
        var threads = ManagementFactory.getThreadMXBean();
        try (var plain = Store.create(without);
                var counting = Store.create(with)) {
            counting.setFuel(Long.MAX_VALUE);
            var funcs = new Func[] {warm(plain, file), warm(counting, file)};
            int full = work(plain, file, 0);
            var least = new long[] {Long.MAX_VALUE, Long.MAX_VALUE};
            for (int round = 0; round < ROUNDS; round++) {
                for (int which = 0; which < funcs.length; which++) {
                    long begin = threads.getCurrentThreadCpuTime();
                    funcs[which].call(full);
                    long took = threads.getCurrentThreadCpuTime() - begin;
                    least[which] = Math.min(least[which], took);
                }
            }
            double ratio = (double) least[1] / least[0];
            System.out.printf(Locale.ROOT, "%-12s %11.1f %19.2f%n", name, least[0] / 1e6, ratio);
            return ratio;
        }
    }

    private static int work(Store store, Path file, int quick) throws IOException {
        var module = Module.load(store.engine(), file);
        return (int) Linker.create(store).instantiate(module).func("work").call(quick)[0];
    }

    private static Func warm(Store store, Path file) throws IOException {
        int quick = work(store, file, 1);
        var module = Module.load(store.engine(), file);
        var run = Linker.create(store).instantiate(module).func("run");
        long until = System.nanoTime() + WARM_NANOS;
        for (int i = 0; i < WARM_RUNS || System.nanoTime() < until; i++) {
            run.call(quick);
        }
        return run;
    }
}
