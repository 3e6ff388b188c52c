// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Objects;

/** A field of a structure or array (spec 2.3.8). */
public record FieldType(Mut mut, StorageType storage) {
    public FieldType {
        Objects.requireNonNull(mut);
        Objects.requireNonNull(storage);
    }

    public boolean isMutable() {
        return mut == Mut.VAR;
    }

    @Override
    public String toString() {
        return isMutable() ? "(mut " + storage + ")" : storage.toString();
    }
}
