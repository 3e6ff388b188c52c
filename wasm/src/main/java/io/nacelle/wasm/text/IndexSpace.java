// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.text.Lexer.Token;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** One of the spaces of indices in which identifiers are bound (spec 6.3.5). */
final class IndexSpace {
    private final String what;
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<Integer, String> names = new TreeMap<>();
    private int count;

    /**
     * An empty space.
     *
     * @param what what it counts, for messages
     */
    IndexSpace(String what) {
        this.what = what;
    }

    int count() {
        return count;
    }

    /** The names by index, those given by annotations included. */
    Map<Integer, String> names() {
        return names;
    }

    /** Counts one more, without a name. */
    int add() {
        return count++;
    }

    /** Counts one more; binds the identifier at which the lexer stands, if any, and passes it. */
    int bind(Lexer lx) {
        if (lx.is(Token.ID)) {
            var id = lx.id();
            if (ids.putIfAbsent(id, count) != null) {
                throw lx.error("duplicate " + what + " $" + id);
            }
            names.put(count, id);
            lx.advance();
        }
        return count++;
    }

    /** Names an index otherwise than by its identifier. */
    void rename(int index, String name) {
        names.put(index, name);
    }

    /** The index at which the lexer stands, by number or identifier; passes it. */
    int index(Lexer lx) {
        int index;
        if (lx.is(Token.NAT)) {
            index = number(lx);
        } else if (lx.is(Token.ID)) {
            var known = ids.get(lx.id());
            if (known == null) {
                throw lx.error("unknown " + what + " $" + lx.id());
            }
            index = known;
        } else {
            throw lx.unexpected();
        }
        lx.advance();
        return index;
    }

    private static int number(Lexer lx) {
        return (int)
                Numbers.unsigned(lx.bytes(), lx.start(), lx.stop(), 32)
                        .orElseThrow(() -> lx.error("i32 constant out of range"));
    }

    /** The value of an unsigned 32-bit number at which the lexer stands; passes it. */
    static int u32(Lexer lx) {
        if (!lx.is(Token.NAT)) {
            throw lx.unexpected();
        }
        int value = number(lx);
        lx.advance();
        return value;
    }

    static boolean atIndex(Lexer lx) {
        return lx.is(Token.NAT) || lx.is(Token.ID);
    }
}
