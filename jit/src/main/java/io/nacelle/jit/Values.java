// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.jit.vector.VectorCode;
import io.nacelle.runtime.exec.MemoryForm;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Arrays;

/**
 * Where the values of a method under way are: locals and operands.
 *
 * <p>The topmost operands are on the JVM's stack, those below {@link #mark} each in a variable of
 * its own height. Wherever control joins or a loop begins, all are in variables: then branches need
 * not agree on a stack, and HotSpot can replace a loop while it runs, which it only does with an
 * empty stack. In a large function variables are in a {@link io.nacelle.runtime.code.Frame} that
 * its methods share.
 */
abstract class Values {
    private static final ClassDesc FRAMES = Names.of(io.nacelle.runtime.code.Frames.class);

    final Unit unit;
    final CodeBuilder cb;
    final Ir ir;
    final Vectors vectors;

    /** The kinds of the operands. */
    byte[] kinds;

    int height;

    /** The operands from here on are on the JVM's stack. */
    int mark;

    // Variables of the method.
    int varLeft;
    int varInstance;

    /** The frame of a large function, or -1. */
    int varFrame = -1;

    /** Two values of any kind. */
    int varTemp;

    int varMemory;

    /** What operations on vectors use. */
    int varVector;

    /** The variables of locals, where there is no frame. */
    int[] varLocal = {};

    private int varSlots;
    private int varKept;

    /** The fuel, where a loop has it in a variable. */
    int varFuel;

    /** Whether the variables for memory 0 hold what they are to. */
    boolean memoryKnown;

    Values(Unit unit, CodeBuilder cb) {
        this.unit = unit;
        this.cb = cb;
        this.ir = unit.ir;
        this.vectors = unit.code.vectors;
        this.kinds = new byte[16];
    }

    /** Takes the variables from one on for what every method needs. */
    void takeVariables(int from) {
        varTemp = from;
        varMemory = from + 4;
        varVector = from + 8;
        varKept = varVector + (ir.vectors ? VectorCode.VARIABLES : 0);
        varFuel = varKept + ir.kept;
        varSlots = varFuel + (unit.module.countsFuel() ? 2 : 0);
    }

    static String letter(byte kind) {
        return switch (kind) {
            case Kinds.I32 -> "I32";
            case Kinds.I64 -> "I64";
            case Kinds.F32 -> "F32";
            case Kinds.F64 -> "F64";
            case Kinds.V128 -> "V128";
            default -> "Ref";
        };
    }

    ClassDesc desc(byte kind) {
        return Signature.desc(kind, vectors);
    }

    /** Calls a method of the runtime that takes a value: vectors have theirs in another class. */
    void moveOut(ClassDesc owner, String name, byte kind, ClassDesc... more) {
        var params = new ClassDesc[more.length + 1];
        params[0] = kind == Kinds.REF ? Names.OBJECT : desc(kind);
        System.arraycopy(more, 0, params, 1, more.length);
        cb.invokestatic(
                kind == Kinds.V128 ? vectors.rt : owner,
                name,
                MethodTypeDesc.of(Names.VOID, params));
    }

    /** Calls a method of the runtime that gives a value. */
    void moveIn(ClassDesc owner, String name, byte kind, ClassDesc... params) {
        cb.invokestatic(
                kind == Kinds.V128 ? vectors.rt : owner,
                name + letter(kind),
                MethodTypeDesc.of(desc(kind), params));
    }

    // Operands.

    void push(byte kind) {
        if (height == kinds.length) {
            kinds = Arrays.copyOf(kinds, 2 * height);
        }
        kinds[height++] = kind;
    }

    void pop() {
        height--;
        if (mark > height) {
            mark = height;
        }
    }

    void pop(int count) {
        height -= count;
        mark = Math.min(mark, height);
    }

    /** Has the topmost operands on the JVM's stack. */
    void need(int count) {
        int from = height - count;
        if (from >= mark) {
            return;
        }
        if (mark < height) {
            spill();
        }
        for (int i = from; i < height; i++) {
            loadSlot(i, kinds[i]);
        }
        mark = from;
    }

    /** Has all operands in their variables. */
    void spill() {
        for (int i = height; i-- > mark; ) {
            storeSlot(i, kinds[i]);
        }
        mark = height;
    }

    /** Has all operands in their variables but the topmost, which are on the JVM's stack. */
    void spillBelow(int count) {
        if (mark < height - count) {
            spill();
        }
        need(count);
    }

    /** Says what is on the stack from here on: nothing is on that of the JVM. */
    void reset(int newHeight, byte[] above) {
        height = newHeight;
        for (byte kind : above) {
            push(kind);
        }
        mark = height;
    }

    private int varSlot(int position) {
        return varSlots + 2 * position;
    }

    void loadSlot(int position, byte kind) {
        if (varFrame < 0) {
            cb.loadLocal(Signature.typeKind(kind), varSlot(position));
            return;
        }
        cb.aload(varFrame).loadConstant(position);
        if (kind == Kinds.V128) {
            cb.invokestatic(FRAMES, "slotRef", SLOT_REF);
            cb.checkcast(vectors.type);
        } else {
            cb.invokestatic(
                    FRAMES,
                    "slot" + letter(kind),
                    MethodTypeDesc.of(desc(kind), Names.FRAME, Names.INT));
        }
    }

    private static final MethodTypeDesc SLOT_REF =
            MethodTypeDesc.of(Names.OBJECT, Names.FRAME, Names.INT);

    void storeSlot(int position, byte kind) {
        if (varFrame < 0) {
            cb.storeLocal(Signature.typeKind(kind), varSlot(position));
            return;
        }
        cb.aload(varFrame).loadConstant(position);
        setFrame("slot", kind);
    }

