// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A call in a task of its own. Cancelling it stops this call of the guest, and never another. */
final class AsyncCall extends CompletableFuture<Object[]> {
    private final FuncImpl func;
    private final Object[] args;

    /** Whether the task is inside of the store. */
    private boolean inside;

    private AsyncCall(FuncImpl func, Object[] args) {
        this.func = func;
        this.args = args;
    }

    static CompletableFuture<Object[]> start(FuncImpl func, Executor executor, Object[] args) {
        var call = new AsyncCall(func, args);
        executor.execute(call::run);
        return call;
    }

    private void run() {
        try {
            if (!isDone()) {
                // Once who waits for the results knows them, the store is free.
                complete(callInside());
            }
        } catch (Throwable e) {
            completeExceptionally(e);
        }
    }

    private Object[] callInside() {
        // A request to stop has an effect on who is inside only.
        func.store.enter();
        try {
            return begin() ? func.call(args) : new Object[0];
        } finally {
            end();
            func.store.exit();
        }
    }

    private synchronized boolean begin() {
        inside = !isDone();
        return inside;
    }

    private synchronized void end() {
        inside = false;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        stopIfInside();
        return cancelled;
    }

    private synchronized void stopIfInside() {
        if (inside && isCancelled()) {
            func.store.stop();
        }
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        // Those that depend on the call are no calls.
        return new CompletableFuture<>();
    }
}
