// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.runtime.Budget;
import io.nacelle.runtime.Linker;
import io.nacelle.wasi.Clocks;
import io.nacelle.wasi.RandomSource;
import io.nacelle.wasi.fs.FileSystem;
import io.nacelle.wasi.fs.FileType;
import io.nacelle.wasi.fs.FsException;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One guest's view of the system: the functions of {@code wasi_snapshot_preview1}. Each thread of a
 * guest has an object of its own, which shares the descriptors with the others.
 */
public final class Preview1 implements AutoCloseable {
    private static final Supplier<FileType> NO_TYPE = () -> FileType.UNKNOWN;

    /** A file system and the guest's name for its root. */
    public record Mount(String guestPath, FileSystem files) {}

    /**
     * What the guest is given; an empty stream is the process's own.
     *
     * @param environment entries of the form NAME=value
     * @param sockets {@link SocketChannel} or {@link ServerSocketChannel}
     */
    public record Setup(
            List<String> arguments,
            List<String> environment,
            Optional<InputStream> stdin,
            Optional<OutputStream> stdout,
            Optional<OutputStream> stderr,
            List<Mount> mounts,
            List<SelectableChannel> sockets,
            Clocks clocks,
            RandomSource random,
            int descriptorLimit,
            Optional<Budget> budget) {}

    private final Setup setup;
    private final Hub hub;
    private final Context context;
    private final FdCalls fd;
    private final PathCalls path;
    private final SocketCalls socket;
    private final PollCall poll;
    private final ProcessCalls process;

    /**
     * Opens what the guest is given. Directories of the host are opened when first used.
     *
     * @throws IOException if a socket cannot be used
     */
    public Preview1(Setup setup) throws IOException {
        this(setup, new DescriptorTable(setup.descriptorLimit(), setup.budget()), new Hub());
        try {
            context.table.add(stdin(setup.stdin()));
            context.table.add(output(setup.stdout(), FileDescriptor.out, 1));
            context.table.add(output(setup.stderr(), FileDescriptor.err, 2));
            for (Mount mount : setup.mounts()) {
                context.table.add(new OpenDirectory(mount.guestPath(), mount.files()));
            }
            // After the directories: a C library looks for those up to the first descriptor that
            // is none.
            for (SelectableChannel channel : setup.sockets()) {
                context.table.add(
                        switch (channel) {
                            case ServerSocketChannel server -> new Listener(server);
                            case SocketChannel connection -> new Connection(connection);
                            default ->
                                    throw new IllegalArgumentException(
                                            "not a stream socket: " + channel);
                        });
            }
        } catch (FsException e) {
            context.table.closeAll();
            throw new IllegalArgumentException("more descriptors given than the limit allows", e);
        }
    }

    private Preview1(Setup setup, DescriptorTable table, Hub hub) {
        this.setup = setup;
        this.hub = hub;
        context = new Context(table, new Waits(), hub);
        hub.add(context.waits);
        fd = new FdCalls(context);
        path = new PathCalls(context);
        socket = new SocketCalls(context);
        poll = new PollCall(context, setup.clocks());
        process =
                new ProcessCalls(
                        context,
                        setup.arguments(),
                        setup.environment(),
                        setup.clocks(),
                        setup.random());
    }

    /** The same system for another thread; {@link #closeThread} ends its use. */
    public Preview1 forThread() {
        return new Preview1(setup, context.table, hub);
    }

    /** Ends what {@link #forThread} began. */
    public void closeThread() {
        hub.remove(context.waits);
        context.waits.close();
    }

    private StandardInput stdin(Optional<InputStream> given) {
        return given.isPresent()
                ? new StandardInput(given.get(), NO_TYPE, hub)
                : new StandardInput(
                        new FileInputStream(FileDescriptor.in), ProcessStreams.type(0), hub);
    }

    private static StandardOutput output(
            Optional<OutputStream> given, FileDescriptor own, int number) {
        return given.isPresent()
                ? new StandardOutput(given.get(), NO_TYPE)
                : new StandardOutput(new FileOutputStream(own), ProcessStreams.type(number));
    }

    FdCalls fd() {
        return fd;
    }

    PathCalls path() {
        return path;
    }

    SocketCalls socket() {
        return socket;
    }

    PollCall poll() {
        return poll;
    }

    ProcessCalls process() {
        return process;
    }

    /** Defines all functions under the interface's module name. */
    public void define(Linker linker) {
        new Binding(this).define(linker);
        context.waits.follow(linker.store());
    }

    /** Ends a wait, see {@link Waits#stop}. */
    public void stop() {
        context.waits.stop();
    }

    /** Forgets a stop that met no wait. */
    public void resetStop() {
        context.waits.reset();
    }

    /** Closes the guest's descriptors. Streams that were given stay open. */
    @Override
    public void close() {
        context.table.closeAll();
        context.waits.close();
    }
}
