// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;

/** Generates the method that a function begins in. */
final class FunctionGen extends InstrGen {
    private static final ClassDesc FRAMES = Names.of(io.nacelle.runtime.code.Frames.class);

    private final Signature signature;

    /** Where a tail call of the function to itself goes. */
    private Label start;

    FunctionGen(Unit unit, CodeBuilder cb) {
        super(unit, cb, new ArrayList<>());
        signature = unit.code.signature(unit.module.valid.typeIndexOfFunc(ir.body.index));
    }

    void generate() {
        varLeft = signature.words;
        varInstance = varLeft + 1;
        int next = varInstance + 1;
        linesFrom(unit.module.codeOffset(ir.body.index));
        if (unit.frame == null) {
            next = takeLocals(next);
            takeVariables(next);
        } else {
            varFrame = next;
            takeVariables(next + 1);
        }
        cb.iload(varLeft).loadConstant(ir.frameCost);
        cb.invokestatic(Names.RT, "charge", MethodTypeDesc.of(Names.INT, Names.INT, Names.INT));
        cb.istore(varLeft);
        if (unit.frame == null) {
            for (int i = ir.params; i < ir.locals.length; i++) {
                zero(ir.locals[i]);
                storeLocal(i);
            }
        } else {
            makeFrame();
        }
        freshParameters();
        if (ir.selfTail && unit.frame == null) {
            start = cb.newBoundLabel();
        }
        if (ir.calls) {
            poll();
        }
        blocks.add(new Block(-1, 0, new Ir.Shape(Kinds.NONE.params(), ir.results), 0));
        var begin = cb.newBoundLabel();
        run(0, ir.count);
        if (ir.delegates) {
            // What is passed on to outside of the function is an exception like any other there.
            var end = cb.newBoundLabel();
            cb.exceptionCatch(begin, end, end, Names.DELEGATED);
            cb.getfield(Names.DELEGATED, "exception", Names.THROWN);
            cb.athrow();
        }
    }

    private void freshParameters() {
        for (int i = 0; i < ir.params && unit.frame == null; i++) {
            if (ir.locals[i] == Kinds.V128) {
                loadLocal(i);
                vectors.fresh(cb, varVector);
                storeLocal(i);
            }
        }
    }

    /** Gives locals their variables, those of parameters in place. */
    private int takeLocals(int from) {
        varLocal = new int[ir.locals.length];
        int next = 0;
        for (int i = 0; i < ir.locals.length; i++) {
            if (i == ir.params) {
                next = from;
            }
            varLocal[i] = next;
            next += Kinds.width(ir.locals[i]);
        }
        return ir.locals.length == ir.params ? from : next;
    }

    private void makeFrame() {
        unit.makeFrame(cb);
        cb.astore(varFrame);
        if (signature.wide) {
            cb.aload(varFrame);
            cb.aload(varInstance).getfield(Names.INSTANCE, "stack", Names.STACK);
            cb.iload(0);
            cb.loadConstant(unit.localKinds(ir.params));
            cb.invokestatic(
                    FRAMES,
                    "parameters",
                    MethodTypeDesc.of(
                            Names.VOID,
                            Names.FRAME,
                            Names.STACK,
                            Names.INT,
                            ConstantDescs.CD_String));
            return;
        }
        int variable = 0;
        for (int i = 0; i < ir.params; i++) {
            cb.loadLocal(Signature.typeKind(ir.locals[i]), variable);
            storeLocal(i);
            variable += Kinds.width(ir.locals[i]);
        }
    }

    @Override
    void leave() {
        byte[] results = ir.results;
        int count = results.length;
        if (count > MANY && varFrame >= 0) {
            spill();
            giveMany(height - count);
            return;
        }
        need(count);
        give();
    }

    /** Returns the results on the JVM's stack. */
    private void give() {
        byte[] results = ir.results;
        for (int i = results.length - 1; i > 0; i--) {
            cb.aload(varInstance).loadConstant(i);
            var type = results[i] >= Kinds.V128 ? Names.OBJECT : desc(results[i]);
            cb.invokestatic(
                    Names.RT,
                    "more",
                    MethodTypeDesc.of(Names.VOID, type, Names.INSTANCE, Names.INT));
        }
        cb.return_(signature.resultKind());
    }

    private void giveMany(int from) {
        cb.aload(varFrame).loadConstant(from);
        cb.aload(varInstance).loadConstant(ir.results.length);
        cb.invokestatic(
                FRAMES,
                "giveResults",
                MethodTypeDesc.of(Names.VOID, Names.FRAME, Names.INT, Names.INSTANCE, Names.INT));
        loadSlot(from, ir.results[0]);
        cb.return_(signature.resultKind());
    }

    @Override
    void exit(Block block) {
        // Only the function itself is around: its results are the first operands.
        giveFirst();
    }

    @Override
    boolean returnsCodes() {
        return false;
    }

    @Override
    void passOn() {
        giveFirst();
    }

    private void giveFirst() {
        if (ir.results.length > MANY) {
            giveMany(0);
            return;
        }
        for (int i = 0; i < ir.results.length; i++) {
            loadSlot(i, ir.results[i]);
        }
        give();
    }

    @Override
    boolean tailCallSelf(Signature ignored) {
        if (start == null) {
            return false;
        }
        spillBelow(ir.params);
        for (int i = ir.params - 1; i >= 0; i--) {
            storeLocal(i);
        }
        pop(ir.params);
        for (int i = ir.params; i < ir.locals.length; i++) {
            zero(ir.locals[i]);
            storeLocal(i);
        }
        cb.goto_(start);
        return true;
    }

    @Override
    void leaveByTail() {
        if (signature.results.length > 0) {
            zero(signature.results[0]);
        }
        cb.return_(signature.resultKind());
    }
}
