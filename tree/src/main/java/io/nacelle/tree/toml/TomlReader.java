// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree.toml;

import io.nacelle.tree.toml.TomlTable.Origin;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads TOML 1.0 without floating-point numbers, dates and times, which manifests have no use for.
 * The text is taken for hostile: its size and its depth are bounded.
 */
public final class TomlReader {
    private static final int MOST_CHARS = 1 << 20;
    private static final int DEEPEST = 64;
    private static final int END = -1;

    private final String text;
    private int at;
    private int line = 1;
    private int lineStart;
    private int depth;

    private TomlReader(String text) {
        this.text = text;
    }

    /**
     * Reads a text.
     *
     * @throws TomlException when it is not TOML, larger than a million characters or nested deeper
     *     than 64
     */
    public static TomlTable read(String text) {
        if (text.length() > MOST_CHARS) {
            throw new TomlException("more than " + MOST_CHARS + " characters", 1, 1);
        }
        return new TomlReader(text).document();
    }

    private TomlTable document() {
        var root = new TomlTable(Origin.HEADER);
        var current = root;
        while (true) {
            blank();
            if (peek() == END) {
                return root;
            }
            if (peek() == '[') {
                current = header(root);
            } else {
                pair(current);
            }
            endOfLine();
        }
    }

    private TomlTable header(TomlTable root) {
        var place = place("");
        take('[');
        boolean array = peek() == '[';
        if (array) {
            next();
        }
        spaces();
        var keys = keys();
        take(']');
        if (array) {
            take(']');
        }
        var table = root;
        for (var key : keys.subList(0, keys.size() - 1)) {
            table = step(table, key, Origin.IMPLIED);
        }
        var last = keys.getLast();
        var name = last.content();
        var there = table.entries.get(name);
        if (array) {
            if (there == null) {
                there = last.withContent(new TableArray());
                table.entries.put(name, there);
            }
            if (!(there.content() instanceof TableArray tables)) {
                throw last.value().fault("'" + name + "' is there already");
            }
            var made = new TomlTable(Origin.HEADER);
            tables.add(new TomlValue(made, place.line(), place.column()));
            return made;
        }
        if (there == null) {
            var made = new TomlTable(Origin.HEADER);
            table.entries.put(name, last.withContent(made));
            return made;
        }
        if (there.content() instanceof TomlTable known && known.origin == Origin.IMPLIED) {
            known.origin = Origin.HEADER;
            return known;
        }
        throw last.value().fault("'" + name + "' is there already");
    }

    /** The tables of headers in double brackets: others cannot add to an array. */
    private static final class TableArray extends ArrayList<TomlValue> {
        private static final long serialVersionUID = 1L;
    }

    private record Key(String content, int line, int column) {
        TomlValue value() {
            return new TomlValue(content, line, column);
        }

        TomlValue withContent(Object other) {
            return new TomlValue(other, line, column);
        }
    }

    private static TomlTable step(TomlTable table, Key key, Origin origin) {
        var there = table.entries.get(key.content());
        if (there == null) {
            var made = new TomlTable(origin);
            table.entries.put(key.content(), key.withContent(made));
            return made;
        }
        if (there.content() instanceof TableArray tables && origin == Origin.IMPLIED) {
            return (TomlTable) tables.getLast().content();
        }
        // Braces are complete, and a dotted key adds to what dotted keys made, and to nothing else.
        if (there.content() instanceof TomlTable known
                && known.origin != Origin.INLINE
                && (origin == Origin.IMPLIED || known.origin == Origin.DOTTED)) {
            return known;
        }
        throw key.value().fault("'" + key.content() + "' is there already");
    }

    private void pair(TomlTable table) {
        var keys = keys();
        take('=');
        spaces();
        var target = table;
        for (var key : keys.subList(0, keys.size() - 1)) {
            target = step(target, key, Origin.DOTTED);
        }
        var last = keys.getLast();
        var value = last.withContent(value().content());
        if (target.entries.putIfAbsent(last.content(), value) != null) {
            throw last.value().fault("'" + last.content() + "' is there already");
        }
    }

