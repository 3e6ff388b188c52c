// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.binary.BranchHints;
import io.nacelle.wasm.text.Lexer.Token;

import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.Optional;

/** The annotations that mean something: custom sections, names and branch hints. */
final class Annotations {
    static final String CUSTOM = "custom";
    static final String NAME = "name";
    static final String BRANCH_HINT = BranchHints.NAME;

    /** Section ids in the order in which sections stand; each is the predecessor of the next. */
    private static final int[] ORDER = {0, 1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11};

    private static final Map<String, Integer> SECTIONS =
            Map.ofEntries(
                    Map.entry("type", 1),
                    Map.entry("import", 2),
                    Map.entry("func", 3),
                    Map.entry("table", 4),
                    Map.entry("memory", 5),
                    Map.entry("tag", 13),
                    Map.entry("global", 6),
                    Map.entry("export", 7),
                    Map.entry("start", 8),
                    Map.entry("elem", 9),
                    Map.entry("datacount", 12),
                    Map.entry("code", 10),
                    Map.entry("data", 11));

    private Annotations() {}

    static boolean isKnown(String id) {
        return id.equals(CUSTOM) || id.equals(NAME) || id.equals(BRANCH_HINT);
    }

    /** Where a section of this id stands among the others. */
    static int rank(int section) {
        for (int i = 0; i < ORDER.length; i++) {
            if (ORDER[i] == section) {
                return i;
            }
        }
        return ORDER.length - 1;
    }

    /** The section that stands before this one among all that there can be. */
    static int before(int section) {
        return ORDER[Math.max(0, rank(section) - 1)];
    }

    /** The word for a section, as placements name it; empty for no section. */
    static Optional<String> sectionName(int id) {
        return SECTIONS.entrySet().stream()
                .filter(e -> e.getValue() == id)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /**
     * A custom section as annotated.
     *
     * @param after as in {@link io.nacelle.wasm.syntax.CustomSection}
     */
    record Custom(String name, byte[] bytes, int after) {}

    /** Reads a custom section at whose annotation the lexer stands, and passes it. */
    static Custom custom(Lexer lx) {
        lx.advance();
        if (!lx.is(Token.STRING)) {
            throw lx.error("@custom annotation: missing section name");
        }
        var raw = lx.string();
        var name = Utf8.decode(raw, 0, raw.length);
        if (name == null) {
            throw lx.error("@custom annotation: malformed UTF-8 encoding");
        }
        lx.advance();
        int after = ORDER[ORDER.length - 1];
        if (lx.is(Token.LPAR)) {
            lx.advance();
            after = placement(lx);
        }
        var bytes = strings(lx);
        if (!lx.is(Token.RPAR)) {
            throw lx.error("@custom annotation: unexpected token");
        }
        lx.advance();
        return new Custom(name, bytes, after);
    }

    private static int placement(Lexer lx) {
        boolean before = lx.isWord("before");
        if (!before && !lx.isWord("after")) {
            throw lx.error("@custom annotation: malformed placement");
        }
        lx.advance();
        int after;
        if (lx.isWord("first")) {
            after = before ? 0 : ORDER[1];
        } else if (lx.isWord("last")) {
            after = ORDER[ORDER.length - (before ? 2 : 1)];
        } else {
            var section = lx.is(Token.KEYWORD) ? SECTIONS.get(lx.text()) : null;
            if (section == null) {
                throw lx.error("@custom annotation: malformed section kind");
            }
            after = before ? ORDER[rank(section) - 1] : section;
        }
        lx.advance();
        if (!lx.is(Token.RPAR)) {
            throw lx.error("@custom annotation: unexpected token");
        }
        lx.advance();
        return after;
    }

    /** Reads a name at whose annotation the lexer stands, and passes it. */
    static String name(Lexer lx) {
        lx.advance();
        if (!lx.is(Token.STRING)) {
            throw lx.error("@name annotation: unexpected token");
        }
        var raw = lx.string();
        var name = Utf8.decode(raw, 0, raw.length);
        if (name == null) {
            throw lx.error("@name annotation: malformed UTF-8 encoding");
        }
        lx.advance();
        if (!lx.is(Token.RPAR)) {
            throw lx.error("@name annotation: unexpected token");
        }
        lx.advance();
        return name;
    }

    /** Reads the value of a branch hint at whose annotation the lexer stands, and passes it. */
    static int branchHint(Lexer lx) {
        lx.advance();
        var value = strings(lx);
        if (!lx.is(Token.RPAR)) {
            throw lx.error("@metadata.code.branch_hint annotation: unexpected token");
        }
        if (value.length != 1 || value[0] < 0 || value[0] > 1) {
            throw lx.error("@metadata.code.branch_hint annotation: invalid value");
        }
        lx.advance();
        return value[0];
    }

    /** All strings that follow, joined. */
    static byte[] strings(Lexer lx) {
        var bytes = new ByteArrayOutputStream();
        while (lx.is(Token.STRING)) {
            bytes.writeBytes(lx.string());
            lx.advance();
        }
        return bytes.toByteArray();
    }
}
