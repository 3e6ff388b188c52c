// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit.ahead;

import io.nacelle.jit.AheadCode;
import io.nacelle.runtime.code.CodeInstance;
import io.nacelle.runtime.code.Rt;
import io.nacelle.runtime.exec.Entrance;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;

/**
 * Generates the class by whose methods Java enters compiled functions. It has nothing but these, so
 * that its frames in stack traces tell where the host ends and the guest begins.
 */
final class EntriesGen {
    static final ClassDesc ENTRANCE = Api.of(Entrance.class);

    private static final ClassDesc INSTANCE = Api.of(CodeInstance.class);
    private static final ClassDesc RT = Api.of(Rt.class);
    private static final ClassDesc THROWABLE = ConstantDescs.CD_Throwable;

    private EntriesGen() {}

    /** The type of an entry for a method. */
    static MethodTypeDesc type(MethodTypeDesc method) {
        return method.insertParameterTypes(method.parameterCount(), ENTRANCE);
    }

    static byte[] generate(ClassDesc self, AheadCode code, List<Api.Function> functions) {
        return AheadCode.build(
                self,
                clb -> {
                    clb.withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL | ClassFile.ACC_SUPER);
                    for (var function : functions) {
                        entry(clb, code, function);
                    }
                });
    }

    private static void entry(ClassBuilder clb, AheadCode code, Api.Function function) {
        clb.withMethodBody(
                function.method(),
                type(function.type()),
                ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
                cb -> entry(cb, code.callee(function.index()), function));
    }

    private static void entry(CodeBuilder cb, AheadCode.Callee callee, Api.Function function) {
        int entrance = check(cb, function);
        int place = entrance + 1;
        int bounds = place + 2;
        cb.aload(entrance).invokevirtual(ENTRANCE, "enter", ConstantDescs.MTD_void);
        var measure = MethodTypeDesc.of(ConstantDescs.CD_long);
        cb.aload(entrance).invokevirtual(ENTRANCE, "place", measure).lstore(place);
        cb.aload(entrance).invokevirtual(ENTRANCE, "bounds", measure).lstore(bounds);
        var from = cb.newBoundLabel();
        function.results().ifPresent(record -> cb.new_(record).dup());
        int variable = 0;
        for (var param : function.paramTypes()) {
            cb.loadLocal(Api.kind(param), variable);
            variable += Api.kind(param).slotSize();
        }
        cb.aload(entrance);
        cb.invokevirtual(ENTRANCE, "begin", MethodTypeDesc.of(ConstantDescs.CD_int));
        cb.aload(entrance).getfield(ENTRANCE, "instance", INSTANCE);
        cb.invokestatic(callee.owner(), callee.name(), callee.type());
        function.results().ifPresent(record -> rest(cb, entrance, record, function.resultTypes()));
        var to = cb.newBoundLabel();
        var ending =
                MethodTypeDesc.of(
                        ConstantDescs.CD_void, ConstantDescs.CD_long, ConstantDescs.CD_long);
        cb.aload(entrance).lload(place).lload(bounds);
        cb.invokevirtual(ENTRANCE, "leave", ending);
        cb.return_(TypeKind.from(function.type().returnType()));
        var failed = cb.newBoundLabel();
        cb.exceptionCatch(from, to, failed, THROWABLE);
        cb.astore(bounds + 2);
        cb.aload(entrance).aload(bounds + 2).lload(place).lload(bounds);
        cb.invokevirtual(
                ENTRANCE,
                "failed",
                ending.insertParameterTypes(0, THROWABLE)
                        .changeReturnType(Api.of(RuntimeException.class)));
        cb.athrow();
    }

    /** Checks what Java's types do not; gives the variable behind the parameters. */
    private static int check(CodeBuilder cb, Api.Function function) {
        int entrance =
                function.paramTypes().stream().mapToInt(type -> Api.kind(type).slotSize()).sum();
        int variable = 0;
        for (int i = 0; i < function.paramTypes().size(); i++) {
            var type = function.paramTypes().get(i);
            if (!(type instanceof NumType)) {
                cb.aload(entrance).aload(variable);
                cb.loadConstant(function.index()).loadConstant(i);
                cb.invokevirtual(
                        ENTRANCE,
                        "check",
                        MethodTypeDesc.of(
                                ConstantDescs.CD_void,
                                ConstantDescs.CD_Object,
                                ConstantDescs.CD_int,
                                ConstantDescs.CD_int));
            }
            variable += Api.kind(type).slotSize();
        }
        return entrance;
    }

    /** Takes the results after the first, and makes the record. */
    private static void rest(CodeBuilder cb, int entrance, ClassDesc record, List<ValType> types) {
        for (int i = 1; i < types.size(); i++) {
            var type = types.get(i);
            cb.aload(entrance).getfield(ENTRANCE, "instance", INSTANCE).loadConstant(i);
            var desc = type == VecType.V128 ? ConstantDescs.CD_Object : Api.desc(type);
            cb.invokestatic(
                    RT,
                    switch (type) {
                        case NumType.I32 -> "moreI32";
                        case NumType.I64 -> "moreI64";
                        case NumType.F32 -> "moreF32";
                        case NumType.F64 -> "moreF64";
                        case VecType.V128 -> "moreRef";
                        case RefType _ -> "moreRef";
                    },
                    MethodTypeDesc.of(desc, INSTANCE, ConstantDescs.CD_int));
            if (type == VecType.V128) {
                cb.checkcast(Api.V128);
            }
        }
        cb.invokespecial(
                record,
                ConstantDescs.INIT_NAME,
                MethodTypeDesc.of(ConstantDescs.CD_void, types.stream().map(Api::desc).toList()));
    }
}
