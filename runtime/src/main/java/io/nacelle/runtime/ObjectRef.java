// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.gc.GcObject;
import io.nacelle.wasm.syntax.DefType;

/**
 * A structure or an array (spec 4.2.2), with what both have: a type, and fields or elements by
 * index. Two references are the same object when they are the same Java object.
 *
 * <p>Values map as {@link Func} says. Fields of 8 and 16 bits are {@link Integer}s, sign-extended
 * when read and cut to their width when written.
 *
 * <p>An object belongs to the store that it was made in: other stores refuse it, since it may hold
 * that store's functions. The host can read and write it after that store was closed. Used by one
 * thread at a time, as its store is; accesses do not check that.
 *
 * <p>Every access throws {@link IndexOutOfBoundsException} when there is no such field or element,
 * a typed one {@link IllegalArgumentException} when it is of another type, and every write {@link
 * IllegalStateException} when it is immutable. Nothing has changed then.
 */
public sealed interface ObjectRef permits StructRef, ArrayRef, GcObject {
    /** The exact type that the object was made with. */
    DefType type();

    /** How many fields or elements there are. */
    int size();

    /** A field or element of any type. */
    Object get(int index);

    /**
     * Sets a field or element of any type.
     *
     * @throws IllegalArgumentException when the value is not of its type, or belongs to another
     *     store
     */
    void set(int index, Object value);

    /** A field or element of type i32, or of 8 or 16 bits. */
    int i32(int index);

    long i64(int index);

    float f32(int index);

    double f64(int index);

    V128 v128(int index);

    /** A field or element of any reference type. */
    Object ref(int index);

    /** Sets a field or element of type i32, or of 8 or 16 bits, which takes the lowest bits. */
    void setI32(int index, int value);

    void setI64(int index, long value);

    void setF32(int index, float value);

    void setF64(int index, double value);

    void setV128(int index, V128 value);

    /**
     * Sets a field or element of any reference type.
     *
     * @throws IllegalArgumentException when the value is not of its type, or belongs to another
     *     store
     */
    void setRef(int index, Object value);
}
