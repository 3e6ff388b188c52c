// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.FastOp.*;

import io.nacelle.wasm.valid.FuncValidator;
import io.nacelle.wasm.valid.ValueKind;

import java.util.Arrays;

/**
 * What the translator knows of each operand: that it is in its own slot, or that it is a local or a
 * constant which no instruction has moved yet.
 */
final class OperandStack {
    private static final int SLOT = -1;
    private static final int CONSTANT = -2;

    private final FastEmitter out;
    private FuncValidator v;
    private int locals;

    /** By position: SLOT, CONSTANT, or the index of a local. */
    private int[] state = new int[32];

    private long[] constants = new long[32];

    /** By local: how many operands are that local. */
    private int[] pending = new int[16];

    /** By local: where the last instruction that was made to read it is, or is to be; or 0. */
    private int[] readAt = new int[16];

    /** How many operands are not in their slots. */
    private int lazy;

    /** Positions from here on have never been used. */
    private int highWater;

    /** The instruction whose destination is the slot of an operand, or -1. */
    private int definedAt = -1;

    private int definedSlot;

    OperandStack(FastEmitter out) {
        this.out = out;
    }

    void begin(FuncValidator v) {
        this.v = v;
        this.locals = v.localCount();
        pending = new int[locals];
        readAt = new int[locals];
    }

    /** The slot that belongs to a position. */
    int slot(int position) {
        return locals + position;
    }

    /** Control may arrive here from elsewhere: nothing is known of the instruction before. */
    void barrier() {
        definedAt = -1;
    }

    private void room(int position) {
        if (position >= state.length) {
            int size = Math.max(position + 1, 2 * state.length);
            int old = state.length;
            state = Arrays.copyOf(state, size);
            constants = Arrays.copyOf(constants, size);
            Arrays.fill(state, old, size, SLOT);
        }
        while (highWater <= position) {
            state[highWater++] = SLOT;
        }
    }

    void pushLocal(int position, int local) {
        room(position);
        state[position] = local;
        pending[local]++;
        lazy++;
    }

    void pushConstant(int position, long value) {
        room(position);
        state[position] = CONSTANT;
        constants[position] = value;
        lazy++;
    }

    /** The operand is in its slot, put there by an instruction whose d is the destination. */
    void pushDefined(int position, int at) {
        pushSlot(position);
        definedAt = at;
        definedSlot = slot(position);
    }

    /** The operand is in its slot. */
    void pushSlot(int position) {
        room(position);
        forget(position);
    }

    private void forget(int position) {
        int known = state[position];
        if (known != SLOT) {
            if (known >= 0) {
                pending[known]--;
            }
            state[position] = SLOT;
            lazy--;
        }
    }

    boolean isConstant(int position) {
        return state[position] == CONSTANT;
    }

    long constant(int position) {
        return constants[position];
    }

    /** Takes an operand away unused. */
    void drop(int position) {
        forget(position);
    }

    /** Takes an operand away; gives the slot to read it from. */
    int use(int position) {
        int from = peek(position);
        forget(position);
        return from;
    }

    /** The slot to read an operand from; it stays. */
    int peek(int position) {
        int known = state[position];
        if (known >= 0) {
            readAt[known] = out.size();
            return known;
        }
        if (known == CONSTANT) {
            materialize(position);
        }
        return slot(position);
    }

    private void materialize(int position) {
        if (state[position] != SLOT) {
            copyTo(position, position, v.kind(position));
            forget(position);
            if (definedSlot == slot(position)) {
                // That was an operand before this one, which has been used since.
                barrier();
            }
        }
    }

    /** Adds what puts an operand into the slot of a position; what is known does not change. */
    void copyTo(int position, int to, int kind) {
        int known = state[position];
        if (known == CONSTANT) {
            loadConstant(slot(to), constants[position]);
        } else {
            if (known >= 0) {
                readAt[known] = out.size();
            }
            move(known >= 0 ? known : slot(position), slot(to), kind);
        }
    }

