// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.exec.PlainCall;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Map;

/**
 * Compiles, for each function that a module imports, the class that calls of it go through. It
 * calls a function of the host itself, and not by what all such calls have in common: HotSpot sees
 * there that the function is mostly the same, and inlines it.
 */
final class HostCalls {
    /** The method of the class. */
    static final String NAME = "call";

    private static final MethodTypeDesc CALL = MethodTypeDesc.of(Names.VOID, Names.HOST_FRAME);
    private static final MethodTypeDesc CLOSE = MethodTypeDesc.of(Names.VOID);
    private static final MethodTypeDesc FAILED =
            MethodTypeDesc.of(Names.of(RuntimeException.class), ConstantDescs.CD_Throwable);

    private HostCalls() {}

    /** Whether a function is an import that has such a class. */
    static boolean isPossible(CompiledModule code, int func) {
        return func < code.module.valid.importedFuncs() && !signature(code, func).wide;
    }

    private static Signature signature(CompiledModule code, int func) {
        return code.signature(code.module.valid.typeIndexOfFunc(func));
    }

    static Map<String, byte[]> compile(CompiledModule code, String name, int func) {
        var signature = signature(code, func);
        return FunctionCompiler.oneMethod(
                name, NAME, signature.desc, cb -> imported(cb, code, signature, func));
    }

    private static void imported(
            CodeBuilder cb, CompiledModule code, Signature signature, int index) {
        int left = signature.words;
        int inst = left + 1;
        int func = inst + 1;
        var other = cb.newLabel();
        if (isPlain(signature)) {
            cb.aload(inst).loadConstant(index);
            cb.invokestatic(
                    Names.PLAIN_CALL,
                    "of",
                    MethodTypeDesc.of(Names.PLAIN_CALL, Names.INSTANCE, Names.INT));
            cb.astore(func);
            cb.aload(func).ifnull(other);
            plain(cb, signature, left, func);
        } else {
            func(cb, inst, index);
            cb.astore(func);
            any(cb, code, signature, func, left, func + 1, other);
        }
        cb.labelBinding(other);
        TypeCompiler.loadParams(cb, signature);
        func(cb, inst, index);
        cb.iload(left).aload(inst);
        int type = code.typeNumber(code.module.valid.typeIndexOfFunc(index));
        cb.invokestatic(ClassDesc.of(Names.type(code, type)), "call", signature.withFunc());
        cb.return_(signature.resultKind());
    }

    private static void func(CodeBuilder cb, int inst, int index) {
        cb.aload(inst).loadConstant(index);
        cb.invokestatic(Names.RT, "func", MethodTypeDesc.of(Names.FUNC, Names.INSTANCE, Names.INT));
    }

    /**
     * Calls the function that a method is given behind the parameters, and returns, if it is the
     * host's.
     *
     * @param other where to go on if it is not
     */
    static void call(
            CodeBuilder cb, CompiledModule code, Signature signature, int func, Label other) {
        int left = func + 1;
        int free = left + 2;
        if (!isPlain(signature)) {
            any(cb, code, signature, func, left, free, other);
            return;
        }
        function(cb, func);
        cb.ifnull(other);
        cb.aload(func).aload(left + 1);
        cb.invokestatic(
                Names.PLAIN_CALL,
                "of",
                MethodTypeDesc.of(Names.PLAIN_CALL, Names.FUNC, Names.INSTANCE));
        cb.astore(free);
        plain(cb, signature, left, free);
    }

    private static void function(CodeBuilder cb, int func) {
        cb.aload(func);
        cb.invokestatic(
                Names.HOST_CALL, "function", MethodTypeDesc.of(Names.HOST_FUNCTION, Names.FUNC));
    }

    /** Calls a function by a frame for numbers, which is in a variable, and returns. */
    private static void plain(CodeBuilder cb, Signature signature, int left, int call) {
        var frame = Names.PLAIN_CALL;
        cb.aload(call).iload(left).aload(left + 1);
        cb.invokevirtual(frame, "open", MethodTypeDesc.of(frame, Names.INT, Names.INSTANCE));
        cb.astore(call);
        var from = cb.newBoundLabel();
        arguments(cb, signature, call);
        cb.aload(call).getfield(frame, "function", Names.HOST_FUNCTION);
        cb.aload(call);
        cb.invokeinterface(Names.HOST_FUNCTION, "call", CALL);
        var to = cb.newBoundLabel();
        cb.aload(call).invokevirtual(frame, "close", CLOSE);
        if (signature.results.length > 0) {
            cb.aload(call);
            cb.invokevirtual(
                    frame,
                    "result" + Values.letter(signature.results[0]),
                    MethodTypeDesc.of(signature.result));
        }
        cb.return_(signature.resultKind());
        failed(cb, frame, call, from, to);
    }

    /** Calls a function if it is the host's, and returns. */
    private static void any(
            CodeBuilder cb,
            CompiledModule code,
            Signature signature,
            int func,
            int left,
            int free,
            Label other) {
        var frame = Names.HOST_CALL;
        int inst = left + 1;
        int function = free;
        int call = function + 1;
        int base = call + 1;
        function(cb, func);
        cb.astore(function);
        cb.aload(function).ifnull(other);
        cb.aload(func).iload(left).aload(inst);
        cb.invokestatic(
                frame, "open", MethodTypeDesc.of(frame, Names.FUNC, Names.INT, Names.INSTANCE));
        cb.astore(call);
        var from = cb.newBoundLabel();
        cb.aload(call).invokevirtual(frame, "base", MethodTypeDesc.of(Names.INT));
        cb.istore(base);
        TypeCompiler.storeParams(cb, code, signature, inst, base);
        cb.aload(function).aload(call);
        cb.invokeinterface(Names.HOST_FUNCTION, "call", CALL);
        cb.aload(call).aload(func);
        cb.invokevirtual(frame, "finish", MethodTypeDesc.of(Names.VOID, Names.FUNC));
        var to = cb.newBoundLabel();
        cb.aload(call).invokevirtual(frame, "close", CLOSE);
        TypeCompiler.takeResults(cb, code.vectors, signature, inst, base);
        cb.return_(signature.resultKind());
        failed(cb, frame, call, from, to);
    }

    private static void failed(CodeBuilder cb, ClassDesc frame, int call, Label from, Label to) {
        var failed = cb.newBoundLabel();
        cb.exceptionCatch(from, to, failed, ConstantDescs.CD_Throwable);
        cb.astore(call + 1);
        cb.aload(call).aload(call + 1);
        cb.invokevirtual(frame, "failed", FAILED);
        cb.athrow();
    }

    /** Puts the parameters into a frame for numbers. */
    private static void arguments(CodeBuilder cb, Signature signature, int call) {
        int variable = 0;
        for (int i = 0; i < signature.params.length; i++) {
            byte kind = signature.params[i];
            cb.aload(call);
            cb.loadLocal(Signature.typeKind(kind), variable);
            PlainCode.toBits(cb, kind);
            cb.putfield(Names.PLAIN_CALL, "a" + i, Names.LONG);
            variable += Kinds.width(kind);
        }
    }

    /** Whether functions of a type pass a few numbers and nothing else, with one result at most. */
    private static boolean isPlain(Signature signature) {
        if (signature.params.length > PlainCall.MOST_PARAMS || signature.results.length > 1) {
            return false;
        }
        for (byte kind : signature.params) {
            if (!isNumber(kind)) {
                return false;
            }
        }
        return signature.results.length == 0 || isNumber(signature.results[0]);
    }

    private static boolean isNumber(byte kind) {
        return kind != Kinds.REF && kind != Kinds.V128;
    }
}
