// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Func;
import io.nacelle.runtime.HostArguments;
import io.nacelle.runtime.HostFrame;
import io.nacelle.runtime.HostFunction;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.V128;
import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;

/** Makes methods of the host into functions. */
public final class HostHandles {
    private static final Lookup OWN = MethodHandles.lookup();
    private static final MethodType FRAME = MethodType.methodType(void.class, HostFrame.class);
    private static final String MEMORY = "memory";

    /** The types of a pointer and a length. */
    private static final List<ValType> RANGE = List.of(NumType.I32, NumType.I32);

    private HostHandles() {}

    /** A method that is called with a frame. */
    private record Call(MethodHandle method) implements HostFunction {
        @Override
        public void call(HostFrame frame) throws Exception {
            try {
                method.invokeExact(frame);
            } catch (Exception | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The method of a functional interface, on an object that implements it. */
    public static <T> MethodHandle bind(Lookup lookup, Class<T> type, T function) {
        var method = Faces.single(type);
        try {
            return lookup.unreflect(method).bindTo(type.cast(function));
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException(
                    "the lookup has no access to " + type.getName() + ": give it one that has", e);
        }
    }

    /** Makes the function. */
    public static Func define(Store store, Lookup lookup, MethodHandle method) {
        var target = method.asFixedArity();
        var params = new ArrayList<ValType>();
        var getters = new MethodHandle[target.type().parameterCount()];
        for (int i = 0; i < getters.length; i++) {
            var type = target.type().parameterType(i);
            getters[i] =
                    getter(type, params.size())
                            .asType(MethodType.methodType(type, HostFrame.class));
            params.addAll(paramTypes(type));
        }
        var results = new ArrayList<ValType>();
        var setters = setters(lookup, target.type().returnType(), results);
        var call = MethodHandles.filterArguments(target, 0, getters);
        // Each result is set from the one value that the method returns.
        if (!setters.isEmpty()) {
            call = MethodHandles.collectArguments(setAll(setters), 0, call);
        }
        var type = call.type();
        call = MethodHandles.permuteArguments(call, FRAME, new int[type.parameterCount()]);
        return store.newFunc(FuncType.of(params, results), new Call(call));
    }

    /** Of methods (value, frame) to one that calls them all. */
    private static MethodHandle setAll(List<MethodHandle> setters) {
        var all = setters.getFirst();
        for (var setter : setters.subList(1, setters.size())) {
            all = MethodHandles.foldArguments(setter, all);
        }
        return all;
    }

    private static List<MethodHandle> setters(Lookup lookup, Class<?> type, List<ValType> results) {
        if (type == void.class) {
            return List.of();
        }
        if (!type.isRecord()) {
            results.add(valType(type));
            return List.of(setter(type, 0));
        }
        var setters = new ArrayList<MethodHandle>();
        for (var component : type.getRecordComponents()) {
            try {
                var get = lookup.unreflect(component.getAccessor());
                var set = setter(component.getType(), results.size());
                setters.addFirst(MethodHandles.filterArguments(set, 0, get));
            } catch (IllegalAccessException e) {
                throw new IllegalArgumentException(
                        "the lookup has no access to the record "
                                + type.getName()
                                + ": give it one that has",
                        e);
            }
            results.add(valType(component.getType()));
        }
        return setters;
    }

    private static List<ValType> paramTypes(Class<?> type) {
        if (type == HostFrame.class || type == Instance.class) {
            return List.of();
        }
        return isRange(type) ? RANGE : List.of(valType(type));
    }

    private static boolean isRange(Class<?> type) {
        return type == String.class || type == byte[].class;
    }

    private static ValType valType(Class<?> type) {
        if (type == int.class || type == boolean.class) {
            return NumType.I32;
        }
        if (type == long.class) {
            return NumType.I64;
        }
        if (type == float.class) {
            return NumType.F32;
        }
        if (type == double.class) {
            return NumType.F64;
        }
        if (type == V128.class) {
            return VecType.V128;
        }
        if (type == Func.class) {
            return RefType.FUNCREF;
        }
        boolean other =
                type.isPrimitive()
                        || isRange(type)
                        || type.isRecord()
                        || type == HostFrame.class
                        || type == io.nacelle.runtime.MemoryView.class;
        if (other) {
            throw new IllegalArgumentException(
                    "a host function cannot have values of type " + type.getTypeName() + " here");
        }
        return RefType.EXTERNREF;
    }

    /** How a value is set, from the value and the frame. */
    private static MethodHandle setter(Class<?> type, int index) {
        var value = valType(type);
        Class<?> as =
                value instanceof RefType ? Object.class : type == boolean.class ? int.class : type;
        var set = frame("set" + letter(value), MethodType.methodType(void.class, int.class, as));
        set = MethodHandles.insertArguments(set, 1, index);
        if (type == boolean.class) {
            set =
                    MethodHandles.filterArguments(
                            set, 1, own("number", MethodType.methodType(int.class, boolean.class)));
        }
        set = set.asType(MethodType.methodType(void.class, HostFrame.class, type));
        return MethodHandles.permuteArguments(
                set, MethodType.methodType(void.class, type, HostFrame.class), 1, 0);
    }

    private static int number(boolean value) {
        return value ? 1 : 0;
    }

    private static String letter(ValType type) {
        return switch (type) {
            case NumType.I32 -> "I32";
            case NumType.I64 -> "I64";
            case NumType.F32 -> "F32";
            case NumType.F64 -> "F64";
            case VecType.V128 -> "V128";
            case RefType _ -> "Ref";
        };
    }

    /** How an argument is had from the frame. */
    private static MethodHandle getter(Class<?> type, int index) {
        if (type == HostFrame.class) {
            return MethodHandles.identity(type);
        }
        if (type == Instance.class) {
            return arguments("caller", MethodType.methodType(type, HostFrame.class));
        }
        if (isRange(type)) {
            var get =
                    arguments(
                            type == String.class ? "utf8" : "bytes",
                            MethodType.methodType(
                                    type,
                                    HostFrame.class,
                                    String.class,
                                    AddrType.class,
                                    int.class));
            return MethodHandles.insertArguments(get, 1, MEMORY, AddrType.I32, index);
        }
        var value = valType(type);
        var get =
                type == boolean.class
                        ? arguments("bool", MethodType.methodType(type, HostFrame.class, int.class))
                        : value instanceof RefType
                                ? MethodHandles.insertArguments(
                                        arguments(
                                                "object",
                                                MethodType.methodType(
                                                        Object.class,
                                                        HostFrame.class,
                                                        int.class,
                                                        Class.class)),
                                        2,
                                        type)
                                : frame(
                                        letter(value).toLowerCase(java.util.Locale.ROOT),
                                        MethodType.methodType(type, int.class));
        return MethodHandles.insertArguments(get, 1, index);
    }

    private static MethodHandle frame(String name, MethodType type) {
        try {
            return OWN.findVirtual(HostFrame.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static MethodHandle arguments(String name, MethodType type) {
        try {
            return OWN.findStatic(HostArguments.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static MethodHandle own(String name, MethodType type) {
        try {
            return OWN.findStatic(HostHandles.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
