// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.List;

/** A structure type (spec 2.3.8). */
public record StructType(List<FieldType> fields) implements CompType {
    public StructType {
        fields = List.copyOf(fields);
    }
}
