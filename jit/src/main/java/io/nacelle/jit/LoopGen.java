// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.exec.Compiler;
import io.nacelle.wasm.syntax.Opcode;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.BitSet;

/**
 * Generates a loop that takes over from the interpreter: it takes the locals from the interpreter's
 * frame, and gives those that it has changed back when it is left.
 */
final class LoopGen extends InstrGen {
    private static final ClassDesc FRAMES = Names.of(io.nacelle.runtime.code.Frames.class);
    private static final MethodTypeDesc FRAME_OF_STACK =
            MethodTypeDesc.of(Names.SLOTS, Names.STACK);

    private final int loop;
    private final BitSet used = new BitSet();
    private final BitSet changed = new BitSet();
    private int varStack;
    private int varFrom;
    private int varCode;
    private final Label end;

    LoopGen(Unit unit, CodeBuilder cb, ArrayList<Block> around, int loop) {
        super(unit, cb, around);
        this.loop = loop;
        this.end = cb.newLabel();
        for (int i = loop; i < ir.end[loop]; i++) {
            if (ir.op(i) == Ir.FUEL) {
                continue;
            }
            switch (ir.opcode(i)) {
                case LOCAL_GET -> used.set(ir.x[i]);
                case LOCAL_SET, LOCAL_TEE -> {
                    used.set(ir.x[i]);
                    changed.set(ir.x[i]);
                }
                default -> {}
            }
        }
    }

    /**
     * Whether a loop can be left to compiled code alone: what it does must not need what only the
     * interpreter has.
     */
    static boolean isPossible(Ir ir, int loop) {
        int depth = 0;
        for (int i = loop; i < ir.end[loop]; i++) {
            if (ir.op(i) == Ir.FUEL) {
                continue;
            }
            switch (ir.opcode(i)) {
                case RETURN_CALL, RETURN_CALL_INDIRECT, RETURN_CALL_REF -> {
                    return false;
                }
                case BLOCK, LOOP, IF, TRY, TRY_TABLE -> depth++;
                case END -> depth--;
                case DELEGATE -> {
                    depth--;
                    if (ir.x[i] >= depth) {
                        return false;
                    }
                }
                case RETHROW -> {
                    if (ir.x[i] >= depth) {
                        return false;
                    }
                }
                default -> {}
            }
        }
        return true;
    }

    void generate() {
        varStack = 1;
        varLeft = 2;
        varInstance = 3;
        varFrom = 4;
        varCode = 5;
        linesFrom(unit.module.codeOffset(ir.body.index));
        int next = 6;
        if (unit.frame != null) {
            varFrame = next;
            takeVariables(next + 1);
        } else {
            varLocal = new int[ir.locals.length];
            for (int i = used.nextSetBit(0); i >= 0; i = used.nextSetBit(i + 1)) {
                varLocal[i] = next;
                next += Kinds.width(ir.locals[i]);
            }
            takeVariables(next);
        }
        cb.aload(varStack);
        cb.invokestatic(Names.RT, "frame", FRAME_OF_STACK);
        cb.astore(varFrom);
        if (unit.frame != null) {
            unit.makeFrame(cb);
            cb.astore(varFrame);
        }
        takeLocals();
        reset(ir.height[loop] - ir.shape(loop).params().length, new byte[0]);
        for (byte kind : ir.shape(loop).params()) {
            load(kind, ir.locals.length + height);
            push(kind);
        }
        spill();
        boolean guarded = isGuarded();
        var begin = cb.newBoundLabel();
        cb.nop();
        run(loop, ir.end[loop] + 1);
        if (live) {
            // Behind the loop.
            byte[] results = ir.shape(loop).results();
            spill();
            giveOperands(height - results.length, height - results.length, results);
            leaveWith(Compiler.Exits.end(ir.at[loop]));
        }
        cb.labelBinding(end);
        giveLocals();
        cb.iload(varCode).ireturn();
        if (ir.delegates) {
            // No handler of the loop's is to catch it: for those around, it is one like any other.
            var delegated = cb.newBoundLabel();
            cb.exceptionCatch(begin, end, delegated, Names.DELEGATED);
            cb.getfield(Names.DELEGATED, "exception", Names.THROWN);
            leaveWithException(guarded);
        }
        if (guarded) {
            var handler = cb.newBoundLabel();
            cb.exceptionCatchAll(begin, end, handler);
            leaveWithException(true);
        }
    }

