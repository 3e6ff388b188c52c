// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli.wast;

import io.nacelle.runtime.Store;
import io.nacelle.wasm.text.Command;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A thread that a script starts: a script of its own, in a store of its own, which sees some of the
 * first script's instances and can import their shared memories.
 */
final class ScriptThread implements AutoCloseable {
    private final Store store;
    private final FutureTask<List<ScriptReport.Result>> work;
    private final Thread thread;

    /** Starts a thread; the runner is not used by anybody else from now on. */
    ScriptThread(String name, Store store, ScriptRunner runner, List<Command> commands) {
        this.store = store;
        this.work = new FutureTask<>(() -> runner.runAll(commands));
        this.thread = Thread.ofPlatform().daemon().name("script-" + name).start(work);
    }

    /** Waits for the end, and returns the first thing that did not pass. */
    Optional<Outcome> await() {
        try {
            return work.get().stream()
                    .map(ScriptReport.Result::outcome)
                    .filter(outcome -> !(outcome instanceof Outcome.Passed))
                    .findFirst();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(new Outcome.Failed("interrupted"));
        } catch (ExecutionException e) {
            return Optional.of(new Outcome.Failed("the thread failed: " + e.getCause()));
        }
    }

    /** Stops the thread if it still runs, and waits for its end. */
    @Override
    public void close() {
        store.close();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
