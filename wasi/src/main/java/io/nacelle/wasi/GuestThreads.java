// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi;

import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.wasi.preview1.Preview1;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.NumType;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The threads of one guest (wasi-threads). Each is a platform thread with a store of its own, in
 * which the guest's module is instantiated anew; the shared memories are the same. They end as one:
 * the first that exits, traps or otherwise fails stops all others.
 *
 * <p>Stores are stopped by closing them, which cannot miss a thread that is about to begin.
 */
final class GuestThreads {
    static final String MODULE = "wasi";
    static final String SPAWN = "thread-spawn";
    static final String START = "wasi_thread_start";

    /** Thread ids are below 2^29: the guest's C library uses the bits above for itself. */
    private static final int MAX_ID = (1 << 29) - 1;

    /** What a failed spawn returns: minus the number of EAGAIN. */
    private static final int AGAIN = -6;

    /** Milliseconds between two looks at what may have changed without a word. */
    private static final long LONGEST_PAUSE = 20;

    private static final FuncType SPAWN_TYPE =
            FuncType.of(List.of(NumType.I32), List.of(NumType.I32));
    private static final FuncType START_TYPE =
            FuncType.of(List.of(NumType.I32, NumType.I32), List.of());

    /** One thread; its store is there once it is made. */
    private static final class Guest {
        private Optional<Store> store = Optional.empty();
        private Optional<Thread> thread = Optional.empty();
    }

    private final Preview1 functions;
    private final int most;
    private final Consumer<Linker> imports;

    // Guarded by this.
    private final Map<Integer, Guest> running = new HashMap<>();
    private final Deque<Thread> finished = new ArrayDeque<>();
    private Optional<Store> main = Optional.empty();

    /** What ended a thread and so the group; until it is told. */
    private Optional<Throwable> failure = Optional.empty();

    private boolean ending;

    /** Whether a call of the host is under way that {@link #begin} began. */
    private boolean calling;

    private int lastId;

    GuestThreads(Preview1 functions, int most, Consumer<Linker> imports) {
        this.functions = functions;
        this.most = most;
        this.imports = imports;
    }

    /** Defines the function that spawns a thread, for the guest's first store. */
    void define(Linker linker) {
        synchronized (this) {
            main = Optional.of(linker.store());
        }
        define(linker, linker);
    }

    /**
     * Defines the function.
     *
     * @param origin the linker of the first store: the one that has the shared memories
     */
    private void define(Linker linker, Linker origin) {
        linker.define(
                MODULE,
                SPAWN,
                SPAWN_TYPE,
                frame -> {
                    Instance caller =
                            frame.caller()
                                    .orElseThrow(
                                            () ->
                                                    new IllegalStateException(
                                                            SPAWN + " is called by a guest only"));
                    frame.setI32(0, spawn(origin, caller, frame.i32(0)));
                });
    }

    /** Whether an import is a shared memory. */
    static boolean isSharedMemory(Object type) {
        return type instanceof MemType memory && memory.isShared();
    }

    private int spawn(Linker origin, Instance caller, int argument) {
        if (!(caller.export(START).orElse(null) instanceof Func start)
                || !start.funcType().equals(START_TYPE)) {
            throw new IllegalStateException(
                    "a module that calls "
                            + SPAWN
                            + " must export "
                            + START
                            + " of the type "
                            + START_TYPE);
        }
        int id;
        var guest = new Guest();
        synchronized (this) {
            finished.removeIf(thread -> !thread.isAlive());
            if (ending || running.size() >= most) {
                return AGAIN;
            }
            id = newId();
            running.put(id, guest);
        }
        var ready = new CompletableFuture<Optional<Throwable>>();
        try {
            Store store = caller.store().newThreadStore();
            Runnable body = () -> run(id, store, origin, caller, argument, ready);
            Thread thread =
                    Thread.ofPlatform().daemon().name("nacelle-thread-" + id).unstarted(body);
            synchronized (this) {
                guest.store = Optional.of(store);
                guest.thread = Optional.of(thread);
                if (ending) {
                    store.close();
                }
            }
            thread.start();
        } catch (OutOfMemoryError | ExhaustedException e) {
            // The system has no more threads, or the budget.
            forget(id);
            return AGAIN;
        } catch (RuntimeException | Error e) {
            forget(id);
            throw e;
        }
        // Until the instance is made, so that failing to make it can be told.
        Optional<Throwable> problem = await(ready, caller.store(), guest);
        if (problem.isEmpty()) {
            return id;
        }
        synchronized (this) {
            if (ending) {
                // What the new thread met is that its store was closed; this one is being stopped.
                return AGAIN;
            }
        }
        switch (problem.get()) {
            case ExhaustedException _, OutOfMemoryError _ -> {
                return AGAIN;
            }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new AssertionError(problem.get());
        }
    }