    private int loadConstant(int d, long value) {
        if (fits(value)) {
            return out.emit(CONST, 0, d, value);
        }
        int at = out.emit(CONST64, 0, d, 0);
        out.word(value);
        return at;
    }

    private int move(int from, int to, int kind) {
        if (from == to) {
            return -1;
        }
        if (kind < ValueKind.V128) {
            return out.emit(MOV, from, to, 0);
        }
        if (kind == ValueKind.REF) {
            return out.emit(FastGcOp.MOVE, from, to, 0);
        }
        int at = out.emit(RARE, from, to, 0);
        out.word(FastRare.word(FastRare.MOVE_VECTOR, 0, 0));
        return at;
    }

    /** Puts all operands below a height into their slots. */
    void flush(int height) {
        for (int i = Math.min(height, highWater) - 1; i >= 0 && lazy > 0; i--) {
            materialize(i);
        }
    }

    /** Puts the topmost operands into their slots. */
    void flushTop(int height, int count) {
        for (int i = height - count; i < height; i++) {
            materialize(i);
        }
    }

    /** Everything is in its slot, as it is where control flow joins. */
    void reset(int height) {
        for (int i = highWater - 1; i >= 0 && lazy > 0; i--) {
            forget(i);
        }
        highWater = Math.min(highWater, height);
        room(height);
        barrier();
    }

    private boolean isDefinition(int position) {
        return definedAt >= 0 && state[position] == SLOT && definedSlot == slot(position);
    }

    /** {@code local.set}: takes an operand away into a local. */
    void setLocal(int position, int local) {
        int kind = v.localKind(local);
        if (pending[local] - (state[position] == local ? 1 : 0) > 0) {
            keepOld(local, position);
        } else if (isDefinition(position) && readAt[local] <= definedAt) {
            // Nothing behind the definition reads the local that would then be set too early.
            out.set(definedAt, withD(out.get(definedAt), local));
            barrier();
            return;
        }
        int known = state[position];
        if (known == CONSTANT) {
            forget(position);
            loadConstant(local, constants[position]);
        } else {
            int from = known >= 0 ? known : slot(position);
            forget(position);
            move(from, local, kind);
        }
        barrier();
    }

    /** {@code local.tee}: the operand becomes the local. */
    void teeLocal(int position, int local) {
        setLocal(position, local);
        pushLocal(position, local);
    }

    /** Operands that are a local get its value before it changes. */
    private void keepOld(int local, int below) {
        for (int i = below - 1; i >= 0 && pending[local] > 0; i--) {
            if (state[i] == local) {
                materialize(i);
            }
        }
    }

    /** Takes an operand away as a condition: a comparison just before becomes part of it. */
    Condition popCondition(int position) {
        if (isDefinition(position) && definedAt == out.size() - 1) {
            long word = out.get(definedAt);
            if (Condition.isComparison(FastOp.op(word))) {
                out.removeLast();
                barrier();
                return Condition.of(word);
            }
        }
        return Condition.nonZero(use(position));
    }

    /**
     * Takes an operand away that the instruction just before computed as the sum of a slot and a
     * number, and that instruction with it.
     *
     * @return the instruction; 0 when it is another
     */
    long takeSum(int position) {
        if (isDefinition(position) && definedAt == out.size() - 1) {
            long word = out.get(definedAt);
            if (FastOp.op(word) == ADDI32) {
                out.removeLast();
                barrier();
                return word;
            }
        }
        return 0;
    }

    /** {@code i32.eqz} of a comparison just before: turns it round. */
    boolean invert(int position) {
        if (isDefinition(position)
                && definedAt == out.size() - 1
                && Condition.isComparison(FastOp.op(out.get(definedAt)))) {
            out.set(definedAt, Condition.invert(out.get(definedAt)));
            return true;
        }
        return false;
    }
}
