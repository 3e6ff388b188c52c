// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Objects;

/**
 * A function defined in a module (spec 2.5.3).
 *
 * @param type the index of its type
 * @param code its locals and its body as encoded in the code section, without the size in front
 */
public record Func(int type, Span code) {
    public Func {
        Objects.requireNonNull(code);
    }
}
