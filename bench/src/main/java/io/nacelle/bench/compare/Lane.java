// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.compare;

import io.nacelle.bench.Kernel.Size;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** One contender on one kernel: it is loaded, warmed up, and timed until it fails. */
final class Lane {
    /** How many times the smaller amount of work makes the larger one. */
    private static final int QUICK_PART = 15;

    private final Peer peer;
    private final Subject subject;
    private final Map<Size, Integer> work = new EnumMap<>(Size.class);
    private final Map<Size, Series> series = new EnumMap<>(Size.class);
    private Size size = Size.FULL;
    private String failure;
    private int warmRuns;
    private long warmTime;
    private long lastWarm;

    Lane(Peer peer, Subject subject, Path directory) throws IOException {
        this.peer = peer;
        this.subject = subject;
        for (var one : Size.values()) {
            series.put(one, new Series());
        }
        try {
            work.putAll(peer.load(subject, directory));
        } catch (Peer.Refusal e) {
            failure = e.getMessage();
        }
    }

    Contender contender() {
        return peer.contender();
    }

    /** Why there are no times, or null. */
    String failure() {
        return failure;
    }

    /** The amount of work that is timed. */
    Size size() {
        return size;
    }

    Series series(Size of) {
        return series.get(of);
    }

    /** Runs the smaller amount of work once more, unless that was often or long enough. */
    void warm(Plan plan, Reference reference) throws IOException {
        boolean enough =
                warmRuns >= (contender().compiles() ? plan.warmRuns() : Plan.NATIVE_WARM_RUNS)
                        || warmTime >= plan.warmNanoseconds();
        if (failure != null || enough) {
            return;
        }
        lastWarm = run(Size.QUICK, reference);
        warmTime += lastWarm;
        warmRuns++;
    }

    /** Chooses the amount of work to time, by how long the smaller one took last, and tries it. */
    void settle(Plan plan, Reference reference) throws IOException {
        if (failure != null) {
            return;
        }
        double estimate = QUICK_PART * (double) lastWarm;
        size = plan.allQuick() || estimate > plan.longestNanoseconds() ? Size.QUICK : Size.FULL;
        if (size == Size.FULL) {
            run(size, reference);
        }
    }

    void time(Size of, Reference reference) throws IOException {
        if (failure == null) {
            long time = run(of, reference);
            if (failure == null) {
                series.get(of).add(time);
            }
        }
    }

    private long run(Size of, Reference reference) throws IOException {
        try {
            var run = peer.run(subject, work.get(of));
            if (!reference.agrees(subject, of, run.result())) {
                failure = Reference.WRONG + " " + run.result();
            }
            return run.nanoseconds();
        } catch (Peer.Refusal e) {
            failure = e.getMessage();
            return 0;
        }
    }
}
