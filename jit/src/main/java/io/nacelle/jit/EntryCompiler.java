// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Map;

/**
 * Compiles the class by whose method the host calls a function with arguments of the function's own
 * types. The class has nothing else, so that its frames in stack traces tell where the host ends
 * and the guest begins.
 */
final class EntryCompiler {
    private EntryCompiler() {}

    /** Whether functions of a type can have an entry: without vectors, with one result at most. */
    static boolean isPossible(Signature signature) {
        if (signature.wide || signature.results.length > 1) {
            return false;
        }
        for (byte kind : signature.params) {
            if (kind == Kinds.V128) {
                return false;
            }
        }
        return signature.results.length == 0 || signature.results[0] != Kinds.V128;
    }

    /** The type of the method: the function's, with an entrance behind the parameters. */
    static MethodTypeDesc type(Signature signature) {
        int count = signature.params.length;
        return signature
                .desc
                .dropParameterTypes(count, signature.desc.parameterCount())
                .insertParameterTypes(count, EntryCode.ENTRANCE);
    }

    static Map<String, byte[]> compile(CompiledModule code, String name, int func) {
        var signature = code.signature(code.module.valid.typeIndexOfFunc(func));
        return FunctionCompiler.oneMethod(
                name, Names.ENTRY, type(signature), cb -> entry(cb, code, signature, func));
    }

    private static void entry(CodeBuilder cb, CompiledModule code, Signature signature, int func) {
        int entrance = signature.words;
        int variable = 0;
        for (int i = 0; i < signature.params.length; i++) {
            if (signature.params[i] == Kinds.REF) {
                EntryCode.check(cb, entrance, variable, func, i);
            }
            variable += Kinds.width(signature.params[i]);
        }
        EntryCode.use(
                cb,
                entrance,
                signature.resultKind(),
                () -> {
                    TypeCompiler.loadParams(cb, signature);
                    EntryCode.context(cb, entrance);
                    cb.invokestatic(
                            ClassDesc.of(Names.function(code, func)),
                            code.methodName(func),
                            signature.desc);
                });
    }
}
