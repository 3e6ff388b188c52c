// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import io.nacelle.runtime.StoreLimits;
import io.nacelle.tree.ImportSource.Timing;
import io.nacelle.tree.toml.TomlException;
import io.nacelle.tree.toml.TomlReader;
import io.nacelle.tree.toml.TomlTable;
import io.nacelle.tree.toml.TomlValue;
import io.nacelle.wasi.Access;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Reads manifests: what is written in them becomes nodes and grants, or an error with its place.
 */
final class ManifestReader {
    private static final int MOST_BYTES = 1 << 20;
    private static final int DEFAULT_CAPACITY = 64;
    private static final long DEFAULT_MESSAGE = 64 << 10;
    private static final int MOST_CAPACITY = 1 << 20;
    private static final int MOST_BUFFER = 1 << 30;

    private static final Map<String, Long> UNITS =
            Map.of("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

    private final Path file;
    private final Manifest.Outside outside;

    private ManifestReader(Path file, Manifest.Outside outside) {
        this.file = file;
        this.outside = outside;
    }

    static Manifest read(Path file, Manifest.Outside outside) throws IOException {
        var text = text(file);
        var reader = new ManifestReader(file, outside);
        return reader.placed(() -> reader.manifest(TomlReader.read(text)));
    }

    /** The text of a file, of a size that a person could have written. */
    static String text(Path file) throws IOException {
        byte[] bytes;
        try (var in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        }
        if (bytes.length > MOST_BYTES) {
            throw new ManifestException(name(file) + ": larger than 1 MiB");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException _) {
            throw new ManifestException(name(file) + ": not UTF-8");
        }
    }

    static String name(Path file) {
        return Shown.of(file.toString());
    }

    private <T> T placed(Supplier<T> action) {
        try {
            return action.get();
        } catch (TomlException e) {
            throw fault(file, e);
        }
    }

    static ManifestException fault(Path file, TomlException e) {
        return new ManifestException(
                name(file) + ":" + e.line() + ":" + e.column() + ": " + escaped(e.getMessage()));
    }

    private static String escaped(String text) {
        // Longer than a name may be, since it has several.
        var result = new StringBuilder();
        for (int at = 0; at < text.length() && at < 1000; ) {
            int c = text.codePointAt(at);
            result.append(Shown.of(Character.toString(c)));
            at += Character.charCount(c);
        }
        return result.toString();
    }

    private Manifest manifest(TomlTable table) {
        table.allow(
                "the manifest",
                "name",
                "module",
                "grants",
                "imports",
                "child",
                "channel",
                "buffer",
                "limits");
        var fallback = file.getFileName().toString().replaceFirst("\\.toml$", "");
        var name = table.get("name").map(v -> v.string("name")).orElse(fallback);
        var node = node(name, table, table.get("name"));
        var limits = StoreLimits.defaults();
        var fuel = OptionalLong.empty();
        if (table.get("limits").isPresent()) {
            var section = table.get("limits").get().table("limits");
            section.allow("limits", "memory", "stack", "calls", "tables", "instances", "fuel");
            for (var entry : section.entries()) {
                var value = entry.getValue();
                limits =
                        switch (entry.getKey()) {
                            case "memory" -> limits.withMemoryBytes(bytes(value, "memory"));
                            case "stack" ->
                                    limits.withStackBytes(
                                            (int) bounded(value, bytes(value, "stack"), 1 << 30));
                            case "calls" ->
                                    limits.withCallDepth(
                                            Math.max(1, count(value, "calls", 1 << 30)));
                            case "tables" ->
                                    limits.withTableElements(count(value, "tables", 1 << 30));
                            case "instances" ->
                                    limits.withInstances(count(value, "instances", 1 << 30));
                            default -> limits;
                        };
            }
            var units = section.get("fuel");
            if (units.isPresent()) {
                long some = units.get().integer("fuel");
                fuel = OptionalLong.of(bounded(units.get(), some, Long.MAX_VALUE));
            }
        }
        var grants = table.get("grants");
        return new Manifest(
                node,
                () ->
                        placed(
                                () ->
                                        grants.isEmpty()
                                                ? Grants.none()
                                                : root(grants.get().table("grants"))),
                limits,
                fuel);
    }

    private Node node(String name, TomlTable table, Optional<TomlValue> at) {
        var module =
                table.get("module")
                        .orElseThrow(
                                () ->
                                        at.orElse(new TomlValue("", 1, 1))
                                                .fault("'" + name + "' needs module = \"FILE\""));
        var written = module.string("module");
        var path = resolve(module, written);
        var node = checked(at.orElse(module), () -> Node.of(name, written, path));
        for (var entry : entries(table, "imports")) {
            node = node.withImport(entry.getKey(), source(entry.getKey(), entry.getValue()));
        }
        for (var entry : entries(table, "channel")) {
            node = node.withChannel(entry.getKey(), channel(entry.getValue().table("channel")));
        }
        for (var entry : entries(table, "buffer")) {
            var section = entry.getValue().table("buffer");
            section.allow("a buffer", "size");
            var size =
                    section.get("size")
                            .orElseThrow(() -> entry.getValue().fault("a buffer needs a size"));
            node =
                    node.withBuffer(
                            entry.getKey(),
                            SharedBuffer.create(
                                    (int) bounded(size, bytes(size, "size"), MOST_BUFFER)));
        }
        for (var entry : entries(table, "child")) {
            var section = entry.getValue().table("child." + entry.getKey());
            section.allow(
                    "child." + entry.getKey(),
                    "module",
                    "grants",
                    "imports",
                    "child",
                    "channel",
                    "buffer");
            var child = node(entry.getKey(), section, Optional.of(entry.getValue()));
            var grants = section.get("grants");
            if (grants.isPresent()) {
                child = child.withGrants(handed(grants.get().table("grants")));
            }
            node = node.withChild(child);
        }
        return node;
    }

    private static Set<Map.Entry<String, TomlValue>> entries(TomlTable table, String key) {
        return table.get(key).map(v -> v.table(key).entries()).orElse(Set.of());
    }

    private Path resolve(TomlValue at, String written) {
        if (written.isEmpty()) {
            throw at.fault("the path is empty");
        }
        try {
            return file.toAbsolutePath().resolveSibling(written).normalize();
        } catch (InvalidPathException e) {
            throw at.fault("'" + written + "' is no path: " + e.getReason());
        }
    }

    /** Has what the model refuses said at its place. */
    static <T> T checked(TomlValue at, Supplier<T> action) {
        try {
            return action.get();
        } catch (IllegalArgumentException | UnsupportedOperationException e) {
            throw at.fault(e.getMessage());
        }
    }

    private static Channel channel(TomlTable section) {
        section.allow("a channel", "capacity", "message");
        int capacity =
                section.get("capacity")
                        .map(v -> Math.max(1, count(v, "capacity", MOST_CAPACITY)))
                        .orElse(DEFAULT_CAPACITY);
        long message =
                section.get("message")
                        .map(v -> bounded(v, bytes(v, "message"), MOST_BUFFER))
                        .orElse(DEFAULT_MESSAGE);
        return Channel.create(capacity, (int) message);
    }

    private static ImportSource source(String module, TomlValue value) {
        if (value.content() instanceof String text) {
            return source(value, text);
        }
        var table = value.table(module);
        table.allow("an import", "from", "only", "late");
        var from =
                table.get("from")
                        .orElseThrow(() -> value.fault("it needs from = \"child:NAME\" or other"));
        var source = source(from, from.string("from"));
        var only = table.get("only");
        if (only.isPresent()) {
            source = source.only(strings(only.get(), "only").toArray(String[]::new));
        }
        boolean late = table.get("late").map(v -> v.bool("late")).orElse(false);
        if (late) {
            source = source.late();
        }
        if (source.timing() == Timing.EARLY && source.from() == ImportSource.From.PARENT) {
            throw value.fault("what a child imports from its parent is bound late");
        }
        return source;
    }

    private static ImportSource source(TomlValue at, String text) {
        if (text.equals("parent")) {
            return ImportSource.parent();
        }
        int colon = text.indexOf(':');
        var name = text.substring(colon + 1);
        if (colon > 0 && !name.isEmpty()) {
            switch (text.substring(0, colon)) {
                case "child" -> {
                    return ImportSource.child(name);
                }
                case "sibling" -> {
                    return ImportSource.sibling(name);
                }
                case "inherited" -> {
                    return ImportSource.inherited(name);
                }
                default -> {}
            }
        }
        throw at.fault(
                "'" + text + "' is not child:NAME, sibling:NAME, inherited:MODULE or parent");
    }

    static Set<String> strings(TomlValue value, String key) {
        var result = new LinkedHashSet<String>();
        for (var one : value.array(key)) {
            result.add(one.string(key));
        }
        return result;
    }

    private static long bounded(TomlValue at, long number, long most) {
        if (number < 0 || number > most) {
            throw at.fault(number + " is not between 0 and " + most);
        }
        return number;
    }

    private static int count(TomlValue value, String key, int most) {
        return (int) bounded(value, value.integer(key), most);
    }

    /** A number of bytes, or a text such as "64 MiB". */
    static long bytes(TomlValue value, String key) {
        if (!(value.content() instanceof String text)) {
            return bounded(value, value.integer(key), Long.MAX_VALUE);
        }
        for (var unit : UNITS.entrySet()) {
            if (text.endsWith(unit.getKey())) {
                var digits = text.substring(0, text.length() - unit.getKey().length()).strip();
                if (digits.matches("[0-9]{1,12}")) {
                    try {
                        return Math.multiplyExact(Long.parseLong(digits), unit.getValue());
                    } catch (ArithmeticException _) {
                        break;
                    }
                }
            }
        }
        throw value.fault("'" + text + "' is no number of B, KiB, MiB or GiB");
    }

    static Access access(TomlTable table) {
        var value = table.get("access");
        return value.isEmpty() ? Access.READ_ONLY : access(value.get());
    }

    private static Access access(TomlValue value) {
        return switch (value.string("access")) {
            case "read" -> Access.READ_ONLY;
            case "write" -> Access.READ_WRITE;
            default -> throw value.fault("access is \"read\" or \"write\"");
        };
    }

    private Grants root(TomlTable table) {
        return new RootGrantReader(file, outside).read(table);
    }

    /** What a child is handed. */
    private static Handed handed(TomlTable table) {
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
                "channels",
                "buffers",
                "exit",
                "tolerate",
                "memory",
                "descriptors");
        var handed = Handed.nothing();
        for (var entry : table.entries()) {
            var before = handed;
            handed =
                    checked(entry.getValue(), () -> hand(before, entry.getKey(), entry.getValue()));
        }
        return handed;
    }

