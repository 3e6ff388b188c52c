// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** An array of elements of 32 bits: integers, or the bits of floating-point numbers. */
public final class IntArray extends ArrayObject {
    public final int[] elements;

    IntArray(ArrayKind kind, int[] elements) {
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
        elements[index] = (int) low;
    }

    @Override
    void fill(int from, int count, long low, long high, Object ref) {
        Arrays.fill(elements, from, from + count, (int) low);
    }

    @Override
    void read(ByteBuffer buffer, int at, int count) {
        buffer.asIntBuffer().get(elements, at, count);
    }
}
