// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Kernels that are looked at together. Fixed, sources and sizes too, so that figures of different
 * days can be compared; no runtime knows them.
 */
enum SubjectSet {
    /** The fourteen that tables of WebAssembly runtimes usually have. */
    TABLE(
            "base64",
            "fib2",
            "gimli",
            "heapsort",
            "matrix",
            "memmove",
            "nestedloop",
            "nestedloop2",
            "nestedloop3",
            "random",
            "seqhash",
            "sieve",
            "strchr",
            "switch2"),
    /** What small controllers do. */
    MIX("coremix"),
    /** One interpreter as one long function and as many short ones. */
    SWITCH("bigswitch", "smallswitch"),
    /** Each without and with vectors. */
    SIMD("blur", "chacha", "dot");

    private final List<String> sources;

    SubjectSet(String... sources) {
        this.sources = List.of(sources);
    }

    /** The sets of a list like {@code table,mix}. */
    static List<SubjectSet> parse(String names) {
        return Arrays.stream(names.split(","))
                .map(name -> valueOf(name.toUpperCase(Locale.ROOT)))
                .toList();
    }

    List<Subject> subjects() {
        var result = new ArrayList<Subject>();
        for (var source : sources) {
            result.add(new Subject(source, false));
            if (this == SIMD) {
                result.add(new Subject(source, true));
            }
        }
        return result;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
