// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.compare;

import io.nacelle.bench.Kernel.Size;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What a race gave, as text. */
final class Report {
    private static final int NAME = 16;
    private static final int LEAST_COLUMN = 9;

    private final Race race;
    private final List<Contender> contenders;
    private final PrintStream out;

    Report(Race race, List<Contender> contenders, PrintStream out) {
        this.race = race;
        this.contenders = contenders;
        this.out = out;
    }

    /** Times of some kernels: the reference's in milliseconds, the others' as multiples of them. */
    void times(SubjectSet set, List<Subject> subjects, Series.Statistic statistic) {
        var of = statistic == Series.Statistic.LEAST ? "least" : "median";
        heads(set + ", " + of);
        var ratios = new ArrayList<List<Double>>();
        contenders.forEach(contender -> ratios.add(new ArrayList<>()));
        for (var subject : subjects) {
            var row = race.lanes().get(subject);
            name(subject.name());
            for (int i = 0; i < row.size(); i++) {
                if (i == 0) {
                    double time = row.getFirst().series(row.getFirst().size()).get(statistic);
                    cell(i, String.format(Locale.ROOT, "%.1f ms", time / 1e6));
                    continue;
                }
                double ratio = ratio(row.getFirst(), row.get(i), statistic);
                var mark = row.get(i).size() == Size.QUICK ? "*" : " ";
                cell(i, Double.isNaN(ratio) ? "- " : number(ratio) + mark);
                if (!Double.isNaN(ratio)) {
                    ratios.get(i).add(ratio);
                }
            }
            out.println();
        }
        name("geometric mean");
        summary(ratios, subjects.size(), Report::mean);
        if (set == SubjectSet.MIX) {
            name("% of native");
            summary(ratios, subjects.size(), some -> 100 / mean(some));
        }
        out.println();
    }

    private void summary(
            List<List<Double>> ratios, int complete, ToDoubleFunction<List<Double>> function) {
        cell(0, "");
        for (int i = 1; i < ratios.size(); i++) {
            var some = ratios.get(i);
            // A mean of fewer kernels is not comparable, so it does not look like one.
            cell(
                    i,
                    some.size() == complete
                            ? number(function.applyAsDouble(some)) + " "
                            : "of " + some.size() + " ");
        }
        out.println();
    }

    /**
     * CPU time of whole processes: the thread that runs kernels, and the rest, which is compilers'
     * mostly. Everything before the first timed round is in the first two lines.
     */
    void processors() {
        heads("CPU seconds");
        name("until warm, main");
        seconds(race.warming()::get, Peer.Spent::thread);
        name("until warm, rest");
        seconds(race.warming()::get, Peer.Spent::others);
        name("timed, main");
        seconds(this::timing, Peer.Spent::thread);
        name("timed, rest");
        seconds(this::timing, Peer.Spent::others);
        out.println();
    }

    private Peer.Spent timing(Contender contender) {
        var total = race.total().get(contender);
        return total == null ? null : total.less(race.warming().get(contender));
    }

    private void seconds(Function<Contender, Peer.Spent> spent, ToDoubleFunction<Peer.Spent> part) {
        for (int i = 0; i < contenders.size(); i++) {
            var value = spent.apply(contenders.get(i));
            cell(
                    i,
                    value == null
                            ? "- "
                            : String.format(Locale.ROOT, "%.1f ", part.applyAsDouble(value) / 1e9));
        }
        out.println();
    }

    /** Names what did not run; gives whether the comparison holds all the same. */
    boolean failures() {
        boolean good = true;
        for (var entry : race.lanes().entrySet()) {
            for (var lane : entry.getValue()) {
                if (lane.failure() != null) {
                    var who = lane.contender().name();
                    out.printf("%s on %s: %s%n", entry.getKey().name(), who, lane.failure());
                    good &= !lane.contender().ours();
                    good &= !lane.failure().startsWith(Reference.WRONG);
                }
            }
        }
        return good;
    }

    /** Every time that was taken: kernel, contender, amount of work, nanoseconds; tabs between. */
    void raw(PrintStream to) {
        for (var entry : race.lanes().entrySet()) {
            for (var lane : entry.getValue()) {
                for (var size : Size.values()) {
                    for (long time : lane.series(size).times()) {
                        to.printf(
                                "%s\t%s\t%s\t%d%n",
                                entry.getKey().name(), lane.contender().name(), size, time);
                    }
                }
            }
        }
    }

    private static double ratio(Lane reference, Lane lane, Series.Statistic statistic) {
        if (lane.failure() != null || reference.failure() != null) {
            return Double.NaN;
        }
        var size = lane.size();
        return lane.series(size).get(statistic) / reference.series(size).get(statistic);
    }

    private static double mean(List<Double> ratios) {
        return Math.exp(ratios.stream().mapToDouble(Math::log).average().orElse(Double.NaN));
    }

    private void heads(String title) {
        name(title);
        for (int i = 0; i < contenders.size(); i++) {
            cell(i, contenders.get(i).name() + " ");
        }
        out.println();
    }

    private void name(String text) {
        out.printf("%-" + NAME + "s", text);
    }

    private void cell(int column, String text) {
        int width = Math.max(LEAST_COLUMN, contenders.get(column).name().length() + 1);
        out.printf(" %" + width + "s", text);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
    }
}
