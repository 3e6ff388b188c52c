// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;

/**
 * How the things of one index space are called in print: by identifier where a name can be one,
 * else by number. Names that two things share go to the first; the other keeps its by annotation.
 */
final class Identifiers {
    /** A space in which nothing has a name. */
    static final Identifiers NONE = new Identifiers(Map.of());

    private final Map<Integer, String> ids = new HashMap<>();
    private final Map<Integer, String> annotated = new HashMap<>();

    Identifiers(Map<Integer, String> names) {
        var taken = new HashSet<String>();
        for (var index : names.keySet().stream().sorted(Integer::compareUnsigned).toList()) {
            var name = names.get(index);
            if (!name.isEmpty() && taken.add(name)) {
                ids.put(index, id(name));
            } else {
                annotated.put(index, name);
            }
        }
    }

    boolean isEmpty() {
        return ids.isEmpty() && annotated.isEmpty();
    }

    /** Whether an index has a name of either sort. */
    boolean isNamed(int index) {
        return ids.containsKey(index) || annotated.containsKey(index);
    }

    /** How an index is referred to. */
    String use(int index) {
        var id = ids.get(index);
        return id != null ? id : Integer.toUnsignedString(index);
    }

    /** What stands where the thing is defined, with a space in front; empty without a name. */
    String definition(int index) {
        var id = ids.get(index);
        if (id != null) {
            return " " + id;
        }
        var name = annotated.get(index);
        if (name == null) {
            return "";
        }
        var text = new StringBuilder(" (@name ");
        StringLiteral.append(text, name);
        return text.append(')').toString();
    }

    /** A name as an identifier, quoted when it must be. */
    static String id(String name) {
        if (isPlain(name)) {
            return "$" + name;
        }
        var text = new StringBuilder("$");
        StringLiteral.append(text, name);
        return text.toString();
    }

    private static boolean isPlain(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c >= 0x7F || "\"(),;[]{}".indexOf(c) >= 0) {
                return false;
            }
        }
        return true;
    }
}
