// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.exec.StoreImpl;
import io.nacelle.wasm.syntax.ArrayType;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.StructType;

/**
 * What the objects of one type in one store have in common, which is all that their header says: so
 * an object knows its type, its layout and its store by one reference.
 */
public abstract sealed class ObjectKind permits StructKind, ArrayKind {
    public final StoreImpl store;
    public final DefType type;

    ObjectKind(StoreImpl store, DefType type) {
        this.store = store;
        this.type = type;
    }

    /**
     * Makes the kind for a type in a store.
     *
     * @throws IllegalArgumentException when it is neither a structure type nor an array type
     */
    public static ObjectKind of(StoreImpl store, DefType type) {
        return switch (type.comp()) {
            case StructType _ -> new StructKind(store, StructLayout.of(type));
            case ArrayType array -> new ArrayKind(store, type, array);
            default -> throw new IllegalArgumentException("no type of objects: " + type);
        };
    }

    /** Refuses an object of so many bytes when it is larger than the store allows. */
    final void checkSize(long bytes) {
        if (bytes > store.limits().objectBytes()) {
            throw new ExhaustedException(
                    ExhaustedException.Resource.OBJECTS,
                    "an object of "
                            + bytes
                            + " bytes, and the largest allowed has "
                            + store.limits().objectBytes());
        }
    }
}
