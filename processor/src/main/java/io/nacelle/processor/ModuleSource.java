// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.processor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/** The class that is generated for a host module, and the rules for what may be in one. */
final class ModuleSource {
    private static final String FRAME = HostModuleProcessor.RUNTIME + "HostFrame";
    private static final String INSTANCE = HostModuleProcessor.RUNTIME + "Instance";
    private static final String VIEW = HostModuleProcessor.RUNTIME + "MemoryView";
    private static final String FUNC = HostModuleProcessor.RUNTIME + "Func";
    private static final String V128 = HostModuleProcessor.RUNTIME + "V128";
    private static final String READ_ONLY = HostModuleProcessor.RUNTIME + "ReadOnly";
    private static final String STRING = "java.lang.String";

    /** The runtime's references that are no objects of the host. */
    private static final List<String> GUESTS =
            List.of(
                    HostModuleProcessor.RUNTIME + "StructRef",
                    HostModuleProcessor.RUNTIME + "ArrayRef",
                    HostModuleProcessor.RUNTIME + "I31",
                    HostModuleProcessor.RUNTIME + "GuestException",
                    HostModuleProcessor.RUNTIME + "Memory",
                    HostModuleProcessor.RUNTIME + "Table",
                    HostModuleProcessor.RUNTIME + "Global",
                    HostModuleProcessor.RUNTIME + "Tag");

    private final ProcessingEnvironment env;
    private final TypeElement type;
    private final String module;
    private final String memory;
    private final String address;
    private final BiConsumer<Element, String> errors;
    private final String packageName;
    private final String name;
    private final Map<String, ExecutableElement> names = new LinkedHashMap<>();
    private final StringBuilder functions = new StringBuilder();
    private boolean good = true;

    ModuleSource(
            ProcessingEnvironment env,
            TypeElement type,
            String module,
            String memory,
            boolean wide,
            BiConsumer<Element, String> errors) {
        this.env = env;
        this.type = type;
        this.module = module;
        this.memory = memory;
        this.address = wide ? "I64" : "I32";
        this.errors = errors;
        this.packageName = env.getElementUtils().getPackageOf(type).getQualifiedName().toString();
        var full = type.getQualifiedName().toString();
        this.name =
                (packageName.isEmpty() ? full : full.substring(packageName.length() + 1))
                                .replace('.', '_')
                        + "_Module";
    }

    String qualifiedName() {
        return packageName.isEmpty() ? name : packageName + "." + name;
    }

    boolean isGood() {
        return good;
    }

    private void error(Element element, String message) {
        good = false;
        errors.accept(element, message);
    }

    void checkClass() {
        for (Element at = type; at instanceof TypeElement; at = at.getEnclosingElement()) {
            if (at.getModifiers().contains(Modifier.PRIVATE)) {
                error(type, "a host module must not be private: generated code beside it uses it");
            }
            boolean inner =
                    at.getEnclosingElement() instanceof TypeElement
                            && at.getKind() == ElementKind.CLASS
                            && !at.getModifiers().contains(Modifier.STATIC);
            if (inner) {
                error(type, "a host module that is a nested class must be static");
            }
        }
        if (!type.getTypeParameters().isEmpty()) {
            error(type, "a host module cannot have type parameters");
        }
        if (type.getNestingKind().isNested() && type.getQualifiedName().isEmpty()) {
            error(type, "a host module cannot be a local class");
        }
    }

