// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.debug;

import io.nacelle.wasm.syntax.MalformedException;

import java.nio.charset.StandardCharsets;

/**
 * Reads numbers and strings of a debugging section. Whatever the bytes are, it throws nothing but
 * {@link MalformedException}, and every read moves it forward or fails.
 */
final class DwarfReader {
    /** Longer strings are cut: nobody reads them, and many could refer to the same one. */
    static final int LONGEST_STRING = 4096;

    private final DwarfSection section;
    private long at;
    private final long end;

    DwarfReader(DwarfSection section, long from, long end) {
        if (from < 0 || from > end || end > section.length()) {
            throw malformed();
        }
        this.section = section;
        this.at = from;
        this.end = end;
    }

    DwarfReader(DwarfSection section, long from) {
        this(section, from, section.length());
    }

    static MalformedException malformed() {
        return new MalformedException("malformed debugging information", "");
    }

    long at() {
        return at;
    }

    boolean atEnd() {
        return at >= end;
    }

    void skip(long count) {
        if (count < 0 || count > end - at) {
            throw malformed();
        }
        at += count;
    }

    int u8() {
        if (at >= end) {
            throw malformed();
        }
        return section.byteAt(at++) & 0xFF;
    }

    /** An unsigned number of so many bytes, up to 8. */
    long fixed(int bytes) {
        if (bytes > 8 || bytes > end - at) {
            throw malformed();
        }
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (section.byteAt(at++) & 0xFFL) << 8 * i;
        }
        return value;
    }

    int u16() {
        return (int) fixed(2);
    }

    long u32() {
        return fixed(4);
    }

    long uleb() {
        long value = 0;
        int shift = 0;
        while (true) {
            int b = u8();
            if (shift < Long.SIZE) {
                value |= (b & 0x7FL) << shift;
            }
            shift += 7;
            if (b < 0x80) {
                return value;
            }
        }
    }

    long sleb() {
        long value = 0;
        int shift = 0;
        while (true) {
            int b = u8();
            if (shift < Long.SIZE) {
                value |= (b & 0x7FL) << shift;
            }
            shift += 7;
            if (b < 0x80) {
                return shift < Long.SIZE && (b & 0x40) != 0 ? value | -1L << shift : value;
            }
        }
    }

    /** A string that ends with a zero. */
    String string() {
        long from = at;
        skipString();
        int length = (int) Math.min(at - 1 - from, LONGEST_STRING);
        var bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = section.byteAt(from + i);
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    void skipString() {
        while (u8() != 0) {
            // Its end is all that is wanted.
        }
    }
}
