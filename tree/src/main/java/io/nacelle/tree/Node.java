// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A place in a tree as its manifest describes it. Immutable; each {@code with…} returns a changed
 * copy.
 */
public final class Node {
    private static final int LONGEST_NAME = 100;

    /** The values; changed only while a copy is being made. */
    private static final class Values {
        String file = "";
        Optional<Path> path = Optional.empty();
        byte[] bytes = {};
        Handed handed = Handed.nothing();
        Map<String, ImportSource> imports = new LinkedHashMap<>();
        Map<String, Node> children = new LinkedHashMap<>();
        Map<String, Channel> channels = new LinkedHashMap<>();
        Map<String, SharedBuffer> buffers = new LinkedHashMap<>();

        Values copy() {
            var copy = new Values();
            copy.file = file;
            copy.path = path;
            copy.bytes = bytes;
            copy.handed = handed;
            copy.imports.putAll(imports);
            copy.children.putAll(children);
            copy.channels.putAll(channels);
            copy.buffers.putAll(buffers);
            return copy;
        }
    }

    private final String name;
    private final Values values;

    private Node(String name, Values values) {
        this.name = name;
        this.values = values;
    }

    /**
     * A place whose module is read from a file, in the binary or the text format, when the tree is
     * linked.
     *
     * @param name without slash and control characters
     * @param file what the module is called in messages and in the lock file
     */
    public static Node of(String name, String file, Path path) {
        var values = new Values();
        values.file = file;
        values.path = Optional.of(path);
        return new Node(checked(name), values);
    }

    /** A place with a module in the binary or the text format. */
    public static Node of(String name, byte[] module) {
        var values = new Values();
        values.file = name;
        values.bytes = module.clone();
        return new Node(checked(name), values);
    }

    static String checked(String name) {
        if (name.isEmpty()
                || name.length() > LONGEST_NAME
                || name.indexOf('/') >= 0
                || !Shown.of(name).equals(name)) {
            throw new IllegalArgumentException(
                    "'" + Shown.of(name) + "' is no name for a place in a tree");
        }
        return name;
    }

    private Node with(Consumer<Values> change) {
        var copy = values.copy();
        change.accept(copy);
        return new Node(name, copy);
    }

    /** Sets what the parent hands down; of no effect at the root, which has its {@link Grants}. */
    public Node withGrants(Handed handed) {
        Objects.requireNonNull(handed);
        return with(v -> v.handed = handed);
    }

    /** Says what satisfies the imports from a module name. */
    public Node withImport(String module, ImportSource source) {
        Objects.requireNonNull(source);
        return with(v -> v.imports.put(module, source));
    }

    /** Adds a child. */
    public Node withChild(Node child) {
        return with(
                v -> {
                    if (v.children.putIfAbsent(child.name, child) != null) {
                        throw new IllegalArgumentException(
                                "there are two children with the name " + child.name);
                    }
                });
    }

    /** Adds a channel that this node holds with all rights, and may hand down. */
    public Node withChannel(String channel, Channel made) {
        return with(v -> v.channels.put(channel, made));
    }

    /** Adds a buffer that this node owns, and may hand down. */
    public Node withBuffer(String buffer, SharedBuffer made) {
        return with(v -> v.buffers.put(buffer, made));
    }

    public String name() {
        return name;
    }

    String file() {
        return values.file;
    }

    Optional<Path> path() {
        return values.path;
    }

    byte[] bytes() {
        return values.bytes;
    }

    Handed handed() {
        return values.handed;
    }

    Map<String, ImportSource> imports() {
        return values.imports;
    }

    Map<String, Node> children() {
        return values.children;
    }

    Map<String, Channel> channels() {
        return values.channels;
    }

    Map<String, SharedBuffer> buffers() {
        return values.buffers;
    }
}
