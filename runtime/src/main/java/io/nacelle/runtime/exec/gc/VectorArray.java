// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

import io.nacelle.runtime.exec.Slots;

import java.nio.ByteBuffer;

/** An array of vectors: the low half of each, then its high half. */
public final class VectorArray extends ArrayObject {
    public final long[] elements;

    VectorArray(ArrayKind kind, long[] elements) {
        super(kind);
        this.elements = elements;
    }

    @Override
    public int length() {
        return elements.length / 2;
    }

    @Override
    Object elements() {
        return elements;
    }

    @Override
    int scale() {
        return 2;
    }

    @Override
    long low(int index) {
        return elements[2 * index];
    }

    @Override
    long high(int index) {
        return elements[2 * index + 1];
    }

    @Override
    void load(int index, Slots to, int at) {
        to.slots[at] = elements[2 * index];
        to.high[at] = elements[2 * index + 1];
    }

    @Override
    void put(int index, long low, long high, Object ref) {
        elements[2 * index] = low;
        elements[2 * index + 1] = high;
    }

    @Override
    void fill(int from, int count, long low, long high, Object ref) {
        for (int i = from; i < from + count; i++) {
            put(i, low, high, ref);
        }
    }

    @Override
    void read(ByteBuffer buffer, int at, int count) {
        buffer.asLongBuffer().get(elements, 2 * at, 2 * count);
    }
}