    /** Throws the exception on the JVM's stack out of the loop. */
    private void leaveWithException(boolean guarded) {
        if (guarded) {
            cb.astore(varTemp);
            giveLocals();
            cb.aload(varTemp);
        }
        cb.athrow();
    }

    /** Whether a handler around the loop may see its locals. */
    private boolean isGuarded() {
        for (var block : blocks) {
            if (block.opener >= 0) {
                var op = ir.opcode(block.opener);
                if (op == Opcode.TRY || op == Opcode.TRY_TABLE) {
                    return true;
                }
            }
        }
        return false;
    }

    private void load(byte kind, int slot) {
        cb.aload(varFrom).loadConstant(slot);
        if (kind == Kinds.V128) {
            cb.invokestatic(
                    vectors.rt, "load", MethodTypeDesc.of(vectors.type, Names.SLOTS, Names.INT));
        } else {
            cb.invokestatic(
                    FRAMES,
                    "load" + letter(kind),
                    MethodTypeDesc.of(desc(kind), Names.SLOTS, Names.INT));
        }
    }

    private void store(byte kind, int slot) {
        cb.aload(varFrom).loadConstant(slot);
        moveOut(FRAMES, "store", kind, Names.SLOTS, Names.INT);
    }

    private void takeLocals() {
        if (varFrame >= 0 && unit.manyLocals) {
            allLocals("takeLocals");
            return;
        }
        for (int i = used.nextSetBit(0); i >= 0; i = used.nextSetBit(i + 1)) {
            load(ir.locals[i], i);
            storeLocal(i);
        }
    }

    private void allLocals(String name) {
        cb.aload(varFrame).aload(varFrom);
        cb.loadConstant(unit.localKinds(ir.locals.length));
        cb.invokestatic(
                FRAMES,
                name,
                MethodTypeDesc.of(Names.VOID, Names.FRAME, Names.SLOTS, ConstantDescs.CD_String));
    }

    private void giveLocals() {
        // The frame may have been replaced meanwhile.
        cb.aload(varStack);
        cb.invokestatic(Names.RT, "frame", FRAME_OF_STACK);
        cb.astore(varFrom);
        if (varFrame >= 0 && unit.manyLocals) {
            allLocals("giveLocals");
            return;
        }
        for (int i = changed.nextSetBit(0); i >= 0; i = changed.nextSetBit(i + 1)) {
            loadLocal(i);
            store(ir.locals[i], i);
        }
    }

    /** Puts operands that are in variables where the interpreter takes them. */
    private void giveOperands(int from, int to, byte[] types) {
        if (types.length == 0) {
            return;
        }
        cb.aload(varStack);
        cb.invokestatic(Names.RT, "frame", FRAME_OF_STACK);
        cb.astore(varFrom);
        for (int i = 0; i < types.length; i++) {
            loadSlot(from + i, types[i]);
            store(types[i], ir.locals.length + to + i);
        }
    }

    private void leaveWith(int exit) {
        cb.loadConstant(exit).istore(varCode);
        cb.goto_(end);
    }

    @Override
    void leave() {
        int count = ir.results.length;
        spill();
        giveOperands(height - count, 0, ir.results);
        leaveWith(Compiler.Exits.RETURN);
    }

    @Override
    void exit(Block block) {
        if (block.depth == 0) {
            giveOperands(0, 0, ir.results);
            leaveWith(Compiler.Exits.RETURN);
            return;
        }
        giveOperands(block.height, block.height, block.carried());
        int opened = ir.at[block.opener];
        leaveWith(block.isLoop ? Compiler.Exits.start(opened) : Compiler.Exits.end(opened));
    }

    @Override
    boolean returnsCodes() {
        return false;
    }

    @Override
    void passOn() {
        var passed = new ArrayList<>(exits);
        for (int i = 0; i < passed.size(); i++) {
            var block = blocks.get(passed.get(i) - 1);
            if (i == passed.size() - 1) {
                exit(block);
                return;
            }
            var skip = cb.newLabel();
            cb.iload(varTemp).loadConstant(passed.get(i));
            cb.if_icmpne(skip);
            exit(block);
            cb.labelBinding(skip);
        }
    }

    @Override
    boolean tailCallSelf(Signature signature) {
        throw new AssertionError("a tail call in a loop that takes over");
    }

    @Override
    void leaveByTail() {
        throw new AssertionError("a tail call in a loop that takes over");
    }
}
