// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.jit.vector;

import io.nacelle.runtime.V128;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Method;
import java.util.List;
import java.util.function.Consumer;

/** Makes a class like {@link VectorOps} of what {@link VectorCode} emits for each method. */
final class InPlace {
    private static final String NAME = "generated.InPlace";

    private InPlace() {}

    /**
     * @param otherLanes whether operands are turned into vectors of some other lanes first
     */
    static Class<?> generate(boolean otherLanes) {
        return define(
                cb -> {
                    for (var method : VectorOps.class.getMethods()) {
                        if (method.accessFlags().contains(AccessFlag.STATIC)) {
                            var name = method.getName();
                            var type = type(method);
                            method(cb, name, type, code -> emit(code, name, type, otherLanes));
                        }
                    }
                });
    }

    /** Makes a class with the methods that take two vectors and shuffle them: s0, s1 and so on. */
    static Class<?> shuffles(List<V128> masks) {
        var type = MethodTypeDesc.of(VectorCode.BYTES, VectorCode.BYTES, VectorCode.BYTES);
        return define(
                cb -> {
                    for (var i = 0; i < masks.size(); i++) {
                        var mask = masks.get(i);
                        var lanes = LaneTypes.of(i % 2 == 0 ? "Int" : "Byte");
                        method(
                                cb,
                                "s" + i,
                                type,
                                code -> {
                                    code.aload(0).aload(1);
                                    VectorCode.convert(code, VectorCode.BYTES, lanes);
                                    VectorCode.shuffle(
                                            code,
                                            mask.low(),
                                            mask.high(),
                                            2,
                                            VectorCode.BYTES,
                                            lanes);
                                    code.areturn();
                                });
                    }
                });
    }

    private static void method(
            ClassBuilder cb, String name, MethodTypeDesc type, Consumer<CodeBuilder> code) {
        cb.withMethodBody(name, type, ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC, code);
    }

    private static Class<?> define(Consumer<ClassBuilder> methods) {
        var bytes =
                ClassFile.of()
                        .build(
                                ClassDesc.of(NAME),
                                cb -> methods.accept(cb.withFlags(AccessFlag.PUBLIC)));
        return new Loader().define(bytes);
    }

    private static MethodTypeDesc type(Method method) {
        return MethodType.methodType(method.getReturnType(), method.getParameterTypes())
                .describeConstable()
                .orElseThrow();
    }

    private static void emit(CodeBuilder cb, String name, MethodTypeDesc type, boolean otherLanes) {
        // What is on the stack below the operands is to stay there.
        cb.iconst_1();
        var operands = type.parameterArray();
        for (var i = 0; i < operands.length; i++) {
            cb.loadLocal(TypeKind.from(operands[i]), cb.parameterSlot(i));
            if (otherLanes && operands[i].equals(VectorCode.BYTES)) {
                var lanes = new String[] {"Short", "Int", "Float", "Long", "Double", "Byte"};
                operands[i] = LaneTypes.of(lanes[Math.floorMod(name.hashCode() + i, 6)]);
                VectorCode.convert(cb, VectorCode.BYTES, operands[i]);
            }
        }
        var free = 2 * operands.length;
        var result = VectorCode.emit(cb, name, free, operands);
        if (!result.equals(ConstantDescs.CD_void)) {
            if (type.returnType().equals(VectorCode.BYTES)) {
                VectorCode.convert(cb, result, VectorCode.BYTES);
            }
            cb.storeLocal(TypeKind.from(type.returnType()), free);
        }
        var end = cb.newLabel();
        cb.ifne(end);
        cb.aconst_null().athrow();
        cb.labelBinding(end);
        if (!result.equals(ConstantDescs.CD_void)) {
            cb.loadLocal(TypeKind.from(type.returnType()), free);
        }
        cb.return_(TypeKind.from(type.returnType()));
    }

    /** A loader as that of compiled code, which is outside of the package. */
    private static final class Loader extends ClassLoader {
        Loader() {
            super(InPlace.class.getClassLoader());
            var own = InPlace.class.getModule();
            if (own.isNamed()) {
                own.addExports(InPlace.class.getPackageName(), getUnnamedModule());
            }
        }

        Class<?> define(byte[] bytes) {
            return defineClass(NAME, bytes, 0, bytes.length);
        }
    }
}
