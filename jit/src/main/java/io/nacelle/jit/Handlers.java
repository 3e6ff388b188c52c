// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.wasm.syntax.CatchClause;
import io.nacelle.wasm.syntax.Opcode;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;

/** Handlers of exceptions: those of {@code try_table}, and the legacy ones. */
abstract class Handlers extends Branches {
    /** The operands that are on the JVM's stack at most, beyond which they are spilled. */
    static final int MOST_ON_STACK = 24;

    Handlers(Unit unit, CodeBuilder cb, ArrayList<Block> blocks) {
        super(unit, cb, blocks);
    }

    /** The end of a part of a block: control goes on behind the block. */
    final void closePart(Block block) {
        if (live) {
            spill();
            reach(block);
            cb.goto_(block.label);
        }
    }

    /** Binds the label behind a block. */
    final void finish(Block block) {
        cb.labelBinding(block.label);
        live = block.reached;
        memoryKnown = block.memoryKnown && live;
        reset(block.height, block.shape.results());
    }

    /** Ends the body of a block with handlers, which control goes around. */
    private void closeBody(Block block) {
        if (live) {
            spill();
            reach(block);
            cb.goto_(block.label);
        }
        block.covered.add(new Block.Range(block.bodyStart, cb.newBoundLabel()));
        block.bodyStart = null;
        for (var range : block.covered) {
            cb.exceptionCatch(range.begin(), range.end(), block.handler, Names.THROWN);
        }
        if (ir.delegates) {
            var delegated = delegatedHandler(block);
            for (var range : block.covered) {
                cb.exceptionCatch(range.begin(), range.end(), delegated, Names.DELEGATED);
            }
        }
    }

    /** Where an exception comes that a handler further in has passed on. */
    private Label delegatedHandler(Block block) {
        var label = cb.newBoundLabel();
        cb.astore(varTemp);
        cb.aload(varTemp).getfield(Names.DELEGATED, "depth", Names.INT);
        cb.loadConstant(block.depth);
        var mine = cb.newLabel();
        cb.if_icmpge(mine);
        cb.aload(varTemp).athrow();
        cb.labelBinding(mine);
        cb.aload(varTemp).getfield(Names.DELEGATED, "exception", Names.THROWN);
        cb.goto_(block.handler);
        return label;
    }

    final void closeHandlers(Block block) {
        var clauses =
                ir.more[block.opener] instanceof Ir.Clauses found
                        ? found.clauses()
                        : List.<CatchClause>of();
        boolean isTry = ir.opcode(block.opener) == Opcode.TRY;
        if (isTry || clauses.isEmpty()) {
            // A try without handlers.
            if (live) {
                spill();
                reach(block);
            }
            return;
        }
        closeBody(block);
        cb.labelBinding(block.handler);
        memoryKnown = false;
        cb.astore(varTemp);
        caught();
        // Labels of clauses count from outside the block.
        blocks.removeLast();
        byte[] below = kinds;
        for (var clause : clauses) {
            // Its values take the place of operands that are there again when it is not this one.
            kinds = below.clone();
            clause(clause);
        }
        kinds = below;
        blocks.add(block);
        cb.aload(varTemp).athrow();
        live = false;
    }

    /** Has the calls that an exception has left count no more. */
    private void caught() {
        if (unit.module.countsCalls()) {
            cb.iload(varLeft).aload(varInstance);
            cb.invokestatic(
                    Names.RT, "caught", MethodTypeDesc.of(Names.VOID, Names.INT, Names.INSTANCE));
        }
    }

    private void clause(CatchClause clause) {
        var skip = cb.newLabel();
        var target = block(clause.label());
        var from = cb.newBoundLabel();
        byte[] carried = target.carried();
        int values = carried.length - (clause.kind().passesReference() ? 1 : 0);
        if (clause.kind().hasTag()) {
            testTag(clause.tag());
            cb.ifeq(skip);
            reset(target.height, new byte[0]);
            release(clause.tag(), values);
        } else {
            reset(target.height, new byte[0]);
        }
        if (clause.kind().passesReference()) {
            cb.aload(varTemp);
            push(Kinds.REF);
        }
        spill();
        if (target.depth == 0) {
            leave();
        } else {
            jump(target);
        }
        uncover(from, target);
        cb.labelBinding(skip);
    }

    private void testTag(int tag) {
        cb.aload(varTemp).aload(varInstance).loadConstant(tag);
        cb.invokestatic(
                Names.RT,
                "isOf",
                MethodTypeDesc.of(
                        ConstantDescs.CD_boolean, Names.THROWN, Names.INSTANCE, Names.INT));
    }

    /** Pushes the values of the exception in the temporary variable. */
    private void release(int tag, int count) {
        if (count == 0) {
            return;
        }
        byte[] types = Kinds.of(unit.module.valid.tag(tag).func().params());
        cb.aload(varTemp).aload(varInstance);
        cb.invokestatic(
                Names.RT, "release", MethodTypeDesc.of(Names.VOID, Names.THROWN, Names.INSTANCE));
        for (int i = 0; i < count; i++) {
            cb.aload(varInstance).loadConstant(i);
            if (types[i] == Kinds.REF) {
                cb.invokestatic(
                        Names.RT,
                        "scratchRefAt",
                        MethodTypeDesc.of(Names.OBJECT, Names.INSTANCE, Names.INT));
            } else {
                moveIn(Names.RT, "scratch", types[i], Names.INSTANCE, Names.INT);
            }
            push(types[i]);
            if (height - mark > MOST_ON_STACK) {
                spill();
            }
        }
    }

    final void legacyCatch(int i, Opcode op) {
        var block = blocks.getLast();
        if (block.kept < 0) {
            block.kept = nextKept();
            closeBody(block);
            cb.labelBinding(block.handler);
            cb.astore(varTemp);
            caught();
            cb.aload(varTemp);
            storeKept(block.kept);
        } else {
            closePart(block);
            cb.labelBinding(block.next);
            loadKept(block.kept);
            cb.astore(varTemp);
        }
        live = true;
        memoryKnown = false;
        block.next = null;
        reset(block.height, new byte[0]);
        if (op == Opcode.CATCH_ALL) {
            block.catchesAll = true;
            return;
        }
        block.next = cb.newLabel();
        testTag(ir.x[i]);
        cb.ifeq(block.next);
        release(ir.x[i], unit.module.valid.tag(ir.x[i]).func().params().size());
    }

    private int nextKept() {
        int open = 0;
        for (var block : blocks) {
            open += block.kept >= 0 ? 1 : 0;
        }
        return open;
    }

    final void closeLegacy(Block block) {
        closePart(block);
        if (!block.catchesAll) {
            cb.labelBinding(block.next);
            loadKept(block.kept);
            cb.athrow();
        }
        block.next = null;
        live = false;
    }

    final void delegate(int i) {
        var block = blocks.getLast();
        closeBody(block);
        cb.labelBinding(block.handler);
        cb.astore(varTemp);
        blocks.removeLast();
        cb.new_(Names.DELEGATED).dup();
        cb.aload(varTemp).loadConstant(block(ir.x[i]).depth);
        cb.invokespecial(
                Names.DELEGATED, "<init>", MethodTypeDesc.of(Names.VOID, Names.THROWN, Names.INT));
        cb.athrow();
        finish(block);
    }
}
