// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit.ahead;

import io.nacelle.jit.AheadCode;
import io.nacelle.jit.EntryCode;
import io.nacelle.runtime.code.CodeInstance;
import io.nacelle.runtime.code.Rt;
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
    private static final ClassDesc INSTANCE = Api.of(CodeInstance.class);
    private static final ClassDesc RT = Api.of(Rt.class);

    private EntriesGen() {}

    /** The type of an entry for a method. */
    static MethodTypeDesc type(MethodTypeDesc method) {
        return method.insertParameterTypes(method.parameterCount(), EntryCode.ENTRANCE);
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
        EntryCode.use(
                cb,
                entrance,
                TypeKind.from(function.type().returnType()),
                () -> {
                    function.results().ifPresent(record -> cb.new_(record).dup());
                    int variable = 0;
                    for (var param : function.paramTypes()) {
                        cb.loadLocal(Api.kind(param), variable);
                        variable += Api.kind(param).slotSize();
                    }
                    EntryCode.context(cb, entrance);
                    cb.invokestatic(callee.owner(), callee.name(), callee.type());
                    function.results()
                            .ifPresent(
                                    record -> rest(cb, entrance, record, function.resultTypes()));
                });
    }

    /** Checks what Java's types do not; gives the variable behind the parameters. */
    private static int check(CodeBuilder cb, Api.Function function) {
        int entrance =
                function.paramTypes().stream().mapToInt(type -> Api.kind(type).slotSize()).sum();
        int variable = 0;
        for (int i = 0; i < function.paramTypes().size(); i++) {
            var type = function.paramTypes().get(i);
            if (!(type instanceof NumType)) {
                EntryCode.check(cb, entrance, variable, function.index(), i);
            }
            variable += Api.kind(type).slotSize();
        }
        return entrance;
    }

    /** Takes the results after the first, and makes the record. */
    private static void rest(CodeBuilder cb, int entrance, ClassDesc record, List<ValType> types) {
        for (int i = 1; i < types.size(); i++) {
            var type = types.get(i);
            EntryCode.instance(cb, entrance);
            cb.loadConstant(i);
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
