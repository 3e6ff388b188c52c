// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares Nacelle's modes, warmed up in this process, with native code in one run: native and all
 * modes take turns in every round, each kernel's least thread-CPU time counts, and the table shows
 * ratios to native.
 *
 * <p>{@code KernelBench [--kernels DIR] [--rounds N] [--warm N] [--modes fast,classic] [--stores
 * heap,native] [--only a,b] [--quick] [--check]}. With {@code --check} the status is 1 when a
 * target is missed: fast at most 25 times native as the geometric mean of fib and sieve, and fast
 * at least twice as fast as classic. A checksum that differs from native's always fails.
 */
final class KernelBench {
    private static final double MOST_FAST = 25;
    private static final double LEAST_GAIN = 2;

    /** What is measured unless others are asked for, so that means stay comparable over time. */
    private static final List<String> USUAL =
            List.of(
                    "base64",
                    "fib",
                    "gimli",
                    "heapsort",
                    "matrix",
                    "memmove",
                    "mix",
                    "nestedloop",
                    "random",
                    "seqhash",
                    "sieve",
                    "strchr",
                    "switch");

    /** A kernel in all its forms, native first, with the least nanoseconds of each. */
    private static final class Row {
        final String name;
        final int n;
        final int quick;
        final List<Kernel> forms = new ArrayList<>();
        final long[] least;

        Row(String name, Path directory, List<Candidate> candidates, Kernel.Size size) {
            this.name = name;
            forms.add(NativeKernel.load(directory.resolve(name + ".so")));
            for (var candidate : candidates) {
                try {
                    forms.add(candidate.load(directory.resolve(name + ".wasm")));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            n = forms.get(0).work(size);
            quick = forms.get(0).work(Kernel.Size.QUICK);
            least = new long[forms.size()];
            Arrays.fill(least, Long.MAX_VALUE);
        }

        void warm(int form) {
            forms.get(form).run(quick);
        }

        int measure(int form) {
            long before = Meter.cpu();
            int result = forms.get(form).run(n);
            least[form] = Math.min(least[form], Meter.cpu() - before);
            return result;
        }

        double ratio(int form) {
            return (double) least[form] / least[0];
        }
    }

    private KernelBench() {}

    public static void main(String[] args) throws IOException {
        var options =
                Options.parse(
                        args,
                        Set.of("--quick", "--check"),
                        Set.of("--kernels", "--rounds", "--warm", "--modes", "--stores", "--only"));
        var directory = Path.of(options.get("--kernels", "bench/target/kernels"));
        var candidates =
                Candidate.parse(
                        options.get("--modes", "fast,classic"), options.get("--stores", "heap"));
        var size = options.has("--quick") ? Kernel.Size.QUICK : Kernel.Size.FULL;
        var only = Set.of(options.get("--only", String.join(",", USUAL)).split(","));

        var rows = new ArrayList<Row>();
        for (var name : names(directory)) {
            if (only.contains(name)) {
                rows.add(new Row(name, directory, candidates, size));
            }
        }
        if (rows.isEmpty()) {
            System.err.println("no kernels in " + directory + "; run tools/build-kernels");
            System.exit(2);
        }

        // Every kernel in every form before any is measured: what the JVM compiles for the first
        // kernel alone is not what it has once it has seen them all.
        for (int i = 0; i < options.get("--warm", 4); i++) {
            for (var row : rows) {
                for (int form = 0; form <= candidates.size(); form++) {
                    row.warm(form);
                }
            }
        }

        boolean wrong = false;
        for (int round = 0; round < options.get("--rounds", 3); round++) {
            for (var row : rows) {
                int expected = row.measure(0);
                for (int form = 1; form <= candidates.size(); form++) {
                    int result = row.measure(form);
                    if (result != expected) {
                        wrong = true;
                        System.out.printf(
                                "%s: %s gives %d, native %d%n",
                                row.name, candidates.get(form - 1), result, expected);
                    }
                }
            }
        }
        var means = print(rows, candidates);
        boolean missed = options.has("--check") && !met(means);
        System.exit(wrong || missed ? 1 : 0);
    }

    private static List<String> names(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".so"))
                    .map(name -> name.substring(0, name.length() - 3))
                    .sorted()
                    .toList();
        }
    }

    private record Means(double all, double fibSieve) {}

    private static Map<Candidate, Means> print(List<Row> rows, List<Candidate> candidates) {
        System.out.printf("%-12s %10s", "kernel", "native ms");
        for (var candidate : candidates) {
            System.out.printf(" %15s", candidate);
        }
        System.out.println();
        for (var row : rows) {
            System.out.printf("%-12s %10.1f", row.name, row.least[0] / 1e6);
            for (int form = 1; form <= candidates.size(); form++) {
                System.out.printf(" %15.2f", row.ratio(form));
            }
            System.out.println();
        }
        var means = new LinkedHashMap<Candidate, Means>();
        for (int form = 1; form <= candidates.size(); form++) {
            means.put(candidates.get(form - 1), new Means(mean(rows, form), fibSieve(rows, form)));
        }
        System.out.printf("%-23s", "geometric mean, all");
        means.values().forEach(mean -> System.out.printf(" %15.2f", mean.all));
        System.out.printf("%n%-23s", "  of fib and sieve");
        means.values().forEach(mean -> System.out.printf(" %15.2f", mean.fibSieve));
        System.out.println();
        return means;
    }

    private static double mean(List<Row> rows, int form) {
        double sum = 0;
        for (var row : rows) {
            sum += Math.log(row.ratio(form));
        }
        return Math.exp(sum / rows.size());
    }

    private static double fibSieve(List<Row> rows, int form) {
        return mean(
                rows.stream()
                        .filter(row -> row.name.equals("fib") || row.name.equals("sieve"))
                        .toList(),
                form);
    }

    private static boolean met(Map<Candidate, Means> means) {
        boolean met = true;
        for (var entry : means.entrySet()) {
            var candidate = entry.getKey();
            if (candidate.mode() != io.nacelle.runtime.Mode.FAST) {
                continue;
            }
            var fast = entry.getValue();
            met &= verdict(candidate + " to native (fib, sieve)", fast.fibSieve, MOST_FAST);
            var classic =
                    means.get(new Candidate(io.nacelle.runtime.Mode.CLASSIC, candidate.kind()));
            if (classic != null) {
                // A smaller number is better in every verdict, so the gain is turned over.
                met &=
                        verdict(
                                candidate + " to classic (all)",
                                fast.all / classic.all,
                                1 / LEAST_GAIN);
            }
        }
        return met;
    }

    private static boolean verdict(String what, double value, double most) {
        // NaN, where a kernel was left out, is not a success.
        boolean met = value <= most;
        System.out.printf(
                "%-40s %8.2f, target %.2f: %s%n", what, value, most, met ? "met" : "MISSED");
        return met;
    }
}
