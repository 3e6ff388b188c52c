// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.List;
import java.util.stream.Collectors;

/** A function type: parameters to results (spec 2.3.7). */
public record FuncType(List<ValType> params, List<ValType> results) implements CompType {
    public FuncType {
        params = List.copyOf(params);
        results = List.copyOf(results);
    }

    // Written out, like those of all records that every module has: what the JDK derives at run
    // time
    // takes its time at each start.
    @Override
    public boolean equals(Object other) {
        return other instanceof FuncType that
                && params.equals(that.params)
                && results.equals(that.results);
    }

    @Override
    public int hashCode() {
        return 31 * params.hashCode() + results.hashCode();
    }

    /** A function type without parameters and results. */
    public static FuncType of() {
        return new FuncType(List.of(), List.of());
    }

    public static FuncType of(List<ValType> params, List<ValType> results) {
        return new FuncType(params, results);
    }

    @Override
    public String toString() {
        return "[" + join(params) + "] -> [" + join(results) + "]";
    }

    private static String join(List<ValType> types) {
        return types.stream().map(Object::toString).collect(Collectors.joining(" "));
    }
}
