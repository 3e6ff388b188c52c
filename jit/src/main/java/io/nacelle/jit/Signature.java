// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.wasm.syntax.DefType;

import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;

/**
 * How functions of a type are compiled: parameters in order, then the bytes of stack that may be
 * used, then the instance. The first result is the method's, further ones are left in the store's
 * stack. Parameters that are too many for a method lie in the slots of the stack, of which the
 * first is passed.
 */
final class Signature {
    /** The JVM allows 255 words. */
    private static final int MOST_WORDS = 240;

    final byte[] params;
    final byte[] results;

    /** Whether parameters lie in slots. */
    final boolean wide;

    final MethodTypeDesc desc;
    final ClassDesc result;

    /** The words of the parameters of the method, before those that every method has. */
    final int words;

    private Signature(byte[] params, byte[] results, Vectors vectors) {
        this.params = params;
        this.results = results;
        int count = 0;
        for (byte kind : params) {
            count += Kinds.width(kind);
        }
        this.wide = count > MOST_WORDS;
        this.words = wide ? 1 : count;
        var list = new ArrayList<ClassDesc>();
        if (wide) {
            list.add(Names.INT);
        } else {
            for (byte kind : params) {
                list.add(desc(kind, vectors));
            }
        }
        list.add(Names.INT);
        list.add(Names.INSTANCE);
        this.result = results.length == 0 ? Names.VOID : desc(results[0], vectors);
        this.desc = MethodTypeDesc.of(result, list);
    }

    static Signature of(DefType type, Vectors vectors) {
        var func = type.func();
        return new Signature(Kinds.of(func.params()), Kinds.of(func.results()), vectors);
    }

    /** The type of what calls a function that is given before the last two parameters. */
    MethodTypeDesc withFunc() {
        int at = desc.parameterCount() - 2;
        return desc.insertParameterTypes(at, Names.FUNC);
    }

    /** The type of what leaves a tail call to a caller. */
    MethodTypeDesc tail() {
        int at = desc.parameterCount() - 2;
        return withFunc().dropParameterTypes(at + 1, at + 2).changeReturnType(Names.VOID);
    }

    /** The Java type of a kind of values. */
    static ClassDesc desc(byte kind, Vectors vectors) {
        return switch (kind) {
            case Kinds.I32 -> Names.INT;
            case Kinds.I64 -> Names.LONG;
            case Kinds.F32 -> Names.FLOAT;
            case Kinds.F64 -> Names.DOUBLE;
            case Kinds.V128 -> vectors.type;
            default -> Names.OBJECT;
        };
    }

    static TypeKind typeKind(byte kind) {
        return switch (kind) {
            case Kinds.I32 -> TypeKind.INT;
            case Kinds.I64 -> TypeKind.LONG;
            case Kinds.F32 -> TypeKind.FLOAT;
            case Kinds.F64 -> TypeKind.DOUBLE;
            default -> TypeKind.REFERENCE;
        };
    }

    TypeKind resultKind() {
        return results.length == 0 ? TypeKind.VOID : typeKind(results[0]);
    }
}
