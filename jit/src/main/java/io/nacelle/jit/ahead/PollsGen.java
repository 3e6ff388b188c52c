// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit.ahead;

import io.nacelle.jit.AheadCode;
import io.nacelle.runtime.code.CodeInstance;
import io.nacelle.runtime.code.Polls;
import io.nacelle.runtime.code.Rt;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/** Generates the class by whose method compiled code looks whether it is to stop. */
final class PollsGen {
    private static final ClassDesc POLLS = Api.of(Polls.class);
    private static final ClassDesc INVOKER = ConstantDescs.CD_MethodHandle;
    private static final MethodTypeDesc OF_INSTANCE =
            MethodTypeDesc.of(ConstantDescs.CD_void, Api.of(CodeInstance.class));

    private PollsGen() {}

    static byte[] generate(ClassDesc self) {
        int constant = ClassFile.ACC_STATIC | ClassFile.ACC_FINAL;
        return AheadCode.build(
                self,
                clb ->
                        clb.withFlags(
                                        ClassFile.ACC_PUBLIC
                                                | ClassFile.ACC_FINAL
                                                | ClassFile.ACC_SUPER)
                                .withField("POLLS", POLLS, constant)
                                .withField("ASK", INVOKER, constant)
                                .withMethodBody(
                                        ConstantDescs.CLASS_INIT_NAME,
                                        ConstantDescs.MTD_void,
                                        ClassFile.ACC_STATIC,
                                        cb -> initialise(cb, self))
                                .withMethodBody(
                                        "poll",
                                        OF_INSTANCE,
                                        ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
                                        cb -> poll(cb, self)));
    }

    private static void initialise(CodeBuilder cb, ClassDesc self) {
        cb.new_(POLLS).dup();
        cb.invokespecial(POLLS, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void);
        cb.dup().putstatic(self, "POLLS", POLLS);
        cb.invokestatic(POLLS, "invoker", MethodTypeDesc.of(INVOKER, POLLS));
        cb.putstatic(self, "ASK", INVOKER);
        cb.return_();
    }

    private static void poll(CodeBuilder cb, ClassDesc self) {
        var look = cb.newLabel();
        var none = cb.newLabel();
        cb.getstatic(self, "ASK", INVOKER).ifnull(look);
        // A constant to HotSpot, which makes the code again when the answer changes.
        cb.getstatic(self, "ASK", INVOKER);
        cb.invokevirtual(INVOKER, "invokeExact", MethodTypeDesc.of(ConstantDescs.CD_boolean));
        cb.ifeq(none);
        cb.labelBinding(look);
        cb.aload(0).invokestatic(Api.of(Rt.class), "poll", OF_INSTANCE);
        cb.labelBinding(none);
        cb.return_();
    }

    /** Gives what the class asks. */
    static void get(CodeBuilder cb, ClassDesc self) {
        cb.getstatic(self, "POLLS", POLLS).areturn();
    }
}
