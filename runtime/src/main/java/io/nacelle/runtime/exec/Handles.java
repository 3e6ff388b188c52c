// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.V128;
import io.nacelle.runtime.code.ModuleCode;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;
import java.util.List;

/** Makes functions into method handles. */
final class Handles {
    /** The words that Java's method handles leave for the parameters of functions. */
    private static final int MOST_WORDS = 240;

    private static final MethodHandle CALL;

    static {
        try {
            CALL =
                    MethodHandles.lookup()
                            .findVirtual(
                                    Site.class,
                                    "call",
                                    MethodType.methodType(Object.class, Object[].class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private Handles() {}

    static MethodHandle of(FuncImpl func) {
        return new Site(func, type(func.funcType())).dynamicInvoker();
    }

    /** The type of a function in Java. */
    static MethodType type(FuncType type) {
        var params = type.params().stream().<Class<?>>map(Handles::type).toList();
        int words = 0;
        for (var param : params) {
            words += param == long.class || param == double.class ? 2 : 1;
        }
        if (words > MOST_WORDS) {
            throw new IllegalArgumentException("a Java method cannot have the parameters " + type);
        }
        return MethodType.methodType(result(type.results()), params);
    }

    private static Class<?> result(List<ValType> results) {
        return switch (results.size()) {
            case 0 -> void.class;
            case 1 -> type(results.getFirst());
            default -> Object[].class;
        };
    }

    private static Class<?> type(ValType type) {
        return switch (type) {
            case NumType.I32 -> int.class;
            case NumType.I64 -> long.class;
            case NumType.F32 -> float.class;
            case NumType.F64 -> double.class;
            case VecType.V128 -> V128.class;
            case RefType _ -> Object.class;
        };
    }

    /** Calls in the general way until the function is compiled. */
    private static final class Site extends MutableCallSite {
        private final FuncImpl func;

        /** Whether the compiled function has been asked for a way in. */
        private boolean asked;

        Site(FuncImpl func, MethodType type) {
            super(type);
            this.func = func;
            setTarget(
                    CALL.bindTo(this)
                            .asCollector(Object[].class, type.parameterCount())
                            .asType(type));
        }

        /** Gives the result, or an array of all of them. */
        Object call(Object[] args) {
            if (!asked && func instanceof WasmFunc wasm && wasm.compiled != null) {
                asked = true;
                // For the calls after this one.
                ModuleCode.entry(wasm).ifPresent(this::setTarget);
            }
            var results = func.call(args);
            return switch (results.length) {
                case 0 -> null;
                case 1 -> results[0];
                default -> results;
            };
        }
    }
}
