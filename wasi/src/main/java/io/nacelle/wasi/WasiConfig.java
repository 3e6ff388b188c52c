// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi;

import io.nacelle.runtime.Budget;
import io.nacelle.runtime.Linker;
import io.nacelle.wasi.fs.FileSystem;
import io.nacelle.wasi.preview1.Preview1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a guest is given. Immutable; each {@code with…} returns a changed copy. {@link #empty()}
 * gives nothing: no arguments, no environment, no files, an empty standard input, and outputs whose
 * bytes are dropped. Only clocks and random bytes are always there.
 */
public final class WasiConfig {
    /** Descriptors a guest may have at one time, unless {@link #withDescriptorLimit} says else. */
    public static final int DEFAULT_DESCRIPTOR_LIMIT = 1024;

    /** Threads a guest may have beside its first, unless {@link #withMaxThreads} says else. */
    public static final int DEFAULT_MAX_THREADS = 128;

    /** The values; changed only while a copy is being made. */
    private static final class Values {
        List<String> arguments = List.of();
        Map<String, String> environment = new LinkedHashMap<>();
        Optional<InputStream> stdin = Optional.of(InputStream.nullInputStream());
        Optional<OutputStream> stdout = Optional.of(OutputStream.nullOutputStream());
        Optional<OutputStream> stderr = Optional.of(OutputStream.nullOutputStream());
        List<Preview1.Mount> mounts = new ArrayList<>();
        List<SelectableChannel> sockets = new ArrayList<>();
        Clocks clocks = Clocks.system();
        RandomSource random = RandomSource.secure();
        int descriptorLimit = DEFAULT_DESCRIPTOR_LIMIT;
        int maxThreads = DEFAULT_MAX_THREADS;
        Consumer<Linker> threadImports = _ -> {};
        Optional<Budget> budget = Optional.empty();

        Values copy() {
            var copy = new Values();
            copy.arguments = arguments;
            copy.environment = new LinkedHashMap<>(environment);
            copy.stdin = stdin;
            copy.stdout = stdout;
            copy.stderr = stderr;
            copy.mounts = new ArrayList<>(mounts);
            copy.sockets = new ArrayList<>(sockets);
            copy.clocks = clocks;
            copy.random = random;
            copy.descriptorLimit = descriptorLimit;
            copy.maxThreads = maxThreads;
            copy.threadImports = threadImports;
            copy.budget = budget;
            return copy;
        }
    }

    private final Values values;

    private WasiConfig(Values values) {
        this.values = values;
    }

    /** A configuration that gives nothing. */
    public static WasiConfig empty() {
        return new WasiConfig(new Values());
    }

    private WasiConfig with(Consumer<Values> change) {
        Values copy = values.copy();
        change.accept(copy);
        return new WasiConfig(copy);
    }

    Preview1.Setup setup() {
        var environment = new ArrayList<String>();
        values.environment.forEach((name, value) -> environment.add(name + "=" + value));
        return new Preview1.Setup(
                values.arguments,
                environment,
                values.stdin,
                values.stdout,
                values.stderr,
                List.copyOf(values.mounts),
                List.copyOf(values.sockets),
                values.clocks,
                values.random,
                values.descriptorLimit,
                values.budget);
    }

    int maxThreads() {
        return values.maxThreads;
    }

    Consumer<Linker> threadImports() {
        return values.threadImports;
    }

    private static String plain(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a text for a guest cannot contain NUL");
        }
        return text;
    }

    /** The arguments, the program's name being the first. */
    public WasiConfig withArguments(List<String> arguments) {
        arguments.forEach(WasiConfig::plain);
        List<String> copy = List.copyOf(arguments);
        return with(v -> v.arguments = copy);
    }

    /** The arguments, the program's name being the first. */
    public WasiConfig withArguments(String... arguments) {
        return withArguments(List.of(arguments));
    }

    /** Adds a variable to the environment, or changes it. */
    public WasiConfig withEnvironment(String name, String value) {
        if (name.isEmpty() || plain(name).indexOf('=') >= 0) {
            throw new IllegalArgumentException("bad name of a variable: " + name);
        }
        plain(value);
        return with(v -> v.environment.put(name, value));
    }

    /** Adds variables to the environment. */
    public WasiConfig withEnvironment(Map<String, String> variables) {
        WasiConfig result = this;
        for (var variable : variables.entrySet()) {
            result = result.withEnvironment(variable.getKey(), variable.getValue());
        }
        return result;
    }

    /** The standard streams of this process, unbuffered. */
    public WasiConfig withProcessStreams() {
        return with(
                v -> {
                    v.stdin = Optional.empty();
                    v.stdout = Optional.empty();
                    v.stderr = Optional.empty();
                });
    }

    /** Standard input from a stream. It is read as the guest reads, and not closed. */
    public WasiConfig withStdin(InputStream stream) {
        Objects.requireNonNull(stream);
        return with(v -> v.stdin = Optional.of(stream));
    }

    /** Standard output to a stream, which is flushed after each write and not closed. */
    public WasiConfig withStdout(OutputStream stream) {
        Objects.requireNonNull(stream);
        return with(v -> v.stdout = Optional.of(stream));
    }

    /** Standard error to a stream, which is flushed after each write and not closed. */
    public WasiConfig withStderr(OutputStream stream) {
        Objects.requireNonNull(stream);
        return with(v -> v.stderr = Optional.of(stream));
    }

    /**
     * Gives a directory of the host and everything beneath it.
     *
     * @param guestPath the guest's name for it, such as {@code "/work"} or {@code "."}
     * @throws IOException if {@code directory} is not a directory
     * @throws UnsupportedOperationException if this is not Linux on x86-64 or aarch64
     */
    public WasiConfig withDirectory(Path directory, String guestPath, Access access)
            throws IOException {
        return withFileSystem(FileSystem.host(directory), guestPath, access);
    }

    /** Gives a file system of another kind. */
    public WasiConfig withFileSystem(FileSystem files, String guestPath, Access access) {
        if (plain(guestPath).isEmpty()) {
            throw new IllegalArgumentException("empty name of a directory");
        }
        FileSystem granted = access == Access.READ_ONLY ? files.readOnly() : files;
        return with(v -> v.mounts.add(new Preview1.Mount(guestPath, granted)));
    }

    /**
     * Gives a bound socket that listens. The guest owns it from then on: it becomes non-blocking
     * and is closed with the guest. Sockets get the descriptors after those of the directories.
     */
    public WasiConfig withListener(ServerSocketChannel socket) {
        Objects.requireNonNull(socket);
        return with(v -> v.sockets.add(socket));
    }

    /** Gives a connected socket, as {@link #withListener} does. */
    public WasiConfig withSocket(SocketChannel socket) {
        Objects.requireNonNull(socket);
        return with(v -> v.sockets.add(socket));
    }

    /** Replaces the clocks; they are thread-safe if the guest has threads. */
    public WasiConfig withClocks(Clocks clocks) {
        Objects.requireNonNull(clocks);
        return with(v -> v.clocks = clocks);
    }

    /** Replaces the source of random bytes. */
    public WasiConfig withRandom(RandomSource random) {
        Objects.requireNonNull(random);
        return with(v -> v.random = random);
    }

    /**
     * The most threads a guest may have at one time beside its first; 0 for none. Spawning one more
     * fails with EAGAIN. Each takes a thread of this process and may use the store's whole limit of
     * call stack; the other limits hold for all together.
     */
    public WasiConfig withMaxThreads(int most) {
        if (most < 0) {
            throw new IllegalArgumentException("the number of threads is negative");
        }
        return with(v -> v.maxThreads = most);
    }

    /**
     * Gives the threads of a guest what its module imports beside WASI and shared memories. Host
     * functions and everything else but shared memories belong to one store, so they are made for
     * each thread: {@code imports} is called with the linker of each thread's store, by that
     * thread, and defines there what was defined for the first.
     */
    public WasiConfig withThreadImports(Consumer<Linker> imports) {
        Objects.requireNonNull(imports);
        return with(v -> v.threadImports = imports);
    }

    /**
     * Counts the guest's descriptors and the bytes it writes, to whatever, against a budget: a
     * descriptor too many fails with MFILE, bytes too many with DQUOT.
     */
    public WasiConfig withBudget(Budget budget) {
        Objects.requireNonNull(budget);
        return with(v -> v.budget = Optional.of(budget));
    }

    /** The most descriptors a guest may have at one time; one more fails with MFILE. */
    public WasiConfig withDescriptorLimit(int limit) {
        if (limit < 3) {
            throw new IllegalArgumentException("a guest has at least its three standard streams");
        }
        return with(v -> v.descriptorLimit = limit);
    }
}
