// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import io.nacelle.tree.Grants.Values;
import io.nacelle.wasi.Access;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a parent hands to a child, in terms of what the parent holds. Immutable; each method returns
 * a changed copy. {@link #nothing()} hands down nothing. That the parent holds it is checked when
 * it is handed down: see {@link Grants#narrow}.
 */
public final class Handed {
    /** One thing to hand down. */
    @FunctionalInterface
    interface Item {
        void give(Values held, Values child, String path);
    }

    private static final Handed NOTHING = new Handed(List.of());

    private final List<Item> items;

    private Handed(List<Item> items) {
        this.items = items;
    }

    public static Handed nothing() {
        return NOTHING;
    }

    List<Item> items() {
        return items;
    }

    private Handed with(Item item) {
        var copy = new ArrayList<>(items);
        copy.add(item);
        return new Handed(List.copyOf(copy));
    }

    /**
     * A directory, or one beneath it.
     *
     * @param from by the parent's own name for it, such as {@code "/data/in"}
     * @param guest the child's name for it
     */
    public Handed directory(String from, String guest, Access access) {
        var wanted = GuestPath.components(from);
        GuestPath.components(guest);
        return with(
                (held, child, path) -> {
                    var grant = "directory " + from;
                    Grants.Mount best = null;
                    int depth = -1;
                    for (var mount : held.mounts) {
                        var names = GuestPath.components(mount.guest());
                        if (names.size() > depth
                                && names.size() <= wanted.size()
                                && wanted.subList(0, names.size()).equals(names)) {
                            best = mount;
                            depth = names.size();
                        }
                    }
                    if (best == null) {
                        throw lacks(path, grant);
                    }
                    if (access == Access.READ_WRITE && best.access() == Access.READ_ONLY) {
                        throw new GrantException(
                                path,
                                grant,
                                parent(path) + " may only read it, and hands it down for writing");
                    }
                    var files = best.files();
                    if (depth < wanted.size()) {
                        files =
                                new SubDirectory(
                                        files, List.copyOf(wanted.subList(depth, wanted.size())));
                    }
                    child.mounts.add(new Grants.Mount(guest, files, access));
                });
    }

    /** Variables of the environment that the parent has. */
    public Handed environment(String... names) {
        return with(
                (held, child, path) -> {
                    for (var name : names) {
                        var value = held.environment.get(name);
                        if (value == null) {
                            throw lacks(path, "environment " + name);
                        }
                        child.environment.put(name, value);
                    }
                });
    }

    /** A variable with a value of its own: that is no authority, and takes no grant. */
    public Handed variable(String name, String value) {
        Grants.none().withVariable(name, value);
        return with((_, child, _) -> child.environment.put(name, value));
    }

    /** Arguments of its own. */
    public Handed arguments(List<String> arguments) {
        var copy = Grants.none().withArguments(arguments).values.arguments;
        return with((_, child, _) -> child.arguments = copy);
    }

    /** The parent's arguments. */
    public Handed sameArguments() {
        return with((held, child, _) -> child.arguments = held.arguments);
    }

    public Handed clocks() {
        return with(
                (held, child, path) -> {
                    require(held.clocks.isPresent(), path, "clocks");
                    child.clocks = held.clocks;
                });
    }

    public Handed random() {
        return with(
                (held, child, path) -> {
                    require(held.random.isPresent(), path, "random");
                    child.random = held.random;
                });
    }

    public Handed stdin() {
        return with(
                (held, child, path) -> {
                    require(held.stdin.isPresent(), path, "stdio stdin");
                    child.stdin = held.stdin;
                });
    }

    public Handed stdout() {
        return with(
                (held, child, path) -> {
                    require(held.stdout.isPresent(), path, "stdio stdout");
                    child.stdout = held.stdout;
                });
    }

    public Handed stderr() {
        return with(
                (held, child, path) -> {
                    require(held.stderr.isPresent(), path, "stdio stderr");
                    child.stderr = held.stderr;
                });
    }

    /** Lets the child end the whole run by {@code proc_exit}. */
    public Handed exit() {
        return with(
                (held, child, path) -> {
                    require(held.exit, path, "exit");
                    child.exit = true;
                });
    }

    /** Lets imports of a kind be linked that is not granted: see {@link Grants#withTolerated}. */
    public Handed tolerate(WasiKind kind) {
        return with((_, child, _) -> child.tolerated.add(kind));
    }

    /** A socket. It moves: the parent has it no longer, and no other child can have it. */
    public Handed socket(String name) {
        return with(
                (held, child, path) -> {
                    var socket = held.sockets.get(name);
                    require(socket != null, path, "socket " + name);
                    child.sockets.put(name, socket);
                });
    }

    /** Functions of the host. */
    public Handed host(String name) {
        return with(
                (held, child, path) -> {
                    var host = held.hosts.get(name);
                    require(host != null, path, "host " + name);
                    child.hosts.put(name, host);
                });
    }

    /** A channel, with some of the rights the parent has. */
    public Handed channel(String name, ChannelRight... rights) {
        Set<ChannelRight> wanted = EnumSet.noneOf(ChannelRight.class);
        wanted.addAll(Arrays.asList(rights));
        return with(
                (held, child, path) -> {
                    var channel = held.channels.get(name);
                    require(channel != null, path, "channel " + name);
                    for (var right : wanted) {
                        if (!held.channelRights.get(name).contains(right)) {
                            throw new GrantException(
                                    path,
                                    "channel " + name,
                                    parent(path)
                                            + " may not "
                                            + (right == ChannelRight.SEND
                                                    ? "send to it"
                                                    : "receive from it"));
                        }
                    }
                    child.channels.put(name, channel);
                    child.channelRights.put(name, wanted);
                });
    }

    /** A buffer, with the parent's right to it or a lesser one. */
    public Handed buffer(String name, BufferRight right) {
        return with(
                (held, child, path) -> {
                    var buffer = held.buffers.get(name);
                    require(buffer != null, path, "buffer " + name);
                    if (right.compareTo(buffer.lease().right) > 0) {
                        throw new GrantException(
                                path, "buffer " + name, parent(path) + " has a lesser right to it");
                    }
                    child.buffers.put(
                            name,
                            new Grants.Held(
                                    buffer.buffer(), buffer.buffer().lease(buffer.lease(), right)));
                });
    }

    /** Bytes for all memories of the child and of what is beneath it, taken from the parent's. */
    public Handed memory(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("a limit is negative");
        }
        return with((_, child, _) -> child.memory = OptionalLong.of(bytes));
    }

    /** A lower limit of descriptors. */
    public Handed descriptors(int most) {
        Grants.none().withDescriptorLimit(most);
        return with(
                (held, child, path) -> {
                    if (most > held.descriptors) {
                        throw new GrantException(
                                path,
                                "descriptors " + most,
                                parent(path) + " may have only " + held.descriptors);
                    }
                    child.descriptors = most;
                });
    }

    private static void require(boolean held, String path, String grant) {
        if (!held) {
            throw lacks(path, grant);
        }
    }

    private static GrantException lacks(String path, String grant) {
        return new GrantException(path, grant, parent(path) + " does not hold it");
    }

    private static String parent(String path) {
        int last = path.lastIndexOf('/');
        if (last < 0) {
            return "the parent";
        }
        var above = path.substring(0, last);
        return "`" + above.substring(above.lastIndexOf('/') + 1) + "`";
    }
}
