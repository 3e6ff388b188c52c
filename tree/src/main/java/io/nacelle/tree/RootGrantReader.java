// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import io.nacelle.tree.toml.TomlTable;
import io.nacelle.tree.toml.TomlValue;
import io.nacelle.wasi.Access;
import io.nacelle.wasi.Clocks;
import io.nacelle.wasi.RandomSource;
import io.nacelle.wasi.fs.FileSystem;

import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** Reads what a manifest gives its root: the only place where things of the host are named. */
final class RootGrantReader {
    private static final int MOST_PORT = 0xffff;

    private final Path file;
    private final Manifest.Outside outside;

    RootGrantReader(Path file, Manifest.Outside outside) {
        this.file = file;
        this.outside = outside;
    }

    Grants read(TomlTable table) {
        table.allow(
                "grants",
                "directories",
                "environment",
                "arguments",
                "clocks",
                "random",
                "stdio",
                "sockets",
                "hosts",
                "exit",
                "tolerate",
                "memory",
                "descriptors");
        var grants = Grants.none();
        for (var entry : table.entries()) {
            var before = grants;
            grants =
                    ManifestReader.checked(
                            entry.getValue(),
                            () -> grant(before, entry.getKey(), entry.getValue()));
        }
        return grants;
    }

    private Grants grant(Grants so, String key, TomlValue value) {
        var grants = so;
        switch (key) {
            case "directories" -> {
                for (var one : value.array(key)) {
                    grants = directory(grants, one);
                }
            }
            case "environment" -> grants = environment(grants, value);
            case "arguments" ->
                    grants =
                            grants.withArguments(
                                    value.content() instanceof Boolean given
                                            ? given ? outside.arguments() : List.of()
                                            : value.array(key).stream()
                                                    .map(v -> v.string(key))
                                                    .toList());
            case "clocks" -> grants = value.bool(key) ? grants.withClocks(Clocks.system()) : grants;
            case "random" ->
                    grants = value.bool(key) ? grants.withRandom(RandomSource.secure()) : grants;
            case "exit" -> grants = value.bool(key) ? grants.withExit() : grants;
            case "stdio" -> {
                for (var one : ManifestReader.strings(value, key)) {
                    grants =
                            switch (one) {
                                case "stdin" -> grants.withStdin(Grants.processInput());
                                case "stdout" ->
                                        grants.withStdout(Grants.processOutput(FileDescriptor.out));
                                case "stderr" ->
                                        grants.withStderr(Grants.processOutput(FileDescriptor.err));
                                default -> throw value.fault(ManifestReader.noStream(one));
                            };
                }
            }
            case "sockets" -> {
                for (var one : value.table(key).entries()) {
                    grants = socket(grants, one.getKey(), one.getValue());
                }
            }
            case "hosts" -> {
                for (var one : ManifestReader.strings(value, key)) {
                    var host = outside.hosts().get(one);
                    if (host == null) {
                        throw value.fault("the host has no functions named '" + one + "'");
                    }
                    grants = grants.withHost(one, host);
                }
            }
            case "tolerate" -> {
                for (var one : ManifestReader.strings(value, key)) {
                    grants = grants.withTolerated(ManifestReader.kind(value, one));
                }
            }
            case "memory" -> grants = grants.withMemoryLimit(ManifestReader.bytes(value, key));
            default -> {
                long most = value.integer(key);
                if (most > 1 << 20) {
                    throw value.fault("too many descriptors");
                }
                grants = grants.withDescriptorLimit((int) Math.max(0, most));
            }
        }
        return grants;
    }

    private Grants directory(Grants grants, TomlValue one) {
        var entry = one.table("a directory");
        entry.allow("a directory", "host", "memory", "guest", "access");
        var guest = ManifestReader.required(one, entry, "guest");
        if (entry.get("memory").isPresent()) {
            long capacity = ManifestReader.bytes(entry.get("memory").get(), "memory");
            return grants.withFileSystem(
                    FileSystem.inMemory(capacity),
                    guest,
                    entry.get("access").isEmpty()
                            ? Access.READ_WRITE
                            : ManifestReader.access(entry));
        }
        var host = ManifestReader.required(one, entry, "host");
        try {
            return grants.withDirectory(
                    file.toAbsolutePath().resolveSibling(host),
                    guest,
                    ManifestReader.access(entry));
        } catch (IOException _) {
            throw one.fault("'" + host + "' is not a directory");
        } catch (InvalidPathException e) {
            throw one.fault("'" + host + "' is no path: " + e.getReason());
        }
    }

    private Grants environment(Grants so, TomlValue value) {
        var grants = so;
        if (value.content() instanceof TomlTable variables) {
            for (var one : variables.entries()) {
                grants = grants.withVariable(one.getKey(), one.getValue().string(one.getKey()));
            }
            return grants;
        }
        for (var name : ManifestReader.strings(value, "environment")) {
            var found = outside.environment().get(name);
            if (found != null) {
                grants = grants.withVariable(name, found);
            }
        }
        return grants;
    }

    private static Grants socket(Grants grants, String name, TomlValue value) {
        var entry = value.table("a socket");
        entry.allow("a socket", "listen", "connect");
        if (entry.entries().size() != 1) {
            throw value.fault("a socket either listens or connects");
        }
        var one = entry.entries().iterator().next();
        var address = address(one.getValue(), one.getValue().string(one.getKey()));
        return one.getKey().equals("listen")
                ? grants.withListener(name, address)
                : grants.withConnection(name, address);
    }

    private static InetSocketAddress address(TomlValue at, String text) {
        int colon = text.lastIndexOf(':');
        if (colon > 0) {
            var host = text.substring(0, colon);
            try {
                int port = Integer.parseInt(text.substring(colon + 1));
                if (port >= 0 && port <= MOST_PORT) {
                    return InetSocketAddress.createUnresolved(host, port);
                }
            } catch (NumberFormatException _) {
                // Said below.
            }
        }
        throw at.fault("'" + text + "' is not HOST:PORT");
    }
}
