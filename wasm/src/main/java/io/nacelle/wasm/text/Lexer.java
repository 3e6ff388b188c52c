// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.syntax.MalformedException;

import java.nio.charset.StandardCharsets;

/**
 * Cuts text into tokens (spec 6.3), one at a time, with one token of lookahead. Space, comments and
 * unknown annotations are passed over; the annotations that the parser knows come out as a token of
 * their own, at whose start their list can still be skipped.
 *
 * <p>The text has passed {@link Utf8#check}. Not thread-safe.
 */
final class Lexer {
    /** The kinds of tokens. */
    enum Token {
        LPAR,
        RPAR,
        /** An unsigned integer. */
        NAT,
        /** An integer with a sign. */
        INT,
        FLOAT,
        STRING,
        ID,
        KEYWORD,
        /** The opening of an annotation that is known, up to the end of its id. */
        ANNOTATION,
        /** What looks like a token and is none. */
        RESERVED,
        EOF
    }

    private static final byte ID_CHAR = 1;
    private static final byte SPACE = 2;
    private static final byte[] CLASS = new byte[256];

    static {
        for (int c = 0x21; c < 0x7F; c++) {
            CLASS[c] = ID_CHAR;
        }
        for (char c : "\"(),;[]{}".toCharArray()) {
            CLASS[c] = 0;
        }
        for (char c : " \t\n\r".toCharArray()) {
            CLASS[c] = SPACE;
        }
    }

    private final byte[] bytes;
    private final int end;
    private final Symbols symbols;

    /** Where the scanner is: after the current token, or after the one ahead. */
    private int pos;

    private Token kind = Token.EOF;
    private int start;
    private int stop;

    private boolean ahead;
    private Token aheadKind = Token.EOF;
    private int aheadStart;
    private int aheadStop;

    private Token scannedKind = Token.EOF;
    private int scannedStart;

    /** A lexer over a part of a text, standing at its first token. */
    Lexer(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.end = end;
        this.symbols = new Symbols(bytes);
        seek(start);
    }

    /** Moves to the token that begins at or after an offset. */
    void seek(int offset) {
        pos = offset;
        ahead = false;
        advance();
    }

    Token kind() {
        return kind;
    }

    /** The offset of the current token. */
    int start() {
        return start;
    }

    /** The offset after the current token. */
    int stop() {
        return stop;
    }

    byte[] bytes() {
        return bytes;
    }

    boolean is(Token wanted) {
        return kind == wanted;
    }

    /** Whether the current token is this keyword. */
    boolean isWord(String word) {
        return kind == Token.KEYWORD && equals(word, start, stop);
    }

    /** Whether the current tokens open a list with this keyword. */
    boolean opens(String word) {
        return kind == Token.LPAR && peek() == Token.KEYWORD && equals(word, aheadStart, aheadStop);
    }

    /** Whether the current token is a known annotation with this id. */
    boolean annotates(String id) {
        return kind == Token.ANNOTATION && annotationId(start).equals(id);
    }

