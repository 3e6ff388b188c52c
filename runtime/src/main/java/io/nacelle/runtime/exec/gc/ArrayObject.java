// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

import io.nacelle.runtime.ArrayRef;
import io.nacelle.runtime.exec.Slots;
import io.nacelle.wasm.syntax.FieldType;

import java.nio.ByteBuffer;
import java.util.Objects;

/** An array. Its subclasses differ in the Java array that holds the elements. */
public abstract sealed class ArrayObject extends GcObject implements ArrayRef
        permits ByteArray, ShortArray, IntArray, LongArray, VectorArray, RefArray {
    ArrayObject(ArrayKind kind) {
        super(kind);
    }

    public abstract int length();

    /** The Java array. */
    abstract Object elements();

    /** How many elements of the Java array are one of this. */
    int scale() {
        return 1;
    }

    /** Sets elements that exist to one value. */
    abstract void fill(int from, int count, long low, long high, Object ref);

    /** Sets elements that exist to what the bytes of a buffer are, in little-endian order. */
    abstract void read(ByteBuffer buffer, int at, int count);

    /** Puts an element that exists into a slot of a frame. */
    void load(int index, Slots to, int at) {
        to.slots[at] = low(index);
    }

    /** Sets an element that exists to the value in a slot of a frame. */
    final void store(int index, Slots from, int at) {
        var storage = ((ArrayKind) kind).storage;
        if (storage == Storage.REF) {
            put(index, 0, 0, from.refs[at]);
        } else {
            put(index, from.slots[at], storage == Storage.V128 ? from.high[at] : 0, null);
        }
    }

    /** Copies elements that exist between arrays of one storage. */
    final void copy(ArrayObject from, int source, int target, int count) {
        int scale = scale();
        System.arraycopy(
                from.elements(), source * scale, elements(), target * scale, count * scale);
    }

    @Override
    public final int size() {
        return length();
    }

    @Override
    final FieldType field(int index) {
        Objects.checkIndex(index, length());
        return ((ArrayKind) kind).field;
    }

    @Override
    long high(int index) {
        throw new AssertionError(kind);
    }

    @Override
    Object referenceAt(int index) {
        throw new AssertionError(kind);
    }
}
