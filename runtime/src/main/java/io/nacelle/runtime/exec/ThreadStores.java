// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import java.util.ArrayList;
import java.util.List;

/** The stores of one guest with several threads: the first, and those made from it. Thread-safe. */
final class ThreadStores {
    /** How much fuel a thread takes from what all share at a time. */
    static final long FUEL_SLICE = 1 << 16;

    private final StoreImpl first;
    private final List<StoreImpl> others = new ArrayList<>();
    private volatile boolean sharesFuel;

    ThreadStores(StoreImpl first) {
        this.first = first;
    }

    StoreImpl first() {
        return first;
    }

    boolean sharesFuel() {
        return sharesFuel;
    }

    /**
     * Has all stores take their fuel from what they share.
     *
     * @return whether they did not before
     */
    synchronized boolean shareFuel() {
        boolean changes = !sharesFuel;
        sharesFuel = true;
        return changes;
    }

    void add(StoreImpl made) {
        synchronized (this) {
            others.add(made);
        }
        if (first.isClosed()) {
            made.close();
        }
    }

    private synchronized List<StoreImpl> others() {
        return others.isEmpty() ? List.of() : List.copyOf(others);
    }

    /** One of the stores is asked to stop. */
    void stop(StoreImpl store) {
        if (store == first) {
            others().forEach(StoreImpl::stop);
        }
    }

    /** One of the stores is closed. */
    void close(StoreImpl store) {
        if (store == first) {
            others().forEach(StoreImpl::close);
        } else {
            synchronized (this) {
                others.remove(store);
            }
        }
    }
}
