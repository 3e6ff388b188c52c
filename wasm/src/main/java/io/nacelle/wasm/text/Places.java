// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import java.util.Arrays;
import java.util.OptionalInt;

/** Where in a text the instructions of a module are written, by their offset in its source. */
final class Places {
    private static final int[] NOT_WANTED = {};

    private int[] offsets = NOT_WANTED;
    private int[] texts = NOT_WANTED;
    private int count;

    /** Makes this keep what is added: it is only wanted when a module has turned out invalid. */
    void keep() {
        offsets = new int[64];
        texts = new int[64];
    }

    /** What is written from this offset on comes from this place; offsets do not decrease. */
    void add(int offset, int text) {
        if (offsets == NOT_WANTED) {
            return;
        }
        if (count == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * count);
            texts = Arrays.copyOf(texts, 2 * count);
        }
        offsets[count] = offset;
        texts[count++] = text;
    }

    /** The place of what is at this offset. */
    OptionalInt of(long offset) {
        if (count == 0 || offset < offsets[0] || offset > Integer.MAX_VALUE) {
            return OptionalInt.empty();
        }
        int found = Arrays.binarySearch(offsets, 0, count, (int) offset);
        return OptionalInt.of(texts[found >= 0 ? found : -found - 2]);
    }
}
