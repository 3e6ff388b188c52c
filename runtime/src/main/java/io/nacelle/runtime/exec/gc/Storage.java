// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.PackedType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.StorageType;
import io.nacelle.wasm.syntax.VecType;

/** What a field or element takes: the storage types, apart from what a reference refers to. */
public enum Storage {
    I8(1),
    I16(2),
    I32(4),
    I64(8),
    F32(4),
    F64(8),
    V128(16),
    REF(8);

    /** The bytes that an element counts against the limit of an object. */
    public final int bytes;

    Storage(int bytes) {
        this.bytes = bytes;
    }

    static Storage of(StorageType type) {
        return switch (type) {
            case PackedType.I8 -> I8;
            case PackedType.I16 -> I16;
            case NumType.I32 -> I32;
            case NumType.I64 -> I64;
            case NumType.F32 -> F32;
            case NumType.F64 -> F64;
            case VecType.V128 -> V128;
            case RefType _ -> REF;
        };
    }

    public boolean isPacked() {
        return this == I8 || this == I16;
    }

    /** What a slot's number becomes when it is stored: narrow ones lie sign-extended. */
    public long narrow(long value) {
        return switch (this) {
            case I8 -> (byte) value;
            case I16 -> (short) value;
            case I32, F32 -> (int) value;
            default -> value;
        };
    }

    /** A stored number without its sign's extension. */
    public long unsigned(long value) {
        return switch (this) {
            case I8 -> value & 0xFF;
            case I16 -> value & 0xFFFF;
            default -> value;
        };
    }
}
