// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Objects;

/** An import (spec 2.5.11). */
public record Import(String module, String name, ExternType type) {
    public Import {
        Objects.requireNonNull(module);
        Objects.requireNonNull(name);
        Objects.requireNonNull(type);
    }
}