    private List<Key> keys() {
        var keys = new ArrayList<Key>();
        while (true) {
            spaces();
            var place = place("");
            keys.add(new Key(key(), place.line(), place.column()));
            if (keys.size() > DEEPEST) {
                throw fault("nested deeper than " + DEEPEST);
            }
            spaces();
            if (peek() != '.') {
                return keys;
            }
            next();
        }
    }

    private String key() {
        if (peek() == '"' || peek() == '\'') {
            return string(false);
        }
        int start = at;
        while (isBare(peek())) {
            next();
        }
        if (at == start) {
            throw unexpected("a key");
        }
        return text.substring(start, at);
    }

    private static boolean isBare(int c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '_'
                || c == '-';
    }

    private TomlValue value() {
        var place = place("");
        if (++depth > DEEPEST) {
            throw fault("nested deeper than " + DEEPEST);
        }
        Object content =
                switch (peek()) {
                    case '"', '\'' -> string(true);
                    case '[' -> array();
                    case '{' -> inline();
                    default -> word();
                };
        depth--;
        return new TomlValue(content, place.line(), place.column());
    }

    private List<TomlValue> array() {
        take('[');
        var values = new ArrayList<TomlValue>();
        while (true) {
            blank();
            if (peek() == ']') {
                next();
                return values;
            }
            values.add(value());
            blank();
            if (peek() == ',') {
                next();
            } else if (peek() != ']') {
                throw unexpected("',' or ']'");
            }
        }
    }

    private TomlTable inline() {
        take('{');
        var table = new TomlTable(Origin.HEADER);
        spaces();
        while (peek() != '}') {
            pair(table);
            spaces();
            if (peek() == ',') {
                next();
                spaces();
                if (peek() == '}') {
                    throw unexpected("a key");
                }
            } else if (peek() != '}') {
                throw unexpected("',' or '}'");
            }
        }
        next();
        close(table);
        return table;
    }

    private static void close(TomlTable table) {
        table.origin = Origin.INLINE;
        for (var value : table.entries.values()) {
            if (value.content() instanceof TomlTable inner && inner.origin != Origin.INLINE) {
                close(inner);
            }
        }
    }

    private Object word() {
        var place = place("");
        int start = at;
        while (isBare(peek()) || peek() == '+' || peek() == '.' || peek() == ':') {
            next();
        }
        var word = text.substring(start, at);
        if (word.isEmpty()) {
            throw unexpected("a value");
        }
        if (word.equals("true") || word.equals("false")) {
            return word.equals("true");
        }
        try {
            return integer(word);
        } catch (NumberFormatException _) {
            throw place.fault(
                    "'"
                            + word
                            + "' is no value: there are strings in quotes, integers, true, false,"
                            + " arrays and tables");
        }
    }

    private static long integer(String word) {
        if (word.startsWith("_") || word.endsWith("_") || word.contains("__")) {
            throw new NumberFormatException();
        }
        var digits = word.replace("_", "");
        if (digits.startsWith("0x")) {
            return Long.parseLong(unsigned(digits), 16);
        }
        if (digits.startsWith("0o")) {
            return Long.parseLong(unsigned(digits), 8);
        }
        if (digits.startsWith("0b")) {
            return Long.parseLong(unsigned(digits), 2);
        }
        var plain = digits.startsWith("+") || digits.startsWith("-") ? digits.substring(1) : digits;
        if (plain.length() > 1 && plain.startsWith("0")) {
            throw new NumberFormatException();
        }
        return Long.parseLong(digits);
    }

    private static String unsigned(String digits) {
        var rest = digits.substring(2);
        if (rest.startsWith("+") || rest.startsWith("-")) {
            throw new NumberFormatException();
        }
        return rest;
    }

