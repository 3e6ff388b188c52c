// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

/**
 * Names as messages and traces show them. Whoever wrote the module chose them: as they are, they
 * could make up lines of a log, control a terminal, or fill memory, for a trace can have one a
 * hundred times.
 */
public final class ShownName {
    /** Longer names are cut; those of templates are long. */
    private static final int LONGEST = 1000;

    private ShownName() {}

    /** The name, escaped as in the text format where it does not print. */
    public static String of(String name) {
        boolean cut = name.length() > LONGEST;
        var start = cut ? name.substring(0, LONGEST) : name;
        if (!cut && start.codePoints().allMatch(ShownName::prints)) {
            return name;
        }
        var text = new StringBuilder();
        start.codePoints().forEach(c -> append(text, c));
        return cut ? text.append('…').toString() : text.toString();
    }

    private static void append(StringBuilder text, int c) {
        if (prints(c)) {
            text.appendCodePoint(c);
        } else {
            text.append("\\u{").append(Integer.toHexString(c)).append('}');
        }
    }

    private static boolean prints(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }
}