    void add(ExecutableElement method, String export) {
        var other = names.putIfAbsent(export, method);
        if (other != null) {
            error(method, "there is a function named \"" + export + "\" already: " + other);
        }
        if (method.getModifiers().contains(Modifier.PRIVATE)) {
            error(method, "a function of a host module must not be private");
        }
        if (!method.getTypeParameters().isEmpty()) {
            error(method, "a function of a host module cannot have type parameters");
        }
        var params = new ArrayList<String>();
        var arguments = new ArrayList<String>();
        var views = new ArrayList<String>();
        var body = new StringBuilder();
        for (var param : method.getParameters()) {
            param(param, params, arguments, views, body);
        }
        var results = new ArrayList<String>();
        var setters = new StringBuilder();
        results(method, results, setters);
        if (!good) {
            return;
        }
        var target =
                method.getModifiers().contains(Modifier.STATIC)
                        ? type.getQualifiedName().toString()
                        : "host";
        var call = target + "." + method.getSimpleName() + "(" + String.join(", ", arguments) + ")";
        if (method.getReturnType().getKind() != TypeKind.VOID) {
            call = "var result = " + call;
        }
        functions.append("        linker.define(\n                ");
        functions.append(literal(module)).append(", ").append(literal(export)).append(",\n");
        functions.append("                FuncType.of(List.of(");
        functions.append(String.join(", ", params)).append("), List.of(");
        functions.append(String.join(", ", results)).append(")),\n");
        functions.append("                frame -> {\n");
        functions.append(body);
        var indent = "                    ";
        if (views.isEmpty()) {
            functions.append(indent).append(call).append(";\n").append(setters);
        } else {
            functions.append(indent).append("try {\n");
            functions.append(indent).append("    ").append(call).append(";\n").append(setters);
            functions.append(indent).append("} finally {\n");
            for (var view : views) {
                functions.append(indent).append("    HostArguments.end(").append(view);
                functions.append(");\n");
            }
            functions.append(indent).append("}\n");
        }
        functions.append("                });\n");
    }

    private void param(
            VariableElement param,
            List<String> params,
            List<String> arguments,
            List<String> views,
            StringBuilder body) {
        var type = param.asType();
        int at = params.size();
        var qualified = qualified(type);
        boolean readOnly = HostModuleProcessor.mirror(param, READ_ONLY) != null;
        if (readOnly && !qualified.equals(VIEW)) {
            error(param, "@ReadOnly is for parameters of type MemoryView");
        }
        var range = "frame, " + literal(memory) + ", AddrType." + address + ", " + at;
        String value;
        if (qualified.equals(FRAME)) {
            arguments.add("frame");
            return;
        } else if (qualified.equals(INSTANCE)) {
            value = "HostArguments.caller(frame)";
        } else if (qualified.equals(STRING) || isBytes(type) || qualified.equals(VIEW)) {
            var how = qualified.equals(VIEW) ? "view" : isBytes(type) ? "bytes" : "utf8";
            value = "HostArguments." + how + "(" + range + ")";
            params.add("NumType." + address);
            params.add("NumType." + address);
        } else if (type.getKind() == TypeKind.BOOLEAN) {
            value = "HostArguments.bool(frame, " + at + ")";
            params.add("NumType.I32");
        } else {
            var wasm = wasmType(param, type, "parameter");
            params.add(wasm);
            value =
                    switch (wasm) {
                        case "NumType.I32" -> "frame.i32(" + at + ")";
                        case "NumType.I64" -> "frame.i64(" + at + ")";
                        case "NumType.F32" -> "frame.f32(" + at + ")";
                        case "NumType.F64" -> "frame.f64(" + at + ")";
                        case "VecType.V128" -> "frame.v128(" + at + ")";
                        case "RefType.FUNCREF" -> "HostArguments.func(frame, " + at + ")";
                        default ->
                                "HostArguments.object(frame, "
                                        + at
                                        + ", "
                                        + env.getTypeUtils().erasure(type)
                                        + ".class)";
                    };
        }
        var variable = "p" + arguments.size();
        body.append("                    var ").append(variable).append(" = ").append(value);
        body.append(";\n");
        arguments.add(readOnly && qualified.equals(VIEW) ? variable + ".asReadOnly()" : variable);
        if (qualified.equals(VIEW)) {
            views.add(variable);
        }
    }

    private void results(ExecutableElement method, List<String> results, StringBuilder setters) {
        var type = method.getReturnType();
        if (type.getKind() == TypeKind.VOID) {
            return;
        }
        if (type instanceof DeclaredType declared
                && declared.asElement().getKind() == ElementKind.RECORD
                && !qualified(type).equals(V128)) {
            var element = (TypeElement) declared.asElement();
            if (element.getModifiers().contains(Modifier.PRIVATE)) {
                error(method, "the record of results must not be private");
            }
            for (var component : element.getRecordComponents()) {
                result(
                        method,
                        component.asType(),
                        "result." + component.getSimpleName() + "()",
                        results,
                        setters);
            }
            return;
        }
        result(method, type, "result", results, setters);
    }

