// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Func;
import io.nacelle.runtime.exec.Faces.Binding;
import io.nacelle.runtime.exec.Faces.Shape;
import io.nacelle.runtime.exec.Faces.Way;
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
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.List;

/**
 * Generates the classes of {@link Faces}: a final field for what each method calls, which HotSpot
 * takes for a constant in hidden classes where the object is one.
 */
final class FaceGen {
    private static final ClassDesc OBJECTS = ConstantDescs.CD_Object.arrayType();
    private static final ClassDesc NUMBERS = ConstantDescs.CD_long.arrayType();
    private static final ClassDesc HANDLE = ConstantDescs.CD_MethodHandle;
    private static final ClassDesc FUNC = desc(Func.class);

    private final ClassDesc self;
    private final Shape shape;

    private FaceGen(ClassDesc self, Shape shape) {
        this.self = self;
        this.shape = shape;
    }

    /** Makes the constructor of a class, from an array of what its methods call. */
    static MethodHandle generate(Lookup lookup, Shape shape) {
        var beside = lookup.lookupClass();
        var self = ClassDesc.of(beside.getPackageName(), shape.face().getSimpleName() + "Face");
        var gen = new FaceGen(self, shape);
        byte[] bytes = ClassFile.of().build(self, gen::build);
        try {
            // Of the nest, for records that are private there.
            var made = lookup.defineHiddenClass(bytes, true, Lookup.ClassOption.NESTMATE);
            return made.findConstructor(
                            made.lookupClass(), MethodType.methodType(void.class, Object[].class))
                    .asType(MethodType.methodType(Object.class, Object[].class));
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new IllegalArgumentException(
                    "cannot implement " + shape.face().getName() + " beside " + beside.getName(),
                    e);
        }
    }

    private static ClassDesc desc(Class<?> type) {
        return ClassDesc.ofDescriptor(type.descriptorString());
    }

    private static MethodTypeDesc desc(MethodType type) {
        return MethodTypeDesc.ofDescriptor(type.descriptorString());
    }

    private static ClassDesc field(Binding binding) {
        return switch (binding.way()) {
            case CONSTANT -> desc(binding.type().returnType());
            case NUMBERS_TO_RECORD -> FUNC;
            case HANDLE, ARRAY_TO_RECORD -> HANDLE;
        };
    }

