// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

/** A type named by its index in its module (spec 2.5.1). */
public record TypeIndex(int index) implements TypeUse {
    @Override
    public String toString() {
        return Integer.toUnsignedString(index);
    }
}
