// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.exec.InstanceImpl;
import io.nacelle.runtime.exec.ThrownException;

import java.util.Arrays;

/**
 * The exception handlers of a function, for both interpreters; each has its own measure of place.
 * Entering and leaving a block with handlers costs nothing: when something is thrown, the place in
 * the code tells which region, the part of a block that its handlers cover, it is in. Immutable.
 *
 * <p>A region has clauses, asked in order, and an outer region, whose clauses are asked next. A
 * clause names a tag (or catches everything), and says where to go on and which slots take the
 * values and the exception itself.
 */
final class Handlers {
    static final int NONE = -1;

    /** Ints of a clause. */
    private static final int CLAUSE = 7;

    // What a clause consists of.
    private static final int TAG = 0;
    private static final int TARGET = 1;
    private static final int POSITION = 2;
    private static final int FIRST = 3;
    private static final int TOP = 4;
    private static final int KEPT = 5;
    private static final int NEXT = 6;

    /** Where the innermost region changes, in order, and the region from there on. */
    private final int[] places;

    private final int[] regions;

    /** By region: its first clause, and the region to ask after it. */
    private final int[] first;

    private final int[] outer;
    private final int[] clauses;

    private Handlers(Builder made) {
        this.places = Arrays.copyOf(made.places, made.changes);
        this.regions = Arrays.copyOf(made.regions, made.changes);
        this.first = Arrays.copyOf(made.first, made.count);
        this.outer = Arrays.copyOf(made.outer, made.count);
        this.clauses = Arrays.copyOf(made.clauses, made.size);
    }

    /** The clause that catches an exception thrown at a place, or NONE. */
    int find(int place, ThrownException e, InstanceImpl instance) {
        int change = Arrays.binarySearch(places, place);
        if (change < 0) {
            change = -change - 2;
        }
        int region = change < 0 ? NONE : regions[change];
        while (region != NONE) {
            for (int clause = first[region]; clause != NONE; clause = clauses[clause + NEXT]) {
                int tag = clauses[clause + TAG];
                if (tag == NONE || instance.tags[tag] == e.tag) {
                    return clause;
                }
            }
            region = outer[region];
        }
        return NONE;
    }

    /** Whether a clause passes the exception's values on. */
    boolean takesValues(int clause) {
        return clauses[clause + TAG] != NONE;
    }

    /** Where a clause leads. */
    int target(int clause) {
        return clauses[clause + TARGET];
    }

    /** The position in the side table that belongs to {@link #target}. */
    int position(int clause) {
        return clauses[clause + POSITION];
    }

    /** The slot for the first value. */
    int firstSlot(int clause) {
        return clauses[clause + FIRST];
    }

    /** The slot of the topmost operand at the target. */
    int topSlot(int clause) {
        return clauses[clause + TOP];
    }

    /** The slot for the exception itself, or NONE. */
    int keptSlot(int clause) {
        return clauses[clause + KEPT];
    }

    /**
     * Collects the handlers of a function in the order of its code. Regions nest. Slots of operands
     * are given as heights of the operand stack.
     */
    static final class Builder {
        private int[] places = {};
        private int[] regions = {};
        private int changes;
        private int[] first = {};
        private int[] last = {};
        private int[] outer = {};

        /** By region: the one around it in the code; where a delegation leads elsewhere. */
        private int[] around = {};

        private int count;
        private int[] clauses = {};
        private int size;
        private int current = NONE;

        /** How many legacy handlers are open, and were at most. */
        private int open;

        private int mostOpen;

        /** The innermost region that the code to come is in. */
        int current() {
            return current;
        }

        /** Opens a region within the current one; gives its number. */
        int open(int place) {
            if (count == first.length) {
                int length = Math.max(4, 2 * count);
                first = Arrays.copyOf(first, length);
                last = Arrays.copyOf(last, length);
                outer = Arrays.copyOf(outer, length);
                around = Arrays.copyOf(around, length);
            }
            first[count] = NONE;
            last[count] = NONE;
            outer[count] = current;
            around[count] = current;
            change(place, count);
            return count++;
        }

        /** Closes the current region. */
        void close(int place) {
            change(place, around[current]);
        }

        private void change(int place, int region) {
            current = region;
            if (changes > 0 && places[changes - 1] == place) {
                regions[changes - 1] = region;
                return;
            }
            if (changes == places.length) {
                int length = Math.max(4, 2 * changes);
                places = Arrays.copyOf(places, length);
                regions = Arrays.copyOf(regions, length);
            }
            places[changes] = place;
            regions[changes++] = region;
        }

        /** Has what a region does not catch go on at another than the one around it. */
        void delegate(int region, int to) {
            outer[region] = to;
        }

        /**
         * Adds a clause to a region.
         *
         * @param tag the tag it catches, or NONE when it catches everything
         * @param height of the operand stack below the values at the target
         * @param values how many values of the tag it passes on
         * @param passesReference whether the exception itself is passed on, after them
         */
        int clause(int region, int tag, int height, int values, boolean passesReference) {
            int clause = size;
            if (size + CLAUSE > clauses.length) {
                clauses = Arrays.copyOf(clauses, Math.max(2 * CLAUSE, 2 * clauses.length));
            }
            size += CLAUSE;
            clauses[clause + TAG] = tag;
            clauses[clause + TARGET] = NONE;
            clauses[clause + FIRST] = height;
            clauses[clause + TOP] = height + values - (passesReference ? 0 : 1);
            clauses[clause + KEPT] = passesReference ? height + values : NONE;
            clauses[clause + NEXT] = NONE;
            if (last[region] == NONE) {
                first[region] = clause;
            } else {
                clauses[last[region] + NEXT] = clause;
            }
            last[region] = clause;
            return clause;
        }

        /** Makes a clause wait for its target, at the head of a chain of such. */
        int chain(int clause, int chain) {
            clauses[clause + TARGET] = chain;
            return clause;
        }

        /** Sets the target of all clauses of a chain. */
        void link(int chain, int target, int position) {
            for (int clause = chain; clause != NONE; ) {
                int next = clauses[clause + TARGET];
                clauses[clause + TARGET] = target;
                clauses[clause + POSITION] = position;
                clause = next;
            }
        }

        /** Begins a legacy handler; gives the number of the slot that keeps its exception. */
        int beginCatch() {
            int number = open++;
            mostOpen = Math.max(mostOpen, open);
            return number;
        }

        void endCatch() {
            open--;
        }

        /** Has a clause keep the exception in a slot apart from the operands. */
        void keep(int clause, int number) {
            // Told from operands by its sign.
            clauses[clause + KEPT] = -2 - number;
        }

        /** How many slots for exceptions a frame needs. */
        int keptSlots() {
            return mostOpen;
        }

        /**
         * What has been collected; null when there is nothing.
         *
         * @param operands the slot of the first operand
         * @param kept the first of the slots for exceptions
         */
        Handlers build(int operands, int kept) {
            if (size == 0) {
                return null;
            }
            for (int clause = 0; clause < size; clause += CLAUSE) {
                clauses[clause + FIRST] += operands;
                clauses[clause + TOP] += operands;
                int slot = clauses[clause + KEPT];
                if (slot != NONE) {
                    clauses[clause + KEPT] = slot >= 0 ? slot + operands : kept - 2 - slot;
                }
            }
            return new Handlers(this);
        }
    }
}
