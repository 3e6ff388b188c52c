// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.wasm.syntax.ArrayType;
import io.nacelle.wasm.syntax.CompType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.StructType;
import io.nacelle.wasm.syntax.SubType;

import java.util.List;
import java.util.stream.Collectors;

/** Types on one line, as the text format writes them. */
final class TypeText {
    private TypeText() {}

    static String of(SubType type) {
        var comp = of(type.comp());
        if (type.isFinal() && type.supers().isEmpty()) {
            return comp;
        }
        return "(sub"
                + (type.isFinal() ? " final" : "")
                + type.supers().stream().map(s -> " " + s).collect(Collectors.joining())
                + " "
                + comp
                + ")";
    }

    private static String of(CompType comp) {
        return switch (comp) {
            case FuncType func ->
                    "(func"
                            + clause("param", func.params())
                            + clause("result", func.results())
                            + ")";
            case StructType struct -> "(struct" + fields(struct) + ")";
            case ArrayType array -> "(array " + array.field() + ")";
        };
    }

    static String clause(String keyword, List<?> types) {
        return types.isEmpty()
                ? ""
                : types.stream()
                        .map(Object::toString)
                        .collect(Collectors.joining(" ", " (" + keyword + " ", ")"));
    }

    private static String fields(StructType struct) {
        return struct.fields().stream()
                .map(f -> " (field " + f + ")")
                .collect(Collectors.joining());
    }
}
