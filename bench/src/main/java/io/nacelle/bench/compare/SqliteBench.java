// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.compare;

import io.nacelle.bench.JavaCommand;
import io.nacelle.bench.Kernel;
import io.nacelle.bench.Options;
import io.nacelle.bench.compare.Peer.Refusal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * SQLite's recursive query of 20,000 rows, on Nacelle and other runtimes in turns, each in a
 * process of its own: the first time, and warm.
 *
 * <p>{@code SqliteBench --programs DIR --others FILE [--modes a,b] [--thresholds n,m] [--rounds N]
 * [--warm-seconds S]}, where each threshold is one more contender in mode {@code auto}.
 */
final class SqliteBench {
    private static final Subject SQLITE = new Subject("sqlite", false);
    private static final int MOST_WARM_RUNS = 300;
    private static final double MILLISECOND = 1e6;

    private final Peer peer;
    private final int rows;
    private final Series warm = new Series();
    private Peer.Run first;
    private Peer.Spent spentFirst;
    private Peer.Spent spentWarming;

    private SqliteBench(Contender contender, Path programs) throws IOException, Refusal {
        peer = Peer.start(contender);
        rows = peer.load(SQLITE, programs).get(Kernel.Size.FULL);
    }

    public static void main(String[] args) throws IOException, Refusal {
        var options =
                Options.parse(
                        args,
                        Set.of(),
                        Set.of(
                                "--programs",
                                "--others",
                                "--modes",
                                "--thresholds",
                                "--rounds",
                                "--warm-seconds"));
        var programs = Path.of(options.get("--programs", "."));
        double enough = Double.parseDouble(options.get("--warm-seconds", "20")) * 1e9;
        var all = new ArrayList<SqliteBench>();
        for (var contender : contenders(options)) {
            var one = new SqliteBench(contender, programs);
            one.warmUp(enough);
            all.add(one);
        }
        for (int round = 0; round < options.get("--rounds", 5); round++) {
            for (var one : all) {
                one.warm.add(one.run().nanoseconds());
            }
        }
        table(all);
        all.forEach(one -> one.peer.close());
    }

    private static List<Contender> contenders(Options options) throws IOException {
        var result = new ArrayList<Contender>();
        for (var mode : options.get("--modes", "auto").split(",")) {
            result.add(ours(mode, mode));
        }
        if (options.has("--thresholds")) {
            for (var threshold : options.get("--thresholds", "").split(",")) {
                result.add(ours("auto, " + threshold, "auto", threshold));
            }
        }
        result.addAll(Contender.read(Path.of(options.get("--others", ""))));
        return result;
    }

    private static Contender ours(String name, String... arguments) {
        return new Contender(name, Form.WASM, true, JavaCommand.of(SqliteWorker.class, arguments));
    }

    /** The first run, and others until so much CPU time has been spent on them. */
    private void warmUp(double enough) throws IOException, Refusal {
        first = run();
        spentFirst = peer.spent();
        double spent = first.nanoseconds();
        for (int i = 1; i < MOST_WARM_RUNS && spent < enough; i++) {
            spent += run().nanoseconds();
        }
        spentWarming = peer.spent();
    }

    private Peer.Run run() throws IOException, Refusal {
        var run = peer.run(SQLITE, rows);
        if (first != null && run.result() != first.result()) {
            throw new Refusal(peer.contender().name() + " gave " + run.result());
        }
        return run;
    }

    private static void table(List<SqliteBench> all) {
        System.out.printf(
                "%-28s %9s %9s %9s %9s %9s%n",
                "CPU ms", "first", "process", "warming", "warm", "times");
        var base = all.getFirst();
        double least = base.warm.get(Series.Statistic.MEDIAN);
        for (var one : all) {
            if (one.first.result() != base.first.result()) {
                throw new IllegalStateException(
                        one.peer.contender().name() + " gave " + one.first.result());
            }
            double median = one.warm.get(Series.Statistic.MEDIAN);
            System.out.printf(
                    "%-28s %9.0f %9.0f %9.0f %9.1f %9.2f%n",
                    one.peer.contender().name(),
                    one.first.nanoseconds() / MILLISECOND,
                    sum(one.spentFirst) / MILLISECOND,
                    sum(one.spentWarming) / MILLISECOND,
                    median / MILLISECOND,
                    median / least);
        }
    }

    private static double sum(Peer.Spent spent) {
        return spent.thread() + spent.others();
    }
}
