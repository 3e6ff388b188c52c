// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit.ahead;

import io.nacelle.runtime.Global;
import io.nacelle.runtime.Memory;
import io.nacelle.runtime.Table;
import io.nacelle.runtime.Tag;
import io.nacelle.runtime.V128;
import io.nacelle.wasm.syntax.Export;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;
import io.nacelle.wasm.valid.ValidModule;

import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a module's exports are in Java.
 *
 * @param self the class that programs use
 * @param exports the interface that it implements
 * @param functions the exported functions
 * @param others all other exports
 */
record Api(ClassDesc self, ClassDesc exports, List<Function> functions, List<Other> others) {
    static final ClassDesc V128 = of(V128.class);
    static final ClassDesc OBJECTS = ConstantDescs.CD_Object.arrayType();

    /** The words that a method's parameters may take, with those that there are besides. */
    private static final int MOST_WORDS = 240;

    /** How many methods fit into one class, whose constants are at most 65,535. */
    private static final int MOST_EXPORTS = 5000;

    private static final int LONGEST_NAME = 65_535;

    /**
     * An exported function.
     *
     * @param export the name that it is exported by
     * @param method the name of its method
     * @param index its index in the module
     * @param results a record of its results, when there are several
     * @param type the method's type
     * @param general whether values are too many for the JVM: they are passed in arrays then
     */
    record Function(
            String export,
            String method,
            int index,
            List<ValType> paramTypes,
            List<ValType> resultTypes,
            Optional<ClassDesc> results,
            MethodTypeDesc type,
            boolean general) {}

    /** The type of methods that take and give arrays. */
    static final MethodTypeDesc GENERAL = MethodTypeDesc.of(OBJECTS, OBJECTS);

    /** An export that is no function. */
    record Other(String export, String method, Export.Kind kind) {
        ClassDesc type() {
            return of(
                    switch (kind) {
                        case MEMORY -> Memory.class;
                        case TABLE -> Table.class;
                        case GLOBAL -> Global.class;
                        case TAG -> Tag.class;
                        case FUNC -> throw new IllegalArgumentException();
                    });
        }
    }

    static ClassDesc of(Class<?> type) {
        return ClassDesc.ofDescriptor(type.descriptorString());
    }

    /**
     * Works out what a module's exports are called.
     *
     * @throws IllegalArgumentException when they are too many, or a name is too long
     */
    static Api of(ValidModule valid, String packageName, String className) {
        var exports = valid.syntax().exports();
        if (exports.size() > MOST_EXPORTS) {
            throw new IllegalArgumentException(
                    exports.size()
                            + " exports are more than fit into a Java class: at most "
                            + MOST_EXPORTS);
        }
        for (var export : exports) {
            if (export.name().length() * 3 > LONGEST_NAME) {
                throw new IllegalArgumentException(
                        "the name of an export is too long for a Java class: "
                                + export.name().substring(0, 20)
                                + "...");
            }
        }
        var faceName = className + "Exports";
        var face = ClassDesc.of(packageName, faceName);
        var methods = JavaNames.methods(exports.stream().map(Export::name).toList());
        var functions = new ArrayList<Function>();
        var others = new ArrayList<Other>();
        var records = new HashSet<String>();
        for (int i = 0; i < exports.size(); i++) {
            var export = exports.get(i);
            var method = methods.get(i);
            if (export.kind() != Export.Kind.FUNC) {
                others.add(new Other(export.name(), method, export.kind()));
                continue;
            }
            functions.add(function(valid, export, method, face, records));
        }
        return new Api(
                ClassDesc.of(packageName, className),
                face,
                List.copyOf(functions),
                List.copyOf(others));
    }

    private static Function function(
            ValidModule valid,
            Export export,
            String method,
            ClassDesc face,
            HashSet<String> records) {
        var type = valid.funcType(export.index()).func();
        var results = type.results();
        var params = type.params().stream().map(Api::desc).toList();
        boolean general = words(type.params()) > MOST_WORDS || words(results) > MOST_WORDS;
        Optional<ClassDesc> record = Optional.empty();
        if (results.size() > 1 && !general) {
            var capital = method.substring(0, 1).toUpperCase(Locale.ROOT) + method.substring(1);
            record = Optional.of(face.nested(JavaNames.uniqueClass(capital + "Result", records)));
        }
        var result =
                record.orElseGet(
                        () -> results.isEmpty() ? ConstantDescs.CD_void : desc(results.getFirst()));
        return new Function(
                export.name(),
                method,
                export.index(),
                type.params(),
                results,
                record,
                general ? GENERAL : MethodTypeDesc.of(result, params),
                general);
    }

    private static int words(List<ValType> types) {
        return types.stream().mapToInt(type -> kind(type).slotSize()).sum();
    }

    /** The Java type of values of a type. */
    static ClassDesc desc(ValType type) {
        return switch (type) {
            case NumType.I32 -> ConstantDescs.CD_int;
            case NumType.I64 -> ConstantDescs.CD_long;
            case NumType.F32 -> ConstantDescs.CD_float;
            case NumType.F64 -> ConstantDescs.CD_double;
            case VecType.V128 -> V128;
            case RefType _ -> ConstantDescs.CD_Object;
        };
    }

    static TypeKind kind(ValType type) {
        return TypeKind.from(desc(type));
    }
}
