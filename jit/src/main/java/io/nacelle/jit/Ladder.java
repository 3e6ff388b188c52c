// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.wasm.syntax.Opcode;

import java.lang.classfile.Label;
import java.util.List;
import java.util.TreeSet;

/**
 * Blocks that begin one right in the other, as compilers nest them for the cases of a switch: what
 * chooses the case is in the innermost, and behind the end of each comes a case. In a large
 * function, the method with the ladder calls groups of neighbouring cases, and tells them where to
 * begin; so a case is reached by one call, however many there are.
 *
 * <p>The outermost block is like any other; those in it are the rungs.
 *
 * @param opener the outermost block
 * @param ends the ends of the blocks, that of the outermost first
 * @param groups the innermost cases first
 */
record Ladder(int opener, int[] ends, List<Group> groups) {
    /** Fewer blocks are not worth it. */
    private static final int LEAST = 8;

    /**
     * Cases that share a method.
     *
     * @param inner the number of the block behind whose end the first case comes
     * @param outer the same for the last case, from 1 on
     */
    record Group(int inner, int outer) {}

    /** The ends of the blocks of the ladder that begins at an instruction, or null. */
    static int[] find(Ir ir, int opener) {
        int count = 0;
        while (isRung(ir, opener + count)) {
            count++;
        }
        if (count < LEAST) {
            return null;
        }
        var ends = new int[count];
        for (int i = 0; i < count; i++) {
            ends[i] = ir.end[opener + i];
        }
        return ends;
    }

    private static boolean isRung(Ir ir, int i) {
        if (i >= ir.count || ir.op(i) == Ir.FUEL || ir.opcode(i) != Opcode.BLOCK) {
            return false;
        }
        var shape = ir.shape(i);
        return shape.params().length == 0 && shape.results().length == 0;
    }

    /** Where what chooses the case begins. */
    int head() {
        return opener + ends.length;
    }

    /** Where the first case begins: the end of the innermost block. */
    int firstEnd() {
        return ends[ends.length - 1];
    }

    /** The code of a group, from its first end on. */
    int from(Group group) {
        return ends[group.inner];
    }

    int to(Group group) {
        return ends[group.outer - 1];
    }

    /**
     * The number of the group that has the case behind the end of a block; after the last, of 0.
     */
    int groupOf(int block) {
        for (int i = 0; i < groups.size(); i++) {
            if (block >= groups.get(i).outer) {
                return i;
            }
        }
        return groups.size();
    }

    /** A ladder that is being generated in a method. */
    static final class Open {
        final Ladder ladder;

        /** How many blocks are around it. */
        final int depth;

        /** Where control goes with the number of a block in the temporary variable. */
        final Label dispatch;

        /** The same with the number of the group in the variable behind. */
        final Label choose;

        /** The blocks beyond the ladder that are among those, as {@link Block#code}. */
        final TreeSet<Integer> others = new TreeSet<>();

        Open(Ladder ladder, int depth, Label dispatch, Label choose) {
            this.ladder = ladder;
            this.depth = depth;
            this.dispatch = dispatch;
            this.choose = choose;
        }

        /** Whether a number, as {@link Block#code} has it, is of one of the ladder's blocks. */
        boolean has(int code) {
            return code > depth && code <= depth + ladder.ends.length;
        }

        int groupOf(int code) {
            return ladder.groupOf(code - 1 - depth);
        }
    }
}
