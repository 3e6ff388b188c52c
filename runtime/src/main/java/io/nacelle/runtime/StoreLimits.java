// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

/**
 * What the guests of one store may use together. Immutable; each {@code with} method gives a
 * changed copy.
 *
 * @param stackBytes the call stack: each frame counts its declared size (see {@code
 *     docs/limits.md}), the same in every mode
 * @param memoryBytes the sizes of all memories
 * @param tableElements the sizes of all tables
 * @param instances the number of instances
 */
public record StoreLimits(int stackBytes, long memoryBytes, long tableElements, int instances) {
    private static final StoreLimits DEFAULTS =
            new StoreLimits(4 << 20, Long.MAX_VALUE, 20_000_000, 100_000);

    public StoreLimits {
        if (stackBytes < 0 || memoryBytes < 0 || tableElements < 0 || instances < 0) {
            throw new IllegalArgumentException("a limit is negative");
        }
    }

    /** 4 MiB of call stack, memories without a limit, 20 million table elements. */
    public static StoreLimits defaults() {
        return DEFAULTS;
    }

    public StoreLimits withStackBytes(int bytes) {
        return new StoreLimits(bytes, memoryBytes, tableElements, instances);
    }

    public StoreLimits withMemoryBytes(long bytes) {
        return new StoreLimits(stackBytes, bytes, tableElements, instances);
    }

    public StoreLimits withTableElements(long elements) {
        return new StoreLimits(stackBytes, memoryBytes, elements, instances);
    }

    public StoreLimits withInstances(int count) {
        return new StoreLimits(stackBytes, memoryBytes, tableElements, count);
    }
}
