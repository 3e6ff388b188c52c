// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** An array of elements of 64 bits: integers, or the bits of floating-point numbers. */
public final class LongArray extends ArrayObject {
    public final long[] elements;

    LongArray(ArrayKind kind, long[] elements) {
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
        return elements[index];
    }

    @Override
    void put(int index, long low, long high, Object ref) {
        elements[index] = low;
    }

    @Override
    void fill(int from, int count, long low, long high, Object ref) {
        Arrays.fill(elements, from, from + count, low);
    }

    @Override
    void read(ByteBuffer buffer, int at, int count) {
        buffer.asLongBuffer().get(elements, at, count);
    }
}
