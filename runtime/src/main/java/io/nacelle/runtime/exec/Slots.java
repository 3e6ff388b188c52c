// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import java.util.Arrays;

/** Values in three parallel arrays, one slot a value. The arrays are replaced when they grow. */
public class Slots {
    /** Numbers, 32-bit ones sign-extended; the low halves of vectors. */
    public long[] slots;

    /** The high halves of vectors; empty until a vector is used. */
    public long[] high = {};

    /** References; empty until a reference is used. */
    public Object[] refs = {};

    public Slots(int capacity) {
        slots = new long[capacity];
    }

    /** Makes {@link #high} usable wherever {@link #slots} is. */
    public final long[] needHigh() {
        if (high.length < slots.length) {
            high = Arrays.copyOf(high, slots.length);
        }
        return high;
    }

    /** Makes {@link #refs} usable wherever {@link #slots} is. */
    public final Object[] needRefs() {
        if (refs.length < slots.length) {
            refs = Arrays.copyOf(refs, slots.length);
        }
        return refs;
    }

    /** Copies values of every kind that is in use, from here to there. */
    public final void copyTo(int from, Slots to, int at, int count) {
        if (count == 0) {
            return;
        }
        System.arraycopy(slots, from, to.slots, at, count);
        if (high.length > 0) {
            System.arraycopy(needHigh(), from, to.needHigh(), at, count);
        }
        if (refs.length > 0) {
            System.arraycopy(needRefs(), from, to.needRefs(), at, count);
        } else if (to.refs.length > 0) {
            Arrays.fill(to.needRefs(), at, at + count, null);
        }
    }
}
