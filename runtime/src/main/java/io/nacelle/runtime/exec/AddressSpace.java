// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import java.util.Optional;

/**
 * How much address space memories off the heap may reserve, and how many there may be. Reserving
 * costs nothing that the limits of a store count, but a process has only so much of it, and so many
 * mappings: a guest that used them up would not end itself but the Java machine, which needs both.
 * Thread-safe.
 */
final class AddressSpace {
    /** Half of what a process has on common systems. */
    private static final long ENGINE_BYTES = 1L << 46;

    /** A memory takes two mappings of the 65,530 that Linux allows by default. */
    private static final int ENGINE_RESERVATIONS = 1 << 14;

    private static final long GUEST_BYTES = ENGINE_BYTES / 8;
    private static final int GUEST_RESERVATIONS = ENGINE_RESERVATIONS / 8;

    private final Optional<AddressSpace> whole;
    private long bytesLeft;
    private int left;

    private AddressSpace(Optional<AddressSpace> whole, long bytes, int reservations) {
        this.whole = whole;
        this.bytesLeft = bytes;
        this.left = reservations;
    }

    static AddressSpace ofEngine() {
        return new AddressSpace(Optional.empty(), ENGINE_BYTES, ENGINE_RESERVATIONS);
    }

    /** What one guest may have of an engine's. */
    static AddressSpace ofGuest(AddressSpace engine) {
        return new AddressSpace(Optional.of(engine), GUEST_BYTES, GUEST_RESERVATIONS);
    }

    /**
     * Counts a reservation.
     *
     * @throws OutOfMemoryError when there is no room for it
     */
    void take(long bytes) {
        synchronized (this) {
            if (bytes > bytesLeft || left == 0) {
                throw new OutOfMemoryError("no address space for another memory");
            }
            bytesLeft -= bytes;
            left--;
        }
        try {
            whole.ifPresent(engine -> engine.take(bytes));
        } catch (OutOfMemoryError e) {
            add(bytes);
            throw e;
        }
    }

    /** A reservation is gone. */
    void giveBack(long bytes) {
        whole.ifPresent(engine -> engine.giveBack(bytes));
        add(bytes);
    }

    private synchronized void add(long bytes) {
        bytesLeft += bytes;
        left++;
    }
}
