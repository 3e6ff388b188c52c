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
    private Optional<Throwable> failure = Optional.empty();
    private boolean ending;
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
        } catch (OutOfMemoryError e) {
            // The system has no more threads.
            forget(id);
            return AGAIN;
        } catch (RuntimeException | Error e) {
            forget(id);
            throw e;
        }
        // Until the instance is made, so that failing to make it can be told. The thread ends with
        // the group, so this does too.
        Optional<Throwable> problem = ready.join();
        if (problem.isEmpty()) {
            return id;
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
        Preview1 own = functions.forThread();
        try {
            Func start;
            try {
                start = instantiate(store, own, origin, caller);
            } catch (Throwable e) {
                finish(id, store, own);
                ready.complete(Optional.of(e));
                return;
            }
            ready.complete(Optional.empty());
            start.call(id, argument);
        } catch (Throwable e) {
            end(Optional.of(e));
        } finally {
            finish(id, store, own);
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

    private void finish(int id, Store store, Preview1 own) {
        store.close();
        own.closeThread();
        synchronized (this) {
            if (running.remove(id) != null) {
                finished.add(Thread.currentThread());
                notifyAll();
            }
        }
    }

    /** Before a call of the host that is to be the guest's first thread. */
    synchronized void begin() {
        if (running.isEmpty()) {
            ending = false;
            failure = Optional.empty();
        }
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
            if (reason.isPresent()) {
                main.ifPresent(Store::stop);
            }
        }
        // Closing a store whose thread has just left releases it here, which takes its time.
        stores.forEach(Store::close);
    }

    /**
     * Ends the group after the first thread and waits until no thread is left.
     *
     * @return what ended another thread before, and so the group
     */
    Optional<Throwable> endAll() {
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
            return failure;
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
