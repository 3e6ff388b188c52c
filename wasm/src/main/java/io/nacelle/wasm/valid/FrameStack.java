// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import io.nacelle.wasm.binary.ImplementationLimits;
import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.syntax.InvalidException;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.Opcode;

import java.util.Arrays;

/**
 * The state of the validation algorithm (spec, appendix 7.3): operands, frames of control, and the
 * locals that are set, with the operations that all rules are made of.
 *
 * <p>Types are {@link TypeBits}. Frames are counted from the function's own, number 0; labels count
 * from the innermost.
 */
abstract sealed class FrameStack permits FuncValidator {
    private static final int INITIAL_OPERANDS = 64;
    private static final int INITIAL_FRAMES = 16;

    final ModuleContext context;
    final TypeSpace types;
    InstrReader in;

    int[] operands = new int[INITIAL_OPERANDS];
    int height;
    int maxHeight;

    /** The bits {@code 1 << type} of all operands seen, by the low five bits of the type. */
    int seen;

    /** Where the innermost frame's operands begin. */
    int base;

    /** Whether the rest of the innermost frame is unreachable. */
    boolean unreachable;

    int frames;
    private Opcode[] frameOps = new Opcode[INITIAL_FRAMES];
    private int[] frameBases = new int[INITIAL_FRAMES];
    private boolean[] frameUnreachable = new boolean[INITIAL_FRAMES];
    private boolean[] frameLive = new boolean[INITIAL_FRAMES];
    private int[][] frameParams = new int[INITIAL_FRAMES][];
    private int[][] frameResults = new int[INITIAL_FRAMES][];
    private int[] frameSets = new int[INITIAL_FRAMES];

    /** The number of the last {@code br_table} that looked at the frame. */
    private int[] frameStamps = new int[INITIAL_FRAMES];

    private int stamp;

    int[] locals = new int[32];
    int localCount;
    int paramCount;
    private boolean[] localSet = new boolean[32];

    /** Locals set since the function's beginning that had to be, in order. */
    private int[] sets = new int[16];

    private int setCount;

    FrameStack(ModuleContext context) {
        this.context = context;
        this.types = context.types;
    }

    final void reset(InstrReader reader) {
        in = reader;
        height = 0;
        maxHeight = 0;
        seen = 0;
        base = 0;
        unreachable = false;
        frames = 0;
        localCount = 0;
        paramCount = 0;
        setCount = 0;
    }

    // Locals.

    final void addLocals(int count, int type) {
        int total = localCount + count;
        if (total > locals.length) {
            int capacity = Math.max(total, locals.length * 2);
            locals = Arrays.copyOf(locals, capacity);
            localSet = Arrays.copyOf(localSet, capacity);
        }
        Arrays.fill(locals, localCount, total, type);
        if (!TypeBits.isDefaultable(type)) {
            Arrays.fill(localSet, localCount, total, false);
        }
        if (count > 0) {
            seen |= 1 << type;
        }
        localCount = total;
    }

    final void setParams(int[] params) {
        for (int type : params) {
            addLocals(1, type);
        }
        Arrays.fill(localSet, 0, localCount, true);
        paramCount = localCount;
    }

    final int local(int index) {
        if (Integer.compareUnsigned(index, localCount) >= 0) {
            throw unknown("local", index);
        }
        return locals[index];
    }

    final void requireSet(int index) {
        if (!localSet[index]) {
            throw invalid("uninitialized local: " + index);
        }
    }

    final void markSet(int index) {
        if (localSet[index]) {
            return;
        }
        localSet[index] = true;
        if (setCount == sets.length) {
            sets = Arrays.copyOf(sets, setCount * 2);
        }
        sets[setCount++] = index;
    }

    private void unset(int to) {
        while (setCount > to) {
            localSet[sets[--setCount]] = false;
        }
    }

    // Operands.

    final void push(int type) {
        if (height == operands.length) {
            growOperands();
        }
        operands[height++] = type;
        seen |= 1 << type;
        if (height > maxHeight) {
            maxHeight = height;
        }
    }

