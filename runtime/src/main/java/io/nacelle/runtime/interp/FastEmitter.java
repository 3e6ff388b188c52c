// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.FastOp.*;

import java.util.Arrays;

/** A growing array of register code, with the places of branches that wait for their target. */
final class FastEmitter {
    private long[] words = new long[64];
    private int size;

    /** Pairs: the first word of an instruction of the module, and its offset there. */
    private int[] offsets = new int[64];

    private int offsetCount;

    int size() {
        return size;
    }

    long[] words() {
        return Arrays.copyOf(words, size);
    }

    long get(int at) {
        return words[at];
    }

    void set(int at, long word) {
        words[at] = word;
    }

    void word(long word) {
        if (size == words.length) {
            words = Arrays.copyOf(words, 2 * size);
        }
        words[size++] = word;
    }

    /** Adds an instruction; gives its place. */
    int emit(int op, int a, int d, long immediate) {
        word(encode(op, a, d, immediate));
        return size - 1;
    }

    /** Takes the last word back: what comes in its place belongs to the current instruction. */
    void removeLast() {
        size--;
        int current = offsets[offsetCount - 1];
        while (offsetCount > 2 && offsets[offsetCount - 4] >= size) {
            offsetCount -= 2;
        }
        offsets[offsetCount - 2] = size;
        offsets[offsetCount - 1] = current;
    }

    /**
     * Adds an instruction whose immediate is to become a target, at the head of a chain of such.
     *
     * @param chain the chain so far, or -1
     * @return the chain with this one
     */
    int branch(int op, int a, int d, int chain) {
        return emit(op, a, d, chain);
    }

    /** Adds a word that is to become a target, at the head of a chain of such. */
    int target(int chain) {
        word(encode(0, 0, 0, chain));
        return size - 1;
    }

    /** Makes a word of a branch table wait for its target. */
    int tableEntry(int at, int chain) {
        words[at] = encode(0, 0, 0, chain);
        return at;
    }

    /** Sets the target of one branch. */
    void link(int at, int target) {
        words[at] = withImmediate(words[at], target);
    }

    /** Sets the target of all branches of a chain. */
    void linkAll(int chain, int target) {
        while (chain >= 0) {
            int next = immediate(words[chain]);
            link(chain, target);
            chain = next;
        }
    }

    /** Notes the module offset of the instructions that come next. */
    void at(int offset) {
        if (offsetCount > 0 && offsets[offsetCount - 2] == size) {
            offsets[offsetCount - 1] = offset;
            return;
        }
        if (offsetCount == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * offsetCount);
        }
        offsets[offsetCount++] = size;
        offsets[offsetCount++] = offset;
    }

    /** The module offset noted for a word. */
    int offset(int at) {
        int found = offsets[1];
        for (int i = 0; i < offsetCount && offsets[i] <= at; i += 2) {
            found = offsets[i + 1];
        }
        return found;
    }
}
