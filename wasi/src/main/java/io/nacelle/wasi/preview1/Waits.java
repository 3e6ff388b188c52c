// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.runtime.StoppedException;
import io.nacelle.runtime.Store;
import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FsException;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The one place where a thread of a guest waits. Every wait ends at once when {@link #stop} is
 * called or the thread is interrupted.
 *
 * <p>Waiting for clocks and standard input parks the thread; sockets are waited for with a
 * selector, which can be woken as well. Pipes and devices of the host, which only poll(2) knows
 * about, are looked at every {@link #SLICE}.
 */
final class Waits implements AutoCloseable {
    private static final long SLICE = 5_000_000L;

    /** One thing waited for. */
    record Interest(Descriptor descriptor, Direction direction) {
        boolean ready() throws FsException {
            return direction == Direction.READ ? descriptor.readable() : descriptor.writable();
        }

        int operation(SelectableChannel channel) {
            if (direction == Direction.WRITE) {
                return SelectionKey.OP_WRITE;
            }
            return channel.validOps() & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT);
        }
    }

    enum Direction {
        READ,
        WRITE
    }

    private volatile Thread waiter;
    private volatile boolean stopped;
    private volatile Selector selector;
    private volatile Store store;

    // Guarded by this.
    private boolean waiting;
    private boolean releaseLater;

    /** Lets the store's own stop end waits too. */
    void follow(Store store) {
        this.store = store;
        store.onStop(this::wake);
    }

    /** Makes a waiting thread look again. */
    void wake() {
        Thread thread = waiter;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
        Selector current = selector;
        if (current != null) {
            current.wakeup();
        }
    }

    /** Ends the wait in progress, or the next one if there is none. Any thread. */
    void stop() {
        stopped = true;
        wake();
    }

    /** Forgets a stop that met no wait. */
    void reset() {
        stopped = false;
    }

    /** Ends a call that works long for its guest; asked between pieces of the work. */
    void checkStore() {
        Store current = store;
        if (current != null && current.stopRequested()) {
            throw new StoppedException();
        }
    }

    private void check() {
        if (stopped) {
            stopped = false;
            throw new StoppedException();
        }
        checkStore();
        // The interrupt stays set: whoever owns the thread wants to see it.
        if (Thread.currentThread().isInterrupted()) {
            throw new StoppedException();
        }
    }

    /**
     * Waits until one of {@code interests} is ready or {@code nanos} have passed.
     *
     * @return whether one is ready
     */
    boolean await(List<Interest> interests, long nanos) throws FsException {
        long start = System.nanoTime();
        boolean polled = false;
        boolean selecting = false;
        for (Interest interest : interests) {
            polled |= interest.descriptor().mustBePolled();
            selecting |= interest.descriptor().channel().isPresent();
        }
        waiter = Thread.currentThread();
        synchronized (this) {
            waiting = true;
        }
        try {
            if (selecting) {
                openSelector();
            }
            long pause = 0;
            while (true) {
                check();
                boolean any = selecting && select(interests, pause);
                for (Interest interest : interests) {
                    any |= interest.ready();
                }
                if (any) {
                    return true;
                }
                long left = nanos - (System.nanoTime() - start);
                if (left <= 0) {
                    return false;
                }
                pause = polled ? Math.min(left, SLICE) : left;
                if (!selecting) {
                    LockSupport.parkNanos(this, pause);
                }
            }
        } finally {
            waiter = null;
            endWait();
        }
    }

    private synchronized void endWait() throws FsException {
        waiting = false;
        if (releaseLater) {
            releaseLater = false;
            releaseClosed();
        }
    }

    private void openSelector() throws FsException {
        if (selector == null) {
            try {
                selector = Selector.open();
            } catch (IOException e) {
                throw new FsException(Errno.NOMEM);
            }
        }
    }

    private boolean select(List<Interest> interests, long nanos) throws FsException {
        Selector on = selector;
        try {
            for (Interest interest : interests) {
                if (interest.descriptor().channel().isPresent()) {
                    SelectableChannel channel = interest.descriptor().channel().get();
                    int operation = interest.operation(channel);
                    SelectionKey key = channel.keyFor(on);
                    if (key == null) {
                        channel.register(on, operation);
                    } else {
                        key.interestOpsOr(operation);
                    }
                }
            }
            on.selectedKeys().clear();
            if (nanos == 0) {
                on.selectNow();
            } else {
                // Rounded up, so that a short rest is not spent spinning.
                on.select(Math.ceilDiv(nanos, 1_000_000L));
            }
            return !on.selectedKeys().isEmpty();
        } catch (ClosedChannelException | CancelledKeyException e) {
            throw new FsException(Errno.BADF);
        } catch (IOException e) {
            throw new FsException(Errno.IO);
        } finally {
            for (SelectionKey key : on.keys()) {
                disarm(key);
            }
        }
    }

    private static void disarm(SelectionKey key) {
        try {
            key.interestOps(0);
        } catch (CancelledKeyException e) {
            // Another thread has closed the channel, maybe just now: the key is on its way out.
        }
    }

    /** Which interests the last {@link #await} found ready; asked right after it. */
    boolean isReady(Interest interest) throws FsException {
        if (interest.descriptor().channel().isEmpty()) {
            return interest.ready();
        }
        if (interest.ready()) {
            return true;
        }
        SelectableChannel channel = interest.descriptor().channel().get();
        SelectionKey key = selector == null ? null : channel.keyFor(selector);
        try {
            return key != null
                    && selector.selectedKeys().contains(key)
                    && (key.readyOps() & interest.operation(channel)) != 0;
        } catch (CancelledKeyException e) {
            throw new FsException(Errno.BADF);
        }
    }

    /**
     * Lets go of channels that were closed. The system's socket stays open, and a listener's port
     * taken, until the selector that once waited for it has dropped the key, which it does when it
     * selects. A thread that waits is woken and does that itself. Any thread.
     */
    void releaseClosed() throws FsException {
        Selector current = selector;
        if (current == null) {
            return;
        }
        synchronized (this) {
            if (!waiting) {
                try {
                    current.selectNow();
                } catch (ClosedSelectorException e) {
                    // The thread that this belongs to has just ended, and let go of everything.
                } catch (IOException e) {
                    throw new FsException(Errno.IO);
                }
                return;
            }
            releaseLater = true;
        }
        current.wakeup();
    }

    @Override
    public void close() {
        Selector current = selector;
        if (current != null) {
            try {
                current.close();
            } catch (IOException e) {
                // Nothing was lost: a selector holds no data.
            }
        }
    }
}
