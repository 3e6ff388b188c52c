// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

/**
 * Names in messages. Whoever wrote a module or manifest chose them, so they are escaped and cut.
 */
final class Shown {
    private static final int LONGEST = 200;

    private Shown() {}

    /** The name on one line, with what does not print escaped as the text format does. */
    static String of(String name) {
        var text = new StringBuilder();
        boolean cut = name.length() > LONGEST;
        (cut ? name.substring(0, LONGEST) : name).codePoints().forEach(c -> append(text, c));
        return cut ? text.append('…').toString() : text.toString();
    }

    private static void append(StringBuilder text, int c) {
        switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    text.append("\\u{").append(Integer.toHexString(c)).append('}');
            default -> text.appendCodePoint(c);
        }
    }
}
