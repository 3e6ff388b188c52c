// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

/**
 * What the methods share that one large function has become: its operands, and its locals when they
 * are many. Generated subclasses have a field for each local otherwise. Numbers lie as in the
 * interpreters' slots, vectors as references.
 */
public class Frame {
    /** Operands that are numbers, by their height. */
    public final long[] n;

    /** Operands that are references. */
    public final Object[] r;

    /** Locals that are numbers, when they are too many for fields. */
    public final long[] ln;

    /** Locals that are references, when they are too many for fields. */
    public final Object[] lr;

    private static final long[] NO_NUMBERS = {};
    private static final Object[] NO_REFS = {};

    public Frame(int operands, int locals) {
        n = new long[operands];
        r = new Object[operands];
        ln = locals == 0 ? NO_NUMBERS : new long[locals];
        lr = locals == 0 ? NO_REFS : new Object[locals];
    }
}