    private static Handed hand(Handed so, String key, TomlValue value) {
        var handed = so;
        switch (key) {
            case "directories" -> {
                for (var one : value.array(key)) {
                    var entry = one.table("a directory");
                    if (entry.get("host").isPresent()) {
                        throw one.fault(
                                "only the root is given directories of the host; a child"
                                        + " is given one of its parent's with from = \"PATH\"");
                    }
                    entry.allow("a directory", "from", "guest", "access");
                    var from = required(one, entry, "from");
                    var guest = entry.get("guest").map(v -> v.string("guest")).orElse(from);
                    handed = handed.directory(from, guest, access(entry));
                }
            }
            case "environment" -> {
                if (value.content() instanceof TomlTable variables) {
                    for (var one : variables.entries()) {
                        handed = handed.variable(one.getKey(), one.getValue().string(one.getKey()));
                    }
                } else {
                    handed = handed.environment(strings(value, key).toArray(String[]::new));
                }
            }
            case "arguments" -> {
                if (value.content() instanceof Boolean same) {
                    handed = same ? handed.sameArguments() : handed;
                } else {
                    handed =
                            handed.arguments(
                                    value.array(key).stream().map(v -> v.string(key)).toList());
                }
            }
            case "clocks" -> handed = value.bool(key) ? handed.clocks() : handed;
            case "random" -> handed = value.bool(key) ? handed.random() : handed;
            case "exit" -> handed = value.bool(key) ? handed.exit() : handed;
            case "stdio" -> {
                for (var one : strings(value, key)) {
                    handed =
                            switch (one) {
                                case "stdin" -> handed.stdin();
                                case "stdout" -> handed.stdout();
                                case "stderr" -> handed.stderr();
                                default -> throw value.fault(noStream(one));
                            };
                }
            }
            case "sockets" -> {
                for (var one : strings(value, key)) {
                    handed = handed.socket(one);
                }
            }
            case "hosts" -> {
                for (var one : strings(value, key)) {
                    handed = handed.host(one);
                }
            }
            case "channels" -> {
                for (var one : value.table(key).entries()) {
                    handed = handed.channel(one.getKey(), rights(one.getValue()));
                }
            }
            case "buffers" -> {
                for (var one : value.table(key).entries()) {
                    handed = handed.buffer(one.getKey(), right(one.getValue()));
                }
            }
            case "tolerate" -> {
                for (var one : strings(value, key)) {
                    handed = handed.tolerate(kind(value, one));
                }
            }
            case "memory" -> handed = handed.memory(bytes(value, key));
            default -> handed = handed.descriptors(count(value, key, 1 << 20));
        }
        return handed;
    }

