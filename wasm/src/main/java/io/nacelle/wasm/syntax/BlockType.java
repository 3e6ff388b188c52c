// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Objects;

/** The type of a block (spec 2.4.11). */
public sealed interface BlockType {
    /** Without parameters, with one result or none. */
    sealed interface Short extends BlockType {}

    /** Neither parameters nor results. */
    enum Empty implements Short {
        EMPTY
    }

    /** One result. */
    record Value(ValType type) implements Short {
        public Value {
            Objects.requireNonNull(type);
        }
    }

    /** The function type with this index. */
    record Index(int index) implements BlockType {}
}
