// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import java.util.Arrays;

/**
 * The places of a function's register code at which it is counted how often they are passed, and
 * the places at which the function goes on when a compiled loop has been left.
 */
final class TierPoints {
    /** Stands for the beginning of the function, where others have the offset of a loop. */
    static final int ENTRY = -1;

    private int[] points = new int[4];
    private int pointCount;

    /** Pairs of an exit and its place; in order once finished. */
    private long[] exits = new long[8];

    private int exitCount;

    /** Notes the place of an instruction that counts. */
    void add(int at) {
        if (pointCount == points.length) {
            points = Arrays.copyOf(points, 2 * pointCount);
        }
        points[pointCount++] = at;
    }

    /** Notes where the function goes on behind an exit of {@link Compiler.Exits}. */
    void exit(int exit, int at) {
        if (exitCount == exits.length) {
            exits = Arrays.copyOf(exits, 2 * exitCount);
        }
        exits[exitCount++] = (long) exit << 32 | at;
    }

    /** The code is complete. */
    void finish(FastEmitter out) {
        exits = Arrays.copyOf(exits, exitCount);
        Arrays.sort(exits);
    }

    /** The places of the instructions that count. */
    int[] points() {
        return Arrays.copyOf(points, pointCount);
    }

    /** The place behind an exit. */
    int place(int exit) {
        int found = Arrays.binarySearch(exits, (long) exit << 32);
        if (found < 0) {
            found = -found - 1;
        }
        if (found == exits.length || (int) (exits[found] >> 32) != exit) {
            throw new AssertionError(exit);
        }
        return (int) exits[found];
    }
}
