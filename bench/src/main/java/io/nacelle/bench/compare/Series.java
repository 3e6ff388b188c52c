// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.compare;

import java.util.ArrayList;
import java.util.List;

/** Times of the same thing, in nanoseconds. */
final class Series {
    /** What stands for a series. */
    enum Statistic {
        LEAST,
        MEDIAN
    }

    private final List<Long> times = new ArrayList<>();

    void add(long nanoseconds) {
        times.add(nanoseconds);
    }

    List<Long> times() {
        return List.copyOf(times);
    }

    double get(Statistic statistic) {
        var sorted = times.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return switch (statistic) {
            case LEAST -> sorted.getFirst();
            case MEDIAN ->
                    sorted.size() % 2 == 1
                            ? sorted.get(middle)
                            : (sorted.get(middle - 1) + sorted.get(middle)) / 2.0;
        };
    }
}
