// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Objects;

/** Exactly the type named and none of its subtypes (custom descriptors). */
public record ExactType(TypeUse type) implements HeapType {
    public ExactType {
        Objects.requireNonNull(type);
    }

    @Override
    public String toString() {
        return "(exact " + type + ")";
    }
}