    private String string(boolean severalLines) {
        int quote = next();
        boolean multi = false;
        if (peek() == quote && at + 1 < text.length() && text.charAt(at + 1) == quote) {
            if (!severalLines) {
                throw fault("a key cannot have several lines");
            }
            next();
            next();
            multi = true;
            if (peek() == '\r') {
                next();
            }
            if (peek() == '\n') {
                next();
            }
        }
        var result = new StringBuilder();
        while (true) {
            int c = peek();
            if (c == END || !multi && (c == '\n' || c == '\r')) {
                throw fault("the string has no end");
            }
            next();
            if (c == quote) {
                if (!multi) {
                    return result.toString();
                }
                int run = 1;
                while (peek() == quote && run < 5) {
                    next();
                    run++;
                }
                if (run >= 3) {
                    return result.append(Character.toString(quote).repeat(run - 3)).toString();
                }
                result.append(Character.toString(quote).repeat(run));
            } else if (c == '\\' && quote == '"') {
                escape(result, multi);
            } else if (c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f) {
                throw fault("a control character must be written as an escape");
            } else {
                result.append((char) c);
            }
        }
    }

    private void escape(StringBuilder result, boolean multi) {
        int c = next();
        switch (c) {
            case 'b' -> result.append('\b');
            case 't' -> result.append('\t');
            case 'n' -> result.append('\n');
            case 'f' -> result.append('\f');
            case 'r' -> result.append('\r');
            case '"' -> result.append('"');
            case '\\' -> result.append('\\');
            case 'u' -> result.appendCodePoint(codePoint(4));
            case 'U' -> result.appendCodePoint(codePoint(8));
            default -> {
                if (!multi || c != ' ' && c != '\t' && c != '\n' && c != '\r') {
                    throw fault("there is no such escape");
                }
                while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') {
                    next();
                }
            }
        }
    }

    private int codePoint(int digits) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = Character.digit(next(), 16);
            if (digit < 0 || value >= 1 << 24) {
                throw fault("an escape needs " + digits + " hexadecimal digits of a character");
            }
            value = value << 4 | digit;
        }
        if (!Character.isValidCodePoint(value)
                || value <= 0xffff && Character.isSurrogate((char) value)) {
            throw fault("the escape is of no character");
        }
        return value;
    }

    /** White space, line ends and comments. */
    private void blank() {
        while (true) {
            spaces();
            if (peek() == '#') {
                comment();
            } else if (peek() == '\n' || isCrLf()) {
                next();
            } else {
                return;
            }
        }
    }

    private void comment() {
        while (peek() != '\n' && peek() != END && !isCrLf()) {
            int c = next();
            if (c < ' ' && c != '\t' || c == 0x7f) {
                throw fault("a control character in a comment");
            }
        }
    }

    private boolean isCrLf() {
        return peek() == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n';
    }

    private void endOfLine() {
        spaces();
        if (peek() == '#') {
            comment();
        }
        if (peek() != END && peek() != '\n' && !isCrLf()) {
            throw unexpected("the end of the line");
        }
    }

    private void spaces() {
        while (peek() == ' ' || peek() == '\t') {
            next();
        }
    }

    private int peek() {
        return at < text.length() ? text.charAt(at) : END;
    }

    private int next() {
        if (at >= text.length()) {
            throw fault("the text ends too early");
        }
        char c = text.charAt(at++);
        if (c == '\n') {
            line++;
            lineStart = at;
        }
        return c;
    }

    private void take(char wanted) {
        if (peek() != wanted) {
            throw unexpected("'" + wanted + "'");
        }
        next();
    }

    private TomlValue place(String content) {
        return new TomlValue(content, line, at - lineStart + 1);
    }

    private TomlException fault(String message) {
        return place("").fault(message);
    }

    private TomlException unexpected(String wanted) {
        int c = peek();
        var found =
                c == END ? "the end of the text" : c == '\n' ? "a line end" : "'" + (char) c + "'";
        return fault("expected " + wanted + ", found " + found);
    }
}
