// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance.programs;

import io.nacelle.runtime.Store;
import io.nacelle.wasi.Wasi;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ends a guest that computes or waits for too long, so that no test can hang. */
final class Deadline implements AutoCloseable {
    private static final long INSISTENCE_MILLIS = 20;

    private final CountDownLatch closed = new CountDownLatch(1);

    Deadline(Duration limit, Store store, Wasi wasi) {
        Thread.ofPlatform().daemon().name("deadline").start(() -> watch(limit, store, wasi));
    }

    private void watch(Duration limit, Store store, Wasi wasi) {
        try {
            long wait = limit.toMillis();
            while (!closed.await(wait, TimeUnit.MILLISECONDS)) {
                // A request made between two calls of the guest has no effect, so it is repeated.
                store.stop();
                wasi.stop();
                wait = INSISTENCE_MILLIS;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
