// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

import io.nacelle.runtime.exec.Slots;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** An array of references. */
public final class RefArray extends ArrayObject {
    public final Object[] elements;

    RefArray(ArrayKind kind, Object[] elements) {
        super(kind);
        this.elements = elements;
    }

    @Override
    public int length() {
        return elements.length;
    }

    @Override
    Object elements() {
        return elements;
    }

    @Override
    long low(int index) {
        throw new AssertionError(kind);
    }

    @Override
    Object referenceAt(int index) {
        return elements[index];
    }

    @Override
    void load(int index, Slots to, int at) {
        to.refs[at] = elements[index];
    }

    @Override
    void put(int index, long low, long high, Object ref) {
        elements[index] = ref;
    }

    @Override
    void fill(int from, int count, long low, long high, Object ref) {
        Arrays.fill(elements, from, from + count, ref);
    }

    @Override
    void read(ByteBuffer buffer, int at, int count) {
        throw new AssertionError(kind);
    }
}