    private void build(ClassBuilder clb) {
        clb.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER | ClassFile.ACC_SYNTHETIC);
        clb.withInterfaceSymbols(desc(shape.face()));
        var bindings = shape.bindings();
        for (int i = 0; i < bindings.size(); i++) {
            clb.withField(
                    "f" + i, field(bindings.get(i)), ClassFile.ACC_PRIVATE | ClassFile.ACC_FINAL);
        }
        clb.withMethodBody(
                ConstantDescs.INIT_NAME,
                MethodTypeDesc.of(ConstantDescs.CD_void, OBJECTS),
                0,
                this::constructor);
        for (int i = 0; i < bindings.size(); i++) {
            var binding = bindings.get(i);
            int index = i;
            clb.withMethodBody(
                    binding.name(),
                    desc(binding.type()),
                    ClassFile.ACC_PUBLIC,
                    cb -> method(cb, binding, index));
        }
    }

    private void constructor(CodeBuilder cb) {
        cb.aload(0);
        cb.invokespecial(ConstantDescs.CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void);
        for (int i = 0; i < shape.bindings().size(); i++) {
            var type = field(shape.bindings().get(i));
            cb.aload(0).aload(1).loadConstant(i).aaload().checkcast(type);
            cb.putfield(self, "f" + i, type);
        }
        cb.return_();
    }

    private void method(CodeBuilder cb, Binding binding, int index) {
        cb.aload(0).getfield(self, "f" + index, field(binding));
        if (binding.way() == Way.CONSTANT) {
            cb.areturn();
            return;
        }
        if (binding.way() == Way.NUMBERS_TO_RECORD) {
            numbers(cb, binding);
            return;
        }
        var params = binding.type().parameterList();
        int variable = 1;
        for (var param : params) {
            var kind = TypeKind.from(param);
            cb.loadLocal(kind, variable);
            variable += kind.slotSize();
        }
        cb.invokevirtual(HANDLE, "invokeExact", desc(Handles.type(binding.func())));
        if (binding.way() == Way.HANDLE) {
            var result = binding.type().returnType();
            if (result == void.class) {
                cb.return_();
            } else {
                narrow(cb, result);
                cb.return_(TypeKind.from(result));
            }
            return;
        }
        int array = variable;
        cb.astore(array);
        var results = binding.results();
        begin(cb, binding);
        for (int i = 0; i < results.size(); i++) {
            cb.aload(array).loadConstant(i).aaload();
            unbox(cb, binding.func().results().get(i));
            narrow(cb, results.get(i));
        }
        end(cb, binding);
    }

    /** Calls with numbers in an array. */
    private static void numbers(CodeBuilder cb, Binding binding) {
        var func = binding.func();
        int variable = 1;
        for (var param : binding.type().parameterList()) {
            variable += TypeKind.from(param).slotSize();
        }
        int array = variable;
        cb.loadConstant(Math.max(func.params().size(), func.results().size()));
        cb.newarray(TypeKind.LONG).astore(array);
        variable = 1;
        for (int i = 0; i < func.params().size(); i++) {
            var kind = TypeKind.from(binding.type().parameterType(i));
            cb.aload(array).loadConstant(i).loadLocal(kind, variable);
            toBits(cb, func.params().get(i));
            cb.lastore();
            variable += kind.slotSize();
        }
        cb.aload(array);
        cb.invokeinterface(FUNC, "callRaw", MethodTypeDesc.of(ConstantDescs.CD_void, NUMBERS));
        begin(cb, binding);
        for (int i = 0; i < func.results().size(); i++) {
            cb.aload(array).loadConstant(i).laload();
            ofBits(cb, func.results().get(i));
            narrow(cb, binding.results().get(i));
        }
        end(cb, binding);
    }

    private static void begin(CodeBuilder cb, Binding binding) {
        cb.new_(desc(binding.type().returnType())).dup();
    }

    private static void end(CodeBuilder cb, Binding binding) {
        List<ClassDesc> components = binding.results().stream().map(FaceGen::desc).toList();
        cb.invokespecial(
                desc(binding.type().returnType()),
                ConstantDescs.INIT_NAME,
                MethodTypeDesc.of(ConstantDescs.CD_void, components));
        cb.areturn();
    }

    /** From what the function gives to what the method does. */
    private static void narrow(CodeBuilder cb, Class<?> type) {
        if (type == boolean.class) {
            cb.ifThenElse(b -> b.iconst_1(), b -> b.iconst_0());
        } else if (!type.isPrimitive() && type != Object.class) {
            cb.checkcast(desc(type));
        }
    }

    private static void unbox(CodeBuilder cb, ValType type) {
        switch (type) {
            case NumType.I32 -> unbox(cb, Integer.class, "intValue", ConstantDescs.CD_int);
            case NumType.I64 -> unbox(cb, Long.class, "longValue", ConstantDescs.CD_long);
            case NumType.F32 -> unbox(cb, Float.class, "floatValue", ConstantDescs.CD_float);
            case NumType.F64 -> unbox(cb, Double.class, "doubleValue", ConstantDescs.CD_double);
            case VecType _, RefType _ -> {}
        }
    }

    private static void unbox(CodeBuilder cb, Class<?> box, String method, ClassDesc type) {
        cb.checkcast(desc(box)).invokevirtual(desc(box), method, MethodTypeDesc.of(type));
    }

    private static void toBits(CodeBuilder cb, ValType type) {
        if (type == NumType.I32) {
            cb.i2l();
        } else if (type == NumType.F32) {
            cb.invokestatic(
                    ConstantDescs.CD_Float,
                    "floatToRawIntBits",
                    MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_float));
            cb.i2l();
        } else if (type == NumType.F64) {
            cb.invokestatic(
                    ConstantDescs.CD_Double,
                    "doubleToRawLongBits",
                    MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_double));
        }
    }

    private static void ofBits(CodeBuilder cb, ValType type) {
        if (type == NumType.I32) {
            cb.l2i();
        } else if (type == NumType.F32) {
            cb.l2i();
            cb.invokestatic(
                    ConstantDescs.CD_Float,
                    "intBitsToFloat",
                    MethodTypeDesc.of(ConstantDescs.CD_float, ConstantDescs.CD_int));
        } else if (type == NumType.F64) {
            cb.invokestatic(
                    ConstantDescs.CD_Double,
                    "longBitsToDouble",
                    MethodTypeDesc.of(ConstantDescs.CD_double, ConstantDescs.CD_long));
        }
    }
}
