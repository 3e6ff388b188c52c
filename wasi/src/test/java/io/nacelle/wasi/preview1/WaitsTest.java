// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FsException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Waiting for sockets that other threads close. */
@Timeout(60)
class WaitsTest {
    private static Listener listener() throws Exception {
        return new Listener(ServerSocketChannel.open().bind(null));
    }

    @Test
    void aThreadThatHasJustEndedIsNoFailureOfTheOneThatCloses() throws Exception {
        var hub = new Hub();
        var waits = new Waits();
        hub.add(waits);
        var listener = listener();
        assertFalse(waits.await(List.of(new Waits.Interest(listener, Waits.Direction.READ)), 1000));
        listener.close();
        // Whoever closed it may have seen the hub before the other thread took itself out.
        waits.close();
        hub.releaseClosed();
        hub.wake();
    }

    @Test
    void closingWhatAnotherWaitsForIsAnErrorOfTheWait() throws Exception {
        for (int round = 0; round < 60; round++) {
            var hub = new Hub();
            var listeners = new ArrayList<Listener>();
            var interests = new ArrayList<Waits.Interest>();
            for (int i = 0; i < 24; i++) {
                var listener = listener();
                listeners.add(listener);
                interests.add(new Waits.Interest(listener, Waits.Direction.READ));
            }
            var waiter =
                    new FutureTask<>(
                            () -> {
                                try (var waits = new Waits()) {
                                    hub.add(waits);
                                    while (!waits.await(interests, 1000)) {}
                                    return Errno.SUCCESS;
                                } catch (FsException e) {
                                    return e.errno();
                                }
                            });
            Thread.ofPlatform().daemon().start(waiter);
            Thread.sleep(round % 3);
            for (Listener listener : listeners) {
                listener.close();
                hub.releaseClosed();
            }
            assertEquals(Errno.BADF, waiter.get(10, TimeUnit.SECONDS));
        }
    }
}
