// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

/** The numbers that decide how code is cut, each with what it trades. */
final class Tuning {
    /** HotSpot compiles no method of so many bytes of bytecode, which runs 20 times slower then. */
    static final int METHOD_LIMIT = 8000;

    /**
     * A scale for the sizes below, in per mille. Tests make it small, so that everything is cut
     * into parts.
     */
    private static final int SCALE = Integer.getInteger("nacelle.jit.partScale", 1000);

    /** A function that is estimated at no more is one method: its locals stay in registers. */
    static final int WHOLE = scaled(9000);

    /**
     * What a part should have. Between 700 and 4,000 bytes hardly anything changes; smaller parts
     * are called more often, larger ones are compiled worse.
     */
    static final int PART = scaled(2500);

    /** What is left of a body that is not the function's, once it has been cut. */
    static final int BODY = scaled(7500);

    /** What is left of the function's own body. */
    static final int SKELETON = scaled(7500);

    /** What cases of a switch that share a method should have together. */
    static final int GROUP = scaled(2500);

    private Tuning() {}

    /** What tells code made with other numbers apart. */
    static String describe() {
        return WHOLE + " " + PART + " " + BODY + " " + SKELETON + " " + GROUP;
    }

    private static int scaled(int size) {
        return Math.max(1, (int) ((long) size * SCALE / 1000));
    }
}
