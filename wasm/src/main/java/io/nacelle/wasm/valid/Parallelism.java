// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * How function bodies are spread over threads. The calling thread always takes part, and never
 * waits for an executor that does not get round to running its share.
 *
 * @param executor runs the other shares
 * @param workers how many threads at most, the calling one included
 */
public record Parallelism(Executor executor, int workers) {
    /** The calling thread alone. */
    public static final Parallelism NONE =
            new Parallelism(
                    task -> {
                        throw new AssertionError("a single worker needs no executor");
                    },
                    1);

    public Parallelism {
        Objects.requireNonNull(executor);
        if (workers < 1) {
            throw new IllegalArgumentException("workers: " + workers);
        }
    }
}
