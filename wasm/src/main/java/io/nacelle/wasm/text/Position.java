// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.syntax.MalformedException;

/** Lines and columns, counted only when somebody wants them. */
final class Position {
    private Position() {}

    /** The line of an offset, from 1. */
    static int line(byte[] bytes, int offset) {
        int line = 1;
        for (int i = 0; i < offset; i++) {
            if (endsLine(bytes, i)) {
                line++;
            }
        }
        return line;
    }

    /** The column of an offset in characters, from 1. */
    static int column(byte[] bytes, int offset) {
        int column = 1;
        for (int i = offset - 1; i >= 0 && bytes[i] != '\n' && bytes[i] != '\r'; i--) {
            if ((bytes[i] & 0xC0) != 0x80) {
                column++;
            }
        }
        return column;
    }

    static boolean endsLine(byte[] bytes, int i) {
        return bytes[i] == '\n'
                || bytes[i] == '\r' && (i + 1 == bytes.length || bytes[i + 1] != '\n');
    }

    static MalformedException error(byte[] bytes, int offset, String reason) {
        int at = Math.min(offset, bytes.length);
        return new MalformedException(
                reason, "at line " + line(bytes, at) + ", column " + column(bytes, at));
    }
}
