// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** An array of elements of 8 bits. */
public final class ByteArray extends ArrayObject {
    public final byte[] elements;

    ByteArray(ArrayKind kind, byte[] elements) {
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
        elements[index] = (byte) low;
    }

    @Override
    void fill(int from, int count, long low, long high, Object ref) {
        Arrays.fill(elements, from, from + count, (byte) low);
    }

    @Override
    void read(ByteBuffer buffer, int at, int count) {
        buffer.get(elements, at, count);
    }
}
