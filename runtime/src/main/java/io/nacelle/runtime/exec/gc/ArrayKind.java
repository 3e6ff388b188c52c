// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.exec.StoreImpl;
import io.nacelle.wasm.syntax.ArrayType;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.FieldType;

/** The arrays of one type in one store. */
public final class ArrayKind extends ObjectKind {
    /** What an array counts beside its elements. */
    private static final int OVERHEAD = 32;

    /** More than any limit allows: lengths are unsigned. */
    private static final int MAX_LENGTH = Integer.MAX_VALUE - 8;

    public final Storage storage;
    final FieldType field;

    ArrayKind(StoreImpl store, DefType type, ArrayType array) {
        super(store, type);
        this.field = array.field();
        this.storage = Storage.of(field.storage());
    }

    /** Refuses an array of an unsigned length that the store does not allow. */
    public void checkLength(int length) {
        checkSize(OVERHEAD + (length & 0xFFFF_FFFFL) * storage.bytes);
        if (length < 0 || length > (storage == Storage.V128 ? MAX_LENGTH / 2 : MAX_LENGTH)) {
            throw new ExhaustedException(
                    ExhaustedException.Resource.OBJECTS,
                    "an array of " + Integer.toUnsignedString(length) + " elements");
        }
    }

    /** An array of an allowed length whose elements are zero or null. */
    public ArrayObject make(int length) {
        try {
            return switch (storage) {
                case I8 -> new ByteArray(this, new byte[length]);
                case I16 -> new ShortArray(this, new short[length]);
                case I32, F32 -> new IntArray(this, new int[length]);
                case I64, F64 -> new LongArray(this, new long[length]);
                case V128 -> new VectorArray(this, new long[2 * length]);
                case REF -> new RefArray(this, new Object[length]);
            };
        } catch (OutOfMemoryError e) {
            throw store.outOfMemory();
        }
    }
}
