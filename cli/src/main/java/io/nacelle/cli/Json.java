// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Writes values as JSON (RFC 8259): maps, lists, strings, numbers, truth values; absent is null.
 */
final class Json {
    private static final int ASCII_END = 0x7F;

    private final StringBuilder out = new StringBuilder();

    private Json() {}

    static String of(Object value) {
        var json = new Json();
        json.value(value, 0);
        return json.out.append('\n').toString();
    }

    private void value(Object value, int depth) {
        switch (value) {
            case null -> out.append("null");
            case Map<?, ?> map -> object(map, depth);
            case List<?> list -> array(list, depth);
            case Number number -> out.append(number);
            case Boolean truth -> out.append(truth);
            default -> string(value.toString());
        }
    }

    private void object(Map<?, ?> map, int depth) {
        out.append('{');
        var entries = map.entrySet().iterator();
        while (entries.hasNext()) {
            var entry = entries.next();
            line(depth + 1);
            string(entry.getKey().toString());
            out.append(": ");
            value(entry.getValue(), depth + 1);
            comma(entries);
        }
        close(map.isEmpty(), depth, '}');
    }

    private void array(List<?> list, int depth) {
        out.append('[');
        var elements = list.iterator();
        while (elements.hasNext()) {
            line(depth + 1);
            value(elements.next(), depth + 1);
            comma(elements);
        }
        close(list.isEmpty(), depth, ']');
    }

    private void comma(Iterator<?> rest) {
        if (rest.hasNext()) {
            out.append(',');
        }
    }

    private void line(int depth) {
        out.append('\n').repeat(' ', 2 * depth);
    }

    private void close(boolean empty, int depth, char bracket) {
        if (!empty) {
            line(depth);
        }
        out.append(bracket);
    }

    /** All but printable ASCII is escaped: names are the module's, and a terminal may show them. */
    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c >= ' ' && c < ASCII_END) {
                out.append(c);
            } else {
                out.append(String.format("\\u%04x", (int) c));
            }
        }
        out.append('"');
    }
}
