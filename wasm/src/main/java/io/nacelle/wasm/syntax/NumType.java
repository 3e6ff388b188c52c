// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Locale;

/** A number type (spec 2.3.1). */
public enum NumType implements ValType {
    I32,
    I64,
    F32,
    F64;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
