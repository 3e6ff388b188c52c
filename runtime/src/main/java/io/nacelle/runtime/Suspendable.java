// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.SuspendableImpl;

/**
 * A call of a guest that runs a bounded way at a time: {@link #run} lets it consume so much fuel
 * and comes back, {@link State#SUSPENDED} in the middle of whatever it does, or with its end. Where
 * it is suspended depends on the fuel alone and is the same in every mode.
 *
 * <p>The guest, and the host functions that it calls, run on a virtual thread of their own, while
 * {@link #run} waits for them; thread-locals of the caller are not seen there. The store is in use
 * by that thread until the call has ended: meanwhile other calls into the store throw {@link
 * IllegalStateException}, also those of the thread that called {@link #run}. Host functions that
 * the guest calls can call back as ever; fuel that runs out within suspends all of it.
 *
 * <p>{@link Store#stop} and {@link Store#close} end a suspended call too: its next {@link #run}
 * throws what the guest ended with.
 *
 * <p>Thread-safe; one {@link #run} at a time.
 */
public sealed interface Suspendable extends AutoCloseable permits SuspendableImpl {
    /** How far the call is. */
    enum State {
        /** {@link Suspendable#run} has not been called. */
        NEW,
        /** The guest waits for more fuel. */
        SUSPENDED,
        /** {@link Suspendable#run} is under way. */
        RUNNING,
        /** The guest has returned. */
        RETURNED,
        /** The guest ended with an exception, or was closed before it had ended. */
        FAILED
    }

    /**
     * Lets the guest go on. The fuel is added to what the store has left, or owes: a piece of code
     * that costs more than there is suspends the guest before it, and is paid for later.
     *
     * @param fuel units, not negative
     * @return {@link State#SUSPENDED} or {@link State#RETURNED}
     * @throws IllegalStateException when the call has ended or runs, or the store is in use by
     *     another
     * @throws RuntimeException whatever the call ends with, as {@link Func#call} throws it
     */
    State run(long fuel);

    State state();

    /**
     * The results of the function.
     *
     * @throws IllegalStateException unless it has returned
     */
    Object[] results();

    /**
     * Ends the call, if it has not ended: the guest is left with {@link StoppedException} where it
     * is, host functions below it included, and the store is free again when this returns. Called
     * by the guest's own host functions, it asks for that only.
     */
    @Override
    void close();
}
