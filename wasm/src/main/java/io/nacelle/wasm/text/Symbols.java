// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Strings of parts of a text, each made once: in a large text the same few thousand names occur
 * millions of times.
 */
final class Symbols {
    private static final int MAX_KEPT = 1 << 20;

    /** Names made to collide are not kept, so that they cost no more than others. */
    private static final int MAX_PROBES = 32;

    private final byte[] bytes;
    private final Map<String, String> others = new HashMap<>();
    private String[] table = new String[1024];
    private int count;

    Symbols(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The text between two offsets. */
    String get(int start, int stop) {
        int hash = 0;
        for (int i = start; i < stop; i++) {
            int b = bytes[i];
            if (b < 0) {
                return intern(new String(bytes, start, stop - start, StandardCharsets.UTF_8));
            }
            hash = 31 * hash + b;
        }
        int mask = table.length - 1;
        int slot = mix(hash) & mask;
        int probes = 0;
        while (table[slot] != null && probes++ < MAX_PROBES) {
            if (matches(table[slot], hash, start, stop)) {
                return table[slot];
            }
            slot = (slot + 1) & mask;
        }
        var made = new String(bytes, start, stop - start, StandardCharsets.ISO_8859_1);
        if (table[slot] == null && count < MAX_KEPT) {
            table[slot] = made;
            if (++count * 2 > table.length) {
                grow();
            }
        }
        return made;
    }

    /** The kept string that equals this one. */
    String intern(String text) {
        var known = others.putIfAbsent(text, text);
        return known == null ? text : known;
    }

    // The hash above is that of String, so stored strings know theirs.
    private boolean matches(String text, int hash, int start, int stop) {
        if (text.length() != stop - start || text.hashCode() != hash) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != bytes[start + i]) {
                return false;
            }
        }
        return true;
    }

    private void grow() {
        var old = table;
        table = new String[old.length * 2];
        int mask = table.length - 1;
        for (var text : old) {
            if (text != null) {
                int slot = mix(text.hashCode()) & mask;
                while (table[slot] != null) {
                    slot = (slot + 1) & mask;
                }
                table[slot] = text;
            }
        }
    }

    private static int mix(int hash) {
        return hash ^ hash >>> 15;
    }
}
