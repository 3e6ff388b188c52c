// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/**
 * Compiles, for each function type, the class that calls by that type go through: to functions that
 * are only known when the call is made, and to those that do not run in compiled code of this
 * module. The classes of functions that references can refer to are its subclasses.
 */
final class TypeCompiler {
    static final MethodTypeDesc ENTER =
            MethodTypeDesc.of(Names.FUNC, Names.STACK, Names.INT, Names.INT, Names.INSTANCE);

    /** How many callees a switch tells apart; more are told apart by a virtual call. */
    private static final int MOST_CASES = 32;

    private TypeCompiler() {}

    static Map<String, byte[]> compile(CompiledModule code, String name, int type) {
        var self = ClassDesc.of(name);
        var signature = code.signature(type);
        byte[] bytes =
                FunctionCompiler.build(
                        self,
                        clb -> {
                            clb.withFlags(
                                            ClassFile.ACC_PUBLIC
                                                    | ClassFile.ACC_ABSTRACT
                                                    | ClassFile.ACC_SUPER)
                                    .withSuperclass(Names.CODE);
                            int make = ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC;
                            clb.withMethodBody(
                                    "<init>",
                                    MethodTypeDesc.of(Names.VOID),
                                    ClassFile.ACC_PUBLIC,
                                    cb ->
                                            cb.aload(0)
                                                    .invokespecial(
                                                            Names.CODE,
                                                            "<init>",
                                                            MethodTypeDesc.of(Names.VOID))
                                                    .return_());
                            if (!signature.wide) {
                                clb.withMethod(
                                        "typed",
                                        signature.desc,
                                        ClassFile.ACC_PUBLIC | ClassFile.ACC_ABSTRACT,
                                        _ -> {});
                            }
                            clb.withMethodBody(
                                    "out",
                                    signature.withFunc(),
                                    make,
                                    cb -> out(cb, code, signature));
                            clb.withMethodBody(
                                    "call",
                                    signature.withFunc(),
                                    make,
                                    cb -> call(cb, code, self, signature, type));
                            clb.withMethodBody(
                                    "tail",
                                    signature.tail(),
                                    make,
                                    cb -> tail(cb, code, signature));
                        });
        return new HashMap<>(Map.of(name, bytes));
    }

    static void loadParams(CodeBuilder cb, Signature signature) {
        if (signature.wide) {
            cb.iload(0);
            return;
        }
        int variable = 0;
        for (byte kind : signature.params) {
            cb.loadLocal(Signature.typeKind(kind), variable);
            variable += Kinds.width(kind);
        }
    }

    /** Puts the parameters into slots of the stack; the first slot is in a variable then. */
    private static void putParams(
            CodeBuilder cb, CompiledModule code, Signature signature, int inst, int varBase) {
        int count = Math.max(signature.params.length, signature.results.length);
        if (signature.wide) {
            cb.iload(0).istore(varBase);
            cb.aload(inst).getfield(Names.INSTANCE, "stack", Names.STACK);
            cb.iload(varBase).loadConstant(count);
            cb.invokestatic(
                    Names.RT,
                    "reserve",
                    MethodTypeDesc.of(Names.VOID, Names.STACK, Names.INT, Names.INT));
            return;
        }
        cb.aload(inst).loadConstant(count);
        cb.invokestatic(Names.RT, "begin", MethodTypeDesc.of(Names.INT, Names.INSTANCE, Names.INT));
        cb.istore(varBase);
        storeParams(cb, code, signature, inst, varBase);
    }

    /** Puts the parameters into slots that there are, from the one in a variable on. */
    static void storeParams(
            CodeBuilder cb, CompiledModule code, Signature signature, int inst, int varBase) {
        int variable = 0;
        for (int i = 0; i < signature.params.length; i++) {
            byte kind = signature.params[i];
            cb.loadLocal(Signature.typeKind(kind), variable);
            cb.aload(inst).getfield(Names.INSTANCE, "stack", Names.STACK);
            slot(cb, varBase, i);
            var type = kind == Kinds.REF ? Names.OBJECT : Signature.desc(kind, code.vectors);
            cb.invokestatic(
                    kind == Kinds.V128 ? code.vectors.rt : Names.RT,
                    "put",
                    MethodTypeDesc.of(Names.VOID, type, Names.STACK, Names.INT));
            variable += Kinds.width(kind);
        }
    }

