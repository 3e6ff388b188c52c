// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Objects;

/** The type of a global (spec 2.3.12). */
public record GlobalType(Mut mut, ValType type) implements ExternType {
    public GlobalType {
        Objects.requireNonNull(mut);
        Objects.requireNonNull(type);
    }

    public boolean isMutable() {
        return mut == Mut.VAR;
    }

    @Override
    public String kind() {
        return "global";
    }

    @Override
    public String toString() {
        return isMutable() ? "(mut " + type + ")" : type.toString();
    }
}
