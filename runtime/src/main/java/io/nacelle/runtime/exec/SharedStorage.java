// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.ClosedException;
import io.nacelle.runtime.ExhaustedException;
import io.nacelle.wasm.syntax.MemType;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of a shared memory, which belong to an engine: reserved to their maximum, so that the
 * base never moves. Each store that uses them, the host's handle and each access by the host counts
 * as a user; they are unmapped when the last one is gone. Thread-safe.
 */
final class SharedStorage {
    final EngineImpl engine;
    final MemType type;
    final WaitQueues waits = new WaitQueues();
    private final Optional<GuestBudget> budget;
    private final Reservation reservation;
    private final long maxBytes;
    private final AtomicLong users = new AtomicLong(1);
    private volatile long limit;

    private SharedStorage(
            EngineImpl engine,
            MemType type,
            Optional<GuestBudget> budget,
            long bytes,
            long maxBytes) {
        this.engine = engine;
        this.type = type;
        this.budget = budget;
        this.maxBytes = maxBytes;
        this.reservation = Reservation.of(maxBytes, budget.map(b -> b.space).orElse(engine.space));
        try {
            reservation.commit(bytes);
        } catch (OutOfMemoryError e) {
            reservation.free();
            throw e;
        }
        this.limit = bytes;
    }

    /**
     * Makes the storage, with one user.
     *
     * @param budget what its size is counted for, now and as it grows
     */
    static SharedStorage of(EngineImpl engine, MemType type, Optional<GuestBudget> budget) {
        long bytes = LinearMemory.initialBytes(type);
        long most = Math.min(LinearMemory.declaredMax(type), NativeMemory.MAX_BYTES);
        if (bytes < 0 || bytes > most) {
            throw StoreImpl.exhausted(type, bytes);
        }
        if (budget.isPresent() && !budget.get().tryChargeMemory(bytes)) {
            throw new ExhaustedException(
                    ExhaustedException.Resource.MEMORY,
                    "a memory of " + bytes + " bytes (" + type + ")");
        }
        try {
            return new SharedStorage(engine, type, budget, bytes, most);
        } catch (OutOfMemoryError e) {
            budget.ifPresent(b -> b.releaseMemory(bytes));
            throw StoreImpl.exhausted(type, bytes);
        }
    }

    long base() {
        return reservation.address();
    }

    /** The size in bytes. */
    long limit() {
        return limit;
    }

    /** Adds a user, unless the last one is gone. */
    void acquire() {
        while (true) {
            long seen = users.get();
            if (seen == 0) {
                throw new ClosedException();
            }
            if (users.compareAndSet(seen, seen + 1)) {
                return;
            }
        }
    }

    /** A user is gone. */
    void release() {
        if (users.decrementAndGet() == 0) {
            long bytes = limit;
            limit = 0;
            reservation.free();
            budget.ifPresent(b -> b.releaseMemory(bytes));
        }
    }

    /**
     * Grows, called by a user.
     *
     * @return the pages before, or -1
     */
    synchronized long grow(long pages) {
        int shift = type.pageSizeLog2();
        long before = limit;
        if (pages != 0) {
            if (pages < 0 || pages > (maxBytes - before) >>> shift) {
                return -1;
            }
            long added = pages << shift;
            if (budget.isPresent() && !budget.get().tryChargeMemory(added)) {
                return -1;
            }
            try {
                reservation.commit(before + added);
            } catch (OutOfMemoryError e) {
                budget.ifPresent(b -> b.releaseMemory(added));
                return -1;
            }
            limit = before + added;
        }
        return before >>> shift;
    }
}
