// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.exec.Slots;
import io.nacelle.runtime.exec.Stack;

/** Moves values to and from the arrays of a {@link Frame}, and many at a time. */
public final class Frames {
    private Frames() {}

    public static void slot(int value, Frame frame, int at) {
        frame.n[at] = value;
    }

    public static void slot(long value, Frame frame, int at) {
        frame.n[at] = value;
    }

    public static void slot(float value, Frame frame, int at) {
        frame.n[at] = Float.floatToRawIntBits(value);
    }

    public static void slot(double value, Frame frame, int at) {
        frame.n[at] = Double.doubleToRawLongBits(value);
    }

    public static void slot(Object value, Frame frame, int at) {
        frame.r[at] = value;
    }

    public static int slotI32(Frame frame, int at) {
        return (int) frame.n[at];
    }

    public static long slotI64(Frame frame, int at) {
        return frame.n[at];
    }

    public static float slotF32(Frame frame, int at) {
        return Float.intBitsToFloat((int) frame.n[at]);
    }

    public static double slotF64(Frame frame, int at) {
        return Double.longBitsToDouble(frame.n[at]);
    }

    public static Object slotRef(Frame frame, int at) {
        return frame.r[at];
    }

    public static void local(int value, Frame frame, int at) {
        frame.ln[at] = value;
    }

    public static void local(long value, Frame frame, int at) {
        frame.ln[at] = value;
    }

    public static void local(float value, Frame frame, int at) {
        frame.ln[at] = Float.floatToRawIntBits(value);
    }

    public static void local(double value, Frame frame, int at) {
        frame.ln[at] = Double.doubleToRawLongBits(value);
    }

    public static void local(Object value, Frame frame, int at) {
        frame.lr[at] = value;
    }

    public static int localI32(Frame frame, int at) {
        return (int) frame.ln[at];
    }

    public static long localI64(Frame frame, int at) {
        return frame.ln[at];
    }

    public static float localF32(Frame frame, int at) {
        return Float.intBitsToFloat((int) frame.ln[at]);
    }

    public static double localF64(Frame frame, int at) {
        return Double.longBitsToDouble(frame.ln[at]);
    }

    public static Object localRef(Frame frame, int at) {
        return frame.lr[at];
    }

    /** Moves operands down. */
    public static void move(Frame frame, int from, int to, int count) {
        System.arraycopy(frame.n, from, frame.n, to, count);
        System.arraycopy(frame.r, from, frame.r, to, count);
    }

    /** Puts operands into the scratch slots. */
    public static void scratch(Frame frame, int from, CodeInstance instance, int count) {
        var scratch = instance.scratch(count);
        out(frame, from, scratch, 0, count);
    }

    /** Puts operands into slots of the stack. */
    public static void arguments(Frame frame, int from, CodeInstance instance, int count) {
        int base = Rt.begin(instance, count);
        instance.stack.needRefs();
        instance.stack.needHigh();
        out(frame, from, instance.stack, base, count);
    }

    /** Puts values of any kind into slots. */
    private static void out(Frame frame, int from, Slots to, int at, int count) {
        System.arraycopy(frame.n, from, to.slots, at, count);
        for (int i = 0; i < count; i++) {
            if (VectorForm.isVector(frame.r[from + i])) {
                to.slots[at + i] = VectorForm.low(frame.r[from + i]);
                to.high[at + i] = VectorForm.high(frame.r[from + i]);
            } else {
                to.refs[at + i] = frame.r[from + i];
            }
        }
    }

    /** Takes many results of a call: all but the first, which has its place at the same slot. */
    public static void takeResults(Frame frame, int to, CodeInstance instance, int count) {
        var stack = instance.stack;
        System.arraycopy(stack.moreNumbers, 1, frame.n, to + 1, count - 1);
        System.arraycopy(stack.moreRefs, 1, frame.r, to + 1, count - 1);
    }

    /** Leaves many results: all but the first. */
    public static void giveResults(Frame frame, int from, CodeInstance instance, int count) {
        var stack = instance.stack;
        System.arraycopy(frame.n, from + 1, stack.moreNumbers, 1, count - 1);
        System.arraycopy(frame.r, from + 1, stack.moreRefs, 1, count - 1);
    }

    /** Takes parameters from slots of the stack. */
    public static void parameters(Frame frame, Stack stack, int base, String kinds) {
        for (int i = 0; i < kinds.length(); i++) {
            char kind = kinds.charAt(i);
            switch (kind) {
                case 'v', 'w' ->
                        frame.lr[i] =
                                VectorForm.of(
                                        kind, stack.slots[base + i], stack.needHigh()[base + i]);
                case 'r' -> frame.lr[i] = stack.needRefs()[base + i];
                default -> frame.ln[i] = stack.slots[base + i];
            }
        }
    }

    /** Sets a local of each kind to what it begins with. */
    public static void clear(Frame frame, String kinds) {
        for (int i = 0; i < kinds.length(); i++) {
            if (VectorForm.isVector(kinds.charAt(i))) {
                frame.lr[i] = VectorForm.of(kinds.charAt(i), 0, 0);
            }
        }
    }

    /** Takes all locals from the frame of the interpreter. */
    public static void takeLocals(Frame frame, Slots from, String kinds) {
        System.arraycopy(from.slots, 0, frame.ln, 0, kinds.length());
        for (int i = 0; i < kinds.length(); i++) {
            char kind = kinds.charAt(i);
            switch (kind) {
                case 'v', 'w' -> frame.lr[i] = VectorForm.of(kind, from.slots[i], from.high[i]);
                case 'r' -> frame.lr[i] = from.refs[i];
                default -> {}
            }
        }
    }

    /** Gives all locals back to the frame of the interpreter. */
    public static void giveLocals(Frame frame, Slots to, String kinds) {
        for (int i = 0; i < kinds.length(); i++) {
            switch (kinds.charAt(i)) {
                case 'v', 'w' -> {
                    to.slots[i] = VectorForm.low(frame.lr[i]);
                    to.high[i] = VectorForm.high(frame.lr[i]);
                }
                case 'r' -> to.refs[i] = frame.lr[i];
                default -> to.slots[i] = frame.ln[i];
            }
        }
    }

    // The interpreter's frame, for loops that take over from it.

    public static int loadI32(Slots from, int at) {
        return (int) from.slots[at];
    }

    public static long loadI64(Slots from, int at) {
        return from.slots[at];
    }

    public static float loadF32(Slots from, int at) {
        return Float.intBitsToFloat((int) from.slots[at]);
    }

    public static double loadF64(Slots from, int at) {
        return Double.longBitsToDouble(from.slots[at]);
    }

    public static Object loadRef(Slots from, int at) {
        return from.needRefs()[at];
    }

    public static void store(int value, Slots to, int at) {
        to.slots[at] = value;
    }

    public static void store(long value, Slots to, int at) {
        to.slots[at] = value;
    }

    public static void store(float value, Slots to, int at) {
        to.slots[at] = Float.floatToRawIntBits(value);
    }

    public static void store(double value, Slots to, int at) {
        to.slots[at] = Double.doubleToRawLongBits(value);
    }

    public static void store(Object value, Slots to, int at) {
        to.needRefs()[at] = value;
    }
}
