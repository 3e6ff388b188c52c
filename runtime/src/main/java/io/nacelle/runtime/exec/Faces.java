// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Export;
import io.nacelle.runtime.Extern;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.Global;
import io.nacelle.runtime.Memory;
import io.nacelle.runtime.Table;
import io.nacelle.runtime.Tag;
import io.nacelle.runtime.V128;
import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Implements interfaces of the host's by functions and other exports. */
final class Faces {
    private static final Set<Class<?>> KINDS =
            Set.of(Func.class, Memory.class, Table.class, Global.class, Tag.class);

    /**
     * What is known beside a class. It is kept by that class, which keeps the interfaces anyway,
     * and by nothing else.
     */
    private static final ClassValue<Beside> BESIDE =
            new ClassValue<>() {
                @Override
                protected Beside computeValue(Class<?> type) {
                    return new Beside(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
                }
            };

    private Faces() {}

    /** How a method is implemented. */
    enum Way {
        /** It returns something that is kept. */
        CONSTANT,
        /** It calls a handle, of which it returns the result. */
        HANDLE,
        /** It makes a record of the array that the handle returns. */
        ARRAY_TO_RECORD,
        /** It calls with an array of numbers, and makes a record of them. */
        NUMBERS_TO_RECORD
    }

    /**
     * A method and what it calls.
     *
     * @param func the function's type; empty when it calls none
     */
    record Binding(String name, MethodType type, Way way, FuncType func, List<Class<?>> results) {}

    /** What a class is made for. */
    record Shape(Class<?> face, List<Binding> bindings) {}

    /**
     * A method to be implemented.
     *
     * @param names what the export may be called that it stands for, best first
     */
    private record Wanted(Method method, List<String> names) {}

    /**
     * What has been made beside a class.
     *
     * @param interfaces the methods of interfaces
     * @param made the constructors of classes
     */
    private record Beside(Map<Class<?>, List<Wanted>> interfaces, Map<Shape, MethodHandle> made) {}

    /** An implementation in the making. */
    private static final class Plan {
        final List<Binding> bindings = new ArrayList<>();
        final List<Object> values = new ArrayList<>();
        final List<String> problems = new ArrayList<>();
        final Lookup lookup;

        Plan(Lookup lookup) {
            this.lookup = lookup;
        }
    }

    static <T> T of(InstanceImpl instance, Lookup lookup, Class<T> type) {
        requirePossible(lookup, type);
        var plan = new Plan(lookup);
        var exports = instance.exports();
        for (var wanted : wanted(lookup, type)) {
            var method = wanted.method;
            var found = wanted.names.stream().filter(exports::containsKey).findFirst();
            if (found.isEmpty()) {
                plan.problems.add(
                        describe(method)
                                + ": there is no export named "
                                + wanted.names.stream()
                                        .map(n -> '"' + n + '"')
                                        .collect(Collectors.joining(" or ")));
            } else {
                bind(plan, method, found.get(), exports.get(found.get()));
            }
        }
        return make(plan, type);
    }

    private static List<Wanted> wanted(Lookup lookup, Class<?> type) {
        return BESIDE.get(lookup.lookupClass())
                .interfaces
                .computeIfAbsent(
                        type,
                        t ->
                                abstractMethods(t).stream()
                                        .map(method -> new Wanted(method, names(method)))
                                        .toList());
    }

    static <T> T of(FuncImpl func, Lookup lookup, Class<T> type) {
        requirePossible(lookup, type);
        var plan = new Plan(lookup);
        bindFunc(plan, single(type), "the function", func);
        return make(plan, type);
    }

    /** The one abstract method of an interface. */
    static Method single(Class<?> type) {
        var methods = abstractMethods(type);
        if (!type.isInterface() || methods.size() != 1) {
            throw new IllegalArgumentException(
                    type.getName() + " is no interface with one abstract method");
        }
        return methods.getFirst();
    }

    private static void requirePossible(Lookup lookup, Class<?> type) {
        var why =
                !type.isInterface() || type.isAnnotation()
                        ? "it is no interface"
                        : type.isSealed() ? "it is sealed" : type.isHidden() ? "it is hidden" : "";
        if (!why.isEmpty()) {
            throw new IllegalArgumentException("cannot implement " + type.getName() + ": " + why);
        }
        if (!lookup.hasFullPrivilegeAccess()) {
            throw new IllegalArgumentException(
                    "the lookup must be MethodHandles.lookup() of a class of the program's own;"
                            + " found "
                            + lookup);
        }
        try {
            lookup.accessClass(type);
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException(
                    "cannot implement "
                            + type.getName()
                            + ": "
                            + lookup.lookupClass().getName()
                            + " has no access to it",
                    e);
        }
    }

    private static List<Method> abstractMethods(Class<?> type) {
        var methods = new LinkedHashMap<String, Method>();
        Arrays.stream(type.getMethods())
                .filter(m -> Modifier.isAbstract(m.getModifiers()) && !isOfObject(m))
                .sorted((a, b) -> key(a).compareTo(key(b)))
                .forEach(m -> methods.putIfAbsent(key(m), m));
        return List.copyOf(methods.values());
    }

    private static String key(Method method) {
        return method.getName() + type(method).descriptorString();
    }

    private static boolean isOfObject(Method method) {
        try {
            Object.class.getMethod(method.getName(), method.getParameterTypes());
            return true;
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    private static MethodType type(Method method) {
        return MethodType.methodType(method.getReturnType(), method.getParameterTypes());
    }

    private static List<String> names(Method of) {
        var named = of.getAnnotation(Export.class);
        if (named != null) {
            return List.of(named.value());
        }
        var method = of.getName();
        var snake = method.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
        return List.copyOf(new LinkedHashSet<>(List.of(method, snake, snake.replace('_', '-'))));
    }

    private static String describe(Method method) {
        return method.getDeclaringClass().getSimpleName()
                + "."
                + method.getName()
                + spell(type(method));
    }

    private static String spell(MethodType type) {
        return type.parameterList().stream()
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(", ", "(", ")"))
                + type.returnType().getSimpleName();
    }

    private static void bind(Plan plan, Method method, String name, Extern extern) {
        var result = method.getReturnType();
        var export = "the export \"" + name + "\"";
        if (extern instanceof FuncImpl func && !(result == Func.class && isNotCall(func))) {
            bindFunc(plan, method, export, func);
        } else if (KINDS.contains(result) && result.isInstance(extern)) {
            if (method.getParameterCount() > 0) {
                plan.problems.add(
                        describe(method)
                                + ": "
                                + export
                                + " itself is had by a method without parameters");
                return;
            }
            plan.bindings.add(
                    new Binding(
                            method.getName(),
                            type(method),
                            Way.CONSTANT,
                            FuncType.of(),
                            List.of()));
            plan.values.add(extern);
        } else {
            plan.problems.add(
                    describe(method)
                            + ": "
                            + export
                            + " is a "
                            + extern.type().kind()
                            + (KINDS.contains(result)
                                    ? ""
                                    : ", which a method without parameters gives as "
                                            + kind(extern)));
        }
    }

    private static String kind(Extern extern) {
        return KINDS.stream()
                .filter(kind -> kind.isInstance(extern))
                .map(Class::getSimpleName)
                .findFirst()
                .orElseThrow();
    }

    /** Whether a method that returns a function can only mean this one itself. */
    private static boolean isNotCall(FuncImpl func) {
        var type = func.funcType();
        return !type.params().isEmpty()
                || type.results().size() != 1
                || !(type.results().getFirst() instanceof RefType);
    }

    private static void bindFunc(Plan plan, Method method, String what, FuncImpl func) {
        var type = type(method);
        var of = func.funcType();
        var result = type.returnType();
        var components =
                result.isRecord() && of.results().size() > 1
                        ? Arrays.stream(result.getRecordComponents())
                                .<Class<?>>map(c -> c.getType())
                                .toList()
                        : result == void.class ? List.<Class<?>>of() : List.<Class<?>>of(result);
        if (!fit(type.parameterList(), of.params()) || !fit(components, of.results())) {
            plan.problems.add(
                    describe(method)
                            + ": "
                            + what
                            + " has the type "
                            + of
                            + ", so expected a method "
                            + expected(of)
                            + ", found "
                            + spell(type)
                            + (result.isRecord() && of.results().size() > 1
                                    ? " with components "
                                            + components.stream()
                                                    .map(Class::getSimpleName)
                                                    .collect(Collectors.joining(", "))
                                    : ""));
            return;
        }
        Way way;
        if (of.results().size() < 2) {
            way = Way.HANDLE;
        } else {
            way = func.isNumeric() ? Way.NUMBERS_TO_RECORD : Way.ARRAY_TO_RECORD;
            try {
                plan.lookup.findConstructor(result, MethodType.methodType(void.class, components));
            } catch (ReflectiveOperationException e) {
                plan.problems.add(
                        describe(method)
                                + ": "
                                + plan.lookup.lookupClass().getName()
                                + " has no access to the record "
                                + result.getName());
                return;
            }
        }
        plan.bindings.add(new Binding(method.getName(), type, way, of, components));
        plan.values.add(way == Way.NUMBERS_TO_RECORD ? func : func.handle());
    }

    private static String expected(FuncType type) {
        return type.params().stream()
                        .map(Faces::expected)
                        .collect(Collectors.joining(", ", "(", ")"))
                + switch (type.results().size()) {
                    case 0 -> "void";
                    case 1 -> expected(type.results().getFirst());
                    default ->
                            type.results().stream()
                                    .map(Faces::expected)
                                    .collect(Collectors.joining(", ", "record(", ")"));
                };
    }

    private static String expected(ValType type) {
        return switch (type) {
            case NumType.I32 -> "int";
            case NumType.I64 -> "long";
            case NumType.F32 -> "float";
            case NumType.F64 -> "double";
            case VecType.V128 -> "V128";
            case RefType ref -> isFunc(ref) ? "Func" : "Object";
        };
    }

    private static boolean isFunc(RefType type) {
        return type.heap() == AbsHeapType.FUNC
                || type.heap() instanceof DefType def && def.comp() instanceof FuncType;
    }

    private static boolean fit(List<Class<?>> found, List<ValType> types) {
        if (found.size() != types.size()) {
            return false;
        }
        for (int i = 0; i < types.size(); i++) {
            if (!fits(found.get(i), types.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean fits(Class<?> found, ValType type) {
        return switch (type) {
            case NumType.I32 -> found == int.class || found == boolean.class;
            case NumType.I64 -> found == long.class;
            case NumType.F32 -> found == float.class;
            case NumType.F64 -> found == double.class;
            case VecType.V128 -> found == V128.class;
            case RefType ref when isFunc(ref) -> found == Func.class || found == Object.class;
            case RefType _ -> !found.isPrimitive() && found != V128.class;
        };
    }

    private static <T> T make(Plan plan, Class<T> type) {
        if (!plan.problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "cannot implement " + type.getName() + ": " + String.join("; ", plan.problems));
        }
        var shape = new Shape(type, List.copyOf(plan.bindings));
        var known = BESIDE.get(plan.lookup.lookupClass()).made;
        var constructor = known.get(shape);
        if (constructor == null) {
            constructor = FaceGen.generate(plan.lookup, shape);
            known.put(shape, constructor);
        }
        try {
            return type.cast((Object) constructor.invokeExact(plan.values.toArray()));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
