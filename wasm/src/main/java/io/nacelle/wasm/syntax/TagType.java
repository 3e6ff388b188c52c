// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Objects;

/** The type of an exception tag (spec 2.3.15). */
public record TagType(TypeUse type) implements ExternType {
    public TagType {
        Objects.requireNonNull(type);
    }

    @Override
    public String kind() {
        return "tag";
    }
}