    private void setFrame(String name, byte kind) {
        var type = kind >= Kinds.V128 ? Names.OBJECT : desc(kind);
        cb.invokestatic(FRAMES, name, MethodTypeDesc.of(Names.VOID, type, Names.FRAME, Names.INT));
    }

    /** Moves operands that are in variables to other, lower ones. */
    void moveSlots(int from, int to, int count) {
        if (from == to || count == 0) {
            return;
        }
        if (varFrame >= 0 && count > 4) {
            cb.aload(varFrame).loadConstant(from).loadConstant(to).loadConstant(count);
            cb.invokestatic(
                    FRAMES,
                    "move",
                    MethodTypeDesc.of(Names.VOID, Names.FRAME, Names.INT, Names.INT, Names.INT));
            return;
        }
        for (int i = 0; i < count; i++) {
            loadSlot(from + i, kinds[from + i]);
            storeSlot(to + i, kinds[from + i]);
        }
    }

    // Locals.

    void loadLocal(int local) {
        byte kind = ir.locals[local];
        if (varFrame < 0) {
            cb.loadLocal(Signature.typeKind(kind), varLocal[local]);
        } else if (unit.manyLocals) {
            cb.aload(varFrame).loadConstant(local);
            if (kind == Kinds.V128) {
                cb.invokestatic(FRAMES, "localRef", SLOT_REF);
                cb.checkcast(vectors.type);
            } else {
                cb.invokestatic(
                        FRAMES,
                        "local" + letter(kind),
                        MethodTypeDesc.of(desc(kind), Names.FRAME, Names.INT));
            }
        } else {
            cb.aload(varFrame).getfield(unit.frame, Unit.field(local), desc(kind));
        }
    }

    void storeLocal(int local) {
        byte kind = ir.locals[local];
        if (varFrame < 0) {
            cb.storeLocal(Signature.typeKind(kind), varLocal[local]);
        } else if (unit.manyLocals) {
            cb.aload(varFrame).loadConstant(local);
            setFrame("local", kind);
        } else {
            cb.aload(varFrame);
            if (Kinds.width(kind) == 2) {
                cb.dup_x2().pop();
            } else {
                cb.swap();
            }
            cb.putfield(unit.frame, Unit.field(local), desc(kind));
        }
    }

    /** Leaves the value of a local's kind that locals begin with on the JVM's stack. */
    void zero(byte kind) {
        switch (kind) {
            case Kinds.I32 -> cb.iconst_0();
            case Kinds.I64 -> cb.lconst_0();
            case Kinds.F32 -> cb.fconst_0();
            case Kinds.F64 -> cb.dconst_0();
            case Kinds.V128 -> vectors.constant(cb, 0, 0);
            default -> cb.aconst_null();
        }
    }

    void storeTemp(byte kind) {
        cb.storeLocal(Signature.typeKind(kind), varTemp);
    }

    void loadTemp(byte kind) {
        cb.loadLocal(Signature.typeKind(kind), varTemp);
    }

    void dup(byte kind) {
        if (Kinds.width(kind) == 2) {
            cb.dup2();
        } else {
            cb.dup();
        }
    }

    // Exceptions that legacy handlers keep.

    void storeKept(int number) {
        if (varFrame < 0) {
            cb.astore(varKept + number);
        } else {
            cb.aload(varFrame).loadConstant(ir.maxHeight + number);
            setFrame("slot", Kinds.REF);
        }
    }

    void loadKept(int number) {
        if (varFrame < 0) {
            cb.aload(varKept + number);
        } else {
            cb.aload(varFrame).loadConstant(ir.maxHeight + number);
            cb.invokestatic(FRAMES, "slotRef", SLOT_REF);
            cb.checkcast(Names.THROWN);
        }
    }

    // Memory 0.

    boolean onHeap() {
        return unit.form == MemoryForm.HEAP;
    }

    /** Whether to emit what helpers consist of, not calls, as HotSpot would not inline them. */
    boolean inPlace() {
        return ir.vectors && vectors.isLarge();
    }

    /** Looks whether the guest is to stop. */
    void poll() {
        if (inPlace()) {
            AssumingGen.poll(cb, varInstance);
        } else {
            cb.aload(varInstance);
            cb.invokestatic(Names.assuming(unit.code), "poll", AssumingGen.POLL);
        }
    }

    boolean hasMemory() {
        return unit.module.valid.memoryCount() > 0;
    }

    /** Has the size of memory 0 in its variable, which is on the heap and in its own. */
    void loadLimit() {
        if (inPlace()) {
            AssumingGen.limit(cb, varMemory, varInstance);
        } else {
            cb.aload(varMemory).aload(varInstance);
            cb.invokestatic(Names.assuming(unit.code), "limit", AssumingGen.LIMIT);
        }
        cb.istore(varMemory + 1);
    }

    /** Has memory 0 in its variables. */
    void needMemory() {
        if (memoryKnown) {
            return;
        }
        memoryKnown = true;
        if (onHeap()) {
            instanceTo("bytes", Names.BYTES);
            cb.astore(varMemory);
            loadLimit();
        } else {
            instanceTo("base", Names.LONG);
            cb.lstore(varMemory);
            instanceTo("size", Names.LONG);
            cb.lstore(varMemory + 2);
        }
    }

    private void instanceTo(String name, ClassDesc result) {
        cb.aload(varInstance);
        cb.invokestatic(Names.RT, name, MethodTypeDesc.of(result, Names.INSTANCE));
    }

    /** Leaves what accesses of memory 0 take after the address and value. */
    void pushMemory() {
        needMemory();
        if (onHeap()) {
            cb.aload(varMemory).iload(varMemory + 1);
        } else {
            cb.lload(varMemory).lload(varMemory + 2);
        }
    }
}
