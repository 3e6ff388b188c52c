// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.exec.FuncImpl;
import io.nacelle.runtime.exec.GlobalImpl;
import io.nacelle.runtime.exec.InstanceImpl;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.WasmFunc;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.VecType;

import java.util.Arrays;

/** What the classic loop does to frames beyond single slots, and how it finds its callees. */
final class ClassicFrames {
    private ClassicFrames() {}

    /**
     * Opens the frame of a function whose arguments are in place: counts it, makes room, sets the
     * other locals to their default values.
     */
    static void open(Stack stack, ClassicCode form, int fp) {
        int left = stack.left - form.cost;
        if (left < 0) {
            throw Stack.exhausted();
        }
        stack.left = left;
        if (stack.stopRequested()) {
            throw stack.store.stopped();
        }
        stack.reserve(fp + form.slots);
        int from = fp + form.params;
        int to = fp + form.locals;
        var slots = stack.slots;
        for (int i = from; i < to; i++) {
            slots[i] = 0;
        }
        if ((form.traits & ClassicCode.WIDE) != 0) {
            openWide(stack, form, from, to);
        }
    }

    private static void openWide(Stack stack, ClassicCode form, int from, int to) {
        if ((form.traits & ClassicCode.VECTORS) != 0) {
            Arrays.fill(stack.needHigh(), from, to, 0);
        }
        if ((form.traits & ClassicCode.REFS) != 0) {
            Arrays.fill(stack.needRefs(), from, to, null);
        }
    }

    /** Suspends the caller's activation. */
    static void push(Stack stack, int depth, WasmFunc func, int pc, int fp, int position) {
        if (depth == stack.capacity) {
            stack.growFrames();
        }
        note(stack, depth, func, pc, fp, position);
    }

    /**
     * Notes the activation that runs as if it were suspended, to look for handlers among all: that
     * takes the place that there always is to spare.
     */
    static void note(Stack stack, int depth, WasmFunc func, int pc, int fp, int position) {
        stack.frames[depth] = func;
        stack.returns[depth] = (long) pc << 32 | fp;
        stack.marks[depth] = position;
    }

    /** Copies what a value has beside its slot. */
    static void move(Stack stack, int to, int from) {
        var high = stack.high;
        if (high.length > 0) {
            high[to] = high[from];
        }
        var refs = stack.refs;
        if (refs.length > 0) {
            refs[to] = refs[from];
        }
    }

    /** Moves values down, from {@code from} on. */
    static void move(Stack stack, int traits, int to, int from, int count) {
        System.arraycopy(stack.slots, from, stack.slots, to, count);
        if ((traits & ClassicCode.WIDE) != 0) {
            if (stack.high.length > 0) {
                System.arraycopy(stack.high, from, stack.high, to, count);
            }
            if (stack.refs.length > 0) {
                System.arraycopy(stack.refs, from, stack.refs, to, count);
            }
        }
    }

    /** Pushes what a global's value has beside its bits. */
    static void getGlobal(Stack stack, GlobalImpl global, int to) {
        if (stack.high.length > 0) {
            stack.high[to] = global.high;
        }
        if (stack.refs.length > 0) {
            stack.refs[to] = global.ref;
        }
    }

    /** Sets what a global's value has beside its bits. */
    static void setGlobal(Stack stack, GlobalImpl global, int from) {
        var type = global.type().type();
        if (type instanceof RefType) {
            global.ref = stack.refs[from];
        } else if (type == VecType.V128) {
            global.high = stack.high[from];
        }
    }

    /**
     * The callee of an indirect call (spec 4.6.8).
     *
     * @param pc where the immediates are: a type and a table
     */
    static FuncImpl indirect(byte[] code, int pc, InstanceImpl instance, long slot) {
        long type = ClassicLeb.u32(code, pc);
        var table = instance.tables[(int) ClassicLeb.u32(code, (int) (type >>> 32))];
        long index = table.index(slot);
        if (index < 0 || index >= table.size) {
            throw Traps.undefinedElement();
        }
        var func = (FuncImpl) table.elements[(int) index];
        if (func == null) {
            throw Traps.uninitializedElement(index);
        }
        DefType expected = instance.module.types[(int) type];
        if (func.type != expected && !func.type.isSubtypeOf(expected)) {
            throw Traps.typeMismatch();
        }
        return func;
    }

    /** The callee of a call by reference. */
    static FuncImpl byReference(Stack stack, int at) {
        var func = (FuncImpl) stack.refs[at];
        if (func == null) {
            throw Traps.nullFunction();
        }
        return func;
    }
}
