// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Strict UTF-8. */
final class Utf8 {
    private Utf8() {}

    /** The offset of the first byte that is not UTF-8, or -1. */
    static int check(byte[] bytes) {
        int i = 0;
        int end = bytes.length;
        while (i < end) {
            int b = bytes[i];
            if (b >= 0) {
                i++;
                continue;
            }
            int length = sequence(bytes, i, end);
            if (length == 0) {
                return i;
            }
            i += length;
        }
        return -1;
    }

    /** The length of the sequence that begins at an offset, 0 when it is none. */
    private static int sequence(byte[] bytes, int i, int end) {
        int b = bytes[i] & 0xFF;
        int length = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
        if (b < 0xC2 || b > 0xF4 || end - i < length) {
            return 0;
        }
        int value = b & (0x7F >> length);
        for (int k = 1; k < length; k++) {
            int next = bytes[i + k];
            if ((next & 0xC0) != 0x80) {
                return 0;
            }
            value = value << 6 | next & 0x3F;
        }
        boolean overlong = length == 3 && value < 0x800 || length == 4 && value < 0x1_0000;
        boolean surrogate = value >= 0xD800 && value < 0xE000;
        return overlong || surrogate || value > 0x10_FFFF ? 0 : length;
    }

    /** The text of these bytes, or null when they are no UTF-8: null stays in this package. */
    static String decode(byte[] bytes, int offset, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, offset, length))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