    private void growOperands() {
        if (height >= ImplementationLimits.MAX_OPERANDS) {
            throw invalid(
                    "too many operands (the limit is " + ImplementationLimits.MAX_OPERANDS + ")");
        }
        operands = Arrays.copyOf(operands, Math.min(height * 2, ImplementationLimits.MAX_OPERANDS));
    }

    final void push(int[] list) {
        for (int type : list) {
            push(type);
        }
    }

    /** Pops an operand of a type. */
    final void pop(int type) {
        int top = height - 1;
        if (top >= base && operands[top] == type) {
            height = top;
        } else {
            popOther(type);
        }
    }

    private void popOther(int type) {
        if (height == base) {
            if (!unreachable) {
                throw mismatch(type);
            }
            return;
        }
        if (!types.matches(operands[height - 1], type)) {
            throw mismatch(type);
        }
        height--;
    }

    /** Pops an operand of any type. */
    final int popAny() {
        if (height == base) {
            if (!unreachable) {
                throw invalid("type mismatch: instruction requires [any] but stack has []");
            }
            return ValueKind.BOTTOM;
        }
        return operands[--height];
    }

    /** Pops a reference of any type. */
    final int popRef() {
        int type = popAny();
        if (type == ValueKind.BOTTOM) {
            return TypeBits.REF_BOTTOM;
        }
        if (!TypeBits.isRef(type)) {
            height++;
            throw invalid(
                    "type mismatch: instruction requires [ref] but stack has ["
                            + types.name(type)
                            + "]");
        }
        return type;
    }

    final void pop(int[] list) {
        for (int i = list.length - 1; i >= 0; i--) {
            pop(list[i]);
        }
    }

    /** Pops all but the last types of a list. */
    final void popAllButLast(int[] list) {
        for (int i = list.length - 2; i >= 0; i--) {
            pop(list[i]);
        }
    }

    final void pushAllButLast(int[] list) {
        for (int i = 0; i < list.length - 1; i++) {
            push(list[i]);
        }
    }

    /** Checks that the topmost operands are of these types, and leaves them. */
    private void peek(int[] list) {
        int at = height - 1;
        for (int i = list.length - 1; i >= 0; i--, at--) {
            if (at < base) {
                if (!unreachable) {
                    throw invalid(
                            "type mismatch: instruction requires "
                                    + names(list, 0, list.length)
                                    + " but stack has "
                                    + names(operands, base, height));
                }
                return;
            }
            if (!types.matches(operands[at], list[i])) {
                throw invalid(
                        "type mismatch: instruction requires "
                                + names(list, 0, list.length)
                                + " but stack has "
                                + names(operands, base, height));
            }
        }
    }

    // Frames.

    /** Opens a frame; its parameters have been popped. */
    final void open(Opcode op, int[] params, int[] results) {
        int f = frames;
        if (f == frameOps.length) {
            growFrames();
        }
        boolean live = f == 0 || isReachable();
        if (f > 0) {
            frameUnreachable[f - 1] = unreachable;
        }
        frameOps[f] = op;
        frameBases[f] = height;
        frameLive[f] = live;
        frameParams[f] = params;
        frameResults[f] = results;
        frameSets[f] = setCount;
        frameStamps[f] = 0;
        frames = f + 1;
        base = height;
        unreachable = false;
        push(params);
    }

    private void growFrames() {
        if (frames >= ImplementationLimits.MAX_NESTING) {
            throw invalid(
                    "blocks nested too deeply (the limit is "
                            + ImplementationLimits.MAX_NESTING
                            + ")");
        }
        int size = Math.min(frames * 2, ImplementationLimits.MAX_NESTING);
        frameOps = Arrays.copyOf(frameOps, size);
        frameBases = Arrays.copyOf(frameBases, size);
        frameUnreachable = Arrays.copyOf(frameUnreachable, size);
        frameLive = Arrays.copyOf(frameLive, size);
        frameParams = Arrays.copyOf(frameParams, size);
        frameResults = Arrays.copyOf(frameResults, size);
        frameSets = Arrays.copyOf(frameSets, size);
        frameStamps = Arrays.copyOf(frameStamps, size);
    }

