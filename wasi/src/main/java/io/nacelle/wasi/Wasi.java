// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi;

import io.nacelle.runtime.Extern;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.wasi.preview1.Preview1;
import io.nacelle.wasm.syntax.FuncType;

import java.io.IOException;
import java.util.Optional;

/**
 * WASI 0.1 for one guest: its descriptors and everything else its functions need. Used by the
 * guest's thread; only {@link #stop} may be called by any thread.
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
    private final Preview1 functions;

    private Wasi(Preview1 functions) {
        this.functions = functions;
    }

    /**
     * Makes the system a guest will see.
     *
     * @throws IOException if a socket that is given cannot be used
     */
    public static Wasi create(WasiConfig config) throws IOException {
        return new Wasi(new Preview1(config.setup()));
    }

    /** Defines the 46 functions of {@code wasi_snapshot_preview1}. */
    public void define(Linker linker) {
        functions.define(linker);
    }

    /**
     * Runs a command: calls {@code _start}.
     *
     * @return the exit code: what the guest gave to {@code proc_exit}, or 0 if it returned
     * @throws IllegalArgumentException if the instance has no {@code _start} of the right type
     */
    public int run(Instance instance) {
        Func start =
                entry(instance, "_start")
                        .orElseThrow(
                                () -> new IllegalArgumentException("the module has no _start"));
        functions.resetStop();
        try {
            start.call();
            return 0;
        } catch (ProcExit exit) {
            return exit.exitCode();
        }
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
     * blocks inside that stream cannot be ended.
     */
    public void stop() {
        functions.stop();
    }

    /** Closes the guest's files and sockets. Standard streams stay open. */
    @Override
    public void close() {
        functions.close();
    }
}