    private boolean equals(String word, int from, int to) {
        if (to - from != word.length()) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (bytes[i] != word.charAt(i - from)) {
                return false;
            }
        }
        return true;
    }

    /** The text of the current token, the same object for the same text. */
    String text() {
        return symbols.get(start, stop);
    }

    /** The name of the current identifier, without the dollar and the quotes. */
    String id() {
        if (bytes[start + 1] != '"') {
            return symbols.get(start + 1, stop);
        }
        var name = StringLiteral.decode(bytes, start + 1, stop);
        var text = Utf8.decode(name, 0, name.length);
        if (text == null) {
            throw error("malformed UTF-8 encoding");
        }
        return symbols.intern(text);
    }

    /** The bytes that the current string stands for. */
    byte[] string() {
        return StringLiteral.decode(bytes, start, stop);
    }

    /** Moves to the next token. */
    void advance() {
        if (ahead) {
            ahead = false;
            kind = aheadKind;
            start = aheadStart;
            stop = aheadStop;
        } else {
            scan();
            kind = scannedKind;
            start = scannedStart;
            stop = pos;
        }
    }

    /** The kind of the token after the current one. */
    Token peek() {
        if (!ahead) {
            scan();
            ahead = true;
            aheadKind = scannedKind;
            aheadStart = scannedStart;
            aheadStop = pos;
        }
        return aheadKind;
    }

    /** The text of the token after the current one. */
    String peekText() {
        peek();
        return symbols.get(aheadStart, aheadStop);
    }

    /** An exception about the current token. */
    MalformedException error(String reason) {
        return error(start, reason);
    }

    /** An exception about the text at an offset. */
    MalformedException error(int offset, String reason) {
        return Position.error(bytes, offset, reason);
    }

    /** An exception that says that the current token has no place here. */
    MalformedException unexpected() {
        return switch (kind) {
            case RESERVED -> unknownOperator();
            case KEYWORD ->
                    Keywords.isKnown(text())
                            ? error("unexpected token " + text())
                            : unknownOperator();
            case ANNOTATION -> {
                var id = annotationId(start);
                yield error(
                        id.equals(Annotations.BRANCH_HINT)
                                ? "@" + id + " annotation: not in a function"
                                : "misplaced @" + id + " annotation");
            }
            case EOF -> error("unexpected token: the text ends");
            default -> error("unexpected token " + shown());
        };
    }

    private MalformedException unknownOperator() {
        return error("unknown operator " + shown());
    }

    private String shown() {
        int length = Math.min(stop - start, 60);
        return new String(bytes, start, length, StandardCharsets.UTF_8)
                + (length < stop - start ? "…" : "");
    }

    private int at(int offset) {
        return offset < end ? bytes[offset] & 0xFF : -1;
    }

    private void scan() {
        skipSpace();
        scannedStart = pos;
        int c = at(pos);
        switch (c) {
            case -1 -> scannedKind = Token.EOF;
            case '(' -> {
                if (at(pos + 1) == '@') {
                    scannedKind = Token.ANNOTATION;
                    pos = annotationIdEnd(pos + 2);
                } else {
                    scannedKind = Token.LPAR;
                    pos++;
                }
            }
            case ')' -> {
                scannedKind = Token.RPAR;
                pos++;
            }
            case '"' -> {
                pos = stringEnd(pos);
                scannedKind = glued() ? Token.RESERVED : Token.STRING;
            }
            case '$' -> scanId();
            case ',', ';', '[', ']', '{', '}' -> {
                scannedKind = Token.RESERVED;
                pos++;
            }
            default -> scanWord(c);
        }
    }

    private void scanWord(int first) {
        if (CLASS[first] != ID_CHAR) {
            throw error(pos, "illegal character");
        }
        idChars();
        if (glued()) {
            scannedKind = Token.RESERVED;
        } else if (first >= 'a' && first <= 'z') {
            boolean number = first == 'i' || first == 'n';
            scannedKind =
                    number && Numbers.isSpecial(bytes, scannedStart, pos)
                            ? Token.FLOAT
                            : Token.KEYWORD;
        } else {
            scannedKind = Numbers.classify(bytes, scannedStart, pos);
        }
    }

    private void scanId() {
        pos++;
        int c = at(pos);
        if (c == '"') {
            int close = plainStringEnd(pos);
            if (close < 0 || close == pos + 2) {
                throw error(scannedStart, "empty identifier");
            }
            pos = close;
            var name = StringLiteral.decode(bytes, scannedStart + 1, pos);
            if (Utf8.decode(name, 0, name.length) == null) {
                throw error(scannedStart, "malformed UTF-8 encoding");
            }
        } else {
            idChars();
            if (pos == scannedStart + 1) {
                throw error(scannedStart, "empty identifier");
            }
        }
        scannedKind = glued() ? Token.RESERVED : Token.ID;
    }

    private void idChars() {
        int p = pos;
        while (p < end && CLASS[bytes[p] & 0xFF] == ID_CHAR) {
            p++;
        }
        pos = p;
    }

    /** Whether more of a token follows without space; if so, moves to its end. */
    private boolean glued() {
        boolean any = false;
        while (true) {
            int c = at(pos);
            if (c == '"') {
                pos = stringEnd(pos);
            } else if (c >= 0 && CLASS[c] == ID_CHAR) {
                idChars();
            } else {
                return any;
            }
            any = true;
        }
    }

    private void skipSpace() {
        while (pos < end) {
            int c = bytes[pos] & 0xFF;
            if (CLASS[c] == SPACE) {
                pos++;
            } else if (c == ';' && at(pos + 1) == ';') {
                pos = lineEnd(pos);
            } else if (c == '(' && at(pos + 1) == ';') {
                pos = commentEnd(pos);
            } else if (c == '(' && at(pos + 1) == '@' && !Annotations.isKnown(annotationId(pos))) {
                pos = annotationEnd(pos);
            } else {
                return;
            }
        }
    }

    private int lineEnd(int from) {
        int p = from;
        while (p < end && bytes[p] != '\n' && bytes[p] != '\r') {
            p++;
        }
        return p;
    }

    private int commentEnd(int from) {
        int depth = 0;
        int p = from;
        while (p + 1 < end) {
            int c = bytes[p];
            int next = bytes[p + 1];
            if (c == '(' && next == ';') {
                depth++;
                p += 2;
            } else if (c == ';' && next == ')') {
                depth--;
                p += 2;
                if (depth == 0) {
                    return p;
                }
            } else {
                p++;
            }
        }
        throw error(from, "unclosed comment");
    }

    private int annotationIdEnd(int from) {
        int p = from;
        if (at(p) == '"') {
            int close = plainStringEnd(p);
            if (close < 0 || close == p + 2) {
                throw error(from - 2, "empty annotation id");
            }
            return close;
        }
        while (p < end && CLASS[bytes[p] & 0xFF] == ID_CHAR) {
            p++;
        }
        if (p == from) {
            throw error(from - 2, "empty annotation id");
        }
        return p;
    }

    /** The id of the annotation that opens at an offset. */
    private String annotationId(int open) {
        int from = open + 2;
        int to = annotationIdEnd(from);
        if (bytes[from] != '"') {
            return symbols.get(from, to);
        }
        var name = StringLiteral.decode(bytes, from, to);
        var text = Utf8.decode(name, 0, name.length);
        if (text == null) {
            throw error(open, "malformed UTF-8 encoding");
        }
        return text;
    }

    private int annotationEnd(int open) {
        int p = annotationIdEnd(open + 2);
        int depth = 1;
        while (depth > 0) {
            int c = at(p);
            switch (c) {
                case -1 -> throw error(open, "unclosed annotation");
                case '(' -> {
                    if (at(p + 1) == ';') {
                        p = commentEnd(p);
                    } else {
                        depth++;
                        p++;
                    }
                }
                case ')' -> {
                    depth--;
                    p++;
                }
                case '"' -> p = stringEnd(p);
                case ';' -> p = at(p + 1) == ';' ? lineEnd(p) : p + 1;
                case ',', '[', ']', '{', '}' -> p++;
                default -> {
                    if (CLASS[c] == 0) {
                        throw error(p, "illegal character");
                    }
                    p++;
                }
            }
        }
        return p;
    }

    /** The offset after a string, or -1 when it is not closed as one line of plain characters. */
    private int plainStringEnd(int open) {
        int p = open + 1;
        while (p < end) {
            int c = bytes[p] & 0xFF;
            if (c == '"') {
                return stringEnd(open);
            }
            if (c < 0x20 || c == 0x7F) {
                return -1;
            }
            p += c == '\\' ? 2 : 1;
        }
        return -1;
    }

    private int stringEnd(int open) {
        int p = open + 1;
        while (p < end) {
            int c = bytes[p] & 0xFF;
            if (c == '"') {
                return p + 1;
            }
            if (c == '\\') {
                p = escapeEnd(p);
            } else if (c == '\n' || c == '\r') {
                throw error(open, "unclosed string");
            } else if (c < 0x20 || c == 0x7F) {
                throw error(p, "illegal control character in string");
            } else {
                p++;
            }
        }
        throw error(open, "unclosed string");
    }

    private int escapeEnd(int backslash) {
        int c = at(backslash + 1);
        switch (c) {
            case 't', 'n', 'r', '"', '\'', '\\' -> {
                return backslash + 2;
            }
            case 'u' -> {
                int close = StringLiteral.unicodeEnd(bytes, backslash + 2, end);
                if (close < 0) {
                    throw error(backslash, "illegal escape");
                }
                return close;
            }
            case -1 -> throw error(backslash, "unclosed string");
            default -> {
                if (Numbers.hexDigit(c) < 0 || Numbers.hexDigit(at(backslash + 2)) < 0) {
                    throw error(backslash, "illegal escape");
                }
                return backslash + 3;
            }
        }
    }

    /**
     * The offset after the list that opens at an offset. What is in it is looked at no closer than
     * needed.
     *
     * @throws MalformedException when it is not closed
     */
    int skipList(int open) {
        int depth = 0;
        int p = open;
        while (p < end) {
            switch (bytes[p]) {
                case '(' -> {
                    if (at(p + 1) == ';') {
                        p = commentEnd(p);
                    } else {
                        depth++;
                        p++;
                    }
                }
                case ')' -> {
                    p++;
                    if (--depth == 0) {
                        return p;
                    }
                }
                case '"' -> p = roughStringEnd(p);
                case ';' -> p = at(p + 1) == ';' ? lineEnd(p) : p + 1;
                default -> p++;
            }
        }
        boolean annotation = at(open + 1) == '@';
        throw error(end, annotation ? "unclosed annotation" : "unexpected token: the text ends");
    }

    private int roughStringEnd(int open) {
        int p = open + 1;
        while (p < end) {
            int c = bytes[p];
            if (c == '"') {
                return p + 1;
            }
            if (c == '\n' || c == '\r') {
                // An identifier that is no string; whoever reads it closely will say so.
                return p;
            }
            p += c == '\\' ? 2 : 1;
        }
        throw error(open, "unclosed string");
    }
}