    private static void slot(CodeBuilder cb, int varBase, int i) {
        cb.iload(varBase);
        if (i > 0) {
            cb.loadConstant(i).iadd();
        }
    }

    /** Takes the results from slots of the stack; the first is on the JVM's stack then. */
    static void takeResults(
            CodeBuilder cb, Vectors vectors, Signature signature, int inst, int varBase) {
        byte[] results = signature.results;
        if (results.length > 1) {
            cb.aload(inst).getfield(Names.INSTANCE, "stack", Names.STACK);
            cb.iload(varBase).loadConstant(letters(results, vectors));
            cb.invokestatic(
                    Names.RT,
                    "gather",
                    MethodTypeDesc.of(Names.VOID, Names.STACK, Names.INT, ConstantDescs.CD_String));
        }
        if (results.length > 0) {
            cb.aload(inst).getfield(Names.INSTANCE, "stack", Names.STACK);
            cb.iload(varBase);
            get(cb, vectors, results[0]);
        }
    }

    private static void get(CodeBuilder cb, Vectors vectors, byte kind) {
        cb.invokestatic(
                kind == Kinds.V128 ? vectors.rt : Names.RT,
                "get" + Values.letter(kind),
                MethodTypeDesc.of(Signature.desc(kind, vectors), Names.STACK, Names.INT));
    }

    private static String letters(byte[] kinds, Vectors vectors) {
        var text = new StringBuilder();
        for (byte kind : kinds) {
            text.append(kind == Kinds.V128 ? vectors.letter : kind == Kinds.REF ? 'r' : 'n');
        }
        return text.toString();
    }

    /** Calls a function that runs elsewhere. */
    private static void out(CodeBuilder cb, CompiledModule code, Signature signature) {
        int func = signature.words;
        int left = func + 1;
        int inst = left + 1;
        int base = inst + 1;
        if (!signature.wide) {
            var other = cb.newLabel();
            HostCalls.call(cb, code, signature, func, other);
            cb.labelBinding(other);
        }
        putParams(cb, code, signature, inst, base);
        cb.aload(func).iload(left).aload(inst).iload(base);
        cb.invokestatic(
                Names.RT,
                "call",
                MethodTypeDesc.of(Names.VOID, Names.FUNC, Names.INT, Names.INSTANCE, Names.INT));
        takeResults(cb, code.vectors, signature, inst, base);
        cb.return_(signature.resultKind());
    }

    /** Calls a function that may be any of the type. */
    private static void call(
            CodeBuilder cb, CompiledModule code, ClassDesc self, Signature signature, int type) {
        int func = signature.words;
        int left = func + 1;
        int inst = left + 1;
        int[] callees = code.callees(type);
        var other = cb.newLabel();
        if (callees.length > 0 && !signature.wide) {
            cb.aload(func).aload(inst);
            cb.invokestatic(
                    Names.RT, "own", MethodTypeDesc.of(Names.INT, Names.FUNC, Names.INSTANCE));
            if (callees.length <= MOST_CASES) {
                cases(cb, code, signature, callees, other);
            } else {
                cb.iflt(other);
                cb.aload(func);
                cb.invokestatic(Names.RT, "compiled", MethodTypeDesc.of(Names.CODE, Names.FUNC));
                cb.checkcast(self);
                loadParams(cb, signature);
                cb.iload(left).aload(inst);
                cb.invokevirtual(self, "typed", signature.desc);
                cb.return_(signature.resultKind());
            }
        }
        cb.labelBinding(other);
        loadParams(cb, signature);
        cb.aload(func).iload(left).aload(inst);
        cb.invokestatic(self, "out", signature.withFunc());
        cb.return_(signature.resultKind());
    }

