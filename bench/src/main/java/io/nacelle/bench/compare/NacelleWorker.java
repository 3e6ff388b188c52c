// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.compare;

import io.nacelle.bench.Candidate;

import java.io.IOException;

/** Nacelle. {@code NacelleWorker MODE STORE}. */
final class NacelleWorker {
    private NacelleWorker() {}

    public static void main(String[] args) throws IOException {
        Worker.serve(Candidate.parse(args[0], args[1]).getFirst()::load);
    }
}
