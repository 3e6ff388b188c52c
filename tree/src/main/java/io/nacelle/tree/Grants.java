// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import io.nacelle.runtime.Linker;
import io.nacelle.wasi.Access;
import io.nacelle.wasi.Clocks;
import io.nacelle.wasi.RandomSource;
import io.nacelle.wasi.WasiConfig;
import io.nacelle.wasi.fs.FileSystem;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a module of a tree holds, and all that it can hand down. Immutable; each {@code with…}
 * returns a changed copy. {@link #none()} holds nothing.
 *
 * <p>Only the host makes grants with {@code with…}, for the root. Everything below gets its own by
 * {@link #narrow}, which cannot give more than is held.
 */
public final class Grants {
    record Mount(String guest, FileSystem files, Access access) {}

    record Held(SharedBuffer buffer, SharedBuffer.Lease lease) {}

    /** The values; changed only while a copy is being made. */
    static final class Values {
        List<Mount> mounts = new ArrayList<>();
        Map<String, String> environment = new LinkedHashMap<>();
        List<String> arguments = List.of();
        Optional<Clocks> clocks = Optional.empty();
        Optional<RandomSource> random = Optional.empty();
        Optional<InputStream> stdin = Optional.empty();
        Optional<OutputStream> stdout = Optional.empty();
        Optional<OutputStream> stderr = Optional.empty();
        Map<String, SocketGrant> sockets = new LinkedHashMap<>();
        Map<String, HostModule> hosts = new LinkedHashMap<>();
        Map<String, Set<ChannelRight>> channelRights = new LinkedHashMap<>();
        Map<String, Channel> channels = new LinkedHashMap<>();
        Map<String, Held> buffers = new LinkedHashMap<>();
        Set<WasiKind> tolerated = EnumSet.noneOf(WasiKind.class);
        boolean exit;
        OptionalLong memory = OptionalLong.empty();
        int descriptors = WasiConfig.DEFAULT_DESCRIPTOR_LIMIT;

        Values copy() {
            var copy = new Values();
            copy.mounts.addAll(mounts);
            copy.environment.putAll(environment);
            copy.arguments = arguments;
            copy.clocks = clocks;
            copy.random = random;
            copy.stdin = stdin;
            copy.stdout = stdout;
            copy.stderr = stderr;
            copy.sockets.putAll(sockets);
            copy.hosts.putAll(hosts);
            copy.channelRights.putAll(channelRights);
            copy.channels.putAll(channels);
            copy.buffers.putAll(buffers);
            copy.tolerated.addAll(tolerated);
            copy.exit = exit;
            copy.memory = memory;
            copy.descriptors = descriptors;
            return copy;
        }
    }

    private static final Grants NONE = new Grants(new Values());

    final Values values;

    Grants(Values values) {
        this.values = values;
    }

    /** Nothing. */
    public static Grants none() {
        return NONE;
    }

    private Grants with(Consumer<Values> change) {
        var copy = values.copy();
        change.accept(copy);
        return new Grants(copy);
    }

    /**
     * Adds a directory of the host with everything beneath it.
     *
     * @param guest the name under which it is found, such as {@code "/data"}
     * @throws IOException if it is not a directory
     * @throws UnsupportedOperationException if this is not Linux on x86-64 or aarch64
     */
    public Grants withDirectory(Path directory, String guest, Access access) throws IOException {
        return withFileSystem(FileSystem.host(directory), guest, access);
    }

    /** Adds a file system of another kind. */
    public Grants withFileSystem(FileSystem files, String guest, Access access) {
        Objects.requireNonNull(files);
        Objects.requireNonNull(access);
        GuestPath.components(guest);
        return with(v -> v.mounts.add(new Mount(guest, files, access)));
    }

    public Grants withVariable(String name, String value) {
        if (name.isEmpty() || name.indexOf('=') >= 0 || (name + value).indexOf('\0') >= 0) {
            throw new IllegalArgumentException("bad variable: " + Shown.of(name));
        }
        return with(v -> v.environment.put(name, value));
    }

    /** Sets the arguments, the program's name being the first. */
    public Grants withArguments(List<String> arguments) {
        if (arguments.stream().anyMatch(a -> a.indexOf('\0') >= 0)) {
            throw new IllegalArgumentException("an argument cannot contain NUL");
        }
        var copy = List.copyOf(arguments);
        return with(v -> v.arguments = copy);
    }

    public Grants withClocks(Clocks clocks) {
        return with(v -> v.clocks = Optional.of(clocks));
    }

    public Grants withRandom(RandomSource random) {
        return with(v -> v.random = Optional.of(random));
    }

    public Grants withStdin(InputStream stream) {
        return with(v -> v.stdin = Optional.of(stream));
    }

    public Grants withStdout(OutputStream stream) {
        return with(v -> v.stdout = Optional.of(stream));
    }

    public Grants withStderr(OutputStream stream) {
        return with(v -> v.stderr = Optional.of(stream));
    }

    /** Adds the three standard streams of this process. */
    public Grants withProcessStreams() {
        return withStdin(processInput())
                .withStdout(processOutput(FileDescriptor.out))
                .withStderr(processOutput(FileDescriptor.err));
    }

    static InputStream processInput() {
        return new FileInputStream(FileDescriptor.in);
    }

    static OutputStream processOutput(FileDescriptor descriptor) {
        return new FileOutputStream(descriptor);
    }

    /** Adds a socket that will listen at an address, under a name. */
    public Grants withListener(String name, InetSocketAddress address) {
        return with(v -> v.sockets.put(name, new SocketGrant(SocketGrant.Kind.LISTEN, address)));
    }

    /** Adds a socket that will be connected to an address, under a name. */
    public Grants withConnection(String name, InetSocketAddress address) {
        return with(v -> v.sockets.put(name, new SocketGrant(SocketGrant.Kind.CONNECT, address)));
    }

    /** Adds functions of the host, to be imported from a module of this name. */
    public Grants withHost(String name, HostModule functions) {
        Objects.requireNonNull(functions);
        return with(v -> v.hosts.put(name, functions));
    }

    /** Adds a channel with both rights. */
    public Grants withChannel(String name, Channel channel) {
        Objects.requireNonNull(channel);
        return with(
                v -> {
                    v.channels.put(name, channel);
                    v.channelRights.put(name, EnumSet.allOf(ChannelRight.class));
                });
    }

    /** Adds a buffer, as its owner. */
    public Grants withBuffer(String name, SharedBuffer buffer) {
        return with(v -> v.buffers.put(name, new Held(buffer, buffer.first())));
    }

    /** Lets {@code proc_exit} end the whole tree's run. */
    public Grants withExit() {
        return with(v -> v.exit = true);
    }

    /**
     * Limits the bytes of all memories of the module and of everything beneath it: what is handed
     * to children is taken from it.
     */
    public Grants withMemoryLimit(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("a limit is negative");
        }
        return with(v -> v.memory = OptionalLong.of(bytes));
    }

    /** Limits the descriptors of each module. */
    public Grants withDescriptorLimit(int most) {
        if (most < 3) {
            throw new IllegalArgumentException("a guest has at least its three standard streams");
        }
        return with(v -> v.descriptors = most);
    }

    /**
     * Lets modules import the functions of a kind that they are not granted: each call fails with
     * {@code ENOTCAPABLE}.
     */
    public Grants withTolerated(WasiKind kind) {
        return with(v -> v.tolerated.add(kind));
    }

    /**
     * What is left when no more than this is handed down.
     *
     * @throws GrantException when something is asked for that is not held
     */
    public Grants narrow(Handed handed) {
        return narrow(handed, "");
    }

    Grants narrow(Handed handed, String path) {
        var child = new Values();
        child.descriptors = values.descriptors;
        for (var item : handed.items()) {
            item.give(values, child, path);
        }
        return new Grants(child);
    }

    /** Whether every import of a kind may be linked. */
    boolean allows(WasiKind kind) {
        return values.tolerated.contains(kind) || holds(kind);
    }

    boolean holds(WasiKind kind) {
        return switch (kind) {
            case DIRECTORIES -> !values.mounts.isEmpty();
            case CLOCKS -> values.clocks.isPresent();
            case RANDOM -> values.random.isPresent();
            case SOCKETS -> !values.sockets.isEmpty();
            case THREADS -> false;
            case NONE -> true;
        };
    }

    /** Everything WASI gives the guest. */
    WasiConfig wasi(Map<String, SocketGrant> sockets) throws IOException {
        var config =
                WasiConfig.empty()
                        .withArguments(values.arguments)
                        .withEnvironment(values.environment)
                        .withDescriptorLimit(values.descriptors)
                        .withMaxThreads(0);
        if (values.stdin.isPresent()) {
            config = config.withStdin(values.stdin.get());
        }
        if (values.stdout.isPresent()) {
            config = config.withStdout(values.stdout.get());
        }
        if (values.stderr.isPresent()) {
            config = config.withStderr(values.stderr.get());
        }
        if (values.clocks.isPresent()) {
            config = config.withClocks(values.clocks.get());
        }
        if (values.random.isPresent()) {
            config = config.withRandom(values.random.get());
        }
        for (var mount : values.mounts) {
            config = config.withFileSystem(mount.files(), mount.guest(), mount.access());
        }
        for (var socket : sockets.values()) {
            switch (socket.open()) {
                case ServerSocketChannel server -> config = config.withListener(server);
                case SocketChannel connection -> config = config.withSocket(connection);
                default -> throw new AssertionError();
            }
        }
        return config;
    }

    /** Defines channels, buffers and host functions by the names they are imported by. */
    void define(Linker linker) {
        values.hosts.forEach((name, host) -> host.define(linker, name));
        values.channels.forEach(
                (name, channel) ->
                        channel.define(
                                linker, Channel.PREFIX + name, values.channelRights.get(name)));
        values.buffers.forEach(
                (name, held) ->
                        held.buffer().define(linker, SharedBuffer.PREFIX + name, held.lease()));
    }
}
