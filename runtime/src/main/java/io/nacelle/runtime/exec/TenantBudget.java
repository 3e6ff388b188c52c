// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Budget;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A budget of several stores. The monitor guards the counts and the deadline. */
public final class TenantBudget implements Budget {
    /** How often a request to stop is made again: one between two calls has no effect. */
    private static final long INSISTENCE_MILLIS = 10;

    /** The clock of all budgets; there from the first deadline on. */
    private static final class Clock {
        static final ScheduledThreadPoolExecutor TIMER = make();

        private static ScheduledThreadPoolExecutor make() {
            var timer =
                    new ScheduledThreadPoolExecutor(
                            1, Thread.ofPlatform().daemon().name("nacelle-deadlines").factory());
            timer.setRemoveOnCancelPolicy(true);
            return timer;
        }
    }

    private final long[] most = new long[Resource.values().length];
    private final long[] used = new long[most.length];
    private long fuel;
    private final Set<StoreImpl> stores = ConcurrentHashMap.newKeySet();

    /** What the clock has of the deadline; null when it is not to come, or nobody runs into it. */
    private ScheduledFuture<?> deadline;

    /** Tells deadlines apart: one that was replaced may be on its way. */
    private long generation;

    /** Whether the deadline has passed. */
    private volatile boolean expired;

    /** Makes one without limits. */
    public TenantBudget() {
        Arrays.fill(most, Long.MAX_VALUE);
    }

    private static long notNegative(long number) {
        if (number < 0) {
            throw new IllegalArgumentException("negative: " + number);
        }
        return number;
    }

    @Override
    public synchronized Budget limit(Resource resource, long most) {
        this.most[resource.ordinal()] = notNegative(most);
        return this;
    }

    @Override
    public synchronized long limit(Resource resource) {
        return most[resource.ordinal()];
    }

    @Override
    public synchronized long used(Resource resource) {
        return used[resource.ordinal()];
    }

    @Override
    public synchronized boolean tryTake(Resource resource, long amount) {
        int at = resource.ordinal();
        if (notNegative(amount) > most[at] - used[at]) {
            return false;
        }
        used[at] += amount;
        return true;
    }

    @Override
    public synchronized void giveBack(Resource resource, long amount) {
        int at = resource.ordinal();
        used[at] = Math.max(0, used[at] - notNegative(amount));
    }

    @Override
    public synchronized Budget setFuel(long fuel) {
        this.fuel = notNegative(fuel);
        return this;
    }

    @Override
    public synchronized long fuel() {
        return fuel;
    }

    /** Takes at most so much fuel. */
    synchronized long takeFuel(long upTo) {
        long taken = Math.min(fuel, upTo);
        fuel -= taken;
        return taken;
    }

    /** Puts fuel back that a store has not used. */
    synchronized void addFuel(long amount) {
        long sum = fuel + amount;
        fuel = sum < 0 ? Long.MAX_VALUE : sum;
    }

    @Override
    public synchronized Budget setDeadline(Duration fromNow) {
        if (fromNow.isNegative()) {
            throw new IllegalArgumentException("negative: " + fromNow);
        }
        clearDeadline();
        // What lies further ahead than the clock can tell never comes.
        schedule(
                fromNow.compareTo(Duration.ofDays(36500)) > 0
                        ? TimeUnit.DAYS.toMillis(36500)
                        : fromNow.toMillis());
        return this;
    }

    private void schedule(long millis) {
        // The clock keeps nobody: a budget that is not used any more has no deadline.
        var self = new WeakReference<>(this);
        long mine = generation;
        deadline =
                Clock.TIMER.schedule(
                        () -> {
                            var budget = self.get();
                            if (budget != null) {
                                budget.expire(mine);
                            }
                        },
                        millis,
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized Budget clearDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
        generation++;
        expired = false;
        return this;
    }

    private void expire(long which) {
        synchronized (this) {
            if (which != generation) {
                return;
            }
            expired = true;
            deadline = null;
            if (!stores.isEmpty()) {
                schedule(INSISTENCE_MILLIS);
            }
        }
        stop();
    }

    boolean isExpired() {
        return expired;
    }

    @Override
    public void stop() {
        stores.forEach(StoreImpl::stop);
    }

    synchronized void add(StoreImpl store) {
        stores.add(store);
        if (expired && deadline == null) {
            schedule(0);
        }
    }

    void remove(StoreImpl store) {
        stores.remove(store);
    }
}
