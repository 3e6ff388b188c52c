// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.TenantBudget;

import java.time.Duration;

/**
 * What the guests of one tenant may use together: any number of stores, each besides within {@link
 * StoreLimits} of its own, and WASI. What a guest asks for is taken as a whole or not at all, and
 * comes back when the guest gives it up or its store is closed; close every store, for the budget
 * knows it until then.
 *
 * <p>Thread-safe.
 */
public sealed interface Budget permits TenantBudget {
    /** What is counted. */
    enum Resource {
        /** Bytes of all memories. */
        MEMORY,
        /** Elements of all tables. */
        TABLE,
        INSTANCES,
        /** Threads of guests beside the first of each. */
        THREADS,
        /** Open descriptors of WASI; for guests that were given the budget there too. */
        DESCRIPTORS,
        /** Bytes that guests have written by WASI; these never come back. */
        WRITTEN_BYTES
    }

    /** A budget without limits. */
    static Budget create() {
        return new TenantBudget();
    }

    /**
     * Sets a limit. One below what is in use takes nothing away.
     *
     * @throws IllegalArgumentException when it is negative
     */
    Budget limit(Resource resource, long most);

    long limit(Resource resource);

    long used(Resource resource);

    /**
     * Takes some of a resource, for a host that counts what it holds for guests.
     *
     * @return whether there was enough; otherwise nothing is taken
     * @throws IllegalArgumentException when the amount is negative
     */
    boolean tryTake(Resource resource, long amount);

    /** Gives back what was taken. */
    void giveBack(Resource resource, long amount);

    /**
     * Sets the fuel that all stores share. A store whose own ({@link Store#setFuel}) is used up
     * takes from it, in portions of at most 65,536 units; what a store has not used of its last
     * portion comes back when it is closed.
     *
     * @throws IllegalArgumentException when it is negative
     */
    Budget setFuel(long fuel);

    /** The fuel that no store has taken yet. */
    long fuel();

    /**
     * Has all guests end after so long from now, whether they compute or wait: with {@link
     * ExhaustedException} {@code TIME}, as does every later call that takes longer than some
     * milliseconds. A deadline set again replaces the former, also when that has passed.
     *
     * @throws IllegalArgumentException when it is negative
     */
    Budget setDeadline(Duration fromNow);

    /** Takes the deadline away: calls run without one again. */
    Budget clearDeadline();

    /** Stops all guests that run, as {@link Store#stop} does. */
    void stop();
}
