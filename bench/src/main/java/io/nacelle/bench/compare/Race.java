// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.compare;

import io.nacelle.bench.Kernel.Size;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All contenders on all kernels, in turns: each round runs every contender once on every kernel.
 * All is warm before anything is timed, since what a JVM makes of the first kernel alone is not
 * what it has once it has seen them all.
 */
final class Race implements AutoCloseable {
    private final Plan plan;
    private final List<Peer> peers = new ArrayList<>();
    private final Map<Subject, List<Lane>> lanes = new LinkedHashMap<>();
    private final Map<Contender, Peer.Spent> warming = new LinkedHashMap<>();
    private final Map<Contender, Peer.Spent> timing = new LinkedHashMap<>();
    private final Reference reference = new Reference();

    /** Starts and loads; the first contender is the reference. */
    Race(Plan plan, List<Contender> contenders, List<Subject> subjects, Path directory)
            throws IOException {
        this.plan = plan;
        for (var contender : contenders) {
            peers.add(Peer.start(contender));
        }
        for (var subject : subjects) {
            var row = new ArrayList<Lane>();
            for (var peer : peers) {
                row.add(new Lane(peer, subject, directory));
            }
            lanes.put(subject, row);
        }
    }

    void run() throws IOException {
        for (int i = 0; i < Math.max(plan.warmRuns(), Plan.NATIVE_WARM_RUNS); i++) {
            for (var row : lanes.values()) {
                for (var lane : row) {
                    lane.warm(plan, reference);
                }
            }
        }
        for (var row : lanes.values()) {
            for (var lane : row) {
                lane.settle(plan, reference);
            }
        }
        spent(warming);
        for (int round = 0; round < plan.rounds(); round++) {
            for (var row : lanes.values()) {
                time(row, round);
            }
        }
        spent(timing);
    }

    private void time(List<Lane> row, int round) throws IOException {
        var first = row.getFirst();
        for (var size : Size.values()) {
            if (row.stream().anyMatch(lane -> lane.size() == size)) {
                first.time(size, reference);
            }
        }
        // Begins with another one each time, so that nobody always runs behind the same.
        int others = row.size() - 1;
        for (int i = 0; i < others; i++) {
            var lane = row.get(1 + (i + round) % others);
            lane.time(lane.size(), reference);
        }
    }

    private void spent(Map<Contender, Peer.Spent> result) throws IOException {
        for (var peer : peers) {
            try {
                result.put(peer.contender(), peer.spent());
            } catch (Peer.Refusal e) {
                // Its lanes tell that it has ended.
                result.remove(peer.contender());
            }
        }
    }

    Map<Subject, List<Lane>> lanes() {
        return lanes;
    }

    /** CPU time until everything was warm. */
    Map<Contender, Peer.Spent> warming() {
        return warming;
    }

    /** CPU time at the end. */
    Map<Contender, Peer.Spent> total() {
        return timing;
    }

    @Override
    public void close() {
        peers.forEach(Peer::close);
    }
}
