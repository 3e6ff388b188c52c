// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import java.lang.classfile.CodeBuilder;
import java.util.ArrayList;

/**
 * Generates the method of a part of a large function. It is called with the frame, and returns
 * where control goes on: behind the part, or to a block around it, as {@link Block#code} has it.
 * All values are in the frame when it begins and when it ends.
 */
final class PartGen extends InstrGen {
    PartGen(Unit unit, CodeBuilder cb, MethodGen caller) {
        super(unit, cb, new ArrayList<>(caller.blocks));
        varFrame = 0;
        varLeft = 1;
        varInstance = 2;
        takeVariables(3);
        kinds = caller.kinds.clone();
        height = caller.height;
        mark = height;
    }

    void generate(int begin, int end) {
        linesFrom(ir.at[begin]);
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
