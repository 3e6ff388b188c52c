// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Objects;

/** An array type (spec 2.3.8). */
public record ArrayType(FieldType field) implements CompType {
    public ArrayType {
        Objects.requireNonNull(field);
    }
}
