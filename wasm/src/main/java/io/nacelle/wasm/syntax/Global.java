// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Objects;

/**
 * A global defined in a module (spec 2.5.6).
 *
 * @param init its constant expression, with its {@code end}
 */
public record Global(GlobalType type, Span init) {
    public Global {
        Objects.requireNonNull(type);
        Objects.requireNonNull(init);
    }
}
