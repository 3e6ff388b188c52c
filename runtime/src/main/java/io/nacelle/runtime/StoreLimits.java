// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

/**
 * What the guests of one store may use together. Immutable; each {@code with} method gives a
 * changed copy.
 *
 * @param stackBytes the call stack: each frame counts its declared size (see {@code
 *     docs/limits.md}), the same in every mode
 * @param callDepth the calls of guest functions that are open at one time, in each thread of the
 *     guest; {@link Integer#MAX_VALUE} for any number. Another needs an engine that counts them
 *     ({@link EngineConfig#withCallDepth})
 * @param memoryBytes the sizes of all memories
 * @param tableElements the sizes of all tables
 * @param instances the number of instances
 * @param objectBytes one structure or array of the garbage collection proposal, where references
 *     count 8 bytes, or one string of {@link JsStrings}
 */
public record StoreLimits(
        int stackBytes,
        int callDepth,
        long memoryBytes,
        long tableElements,
        int instances,
        long objectBytes) {
    private static final StoreLimits DEFAULTS =
            new StoreLimits(
                    4 << 20, Integer.MAX_VALUE, Long.MAX_VALUE, 20_000_000, 100_000, 256 << 20);

    public StoreLimits {
        if (callDepth < 1) {
            throw new IllegalArgumentException("a guest needs one call, not " + callDepth);
        }
        if (stackBytes < 0
                || memoryBytes < 0
                || tableElements < 0
                || instances < 0
                || objectBytes < 0) {
            throw new IllegalArgumentException("a limit is negative");
        }
    }

    /**
     * 4 MiB of call stack, memories without a limit, 20 million table elements, objects of 256 MiB.
     */
    public static StoreLimits defaults() {
        return DEFAULTS;
    }

    public StoreLimits withStackBytes(int bytes) {
        return new StoreLimits(
                bytes, callDepth, memoryBytes, tableElements, instances, objectBytes);
    }

    public StoreLimits withCallDepth(int calls) {
        return new StoreLimits(
                stackBytes, calls, memoryBytes, tableElements, instances, objectBytes);
    }

    public StoreLimits withMemoryBytes(long bytes) {
        return new StoreLimits(stackBytes, callDepth, bytes, tableElements, instances, objectBytes);
    }

    public StoreLimits withTableElements(long elements) {
        return new StoreLimits(
                stackBytes, callDepth, memoryBytes, elements, instances, objectBytes);
    }

    public StoreLimits withInstances(int count) {
        return new StoreLimits(
                stackBytes, callDepth, memoryBytes, tableElements, count, objectBytes);
    }

    public StoreLimits withObjectBytes(long bytes) {
        return new StoreLimits(stackBytes, callDepth, memoryBytes, tableElements, instances, bytes);
    }
}
