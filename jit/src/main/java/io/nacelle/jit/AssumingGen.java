// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;

/**
 * Generates the class whose methods depend on what may be assumed: {@code poll}, by which functions
 * and loops look whether the guest is to stop, and {@code limit}, which gives the size of memory 0.
 * See {@link io.nacelle.runtime.code.Assumptions}.
 */
public final class AssumingGen {
    static final MethodTypeDesc POLL = MethodTypeDesc.of(Names.VOID, Names.INSTANCE);
    static final MethodTypeDesc LIMIT = MethodTypeDesc.of(Names.INT, Names.BYTES, Names.INSTANCE);

    /** For classes of a module's own loader. */
    private static final Asker ASKER = (cb, assumption, _) -> cb.invokedynamic(site(assumption));

    private AssumingGen() {}

    /** How code asks for an assumption. */
    public interface Asker {
        /** Leaves the answer on the JVM's stack, or goes to a label where it cannot be had. */
        void ask(CodeBuilder cb, String assumption, Label unknown);
    }

    static byte[] generate(ClassDesc self) {
        return FunctionCompiler.build(
                self,
                clb -> {
                    clb.withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL | ClassFile.ACC_SUPER);
                    methods(clb, ASKER);
                });
    }

    private static DynamicCallSiteDesc site(String assumption) {
        var bootstrap =
                MethodHandleDesc.ofMethod(
                        DirectMethodHandleDesc.Kind.STATIC,
                        Names.RT,
                        assumption,
                        MethodTypeDesc.of(
                                ConstantDescs.CD_CallSite,
                                ConstantDescs.CD_MethodHandles_Lookup,
                                ConstantDescs.CD_String,
                                ConstantDescs.CD_MethodType));
        return DynamicCallSiteDesc.of(
                bootstrap, assumption, MethodTypeDesc.of(ConstantDescs.CD_boolean));
    }

    /** Adds the methods, which ask for the assumptions {@code polls} and {@code exact}. */
    public static void methods(java.lang.classfile.ClassBuilder clb, Asker asker) {
        int flags = ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC;
        clb.withMethodBody(
                "poll",
                POLL,
                flags,
                cb -> {
                    poll(cb, asker, 0);
                    cb.return_();
                });
        clb.withMethodBody(
                "limit",
                LIMIT,
                flags,
                cb -> {
                    limit(cb, asker, 0, 1);
                    cb.ireturn();
                });
    }

    /**
     * Emits what {@code poll} does, for code in which HotSpot might not inline that.
     *
     * @param instance the variable of the instance
     */
    static void poll(CodeBuilder cb, int instance) {
        poll(cb, ASKER, instance);
    }

    /** As {@link #poll(CodeBuilder, int)}, what {@code limit} does. */
    static void limit(CodeBuilder cb, int bytes, int instance) {
        limit(cb, ASKER, bytes, instance);
    }

    private static void poll(CodeBuilder cb, Asker asker, int instance) {
        var look = cb.newLabel();
        var none = cb.newLabel();
        asker.ask(cb, "polls", look);
        cb.ifeq(none);
        cb.labelBinding(look);
        cb.aload(instance).invokestatic(Names.RT, "poll", POLL);
        cb.labelBinding(none);
    }

    private static void limit(CodeBuilder cb, Asker asker, int bytes, int instance) {
        var look = cb.newLabel();
        var end = cb.newLabel();
        asker.ask(cb, "exact", look);
        cb.ifeq(look);
        // C2 sees that this is what the array's own checks compare with.
        cb.aload(bytes).arraylength().goto_(end);
        cb.labelBinding(look);
        cb.aload(instance);
        cb.invokestatic(Names.RT, "limit", MethodTypeDesc.of(Names.INT, Names.INSTANCE));
        cb.labelBinding(end);
    }
}
