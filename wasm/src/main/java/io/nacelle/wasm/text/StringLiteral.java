// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** String literals (spec 6.3.3): what they stand for, and how bytes are written as one. */
final class StringLiteral {
    private StringLiteral() {}

    /** The bytes of a literal whose form the lexer has checked, quotes included. */
    static byte[] decode(byte[] text, int start, int stop) {
        var out = new byte[stop - start - 2];
        int size = 0;
        for (int p = start + 1; p < stop - 1; ) {
            if (text[p] != '\\') {
                out[size++] = text[p++];
                continue;
            }
            int c = text[p + 1];
            p += 2;
            switch (c) {
                case 't' -> out[size++] = '\t';
                case 'n' -> out[size++] = '\n';
                case 'r' -> out[size++] = '\r';
                case '"', '\'', '\\' -> out[size++] = (byte) c;
                case 'u' -> {
                    int value = 0;
                    for (p++; text[p] != '}'; p++) {
                        if (text[p] != '_') {
                            value = value << 4 | Numbers.hexDigit(text[p]);
                        }
                    }
                    p++;
                    // A literal is never shorter than what it stands for.
                    var encoded = Character.toString(value).getBytes(StandardCharsets.UTF_8);
                    System.arraycopy(encoded, 0, out, size, encoded.length);
                    size += encoded.length;
                }
                default -> {
                    out[size++] = (byte) (Numbers.hexDigit(c) << 4 | Numbers.hexDigit(text[p]));
                    p++;
                }
            }
        }
        return size == out.length ? out : Arrays.copyOf(out, size);
    }

    /** The offset after the braces of a Unicode escape, or -1 when they name no scalar value. */
    static int unicodeEnd(byte[] text, int open, int end) {
        if (open >= end || text[open] != '{') {
            return -1;
        }
        int value = 0;
        boolean digit = false;
        for (int p = open + 1; p < end; p++) {
            int c = text[p];
            int d = Numbers.hexDigit(c);
            if (d >= 0) {
                value = value << 4 | d;
                if (value > 0x10_FFFF) {
                    return -1;
                }
                digit = true;
            } else if (c == '_' && digit) {
                digit = false;
            } else {
                boolean scalar = value < 0xD800 || value >= 0xE000;
                return c == '}' && digit && scalar ? p + 1 : -1;
            }
        }
        return -1;
    }

    /** Appends bytes as a literal: printable ASCII as it is, everything else escaped. */
    static void append(StringBuilder out, byte[] bytes) {
        out.append('"');
        for (byte b : bytes) {
            int c = b & 0xFF;
            if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
            } else if (c >= 0x20 && c < 0x7F) {
                out.append((char) c);
            } else {
                out.append('\\').append(Character.forDigit(c >> 4, 16));
                out.append(Character.forDigit(c & 15, 16));
            }
        }
        out.append('"');
    }

    /** Appends a name as a literal; characters beyond ASCII stay readable. */
    static void append(StringBuilder out, String name) {
        out.append('"');
        name.codePoints()
                .forEach(
                        c -> {
                            if (c == '"' || c == '\\') {
                                out.append('\\').append((char) c);
                            } else if (c >= 0x20 && c < 0x7F || c > 0x7F && !invisible(c)) {
                                out.appendCodePoint(c);
                            } else {
                                out.append("\\u{").append(Integer.toHexString(c)).append('}');
                            }
                        });
        out.append('"');
    }

    private static boolean invisible(int c) {
        return switch (Character.getType(c)) {
            case Character.FORMAT,
                    Character.CONTROL,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    Character.SURROGATE ->
                    true;
            default -> false;
        };
    }
}