    /**
     * Waits for a thread to begin. Making its instance may run code of the guest, which ends with
     * the group; and when the one who waits is to stop. That request alone may have come before the
     * new thread was inside its store, and so have missed it.
     */
    private static Optional<Throwable> await(
            CompletableFuture<Optional<Throwable>> ready, Store waiting, Guest begun) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return ready.get(LONGEST_PAUSE, TimeUnit.MILLISECONDS);
                } catch (TimeoutException _) {
                    if (waiting.stopRequested()) {
                        begun.store.ifPresent(Store::stop);
                    }
                } catch (InterruptedException _) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw new AssertionError(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The next number that no running thread has. */
    private int newId() {
        do {
            lastId = lastId == MAX_ID ? 1 : lastId + 1;
        } while (running.containsKey(lastId));
        return lastId;
    }

    private synchronized void forget(int id) {
        Guest guest = running.remove(id);
        guest.store.ifPresent(Store::close);
        notifyAll();
    }

    /** What a thread does. */
    private void run(
            int id,
            Store store,
            Linker origin,
            Instance caller,
            int argument,
            CompletableFuture<Optional<Throwable>> ready) {
        Optional<Preview1> own = Optional.empty();
        Optional<Throwable> problem = Optional.empty();
        try {
            var functionsHere = functions.forThread();
            own = Optional.of(functionsHere);
            Func start = instantiate(store, functionsHere, origin, caller);
            ready.complete(Optional.empty());
            start.call(id, argument);
        } catch (Throwable e) {
            problem = Optional.of(e);
            if (ready.isDone()) {
                end(problem);
            }
        } finally {
            finish(id, store, own);
            // Whoever spawned this thread is told now that there is room for another again.
            ready.complete(problem);
        }
    }

    private Func instantiate(Store store, Preview1 own, Linker origin, Instance caller) {
        Module module = caller.module();
        var linker = Linker.create(store);
        own.define(linker);
        define(linker, origin);
        for (var wanted : module.valid().syntax().imports()) {
            if (isSharedMemory(wanted.type())) {
                origin.get(wanted.module(), wanted.name())
                        .ifPresent(m -> linker.define(wanted.module(), wanted.name(), m));
            }
        }
        imports.accept(linker);
        return linker.instantiate(module, caller.mode(), caller.name()).func(START);
    }

    private void finish(int id, Store store, Optional<Preview1> own) {
        try {
            store.close();
            own.ifPresent(Preview1::closeThread);
        } finally {
            // Whatever happens: others wait for this.
            synchronized (this) {
                if (running.remove(id) != null) {
                    notifyAll();
                    finished.add(Thread.currentThread());
                }
            }
        }
    }

    /**
     * Before a call of the host that is to be the guest's first thread; {@link #endAll} follows it.
     *
     * @return what has ended another thread since the last such call, so that there is nothing to
     *     call any more
     */
    Optional<Throwable> begin() {
        synchronized (this) {
            if (failure.isEmpty()) {
                if (running.isEmpty()) {
                    ending = false;
                }
                calling = true;
                return Optional.empty();
            }
        }
        return endAll();
    }

    /**
     * Stops all threads; the first who asks says why.
     *
     * @param reason what ended a thread, or nothing when the first thread ended
     */
    private void end(Optional<Throwable> reason) {
        List<Store> stores = new ArrayList<>();
        synchronized (this) {
            if (ending) {
                return;
            }
            ending = true;
            failure = reason;
            running.values().forEach(guest -> guest.store.ifPresent(stores::add));
        }
        // Closing a store whose thread has just left releases it here, which takes its time.
        stores.forEach(Store::close);
        if (reason.isPresent()) {
            stopFirst();
        }
    }

    /**
     * Has the first thread stop. A request is forgotten when the host is outside the store, as it
     * is before its first call and between two of them: so it is made until all are over.
     */
    private synchronized void stopFirst() {
        main.ifPresent(Store::stop);
        boolean interrupted = false;
        for (long pause = 1; calling; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
            try {
                wait(pause);
            } catch (InterruptedException _) {
                interrupted = true;
            }
            if (calling) {
                main.ifPresent(Store::stop);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Ends the group after the first thread and waits until no thread is left.
     *
     * @return what ended another thread before, and so the group
     */
    Optional<Throwable> endAll() {
        synchronized (this) {
            calling = false;
            notifyAll();
        }
        end(Optional.empty());
        boolean interrupted = false;
        while (true) {
            try {
                Optional<Thread> next = next();
                if (next.isEmpty()) {
                    break;
                }
                next.get().join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            Optional<Throwable> told = failure;
            failure = Optional.empty();
            return told;
        }
    }

    /** A thread to wait for; none when all have ended. */
    private synchronized Optional<Thread> next() throws InterruptedException {
        while (true) {
            finished.removeIf(thread -> !thread.isAlive());
            // A thread that closes the system it runs in cannot wait for itself.
            Thread self = Thread.currentThread();
            for (Thread thread : finished) {
                if (thread != self) {
                    return Optional.of(thread);
                }
            }
            boolean all = true;
            for (Guest guest : running.values()) {
                if (guest.thread.isEmpty() || guest.thread.get() != self) {
                    all = false;
                    if (guest.thread.isPresent() && guest.thread.get().isAlive()) {
                        return guest.thread;
                    }
                }
            }
            if (all) {
                return Optional.empty();
            }
            // One is between being counted and being started.
            wait();
        }
    }
}
