// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Objects;

/**
 * A custom section (spec 5.5.3).
 *
 * @param bytes its contents, after the name
 * @param after the id of the known section that it follows, or 0 when it comes before all
 */
public record CustomSection(String name, Span bytes, int after) {
    public CustomSection {
        Objects.requireNonNull(name);
        Objects.requireNonNull(bytes);
    }
}
