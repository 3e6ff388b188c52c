// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.instruction.SwitchCase;
import java.util.ArrayList;

/**
 * Generates the method of a part of a large function. It is called with the frame, and returns
 * where control goes on: behind the part, or to a block around it, as {@link Block#code} has it.
 * All values are in the frame when it begins and when it ends.
 */
final class PartGen extends InstrGen {
    private PartGen(Unit unit, CodeBuilder cb, Parts caller, int around, int next) {
        super(unit, cb, new ArrayList<>(caller.blocks.subList(0, around)));
        varFrame = 0;
        varLeft = 1;
        varInstance = 2;
        takeVariables(next);
        kinds = caller.kinds.clone();
        height = caller.height;
        mark = height;
    }

    /** Generates a part. */
    static PartGen part(Unit unit, CodeBuilder cb, Parts caller, int begin, int end) {
        var gen = new PartGen(unit, cb, caller, caller.blocks.size(), 3);
        gen.linesFrom(gen.ir.at[begin]);
        gen.generate(begin, end);
        return gen;
    }

    /**
     * Generates a group of cases, which is told by the number of a block where to begin.
     *
     * @param around how many blocks are around it
     */
    static PartGen cases(
            Unit unit,
            CodeBuilder cb,
            Parts caller,
            int around,
            Ladder ladder,
            Ladder.Group group) {
        int varBlock = 3;
        var gen = new PartGen(unit, cb, caller, around, 4);
        int begin = ladder.from(group);
        gen.linesFrom(gen.ir.at[begin]);
        var cases = new ArrayList<SwitchCase>();
        for (int i = group.outer(); i <= group.inner(); i++) {
            var block = gen.open(ladder.opener() + i, false);
            block.memoryKnown = false;
            block.reached = true;
            cases.add(SwitchCase.of(block.code(), block.label));
        }
        if (cases.size() == 1) {
            cb.goto_(cases.getFirst().target());
        } else {
            cb.iload(varBlock).tableswitch(cases.removeLast().target(), cases);
        }
        gen.live = false;
        gen.generate(begin, ladder.to(group));
        return gen;
    }

    private void generate(int begin, int end) {
        run(begin, end);
        if (live) {
            spill();
            cb.iconst_0();
            cb.ireturn();
        }
    }

    @Override
    void leave() {
        int count = ir.results.length;
        spill();
        moveSlots(height - count, 0, count);
        exit(blocks.getFirst());
    }

    @Override
    void exit(Block block) {
        exits.add(block.code());
        cb.loadConstant(block.code());
        cb.ireturn();
    }

    @Override
    boolean returnsCodes() {
        return true;
    }

    @Override
    void passOn() {
        cb.iload(varTemp);
        cb.ireturn();
    }

    @Override
    boolean tailCallSelf(Signature signature) {
        return false;
    }

    @Override
    void leaveByTail() {
        // What takes the results finds that there are none yet; till then they pass for some.
        for (int i = 0; i < ir.results.length; i++) {
            if (ir.results[i] == Kinds.V128) {
                cb.aconst_null();
                storeSlot(i, Kinds.V128);
            }
        }
        exit(blocks.getFirst());
    }
}
