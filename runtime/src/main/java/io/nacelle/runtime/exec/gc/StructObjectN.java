// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

/** A structure of any size: what the smaller shapes have no slots for is in arrays. */
public final class StructObjectN extends StructObject8 {
    /** The numbers from the fifth on. */
    public final long[] numbers;

    /** The references from the ninth on. */
    public final Object[] refs;

    StructObjectN(StructKind kind, int numbers, int refs) {
        super(kind);
        this.numbers = new long[Math.max(0, numbers - StructObject8.NUMBERS)];
        this.refs = new Object[Math.max(0, refs - StructObject8.REFS)];
    }
}
