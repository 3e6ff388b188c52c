// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import java.util.Arrays;

/**
 * What loops over bytes do, all at once: HotSpot does not make vectors of them. Where doing it at
 * once would not be the same as doing it byte by byte, nothing is done, and the loop has to run.
 */
public final class ByteLoops {
    /** More bytes are left to the loop, which looks for requests to stop. */
    private static final int MOST_BYTES = 1 << 24;

    private ByteLoops() {}

    /**
     * How many rounds a loop makes that goes on while a number is not 0, or -1 when it wraps
     * around.
     *
     * @param first the number at the end of the first round
     * @param step what it changes by in each round
     */
    private static int rounds(int first, int step) {
        long distance = (step < 0 ? first : -first) & 0xFFFF_FFFFL;
        int width = Math.abs(step);
        if (distance % width != 0 || distance / width >= MOST_BYTES) {
            return -1;
        }
        return (int) (distance / width) + 1;
    }

    /** The lowest address of the bytes that a loop accesses, or -1 when not all are in memory. */
    private static int lowest(int address, int offset, int count, int step, int most, int limit) {
        long begin = (address & 0xFFFF_FFFFL) + offset;
        long low = step > 0 ? begin : begin - count + 1;
        // No sum may have wrapped around before an offset was added to it.
        return low - most < 0 || low + count > limit ? -1 : (int) low;
    }

    /**
     * Copies bytes, upwards from the first or downwards.
     *
     * @param to the address that the first byte goes to, without its offset
     * @param from the same of where it comes from
     * @param mostOffset the largest offset of an access
     * @param step by how much addresses change in each round: as many bytes are copied in it
     * @return the rounds of the loop that need not be made any more; 0 when it has to run
     */
    public static int copy(
            byte[] memory,
            int limit,
            int to,
            int toOffset,
            int from,
            int fromOffset,
            int mostOffset,
            int step,
            int first,
            int firstStep) {
        int rounds = rounds(first, firstStep);
        long count = (long) rounds * Math.abs(step);
        if (rounds < 0 || count > MOST_BYTES) {
            return 0;
        }
        int target = lowest(to, toOffset, (int) count, step, mostOffset, limit);
        int source = lowest(from, fromOffset, (int) count, step, mostOffset, limit);
        if (target < 0 || source < 0) {
            return 0;
        }
        boolean ahead = step > 0 ? target > source : target < source;
        if (ahead && Math.abs((long) target - source) < count) {
            // Bytes are copied again that were copied before.
            return 0;
        }
        System.arraycopy(memory, source, memory, target, (int) count);
        return rounds;
    }

    /** Fills bytes with one value; otherwise as {@link #copy}. */
    public static int fill(
            byte[] memory,
            int limit,
            int to,
            int toOffset,
            int value,
            int mostOffset,
            int step,
            int first,
            int firstStep) {
        int rounds = rounds(first, firstStep);
        long count = (long) rounds * Math.abs(step);
        if (rounds < 0 || count > MOST_BYTES) {
            return 0;
        }
        int target = lowest(to, toOffset, (int) count, step, mostOffset, limit);
        if (target < 0) {
            return 0;
        }
        Arrays.fill(memory, target, target + (int) count, (byte) value);
        return rounds;
    }
}