    private static void cases(
            CodeBuilder cb,
            CompiledModule code,
            Signature signature,
            int[] callees,
            java.lang.classfile.Label other) {
        int left = signature.words + 1;
        var cases = new ArrayList<SwitchCase>();
        for (int callee : callees) {
            cases.add(SwitchCase.of(callee, cb.newLabel()));
        }
        int span = callees[callees.length - 1] - callees[0] + 1;
        if (span <= 4 * callees.length + 4) {
            cb.tableswitch(other, cases);
        } else {
            cb.lookupswitch(other, cases);
        }
        for (var one : cases) {
            cb.labelBinding(one.target());
            loadParams(cb, signature);
            cb.iload(left).aload(left + 1);
            cb.invokestatic(
                    ClassDesc.of(Names.function(code, one.caseValue())),
                    code.methodName(one.caseValue()),
                    signature.desc);
            cb.return_(signature.resultKind());
        }
    }

    /** Leaves a tail call to whoever has called. */
    private static void tail(CodeBuilder cb, CompiledModule code, Signature signature) {
        int func = signature.words;
        int inst = func + 1;
        putParams(cb, code, signature, inst, inst + 1);
        cb.aload(func).aload(inst);
        cb.invokestatic(
                Names.RT, "tail", MethodTypeDesc.of(Names.VOID, Names.FUNC, Names.INSTANCE));
        cb.return_();
    }

    /** The method of a function's class by which who does not know its type calls it. */
    static void enter(CodeBuilder cb, Unit unit, Signature signature, String body) {
        int stack = 1;
        int base = 2;
        int left = 3;
        int inst = 4;
        var vectors = unit.code.vectors;
        if (signature.wide) {
            cb.iload(base);
        } else {
            for (int i = 0; i < signature.params.length; i++) {
                cb.aload(stack);
                slot(cb, base, i);
                get(cb, vectors, signature.params[i]);
            }
        }
        cb.iload(left).aload(inst);
        cb.invokestatic(unit.self, body, signature.desc);
        if (unit.tails()) {
            var none = cb.newLabel();
            cb.aload(inst);
            cb.invokestatic(
                    Names.RT,
                    "isTail",
                    MethodTypeDesc.of(ConstantDescs.CD_boolean, Names.INSTANCE));
            cb.ifeq(none);
            FunctionCompiler.drop(cb, signature);
            cb.aload(stack).iload(base);
            cb.invokestatic(
                    Names.RT, "takeTail", MethodTypeDesc.of(Names.FUNC, Names.STACK, Names.INT));
            cb.areturn();
            cb.labelBinding(none);
        }
        byte[] results = signature.results;
        if (results.length > 1) {
            cb.aload(stack).iload(base).loadConstant(results.length);
            cb.invokestatic(
                    Names.RT,
                    "reserve",
                    MethodTypeDesc.of(Names.VOID, Names.STACK, Names.INT, Names.INT));
        }
        if (results.length > 0) {
            var type = results[0] == Kinds.REF ? Names.OBJECT : Signature.desc(results[0], vectors);
            cb.aload(stack).iload(base);
            cb.invokestatic(
                    results[0] == Kinds.V128 ? vectors.rt : Names.RT,
                    "put",
                    MethodTypeDesc.of(Names.VOID, type, Names.STACK, Names.INT));
        }
        if (results.length > 1) {
            cb.aload(stack).iload(base).loadConstant(letters(results, vectors));
            cb.invokestatic(
                    Names.RT,
                    "spread",
                    MethodTypeDesc.of(Names.VOID, Names.STACK, Names.INT, ConstantDescs.CD_String));
        }
        cb.aconst_null();
        cb.areturn();
    }

    /** The method of a function's class for calls by type. */
    static void typed(CodeBuilder cb, Unit unit, Signature signature) {
        int variable = 1;
        for (byte kind : signature.params) {
            cb.loadLocal(Signature.typeKind(kind), variable);
            variable += Kinds.width(kind);
        }
        cb.iload(variable).aload(variable + 1);
        cb.invokestatic(unit.self, unit.name, signature.desc);
        cb.return_(signature.resultKind());
    }
}
