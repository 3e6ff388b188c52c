// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Locale;

/** A field narrower than any value (spec 2.3.8). */
public enum PackedType implements StorageType {
    I8,
    I16;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