    /** The end of a part of the innermost frame: exactly the results must be there. */
    private void finishPart() {
        int[] results = frameResults[frames - 1];
        int found = height;
        pop(results);
        if (height != base) {
            height = found;
            throw invalid(
                    "type mismatch: block requires "
                            + names(results, 0, results.length)
                            + " but stack has "
                            + names(operands, base, found));
        }
        unset(frameSets[frames - 1]);
    }

    /** Closes the innermost frame and leaves its results to the one around it. */
    final void close() {
        finishPart();
        int f = --frames;
        int[] results = frameResults[f];
        if (f > 0) {
            base = frameBases[f - 1];
            unreachable = frameUnreachable[f - 1];
        } else {
            unreachable = false;
        }
        push(results);
    }

    /** Ends a part of the innermost frame and begins another, with these operands. */
    final void nextPart(Opcode op, int[] initial) {
        finishPart();
        frameOps[frames - 1] = op;
        unreachable = false;
        push(initial);
    }

    final void markUnreachable() {
        height = base;
        unreachable = true;
    }

    final boolean isReachable() {
        return !unreachable && (frames == 0 || frameLive[frames - 1]);
    }

    private int frame(int label) {
        return frames - 1 - label;
    }

    /** Checks a label. */
    final int label(int label) {
        if (Integer.compareUnsigned(label, frames) >= 0) {
            throw unknown("label", label);
        }
        return label;
    }

    final Opcode opOf(int label) {
        return frameOps[frame(label)];
    }

    final int baseOf(int label) {
        return frameBases[frame(label)];
    }

    final boolean isLive(int label) {
        return frameLive[frame(label)];
    }

    final int[] paramsOf(int label) {
        return frameParams[frame(label)];
    }

    final int[] resultsOf(int label) {
        return frameResults[frame(label)];
    }

    /** What a branch to a label carries. */
    final int[] branchTypes(int label) {
        int f = frame(label);
        return frameOps[f] == Opcode.LOOP ? frameParams[f] : frameResults[f];
    }

    /** The results of the function. */
    final int[] functionResults() {
        return frameResults[0];
    }

    final void branchTable() {
        pop(ValueKind.I32);
        if (++stamp == 0) {
            stamp = 1;
        }
        int count = in.labelCount();
        int[] last = branchTypes(label(in.label(count - 1)));
        for (int i = 0; i < count; i++) {
            int label = label(in.label(i));
            int f = frame(label);
            if (frameStamps[f] == stamp) {
                continue;
            }
            frameStamps[f] = stamp;
            int[] carried = branchTypes(label);
            if (carried.length != last.length) {
                throw invalid(
                        "type mismatch: label "
                                + label
                                + " takes "
                                + names(carried, 0, carried.length)
                                + " but the default label takes "
                                + names(last, 0, last.length));
            }
            peek(carried);
        }
        markUnreachable();
    }

    // Faults.

    /** The name of what is being checked, for messages. */
    abstract String place();

    final InvalidException invalid(String reason) {
        return new InvalidException(reason, in.start(), place());
    }

    final InvalidException unknown(String what, int index) {
        return invalid("unknown " + what + " " + Integer.toUnsignedString(index));
    }

    final MalformedException malformed(String reason) {
        return new MalformedException(reason, in.start(), place());
    }

    final MalformedException placed(MalformedException e) {
        return e.offset().isPresent()
                ? new MalformedException(e.reason(), e.offset().getAsLong(), place())
                : new MalformedException(e.reason(), e.where() + ", in " + place());
    }

    final InvalidException mismatch(int expected) {
        var found = height == base ? "" : types.name(operands[height - 1]);
        return invalid(
                "type mismatch: instruction requires ["
                        + types.name(expected)
                        + "] but stack has ["
                        + found
                        + "]");
    }

    final String names(int[] list, int from, int to) {
        return types.names(list, from, to);
    }
}
