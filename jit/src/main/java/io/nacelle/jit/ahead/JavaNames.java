// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit.ahead;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Makes names that Java allows of names that WebAssembly allows, which are any text. */
public final class JavaNames {
    private static final int MOST = 200;

    /** What cannot be a name. */
    private static final Set<String> KEYWORDS =
            Set.of(
                    "_",
                    "abstract",
                    "assert",
                    "boolean",
                    "break",
                    "byte",
                    "case",
                    "catch",
                    "char",
                    "class",
                    "const",
                    "continue",
                    "default",
                    "do",
                    "double",
                    "else",
                    "enum",
                    "extends",
                    "false",
                    "final",
                    "finally",
                    "float",
                    "for",
                    "goto",
                    "if",
                    "implements",
                    "import",
                    "instanceof",
                    "int",
                    "interface",
                    "long",
                    "native",
                    "new",
                    "null",
                    "package",
                    "private",
                    "protected",
                    "public",
                    "return",
                    "short",
                    "static",
                    "strictfp",
                    "super",
                    "switch",
                    "synchronized",
                    "this",
                    "throw",
                    "throws",
                    "transient",
                    "true",
                    "try",
                    "void",
                    "volatile",
                    "while");

    /** Methods that every class has, and those that the generated one has besides. */
    private static final Set<String> TAKEN =
            Set.of(
                    "clone",
                    "equals",
                    "finalize",
                    "getClass",
                    "hashCode",
                    "instance",
                    "instantiate",
                    "module",
                    "notify",
                    "notifyAll",
                    "of",
                    "toString",
                    "wait");

    private JavaNames() {}

    /** Whether text is an identifier. */
    static boolean isName(String text) {
        return !text.isEmpty()
                && Character.isJavaIdentifierStart(text.charAt(0))
                && text.chars().allMatch(JavaNames::isPart)
                && !KEYWORDS.contains(text);
    }

    private static boolean isPart(int c) {
        return Character.isJavaIdentifierPart(c) && !Character.isIdentifierIgnorable(c);
    }

    /**
     * The identifier that is closest to a text: what it may not have becomes an underscore, and
     * behind a keyword there is one more.
     */
    public static String of(String text) {
        var name = new StringBuilder();
        for (int i = 0; i < text.length() && name.length() < MOST; i++) {
            char c = text.charAt(i);
            if (i == 0 && isPart(c) && !Character.isJavaIdentifierStart(c)) {
                name.append('_');
            }
            name.append(isPart(c) ? c : '_');
        }
        if (name.isEmpty()) {
            name.append('_');
        }
        return KEYWORDS.contains(name.toString()) ? name.append('_').toString() : name.toString();
    }

    /** The same for a class, which begins with a capital letter. */
    public static String ofClass(String text) {
        var name = of(text);
        return of(name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1));
    }

    /**
     * Names of methods for exports, in their order: an export whose name will do as it is keeps it,
     * whatever the others are called; of others with the same name, the later ones are numbered.
     */
    static List<String> methods(List<String> exports) {
        var names = new ArrayList<String>(Collections.nCopies(exports.size(), null));
        var used = new HashSet<>(TAKEN);
        for (int i = 0; i < exports.size(); i++) {
            var name = exports.get(i);
            if (name.length() <= MOST && isName(name) && used.add(name)) {
                names.set(i, name);
            }
        }
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < exports.size(); i++) {
            if (names.get(i) == null) {
                names.set(i, unique(of(exports.get(i)), used, counts));
            }
        }
        return names;
    }

    private static String unique(String name, Set<String> used, Map<String, Integer> counts) {
        var candidate = TAKEN.contains(name) ? name + "_" : name;
        while (!used.add(candidate)) {
            candidate = name + "_" + (counts.merge(name, 1, Integer::sum) + 1);
        }
        return candidate;
    }

    /**
     * A name for a class that no other has, not even in a file system that does not tell small
     * letters from capital ones.
     *
     * @param used the names that there are, in small letters
     */
    static String uniqueClass(String name, Set<String> used) {
        var candidate = name;
        for (int i = 2; !used.add(candidate.toLowerCase(Locale.ROOT)); i++) {
            candidate = name + i;
        }
        return candidate;
    }
}
