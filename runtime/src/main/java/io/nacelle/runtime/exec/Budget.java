// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.StoreLimits;

/** What the stores of one guest hold together, against their limits. Thread-safe. */
final class Budget {
    private final StoreLimits limits;
    private long memoryBytes;
    private long tableElements;
    private int instances;

    /** Fuel that no store of the guest has taken yet; used when there is more than one. */
    private long fuel;

    /** What its memories may take of the address space. */
    final AddressSpace space;

    Budget(StoreLimits limits, AddressSpace engine) {
        this.limits = limits;
        this.space = AddressSpace.ofGuest(engine);
    }

    synchronized long memoryBytes() {
        return memoryBytes;
    }

    synchronized boolean tryChargeMemory(long bytes) {
        if (bytes > limits.memoryBytes() - memoryBytes) {
            return false;
        }
        memoryBytes += bytes;
        return true;
    }

    synchronized void releaseMemory(long bytes) {
        memoryBytes -= bytes;
    }

    synchronized boolean tryChargeTable(long elements) {
        if (elements > limits.tableElements() - tableElements) {
            return false;
        }
        tableElements += elements;
        return true;
    }

    synchronized void releaseTable(long elements) {
        tableElements -= elements;
    }

    synchronized boolean tryChargeInstance() {
        if (instances >= limits.instances()) {
            return false;
        }
        instances++;
        return true;
    }

    synchronized void releaseInstances(int count) {
        instances -= count;
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
