// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit.ahead;

import io.nacelle.jit.AheadCode;
import io.nacelle.jit.AssumingGen;
import io.nacelle.runtime.code.Assumptions;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Generates the class by whose methods compiled code asks what it may assume. */
final class AssumptionsGen {
    private static final ClassDesc ASSUMPTIONS = Api.of(Assumptions.class);
    private static final ClassDesc INVOKER = ConstantDescs.CD_MethodHandle;

    /** The methods of {@link Assumptions} that give invokers. */
    private static final SortedMap<String, String> INVOKERS =
            new TreeMap<>(Map.of("polls", "askPolls", "exact", "askExact"));

    private AssumptionsGen() {}

    static byte[] generate(ClassDesc self) {
        int constant = ClassFile.ACC_STATIC | ClassFile.ACC_FINAL;
        return AheadCode.build(
                self,
                clb -> {
                    clb.withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL | ClassFile.ACC_SUPER)
                            .withField("ALL", ASSUMPTIONS, constant);
                    for (var name : INVOKERS.keySet()) {
                        clb.withField(field(name), INVOKER, constant);
                    }
                    clb.withMethodBody(
                            ConstantDescs.CLASS_INIT_NAME,
                            ConstantDescs.MTD_void,
                            ClassFile.ACC_STATIC,
                            cb -> initialise(cb, self));
                    AssumingGen.methods(
                            clb, (cb, assumption, unknown) -> ask(cb, self, assumption, unknown));
                });
    }

    private static String field(String assumption) {
        return assumption.toUpperCase(Locale.ROOT);
    }

    private static void initialise(CodeBuilder cb, ClassDesc self) {
        cb.new_(ASSUMPTIONS).dup();
        cb.invokespecial(ASSUMPTIONS, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void);
        cb.putstatic(self, "ALL", ASSUMPTIONS);
        INVOKERS.forEach(
                (name, method) -> {
                    cb.getstatic(self, "ALL", ASSUMPTIONS);
                    cb.invokevirtual(ASSUMPTIONS, method, MethodTypeDesc.of(INVOKER));
                    cb.putstatic(self, field(name), INVOKER);
                });
        cb.return_();
    }

    private static void ask(CodeBuilder cb, ClassDesc self, String assumption, Label unknown) {
        cb.getstatic(self, field(assumption), INVOKER).ifnull(unknown);
        // A constant to HotSpot, which makes the code again when the answer changes.
        cb.getstatic(self, field(assumption), INVOKER);
        cb.invokevirtual(INVOKER, "invokeExact", MethodTypeDesc.of(ConstantDescs.CD_boolean));
    }

    /** Gives what the class asks. */
    static void get(CodeBuilder cb, ClassDesc self) {
        cb.getstatic(self, "ALL", ASSUMPTIONS).areturn();
    }
}
