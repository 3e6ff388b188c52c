// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.code.ByteLoops;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.Arrays;

/** Generates what a {@link ByteLoop} does in one go, before the loop itself. */
final class ByteLoopGen {
    private static final ClassDesc LOOPS = Names.of(ByteLoops.class);

    private final MethodGen gen;
    private final CodeBuilder cb;
    private final ByteLoop loop;

    ByteLoopGen(MethodGen gen, ByteLoop loop) {
        this.gen = gen;
        this.cb = gen.cb;
        this.loop = loop;
    }

    /** Goes to a label when all rounds have been made at once; locals are as after the last. */
    void emit(Label done) {
        cb.aload(gen.varMemory).iload(gen.varMemory + 1);
        push(loop.to, false);
        cb.loadConstant(loop.toOffset);
        int ints = 8;
        if (loop.from != null) {
            push(loop.from, false);
            cb.loadConstant(loop.fromOffset);
            ints = 9;
        } else {
            push(loop.value, false);
        }
        cb.loadConstant(loop.mostOffset).loadConstant(loop.step);
        push(loop.goesOn, false);
        cb.loadConstant(loop.firstStep);
        var params = new ClassDesc[ints + 1];
        Arrays.fill(params, Names.INT);
        params[0] = Names.BYTES;
        cb.invokestatic(
                LOOPS, loop.from != null ? "copy" : "fill", MethodTypeDesc.of(Names.INT, params));
        var again = cb.newLabel();
        cb.dup().istore(gen.varTemp);
        cb.ifeq(again);
        // How many rounds were made before the last.
        cb.iinc(gen.varTemp, -1);
        var locals = new ArrayList<>(loop.changed.keySet());
        for (int local : locals) {
            push(loop.changed.get(local), true);
        }
        for (int i = locals.size(); i-- > 0; ) {
            gen.storeLocal(locals.get(i));
        }
        if (loop.exit >= 0) {
            gen.branchAside(loop.exit);
        } else {
            cb.goto_(done);
        }
        cb.labelBinding(again);
    }

    /** Pushes a sum, of what locals are now or of what they were as the last round began. */
    private void push(Linear sum, boolean inLast) {
        cb.loadConstant(sum.constant());
        sum.factors()
                .forEach(
                        (local, factor) -> {
                            gen.loadLocal(local);
                            int step = loop.steps.getOrDefault(local, 0);
                            if (inLast && step != 0) {
                                cb.iload(gen.varTemp).loadConstant(step).imul().iadd();
                            }
                            if (factor != 1) {
                                cb.loadConstant(factor).imul();
                            }
                            cb.iadd();
                        });
    }
}
