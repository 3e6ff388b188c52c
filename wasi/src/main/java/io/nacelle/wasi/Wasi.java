// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi;

import io.nacelle.runtime.Extern;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Module;
import io.nacelle.wasi.preview1.Preview1;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.MemType;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * WASI 0.1 for one guest: its descriptors and everything else its functions need. Used by the
 * guest's first thread, and by those that it spawns; only {@link #stop} may be called by any
 * thread.
 *
 * <pre>{@code
 * var config = WasiConfig.empty().withArguments("hello").withProcessStreams();
 * try (var wasi = Wasi.create(config)) {
 *     var linker = Linker.create(store);
 *     wasi.define(linker);
 *     int code = wasi.run(linker.instantiate(module));
 * }
 * }</pre>
 */
public final class Wasi implements AutoCloseable {
    private static final String MEMORY_MODULE = "env";
    private static final String MEMORY_NAME = "memory";

    private final Preview1 functions;
    private final GuestThreads threads;

    private Wasi(Preview1 functions, WasiConfig config) {
        this.functions = functions;
        this.threads = new GuestThreads(functions, config.maxThreads(), config.threadImports());
    }

    /**
     * Makes the system a guest will see.
     *
     * @throws IOException if a socket that is given cannot be used
     */
    public static Wasi create(WasiConfig config) throws IOException {
        return new Wasi(new Preview1(config.setup()), config);
    }

    /**
     * Defines the 46 functions of {@code wasi_snapshot_preview1} and {@code wasi.thread-spawn}.
     *
     * <p>A thread that the guest spawns is a platform thread with a store of its own ({@link
     * io.nacelle.runtime.Store#newThreadStore}), in which the module is instantiated again. It
     * imports the shared memories that this linker has by then, and WASI; what else the module
     * imports comes from {@link WasiConfig#withThreadImports}.
     */
    public void define(Linker linker) {
        functions.define(linker);
        threads.define(linker);
    }

    /**
     * As {@link #define(Linker)}; and when the module imports a shared memory as {@code
     * env.memory}, as programs with threads do, and the linker has none, makes and defines it. It
     * counts for the limits of the linker's store.
     */
    public void define(Linker linker, Module module) {
        define(linker);
        for (var wanted : module.valid().syntax().imports()) {
            if (wanted.module().equals(MEMORY_MODULE)
                    && wanted.name().equals(MEMORY_NAME)
                    && wanted.type() instanceof MemType type
                    && type.isShared()
                    && linker.get(MEMORY_MODULE, MEMORY_NAME).isEmpty()) {
                linker.define(MEMORY_MODULE, MEMORY_NAME, linker.store().newMemory(type));
            }
        }
    }

    /**
     * Runs a command: calls {@code _start}. When that returns, exits or fails, the threads that the
     * guest has spawned are stopped; none is left when this returns. When a thread exits or fails,
     * all others are stopped, and this ends as the thread did.
     *
     * @return the exit code: what the guest gave to {@code proc_exit}, or 0 if it returned
     * @throws IllegalArgumentException if the instance has no {@code _start} of the right type
     */
    public int run(Instance instance) {
        Func start =
                entry(instance, "_start")
                        .orElseThrow(
                                () -> new IllegalArgumentException("the module has no _start"));
        try {
            together(start::call);
            return 0;
        } catch (ProcExit exit) {
            return exit.exitCode();
        }
    }

    /**
     * Calls a guest in any way as {@link #run} does: the threads that it spawns end with the call,
     * and the call with them. Without this they run on until this object is closed, and one that
     * fails ends them and a call that is under way with {@link
     * io.nacelle.runtime.StoppedException}; the next call that is made with this, or {@link #run},
     * then fails at once as the thread did.
     *
     * @throws ProcExit if the guest ends itself
     */
    public <T> T together(Supplier<T> calls) {
        functions.resetStop();
        rethrow(threads.begin());
        try {
            T result = calls.get();
            rethrow(threads.endAll());
            return result;
        } catch (RuntimeException | Error e) {
            // When another thread has ended the group, this one was only asked to stop.
            rethrow(threads.endAll());
            throw e;
        }
    }

    private static void rethrow(Optional<Throwable> failure) {
        if (failure.isEmpty()) {
            return;
        }
        if (failure.get() instanceof RuntimeException e) {
            throw e;
        }
        throw failure.get() instanceof Error e ? e : new AssertionError(failure.get());
    }

    /**
     * Prepares a reactor: calls {@code _initialize} if there is one. To be called once, before any
     * other export.
     *
     * @throws ProcExit if the guest ends itself
     */
    public void initialize(Instance instance) {
        functions.resetStop();
        entry(instance, "_initialize").ifPresent(Func::call);
    }

    private static Optional<Func> entry(Instance instance, String name) {
        Optional<Extern> export = instance.export(name);
        if (export.isPresent()
                && !(export.get() instanceof Func func && func.funcType().equals(FuncType.of()))) {
            throw new IllegalArgumentException(
                    "the export " + name + " must be a function without parameters and results");
        }
        return export.map(Func.class::cast);
    }

    /**
     * Ends the wait the guest is in, or else its next one, with {@link
     * io.nacelle.runtime.StoppedException}. {@link io.nacelle.runtime.Store#stop} does so too, and
     * also ends a guest that computes. Any thread.
     *
     * <p>Waits for clocks, standard input and sockets end at once; a write to a Java stream that
     * blocks inside that stream cannot be ended. Of a guest with threads the first one is meant;
     * where it waits to be notified by another ({@code memory.atomic.wait}), only the store's stop
     * ends that.
     */
    public void stop() {
        functions.stop();
    }

    /** Ends the guest's threads; closes its files and sockets. Standard streams stay open. */
    @Override
    public void close() {
        threads.endAll();
        functions.close();
    }
}
