// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;

/** The parts of a large function that become methods of their own, and calls of them. */
abstract class Parts extends Handlers {
    Parts(Unit unit, CodeBuilder cb, ArrayList<Block> blocks) {
        super(unit, cb, blocks);
    }

    /** Calls a part of the function. */
    final void part(int begin, int end) {
        spill();
        var type = MethodTypeDesc.of(Names.INT, unit.frame, Names.INT, Names.INSTANCE);
        var name = unit.nextPart(ir.at[begin]);
        var made = new PartGen[1];
        var owner =
                unit.addPart(name, type, c -> made[0] = PartGen.part(unit, c, this, begin, end));
        call(owner, name, type);
        var part = made[0];
        height = part.height;
        kinds = part.kinds;
        mark = height;
        goOn(part);
    }

    private void call(ClassDesc owner, String name, MethodTypeDesc type) {
        cb.aload(varFrame).iload(varLeft).aload(varInstance);
        if (type.parameterCount() > 3) {
            cb.iload(varTemp);
        }
        cb.invokestatic(owner, name, type);
        memoryKnown = false;
    }

    /** Goes on where a part says, by a number on the JVM's stack. */
    private void goOn(PartGen part) {
        live = part.live;
        if (part.exits.isEmpty()) {
            cb.pop();
            if (!live) {
                // It always fails; the JVM's verifier does not know.
                cb.aconst_null().athrow();
            }
            return;
        }
        cb.dup().istore(varTemp);
        var through = cb.newLabel();
        if (part.live) {
            cb.ifeq(through);
        } else {
            cb.pop();
        }
        goOn(part.exits);
        if (part.live) {
            cb.labelBinding(through);
        }
    }

    // Ladders.

    /** Opens all blocks of a ladder. */
    final void openLadder(Ladder ladder) {
        spill();
        var made = new Ladder.Open(ladder, blocks.size(), cb.newLabel(), cb.newLabel());
        for (int i = 0; i < ladder.ends().length; i++) {
            var block = open(ladder.opener() + i, false);
            block.memoryKnown = false;
            block.ladder = i > 0 ? made : null;
        }
    }

    /** Whether the innermost open block is that of a ladder, and ends here. */
    final boolean isFirstEnd(int i) {
        var block = blocks.getLast();
        return block.ladder != null && block.ladder.ladder.firstEnd() == i;
    }

    /**
     * Calls the groups of cases of the ladder that is open; gives where its outermost block ends.
     */
    final int cases() {
        var open = blocks.getLast().ladder;
        var ladder = open.ladder;
        var type = MethodTypeDesc.of(Names.INT, unit.frame, Names.INT, Names.INSTANCE, Names.INT);
        var labels = new ArrayList<Label>();
        for (var group : ladder.groups()) {
            var block = blocks.getLast();
            if (live) {
                spill();
                cb.loadConstant(block.code()).istore(varTemp);
            }
            labels.add(cb.newBoundLabel());
            reset(block.height, new byte[0]);
            var name = unit.nextPart(ir.at[ladder.from(group)]);
            int around = open.depth + group.outer();
            var made = new PartGen[1];
            var owner =
                    unit.addPart(
                            name,
                            type,
                            c -> made[0] = PartGen.cases(unit, c, this, around, ladder, group));
            call(owner, name, type);
            while (blocks.size() > around) {
                blocks.removeLast();
            }
            goOn(made[0]);
        }
        var outermost = blocks.getLast();
        reach(outermost);
        if (live) {
            cb.goto_(outermost.label);
        }
        live = false;
        dispatch(open, labels, outermost);
        return ladder.ends()[0];
    }

    /** Goes to a group, or behind the ladder, by the number in the temporary variable. */
    private void dispatch(Ladder.Open open, ArrayList<Label> labels, Block outermost) {
        var ladder = open.ladder;
        int count = ladder.ends().length;
        var table = new int[count + 1];
        for (int i = 0; i < count; i++) {
            table[i] = ladder.groupOf(i);
        }
        table[count] = labels.size() + 1;
        cb.labelBinding(open.dispatch);
        cb.iload(varTemp).loadConstant(outermost.code()).isub();
        lookUp("groups", ladder.opener(), table);
        cb.istore(varTemp + 1);
        cb.labelBinding(open.choose);
        cb.iload(varTemp + 1);
        var cases = new ArrayList<SwitchCase>();
        for (int i = 0; i < labels.size(); i++) {
            cases.add(SwitchCase.of(i, labels.get(i)));
        }
        open.others.remove(outermost.code());
        if (open.others.isEmpty()) {
            cb.tableswitch(outermost.label, cases);
            return;
        }
        cases.add(SwitchCase.of(labels.size(), outermost.label));
        var other = cb.newLabel();
        cb.tableswitch(other, cases);
        cb.labelBinding(other);
        goOn(open.others);
    }
}
