// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Budget.Resource;
import io.nacelle.runtime.StoreLimits;

/** What the stores of one guest hold together, against their limits. Thread-safe. */
final class GuestBudget {
    private final StoreLimits limits;

    /** What the guest has together with others, or null. */
    final TenantBudget tenant;

    private long memoryBytes;
    private long tableElements;
    private int instances;

    /** Fuel that no store of the guest has taken yet; used when there is more than one. */
    private long fuel;

    /** What its memories may take of the address space. */
    final AddressSpace space;

    GuestBudget(StoreLimits limits, AddressSpace engine, TenantBudget tenant) {
        this.tenant = tenant;
        this.limits = limits;
        this.space = AddressSpace.ofGuest(engine);
    }

    private boolean tryTake(Resource resource, long amount) {
        return tenant == null || tenant.tryTake(resource, amount);
    }

    private void giveBack(Resource resource, long amount) {
        if (tenant != null) {
            tenant.giveBack(resource, amount);
        }
    }

    boolean tryChargeThread() {
        return tryTake(Resource.THREADS, 1);
    }

    void releaseThread() {
        giveBack(Resource.THREADS, 1);
    }

    synchronized long memoryBytes() {
        return memoryBytes;
    }

    synchronized boolean tryChargeMemory(long bytes) {
        if (bytes > limits.memoryBytes() - memoryBytes || !tryTake(Resource.MEMORY, bytes)) {
            return false;
        }
        memoryBytes += bytes;
        return true;
    }

    synchronized void releaseMemory(long bytes) {
        memoryBytes -= bytes;
        giveBack(Resource.MEMORY, bytes);
    }

    synchronized boolean tryChargeTable(long elements) {
        if (elements > limits.tableElements() - tableElements
                || !tryTake(Resource.TABLE, elements)) {
            return false;
        }
        tableElements += elements;
        return true;
    }

    synchronized void releaseTable(long elements) {
        tableElements -= elements;
        giveBack(Resource.TABLE, elements);
    }

    synchronized boolean tryChargeInstance() {
        if (instances >= limits.instances() || !tryTake(Resource.INSTANCES, 1)) {
            return false;
        }
        instances++;
        return true;
    }

    synchronized void releaseInstances(int count) {
        instances -= count;
        giveBack(Resource.INSTANCES, count);
    }

    synchronized long fuel() {
        return fuel;
    }

    synchronized void setFuel(long amount) {
        fuel = amount;
    }

    /** Puts fuel back that a store has not used. */
    synchronized void addFuel(long amount) {
        fuel += amount;
        if (fuel < 0) {
            fuel = Long.MAX_VALUE;
        }
    }

    /** Takes at most so much fuel. */
    synchronized long takeFuel(long most) {
        long taken = Math.min(fuel, most);
        fuel -= taken;
        return taken;
    }
}
