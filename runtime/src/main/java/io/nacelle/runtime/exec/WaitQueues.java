// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.StoppedException;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The threads that wait at addresses of one shared memory. A queue exists while somebody waits at
 * its address. Addresses are spread over stripes with a lock each, which is held for moments only.
 */
final class WaitQueues {
    /** What {@code memory.atomic.wait} returns. */
    static final int WOKEN = 0;

    static final int NOT_EQUAL = 1;
    static final int TIMED_OUT = 2;

    private static final int STRIPES = 16;

    private static final class Waiter {
        final Thread thread = Thread.currentThread();
        volatile boolean woken;
    }

    private static final class Stripe {
        final Map<Long, ArrayDeque<Waiter>> queues = new HashMap<>();
    }

    private final Stripe[] stripes = new Stripe[STRIPES];

    WaitQueues() {
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Stripe();
        }
    }

    private Stripe stripe(long address) {
        // Addresses are multiples of four.
        return stripes[(int) (address >>> 2) & STRIPES - 1];
    }

    /**
     * Waits until notified.
     *
     * @param asExpected whether the memory holds what the guest expects; asked under the lock that
     *     a notification takes
     * @param nanos how long; without end when negative
     * @throws StoppedException when the thread is interrupted
     */
    int await(StoreImpl store, long address, BooleanSupplier asExpected, long nanos) {
        var stripe = stripe(address);
        var waiter = new Waiter();
        synchronized (stripe) {
            if (!asExpected.getAsBoolean()) {
                return NOT_EQUAL;
            }
            stripe.queues.computeIfAbsent(address, _ -> new ArrayDeque<>(2)).add(waiter);
        }
        long start = System.nanoTime();
        store.beginWait();
        try {
            while (!waiter.woken) {
                store.poll();
                if (waiter.thread.isInterrupted()) {
                    // The interrupt stays set: whoever owns the thread wants to see it.
                    throw new StoppedException();
                }
                if (nanos < 0) {
                    LockSupport.park(this);
                    continue;
                }
                long left = nanos - (System.nanoTime() - start);
                if (left <= 0) {
                    break;
                }
                LockSupport.parkNanos(this, left);
            }
        } finally {
            store.endWait();
            if (!waiter.woken) {
                remove(stripe, address, waiter);
            }
        }
        // Asked last: a notification that came before the queue was left has counted this waiter.
        return waiter.woken ? WOKEN : TIMED_OUT;
    }

    private static void remove(Stripe stripe, long address, Waiter waiter) {
        synchronized (stripe) {
            var queue = stripe.queues.get(address);
            if (queue != null && queue.remove(waiter) && queue.isEmpty()) {
                stripe.queues.remove(address);
            }
        }
    }

    /**
     * Wakes those that have waited longest.
     *
     * @param count how many at most, unsigned
     * @return how many
     */
    int wake(long address, int count) {
        long most = Integer.toUnsignedLong(count);
        var stripe = stripe(address);
        int done = 0;
        synchronized (stripe) {
            var queue = stripe.queues.get(address);
            while (queue != null && done < most) {
                var waiter = queue.remove();
                waiter.woken = true;
                LockSupport.unpark(waiter.thread);
                done++;
                if (queue.isEmpty()) {
                    stripe.queues.remove(address);
                    queue = null;
                }
            }
        }
        return done;
    }

    /** How many threads wait, at whatever address. */
    int size() {
        int sum = 0;
        for (var stripe : stripes) {
            synchronized (stripe) {
                sum += stripe.queues.values().stream().mapToInt(ArrayDeque::size).sum();
            }
        }
        return sum;
    }
}
