// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.runtime.Store;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Stops a guest that has run for too long, whether it computes or waits. */
final class Watchdog implements AutoCloseable {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final Duration INSISTENCE = Duration.ofMillis(20);

    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * Starts watching.
     *
     * @param seconds how long the guest may run; without end when empty
     */
    Watchdog(Optional<Double> seconds, Store store) {
        seconds.ifPresent(
                s -> {
                    var patience = Duration.ofNanos((long) (Math.max(0, s) * NANOS_PER_SECOND));
                    Thread.ofPlatform()
                            .daemon()
                            .name("watchdog")
                            .start(() -> watch(patience, store));
                });
    }

    private void watch(Duration patience, Store store) {
        try {
            var wait = patience;
            while (!closed.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                // A request made between two calls of the guest has no effect, so it is repeated.
                store.stop();
                wait = INSISTENCE;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
