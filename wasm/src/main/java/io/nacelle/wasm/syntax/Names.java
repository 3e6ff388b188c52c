// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The contents of the name section and of its extended form (spec 7.4.1): names by index, and for
 * locals, labels and fields by the index of their function or type first.
 */
public record Names(
        Optional<String> module,
        Map<Integer, String> funcs,
        Map<Integer, Map<Integer, String>> locals,
        Map<Integer, Map<Integer, String>> labels,
        Map<Integer, String> types,
        Map<Integer, String> tables,
        Map<Integer, String> memories,
        Map<Integer, String> globals,
        Map<Integer, String> elems,
        Map<Integer, String> datas,
        Map<Integer, Map<Integer, String>> fields,
        Map<Integer, String> tags) {
    /** No names at all. */
    public static final Names NONE =
            new Names(
                    Optional.empty(),
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    Map.of());

    public Names {
        Objects.requireNonNull(module);
    }
}
