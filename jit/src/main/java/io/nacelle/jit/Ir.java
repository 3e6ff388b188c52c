// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.exec.FuncBody;
import io.nacelle.wasm.syntax.CatchClause;
import io.nacelle.wasm.syntax.Opcode;

import java.util.Arrays;
import java.util.List;

/**
 * A function as its instructions in rows, without those that cannot be reached: what the code
 * generator walks, in pieces if need be. {@link IrBuilder} makes it.
 */
final class Ir {
    /** The number that stands for the charge of a straight segment, which is in {@link #n}. */
    static final short FUEL = -1;

    private static final Opcode[] OPCODES = Opcode.values();

    final FuncBody body;

    /** The kinds of the locals, parameters first. */
    byte[] locals = {};

    int params;

    /** The kinds of the results. */
    byte[] results = {};

    /** What a frame counts. */
    int frameCost;

    int maxHeight;

    /** How many exceptions are kept at most by legacy handlers that are open together. */
    int kept;

    int count;
    private short[] ops = new short[64];

    /** The module offset of each instruction. */
    int[] at = new int[64];

    int[] x = new int[64];
    int[] y = new int[64];
    long[] n = new long[64];

    /** The height of the operand stack before each instruction. */
    int[] height = new int[64];

    /** Of an instruction that opens a block: where its end is, or its delegate. */
    int[] end = new int[64];

    /** What does not fit the columns: {@link Shape}, labels, {@link Clauses}, or null. */
    Object[] more = new Object[64];

    /** Whether there is a legacy handler that passes exceptions on to an outer block. */
    boolean delegates;

    /** Whether control can leave the function by a tail call to another function. */
    boolean tailCalls;

    /** Whether the function calls itself by a tail call. */
    boolean selfTail;

    /** Whether there are vectors. */
    boolean vectors;

    /** Whether anything is called. */
    boolean calls;

    /** The kinds of what a block takes and leaves. */
    record Shape(byte[] params, byte[] results) {}

    /** What a {@code try_table} opens and catches. */
    record Clauses(Shape shape, List<CatchClause> clauses) {}

    Ir(FuncBody body) {
        this.body = body;
    }

    int op(int i) {
        return ops[i];
    }

    Opcode opcode(int i) {
        return OPCODES[ops[i]];
    }

    int add(int op, int offset, int heightBefore) {
        if (count == ops.length) {
            int size = 2 * count;
            ops = Arrays.copyOf(ops, size);
            at = Arrays.copyOf(at, size);
            x = Arrays.copyOf(x, size);
            y = Arrays.copyOf(y, size);
            n = Arrays.copyOf(n, size);
            height = Arrays.copyOf(height, size);
            end = Arrays.copyOf(end, size);
            more = Arrays.copyOf(more, size);
        }
        ops[count] = (short) op;
        at[count] = offset;
        height[count] = heightBefore;
        return count++;
    }

    /** The kinds of what a block takes and leaves. */
    Shape shape(int i) {
        return more[i] instanceof Clauses clauses ? clauses.shape : (Shape) more[i];
    }

    int[] labels(int i) {
        return (int[]) more[i];
    }
}
