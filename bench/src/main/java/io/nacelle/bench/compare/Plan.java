// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.compare;

import io.nacelle.bench.Options;

/**
 * How long and how often.
 *
 * @param rounds timed runs of each contender on each kernel
 * @param warmRuns runs of the smaller amount of work before that, at most
 * @param warmNanoseconds CPU time of such runs after which there are no more
 * @param longestNanoseconds what takes longer than this is timed with the smaller amount of work
 * @param allQuick times the smaller amount of work only
 */
record Plan(
        int rounds,
        int warmRuns,
        double warmNanoseconds,
        double longestNanoseconds,
        boolean allQuick) {
    /** Native code needs its pages, and no more. */
    static final int NATIVE_WARM_RUNS = 3;

    static Plan of(Options options) {
        return new Plan(
                options.get("--rounds", 5),
                options.get("--warm-runs", 200),
                Double.parseDouble(options.get("--warm-seconds", "3")) * 1e9,
                Double.parseDouble(options.get("--longest", "3")) * 1e9,
                options.has("--quick"));
    }
}
