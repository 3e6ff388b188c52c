// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import io.nacelle.tree.TreeLinkException.Problem;
import io.nacelle.tree.toml.TomlException;
import io.nacelle.tree.toml.TomlReader;
import io.nacelle.tree.toml.TomlTable;
import io.nacelle.tree.toml.TomlValue;
import io.nacelle.wasm.syntax.FeatureSet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What each module of a tree imports, as it was when somebody looked at it. Immutable.
 *
 * <p>A module that imports more, or the same with another type, is refused; one that imports less
 * is not. Other code with the same imports can do no more than what was granted before, so a
 * changed digest is refused only by {@link Strictness#EXACT}.
 */
public final class LockFile {
    /** What a lock file holds modules to. */
    public enum Strictness {
        /** To what they import. */
        IMPORTS,
        /** To every byte. */
        EXACT
    }

    private static final long VERSION = 1;

    /** An import by module and name, in an order of its own. */
    private record Key(String module, String name) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byModule = module.compareTo(other.module);
            return byModule != 0 ? byModule : name.compareTo(other.name);
        }
    }

    private record Entry(
            String file,
            String sha256,
            boolean wasi,
            TreeMap<Key, String> imports,
            TreeSet<String> used) {}

    private final TreeMap<String, Entry> entries;
    private final Strictness strictness;

    private LockFile(TreeMap<String, Entry> entries, Strictness strictness) {
        this.entries = entries;
        this.strictness = strictness;
    }

    /** The same lock file, holding modules to more or less. */
    public LockFile withStrictness(Strictness some) {
        return new LockFile(entries, some);
    }

    /**
     * Looks at the modules of a tree, without granting or instantiating anything.
     *
     * @throws TreeLinkException when modules cannot be read or are not valid
     */
    public static LockFile of(Manifest manifest, FeatureSet features) {
        var places = new ArrayList<Place>();
        new Place(manifest.root(), Optional.empty()).all(places);
        var problems = new ArrayList<Problem>();
        for (var place : places) {
            try {
                place.loaded = LoadedModule.load(place, features);
            } catch (TreeLinkException e) {
                problems.addAll(e.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new TreeLinkException(problems);
        }
        return new LockFile(entries(places), Strictness.IMPORTS);
    }

    private static TreeMap<String, Entry> entries(List<Place> places) {
        var entries = new TreeMap<String, Entry>();
        for (var place : places) {
            var imports = new TreeMap<Key, String>();
            boolean wasi = false;
            for (var one : place.loaded.valid.syntax().imports()) {
                imports.merge(
                        new Key(one.module(), one.name()),
                        LoadedModule.text(place.loaded.valid.closed(one.type())),
                        // Twice the same import with several types is allowed.
                        (a, b) -> a.equals(b) ? a : a + " and " + b);
                wasi |= one.module().equals(WasiKind.MODULE);
            }
            entries.put(
                    place.path,
                    new Entry(
                            place.node.file(),
                            place.loaded.sha256,
                            wasi,
                            imports,
                            new TreeSet<>()));
        }
        for (var place : places) {
            for (var one : place.loaded.valid.syntax().imports()) {
                place.target(one.module())
                        .ifPresent(t -> entries.get(t.place().path).used.add(one.name()));
            }
        }
        return entries;
    }

    /** What differs between this lock file and the modules as they are; empty when nothing does. */
    List<Problem> check(List<Place> places) {
        var now = entries(places);
        var problems = new ArrayList<Problem>();
        for (var place : places) {
            var locked = entries.get(place.path);
            if (locked == null) {
                problems.add(place.problem("", "", "is not in the lock file"));
                continue;
            }
            var found = now.get(place.path);
            found.imports.forEach(
                    (key, type) -> {
                        var expected = locked.imports.get(key);
                        if (!type.equals(expected)) {
                            problems.add(
                                    place.problem(
                                            key.module,
                                            key.name,
                                            "is not locked: expected "
                                                    + (expected == null ? "nothing" : expected)
                                                    + ", found "
                                                    + type));
                        }
                    });
            if (strictness == Strictness.EXACT && !found.sha256.equals(locked.sha256)) {
                problems.add(
                        place.problem(
                                "",
                                "",
                                "is another module than was locked: expected SHA-256 "
                                        + locked.sha256
                                        + ", found "
                                        + found.sha256));
            }
        }
        return problems;
    }

    /** The text of the lock file, which depends on the modules alone. */
    public String text() {
        var text = new StringBuilder();
        text.append("# What the modules import. Written by \"nacelle lock\".\n");
        text.append("version = ").append(VERSION).append('\n');
        entries.forEach(
                (path, entry) -> {
                    text.append("\n[").append(quoted(path)).append("]\n");
                    text.append("module = ").append(quoted(entry.file)).append('\n');
                    text.append("sha256 = ").append(quoted(entry.sha256)).append('\n');
                    text.append("wasi = ").append(entry.wasi).append('\n');
                    text.append("imports = [\n");
                    entry.imports.forEach(
                            (key, type) ->
                                    text.append("    [")
                                            .append(quoted(key.module))
                                            .append(", ")
                                            .append(quoted(key.name))
                                            .append(", ")
                                            .append(quoted(type))
                                            .append("],\n"));
                    text.append("]\nexports = [\n");
                    entry.used.forEach(
                            name -> text.append("    ").append(quoted(name)).append(",\n"));
                    text.append("]\n");
                });
        return text.toString();
    }

    private static String quoted(String value) {
        var text = new StringBuilder("\"");
        value.codePoints()
                .forEach(
                        c -> {
                            if (c == '"' || c == '\\') {
                                text.append('\\').appendCodePoint(c);
                            } else if (Shown.of(Character.toString(c)).length()
                                    > Character.charCount(c)) {
                                text.append(String.format("\\U%08x", c));
                            } else {
                                text.appendCodePoint(c);
                            }
                        });
        return text.append('"').toString();
    }

    /** Where the lock file of a manifest is: beside it, {@code app.lock} for {@code app.toml}. */
    public static Path beside(Path manifest) {
        var name = manifest.getFileName().toString().replaceFirst("\\.toml$", "");
        return manifest.resolveSibling(name + ".lock");
    }

    /** Writes the lock file. Whoever reads it meanwhile sees the old one or the new one, whole. */
    public void write(Path file) throws IOException {
        var directory = file.toAbsolutePath().getParent();
        var temporary = Files.createTempFile(directory, ".lock", ".tmp");
        try {
            Files.writeString(temporary, text());
            Files.move(
                    temporary,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * Reads a lock file.
     *
     * @throws IOException when it cannot be read
     * @throws ManifestException when it is not as it should be
     */
    public static LockFile read(Path file) throws IOException {
        var text = ManifestReader.text(file);
        try {
            return new LockFile(parse(TomlReader.read(text)), Strictness.IMPORTS);
        } catch (TomlException e) {
            throw ManifestReader.fault(file, e);
        }
    }

    private static TreeMap<String, Entry> parse(TomlTable table) {
        var version = table.get("version").orElseThrow(() -> new TomlException("no version", 1, 1));
        if (version.integer("version") != VERSION) {
            throw version.fault("the version is not " + VERSION + ": lock again");
        }
        var entries = new TreeMap<String, Entry>();
        for (var one : table.entries()) {
            if (!one.getKey().equals("version")) {
                entries.put(
                        one.getKey(), entry(one.getValue(), one.getValue().table(one.getKey())));
            }
        }
        return entries;
    }

    private static Entry entry(TomlValue at, TomlTable table) {
        table.allow("a module", "module", "sha256", "wasi", "imports", "exports");
        var imports = new TreeMap<Key, String>();
        for (var one : table.get("imports").orElse(at).array("imports")) {
            var words = one.array("an import");
            if (words.size() != 3) {
                throw one.fault("an import has a module, a name and a type");
            }
            imports.put(
                    new Key(words.get(0).string("module"), words.get(1).string("name")),
                    words.get(2).string("type"));
        }
        return new Entry(
                ManifestReader.required(at, table, "module"),
                ManifestReader.required(at, table, "sha256"),
                table.get("wasi").map(v -> v.bool("wasi")).orElse(false),
                imports,
                new TreeSet<>(ManifestReader.strings(table.get("exports").orElse(at), "exports")));
    }

    /** The places whose module has another digest than was locked: worth a note. */
    public List<String> changed(Manifest manifest, FeatureSet features) {
        var now = of(manifest, features);
        var changed = new ArrayList<String>();
        now.entries.forEach(
                (path, entry) -> {
                    var locked = entries.get(path);
                    if (locked != null && !locked.sha256.equals(entry.sha256)) {
                        changed.add(path);
                    }
                });
        return List.copyOf(changed);
    }
}
