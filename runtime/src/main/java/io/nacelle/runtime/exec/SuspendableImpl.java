// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Suspendable;

/**
 * A call on a virtual thread. The monitor guards all of it and hands the turn over: the guest has
 * it while it runs, whoever called {@link #run} otherwise.
 */
public final class SuspendableImpl implements Suspendable {
    private final FuncImpl func;
    private final Object[] args;
    private State state = State.NEW;

    /** The guest's thread, once it was started. */
    private Thread guest;

    /** Whether the guest's thread is inside the store. */
    private boolean inside;

    /** Whether the call is to end. */
    private boolean ending;

    /** Fuel that has been given and not been taken. */
    private long given;

    private Object[] results;
    private Throwable failure;

    SuspendableImpl(FuncImpl func, Object[] args) {
        this.func = func;
        this.args = args;
    }

    @Override
    public State run(long fuel) {
        if (fuel < 0) {
            throw new IllegalArgumentException("fuel is negative");
        }
        synchronized (this) {
            if (state == State.FAILED && failure != null) {
                // It ended while it was suspended, and nobody has been told.
                return end();
            }
            if (state != State.NEW && state != State.SUSPENDED) {
                throw new IllegalStateException(
                        state == State.RUNNING ? "the call runs" : "the call has ended");
            }
            given = fuel;
            state = State.RUNNING;
            if (guest == null) {
                guest = Thread.ofVirtual().name("guest").unstarted(this::runGuest);
                guest.start();
            } else {
                notifyAll();
            }
            awaitWhileRunning();
            return end();
        }
    }

    private State end() {
        if (failure != null) {
            var thrown = failure;
            failure = null;
            throw SuspendableImpl.<RuntimeException>unchecked(thrown);
        }
        return state;
    }

    /** Waits for the guest; who interrupts the waiting thread interrupts the guest's. */
    private void awaitWhileRunning() {
        boolean interrupted = false;
        while (state == State.RUNNING) {
            try {
                wait();
            } catch (InterruptedException _) {
                interrupted = true;
                guest.interrupt();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void runGuest() {
        Object[] values = null;
        Throwable thrown = null;
        try {
            func.store.enter();
            try {
                begin();
                values = Calls.call(func, args);
            } finally {
                leave();
            }
        } catch (Throwable e) {
            thrown = e;
        }
        synchronized (this) {
            results = values;
            failure = thrown;
            state = thrown == null ? State.RETURNED : State.FAILED;
            notifyAll();
        }
    }

    private synchronized void begin() {
        inside = true;
        func.store.fuel = sum(func.store.fuel, given);
        func.store.suspendable = this;
        if (ending) {
            func.store.stop();
        }
    }

    private void leave() {
        synchronized (this) {
            // From here on, who closes the call does not stop whatever the store is used for next.
            inside = false;
            func.store.suspendable = null;
            func.store.fuel = Math.max(0, func.store.fuel);
        }
        func.store.exit();
    }

    /**
     * Waits for more fuel, as the guest.
     *
     * @throws io.nacelle.runtime.StoppedException when it is to end instead
     */
    void suspend() {
        boolean interrupted = false;
        synchronized (this) {
            if (Thread.currentThread() != guest) {
                throw new IllegalStateException("the store is in use by another thread");
            }
            if (!ending && !func.store.stopRequested()) {
                state = State.SUSPENDED;
                notifyAll();
            }
            while (state == State.SUSPENDED && !ending && !func.store.stopRequested()) {
                try {
                    wait();
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
            func.store.fuel = sum(func.store.fuel, given);
            given = 0;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (ending()) {
            // So that host functions which catch the exception do not get further than others.
            func.store.stop();
        }
        func.store.poll();
    }

    private synchronized boolean ending() {
        return ending;
    }

    /** Has the guest look whether it is to stop. */
    synchronized void wake() {
        notifyAll();
    }

    private static long sum(long left, long more) {
        long sum = left + more;
        return left > 0 && sum < 0 ? Long.MAX_VALUE : sum;
    }

    @Override
    public synchronized State state() {
        return state;
    }

    @Override
    public synchronized Object[] results() {
        if (state != State.RETURNED) {
            throw new IllegalStateException("the call has not returned");
        }
        return results.clone();
    }

    @Override
    public synchronized void close() {
        if (guest == null) {
            state = State.FAILED;
            return;
        }
        ending = true;
        if (inside) {
            func.store.stop();
        }
        notifyAll();
        if (Thread.currentThread() == guest) {
            return;
        }
        boolean interrupted = false;
        while (state == State.RUNNING || state == State.SUSPENDED) {
            try {
                wait();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        // What it ended with is what was asked for.
        failure = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E unchecked(Throwable e) throws E {
        throw (E) e;
    }
}