    static String noStream(String word) {
        return "'" + word + "' is not stdin, stdout or stderr";
    }

    static String required(TomlValue at, TomlTable table, String key) {
        return table.get(key)
                .orElseThrow(() -> at.fault("it needs " + key + " = \"…\""))
                .string(key);
    }

    static WasiKind kind(TomlValue at, String word) {
        for (var kind : WasiKind.values()) {
            if (kind != WasiKind.NONE && kind != WasiKind.THREADS && kind.word().equals(word)) {
                return kind;
            }
        }
        throw at.fault("'" + word + "' is not directories, clocks, random or sockets");
    }

    private static ChannelRight[] rights(TomlValue value) {
        return switch (value.string("a channel's right")) {
            case "send" -> new ChannelRight[] {ChannelRight.SEND};
            case "receive" -> new ChannelRight[] {ChannelRight.RECEIVE};
            case "both" -> ChannelRight.values();
            default -> throw value.fault("it is \"send\", \"receive\" or \"both\"");
        };
    }

    private static BufferRight right(TomlValue value) {
        var word = value.string("a buffer's right");
        for (var right : BufferRight.values()) {
            if (right.name().toLowerCase(Locale.ROOT).equals(word)) {
                return right;
            }
        }
        throw value.fault("it is \"read\", \"write\" or \"own\"");
    }
}