    private void result(
            ExecutableElement method,
            TypeMirror type,
            String value,
            List<String> results,
            StringBuilder setters) {
        if (qualified(type).equals(STRING)) {
            error(
                    method,
                    "a String cannot be a result: write it into a MemoryView, or return an Object"
                            + " for an externref");
            return;
        }
        boolean bool = type.getKind() == TypeKind.BOOLEAN;
        var wasm = bool ? "NumType.I32" : wasmType(method, type, "result");
        var set = wasm.startsWith("RefType") ? "Ref" : wasm.substring(wasm.indexOf('.') + 1);
        setters.append("                    frame.set").append(set).append("(");
        setters.append(results.size()).append(", ").append(value).append(bool ? " ? 1 : 0" : "");
        setters.append(");\n");
        results.add(wasm);
    }

    private String wasmType(Element element, TypeMirror type, String what) {
        switch (type.getKind()) {
            case INT:
                return "NumType.I32";
            case LONG:
                return "NumType.I64";
            case FLOAT:
                return "NumType.F32";
            case DOUBLE:
                return "NumType.F64";
            case DECLARED:
                var qualified = qualified(type);
                if (qualified.equals(V128)) {
                    return "VecType.V128";
                }
                if (qualified.equals(FUNC)) {
                    return "RefType.FUNCREF";
                }
                boolean ofHost =
                        !GUESTS.contains(qualified)
                                && !qualified.equals(VIEW)
                                && !qualified.equals(FRAME)
                                && !qualified.equals(INSTANCE)
                                && !isBox(type);
                if (ofHost) {
                    return "RefType.EXTERNREF";
                }
                break;
            default:
                break;
        }
        error(
                element,
                "a "
                        + what
                        + " of type "
                        + type
                        + " is not supported: use int, long, float, double, boolean, V128, Func, an"
                        + " object for an externref"
                        + (what.equals("parameter")
                                ? ", String, byte[], MemoryView, HostFrame or Instance"
                                : ", or a record of these"));
        return "NumType.I32";
    }

    /** Numbers are passed as such: a box is a mistake more often than an externref. */
    private boolean isBox(TypeMirror type) {
        try {
            env.getTypeUtils().unboxedType(type);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isBytes(TypeMirror type) {
        return type instanceof javax.lang.model.type.ArrayType array
                && array.getComponentType().getKind() == TypeKind.BYTE;
    }

    private static String qualified(TypeMirror type) {
        return type instanceof DeclaredType declared
                ? ((TypeElement) declared.asElement()).getQualifiedName().toString()
                : "";
    }

    private String literal(String text) {
        return env.getElementUtils().getConstantExpression(text);
    }

    private boolean isPublic() {
        for (Element at = type; at instanceof TypeElement; at = at.getEnclosingElement()) {
            if (!at.getModifiers().contains(Modifier.PUBLIC)) {
                return false;
            }
        }
        return true;
    }

    String source() {
        var host = type.getQualifiedName().toString();
        return (packageName.isEmpty() ? "" : "package " + packageName + ";\n\n")
                + """
                import io.nacelle.runtime.HostArguments;
                import io.nacelle.runtime.Linker;
                import io.nacelle.wasm.syntax.AddrType;
                import io.nacelle.wasm.syntax.FuncType;
                import io.nacelle.wasm.syntax.NumType;
                import io.nacelle.wasm.syntax.RefType;
                import io.nacelle.wasm.syntax.VecType;

                import java.util.List;

                /** Defines the functions of {@link HOST}. */
                PUBLICfinal class NAME {
                    private NAME() {}

                    /** Defines the functions, which call this object; gives the linker. */
                    PUBLICstatic Linker define(Linker linker, HOST host) {
                """
                        .replace("HOST", host)
                        .replace("NAME", name)
                        .replace("PUBLIC", isPublic() ? "public " : "")
                + functions
                + "        return linker;\n    }\n}\n";
    }
}
