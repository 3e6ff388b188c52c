// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Objects;
import java.util.Optional;

/**
 * A table defined in a module (spec 2.5.4).
 *
 * @param init the constant expression that its elements start from, with its {@code end}
 */
public record Table(TableType type, Optional<Span> init) {
    public Table {
        Objects.requireNonNull(type);
        Objects.requireNonNull(init);
    }
}
