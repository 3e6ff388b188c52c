// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Locale;

/** A vector type (spec 2.3.2). */
public enum VecType implements ValType {
    V128;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
