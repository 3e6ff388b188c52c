// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree.toml;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A table, with its keys in the order they are written. */
public final class TomlTable {
    /** How a table came to be, which decides whether more can be added. */
    enum Origin {
        /** By being on the way to another. */
        IMPLIED,
        /** By a header. */
        HEADER,
        /** By a dotted key. */
        DOTTED,
        /** In braces: complete. */
        INLINE
    }

    final Map<String, TomlValue> entries = new LinkedHashMap<>();
    Origin origin;

    TomlTable(Origin origin) {
        this.origin = origin;
    }

    public Set<Map.Entry<String, TomlValue>> entries() {
        return entries.entrySet();
    }

    public Optional<TomlValue> get(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    /**
     * Refuses keys that nobody reads: a misspelt one would silently change what is granted.
     *
     * @throws TomlException at the first of them
     */
    public void allow(String where, String... keys) {
        var known = Set.of(keys);
        entries.forEach(
                (key, value) -> {
                    if (!known.contains(key)) {
                        throw value.fault(
                                "unknown key '"
                                        + key
                                        + "' in "
                                        + where
                                        + "; there are "
                                        + String.join(", ", keys));
                    }
                });
    }
}
