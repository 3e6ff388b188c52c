// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.exec.Entrance;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;

/** Generates what the host's calls of compiled functions have around them. */
public final class EntryCode {
    /** What such methods are passed last. */
    public static final ClassDesc ENTRANCE = Names.of(Entrance.class);

    /** What a method keeps of the stack. */
    private static final List<String> KEPT = List.of("top", "depth", "entryDepth", "left");

    /** How many of them, from the last on, are to be told when a call has returned. */
    private static final int KEPT_FOR_LEAVE = 2;

    private static final ClassDesc INT = ConstantDescs.CD_int;
    private static final MethodTypeDesc GET = MethodTypeDesc.of(INT);
    private static final MethodTypeDesc LEAVE = MethodTypeDesc.of(ConstantDescs.CD_void, INT, INT);
    private static final MethodTypeDesc FAILED =
            MethodTypeDesc.of(
                    Names.of(RuntimeException.class),
                    ConstantDescs.CD_Throwable,
                    INT,
                    INT,
                    INT,
                    INT);

    private EntryCode() {}

    /** Checks an argument that the JVM does not: a reference, or a vector. */
    public static void check(CodeBuilder cb, int entrance, int variable, int func, int param) {
        cb.aload(entrance).aload(variable).loadConstant(func).loadConstant(param);
        cb.invokevirtual(
                ENTRANCE,
                "check",
                MethodTypeDesc.of(
                        ConstantDescs.CD_void,
                        ConstantDescs.CD_Object,
                        ConstantDescs.CD_int,
                        ConstantDescs.CD_int));
    }

    /**
     * Generates a method's use of the store.
     *
     * @param entrance the last parameter of the method; it uses the variables behind it
     * @param call what is done inside: it leaves on the JVM's stack what the method returns
     */
    public static void use(CodeBuilder cb, int entrance, TypeKind result, Runnable call) {
        int kept = entrance + 1;
        int exception = kept + KEPT.size();
        cb.aload(entrance).invokevirtual(ENTRANCE, "enter", ConstantDescs.MTD_void);
        for (int i = 0; i < KEPT.size(); i++) {
            cb.aload(entrance).invokevirtual(ENTRANCE, KEPT.get(i), GET).istore(kept + i);
        }
        var from = cb.newBoundLabel();
        call.run();
        var to = cb.newBoundLabel();
        cb.aload(entrance);
        load(cb, exception - KEPT_FOR_LEAVE, exception);
        cb.invokevirtual(ENTRANCE, "leave", LEAVE);
        cb.return_(result);
        var failed = cb.newBoundLabel();
        cb.exceptionCatch(from, to, failed, ConstantDescs.CD_Throwable);
        cb.astore(exception);
        cb.aload(entrance).aload(exception);
        load(cb, kept, exception);
        cb.invokevirtual(ENTRANCE, "failed", FAILED);
        cb.athrow();
    }

    private static void load(CodeBuilder cb, int from, int to) {
        for (int i = from; i < to; i++) {
            cb.iload(i);
        }
    }

    /** Counts the call, and pushes what compiled functions are passed behind their arguments. */
    public static void context(CodeBuilder cb, int entrance) {
        cb.aload(entrance);
        cb.invokevirtual(ENTRANCE, "begin", MethodTypeDesc.of(ConstantDescs.CD_int));
        instance(cb, entrance);
    }

    /** Pushes the instance. */
    public static void instance(CodeBuilder cb, int entrance) {
        cb.aload(entrance);
        cb.invokevirtual(ENTRANCE, "instance", MethodTypeDesc.of(Names.INSTANCE));
    }
}
