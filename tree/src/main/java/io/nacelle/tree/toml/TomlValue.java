// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree.toml;

import java.util.List;
import java.util.Locale;

/**
 * A value and where it is written.
 *
 * @param content a String, Long, Boolean, {@code List<TomlValue>} or {@link TomlTable}
 */
public record TomlValue(Object content, int line, int column) {
    public TomlException fault(String message) {
        return new TomlException(message, line, column);
    }

    private <T> T as(Class<T> type, String key, String kind) {
        if (type.isInstance(content)) {
            return type.cast(content);
        }
        throw fault("'" + key + "' must be " + kind + ", not " + kind());
    }

    public String string(String key) {
        return as(String.class, key, "a string");
    }

    public long integer(String key) {
        return as(Long.class, key, "an integer");
    }

    public boolean bool(String key) {
        return as(Boolean.class, key, "true or false");
    }

    public TomlTable table(String key) {
        return as(TomlTable.class, key, "a table");
    }

    @SuppressWarnings("unchecked")
    public List<TomlValue> array(String key) {
        return (List<TomlValue>) as(List.class, key, "an array");
    }

    private String kind() {
        return switch (content) {
            case String _ -> "a string";
            case Long _ -> "an integer";
            case List<?> _ -> "an array";
            case TomlTable _ -> "a table";
            default -> content.toString().toLowerCase(Locale.ROOT);
        };
    }
}
