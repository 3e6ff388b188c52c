// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.compare;

import io.nacelle.bench.Candidate;
import io.nacelle.bench.Options;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares Nacelle's modes and other runtimes with native code on the kernels of {@link
 * SubjectSet}.
 *
 * <p>{@code Comparison [--kernels DIR] [--modes a,b] [--stores heap,native] [--others FILE] [--sets
 * table,mix,switch,simd] [--only a,b] [--rounds N] [--warm-runs N] [--warm-seconds S] [--longest S]
 * [--quick] [--raw FILE]}. The status is 1 when somebody's checksum differs from native's, or a
 * mode of Nacelle's fails.
 */
final class Comparison {
    private Comparison() {}

    public static void main(String[] args) throws IOException {
        var options =
                Options.parse(
                        args,
                        Set.of("--quick"),
                        Set.of(
                                "--kernels",
                                "--modes",
                                "--stores",
                                "--others",
                                "--sets",
                                "--only",
                                "--rounds",
                                "--warm-runs",
                                "--warm-seconds",
                                "--longest",
                                "--raw"));
        var contenders = contenders(options);
        var sets = sets(options);
        if (sets.isEmpty()) {
            System.err.println("no such kernels");
            System.exit(2);
        }
        var subjects = sets.values().stream().flatMap(List::stream).toList();
        var directory = Path.of(options.get("--kernels", "bench/target/kernels"));
        System.exit(compare(options, contenders, sets, subjects, directory) ? 0 : 1);
    }

    private static boolean compare(
            Options options,
            List<Contender> contenders,
            Map<SubjectSet, List<Subject>> sets,
            List<Subject> subjects,
            Path directory)
            throws IOException {
        var plan = Plan.of(options);
        try (var race = new Race(plan, contenders, subjects, directory)) {
            race.run();
            var report = new Report(race, contenders, System.out);
            for (var statistic : Series.Statistic.values()) {
                if (statistic == Series.Statistic.MEDIAN && plan.rounds() < 3) {
                    continue;
                }
                sets.forEach((set, some) -> report.times(set, some, statistic));
            }
            report.processors();
            if (options.has("--raw")) {
                try (var raw = new PrintStream(options.get("--raw", ""))) {
                    report.raw(raw);
                }
            }
            return report.failures();
        }
    }

    private static List<Contender> contenders(Options options) throws IOException {
        var result = new ArrayList<Contender>();
        result.add(Contender.reference());
        result.add(Contender.scalar());
        Candidate.parse(
                        options.get("--modes", Candidate.allModes()),
                        options.get("--stores", "heap"))
                .forEach(candidate -> result.add(Contender.of(candidate)));
        if (options.has("--others")) {
            result.addAll(Contender.read(Path.of(options.get("--others", ""))));
        }
        return result;
    }

    private static Map<SubjectSet, List<Subject>> sets(Options options) {
        var only = options.has("--only") ? Set.of(options.get("--only", "").split(",")) : null;
        var result = new LinkedHashMap<SubjectSet, List<Subject>>();
        for (var set : SubjectSet.parse(options.get("--sets", "table,mix,switch,simd"))) {
            var subjects =
                    set.subjects().stream()
                            .filter(subject -> only == null || only.contains(subject.name()))
                            .toList();
            if (!subjects.isEmpty()) {
                result.put(set, subjects);
            }
        }
        return result;
    }
}
