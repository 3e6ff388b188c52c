// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.ClosedException;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A shared memory as one store, or the host, has it. While a view is open its storage stays.
 *
 * <p>The thread that is inside the view's store uses the storage directly, since the store is not
 * released meanwhile. An access by any other thread is counted as a user for its time.
 */
final class SharedView extends NativeMemory {
    final SharedStorage storage;

    /** The store, which the host's handle has not. */
    private final Optional<StoreImpl> owner;

    private final AtomicBoolean closed = new AtomicBoolean();

    /** Makes a view; the caller has counted it as a user of the storage. */
    SharedView(StoreImpl store, SharedStorage storage) {
        super(store, storage.type, storage);
        this.storage = storage;
        this.owner = Optional.ofNullable(store);
    }

    @Override
    public long size() {
        return closed.get() ? 0 : storage.limit();
    }

    private boolean isInside() {
        return owner.isPresent() && owner.get().isInside();
    }

    @Override
    boolean enterIfOutside() {
        if (isInside()) {
            return false;
        }
        storage.acquire();
        if (closed.get()) {
            storage.release();
            throw new ClosedException();
        }
        return true;
    }

    @Override
    void leave(boolean entered) {
        if (entered) {
            storage.release();
        }
    }

    @Override
    long extend(long pages) {
        return storage.grow(pages);
    }

    @Override
    void checkOpen() {
        if (closed.get()) {
            throw new ClosedException();
        }
    }

    @Override
    void poll() {
        // A request to stop is for the guest, not for a host that reads beside it.
        if (isInside()) {
            owner.get().poll();
        }
    }

    @Override
    void discard() {
        release();
    }

    @Override
    void release() {
        if (closed.compareAndSet(false, true)) {
            storage.release();
        }
    }
}
