// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import java.lang.classfile.Label;
import java.util.ArrayList;
import java.util.List;

/** A block that is open while code is generated. */
final class Block {
    /** The instruction that opened it; -1 for the function. */
    final int opener;

    /** The height of the operands below its parameters. */
    final int height;

    final Ir.Shape shape;

    /** How many blocks are around it. */
    final int depth;

    boolean isLoop;

    /** Where branches go: the beginning of a loop, the end of another; null in another method. */
    Label label;

    /** The other way of an {@code if}, or the next legacy handler, as long as it is to come. */
    Label next;

    /** Where handlers begin to cover code, and where they are. */
    Label bodyStart;

    Label handler;

    /** Whether control gets to the end by a branch. */
    boolean reached;

    /** Whether memory 0 is in its local variables at the label. */
    boolean memoryKnown = true;

    /** The number of the variable that keeps the exception of a legacy handler, or -1. */
    int kept = -1;

    /** Whether the legacy handlers have one for everything. */
    boolean catchesAll;

    /** The parts of the body that the handlers cover, before {@link #bodyStart}. */
    final List<Range> covered = new ArrayList<>();

    /** The ladder that it is a rung of, or null. */
    Ladder.Open ladder;

    /** Code from one label to another. */
    record Range(Label begin, Label end) {}

    Block(int opener, int height, Ir.Shape shape, int depth) {
        this.opener = opener;
        this.height = height;
        this.shape = shape;
        this.depth = depth;
    }

    /** The kinds of what a branch to it carries. */
    byte[] carried() {
        return isLoop ? shape.params() : shape.results();
    }

    /** What a part returns to have its caller branch to this block. */
    int code() {
        return depth + 1;
    }
}
