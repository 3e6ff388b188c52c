// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

/**
 * Makes text out of files fit for a terminal. Names are chosen by whoever wrote the module: left as
 * they are, they could move the cursor or change what was printed before.
 */
final class Printable {
    private Printable() {}

    /**
     * The text with everything that does not print, and quotes, escaped as the text format does.
     */
    static String quoted(String text) {
        return '"' + escaped(text, "\"") + '"';
    }

    /** The text on one line, with everything that does not print escaped. */
    static String plain(String text) {
        return lines(text).replace('\n', ' ');
    }

    /** The text with everything that does not print escaped; line breaks stay. */
    static String lines(String text) {
        return escaped(text, "");
    }

    private static String escaped(String text, String quote) {
        var result = new StringBuilder(text.length());
        text.codePoints().forEach(c -> append(result, c, quote));
        return result.toString();
    }

    private static void append(StringBuilder result, int c, String quote) {
        boolean keep =
                switch (Character.getType(c)) {
                    case Character.CONTROL -> quote.isEmpty() && c == '\n';
                    case Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR ->
                            false;
                    default -> quote.indexOf(c) < 0 && (quote.isEmpty() || c != '\\');
                };
        if (keep) {
            result.appendCodePoint(c);
        } else if (c == '"' || c == '\\') {
            result.append('\\').append((char) c);
        } else {
            result.append("\\u{").append(Integer.toHexString(c)).append('}');
        }
    }
}
