// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit.ahead;

import io.nacelle.jit.AheadCode;
import io.nacelle.runtime.Precompiled;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Generates the class that makes the objects of compiled functions, by their index. It names all of
 * their classes, so that tools which look for what a program can reach find them.
 */
final class TableGen {
    private static final ClassDesc FUNCTIONS = Api.of(Precompiled.Functions.class);

    /** Functions in one class: each takes a dozen bytes of a method, which has 65,535. */
    private static final int CHUNK = 500;

    private static final MethodTypeDesc FUNCTION =
            MethodTypeDesc.of(ConstantDescs.CD_Object, ConstantDescs.CD_int);

    private TableGen() {}

    /**
     * @param first the first function that the module defines
     * @param end the one behind the last
     */
    static void generate(
            ClassDesc self, AheadCode code, int first, int end, Map<ClassDesc, byte[]> made) {
        int chunks = (end - first + CHUNK - 1) / CHUNK;
        for (int i = 0; i < chunks; i++) {
            int from = first + i * CHUNK;
            int to = Math.min(end, from + CHUNK);
            var chunk = chunk(self, i);
            made.put(
                    chunk,
                    AheadCode.build(
                            chunk,
                            clb ->
                                    clb.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER)
                                            .withMethodBody(
                                                    "function",
                                                    FUNCTION,
                                                    ClassFile.ACC_STATIC,
                                                    cb -> functions(cb, code, from, to))));
        }
        made.put(
                self,
                AheadCode.build(
                        self,
                        clb ->
                                clb.withFlags(
                                                ClassFile.ACC_PUBLIC
                                                        | ClassFile.ACC_FINAL
                                                        | ClassFile.ACC_SUPER)
                                        .withInterfaceSymbols(FUNCTIONS)
                                        .withMethodBody(
                                                ConstantDescs.INIT_NAME,
                                                ConstantDescs.MTD_void,
                                                ClassFile.ACC_PUBLIC,
                                                TableGen::constructor)
                                        .withMethodBody(
                                                "function",
                                                FUNCTION,
                                                ClassFile.ACC_PUBLIC,
                                                cb -> chunks(cb, self, first, chunks))
                                        .withMethodBody(
                                                "assumptions",
                                                MethodTypeDesc.of(ConstantDescs.CD_Object),
                                                ClassFile.ACC_PUBLIC,
                                                cb -> AssumptionsGen.get(cb, code.assuming()))));
    }

    private static ClassDesc chunk(ClassDesc self, int index) {
        return ClassDesc.of(self.packageName(), self.displayName() + index);
    }

    private static void constructor(CodeBuilder cb) {
        cb.aload(0);
        cb.invokespecial(ConstantDescs.CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void);
        cb.return_();
    }

    private static void functions(CodeBuilder cb, AheadCode code, int from, int to) {
        cb.iload(0);
        choose(
                cb,
                from,
                to,
                func -> {
                    var type = code.callee(func).owner();
                    cb.new_(type).dup();
                    cb.invokespecial(type, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void);
                    cb.areturn();
                });
    }

    private static void chunks(CodeBuilder cb, ClassDesc self, int first, int chunks) {
        cb.iload(1).loadConstant(first).isub().loadConstant(CHUNK).idiv();
        choose(
                cb,
                0,
                chunks,
                i -> {
                    cb.iload(1);
                    cb.invokestatic(chunk(self, i), "function", FUNCTION);
                    cb.areturn();
                });
    }

    /** Generates a switch over the number on the stack, which is from a range. */
    private static void choose(CodeBuilder cb, int from, int to, IntConsumer then) {
        Label other = cb.newLabel();
        var cases = new ArrayList<SwitchCase>();
        for (int i = from; i < to; i++) {
            cases.add(SwitchCase.of(i, cb.newLabel()));
        }
        if (cases.isEmpty()) {
            cb.pop();
        } else {
            cb.tableswitch(from, to - 1, other, cases);
        }
        for (var one : cases) {
            cb.labelBinding(one.target());
            then.accept(one.caseValue());
        }
        cb.labelBinding(other);
        cb.aconst_null();
        cb.areturn();
    }
}
