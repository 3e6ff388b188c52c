// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli.wast;

import io.nacelle.runtime.ArrayRef;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.GuestException;
import io.nacelle.runtime.I31;
import io.nacelle.runtime.ObjectRef;
import io.nacelle.runtime.StructRef;
import io.nacelle.runtime.V128;
import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.ExactType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.HeapType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.TypeUse;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.text.ResultPattern;
import io.nacelle.wasm.text.ResultPattern.RefKind;
import io.nacelle.wasm.text.ScriptValue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The values of scripts as Java objects, and results against what a script wants. */
final class Matching {
    /** A reference that scripts tell from others by its number. */
    private record HostObject(int number) {}

    private Matching() {}

    static Object[] arguments(List<ScriptValue> values) {
        return values.stream().map(Matching::argument).toArray();
    }

    private static Object argument(ScriptValue value) {
        return switch (value) {
            case ScriptValue.I32 i32 -> i32.value();
            case ScriptValue.I64 i64 -> i64.value();
            case ScriptValue.F32 f32 -> Float.intBitsToFloat(f32.bits());
            case ScriptValue.F64 f64 -> Double.longBitsToDouble(f64.bits());
            case ScriptValue.V128 v128 -> new V128(v128.low(), v128.high());
            case ScriptValue.RefNull _ -> null;
            case ScriptValue.RefExtern ref -> new HostObject(ref.number());
            case ScriptValue.RefHost ref -> new HostObject(ref.number());
        };
    }

    static boolean matches(Results results, List<ResultPattern> patterns) {
        var values = results.values();
        if (values.length != patterns.size()) {
            return false;
        }
        for (int i = 0; i < values.length; i++) {
            if (!matches(values[i], results.types().get(i), patterns.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean matches(Object result, ValType type, ResultPattern pattern) {
        return switch (pattern) {
            case ResultPattern.Exactly exactly -> equal(result, type, exactly.value());
            case ResultPattern.F32Nan nan ->
                    result instanceof Float f && nan.nan().matches(Float.floatToRawIntBits(f));
            case ResultPattern.F64Nan nan ->
                    result instanceof Double d && nan.nan().matches(Double.doubleToRawLongBits(d));
            case ResultPattern.Lanes lanes ->
                    result instanceof V128 v && lanes.matches(v.low(), v.high());
            case ResultPattern.AnyOf any -> isOf(result, type, any.kind());
            case ResultPattern.Either either ->
                    either.patterns().stream().anyMatch(p -> matches(result, type, p));
        };
    }

    private static boolean equal(Object result, ValType type, ScriptValue value) {
        return switch (value) {
            case ScriptValue.I32 i32 -> result instanceof Integer i && i == i32.value();
            case ScriptValue.I64 i64 -> result instanceof Long l && l == i64.value();
            case ScriptValue.F32 f32 ->
                    result instanceof Float f && Float.floatToRawIntBits(f) == f32.bits();
            case ScriptValue.F64 f64 ->
                    result instanceof Double d && Double.doubleToRawLongBits(d) == f64.bits();
            case ScriptValue.V128 v128 ->
                    result instanceof V128 v && v.low() == v128.low() && v.high() == v128.high();
            case ScriptValue.RefNull wanted -> result == null && is(type, top(wanted.type()));
            case ScriptValue.RefExtern ref ->
                    is(type, AbsHeapType.EXTERN) && new HostObject(ref.number()).equals(result);
            case ScriptValue.RefHost ref ->
                    is(type, AbsHeapType.ANY) && new HostObject(ref.number()).equals(result);
        };
    }

    private static boolean isOf(Object result, ValType type, RefKind kind) {
        if (kind == RefKind.NULL) {
            return result == null && type instanceof RefType;
        }
        if (result == null) {
            return false;
        }
        return switch (kind) {
            case NULL -> false;
            case FUNC -> result instanceof Func;
            case EXTERN -> is(type, AbsHeapType.EXTERN);
            case ANY -> is(type, AbsHeapType.ANY);
            case HOST -> is(type, AbsHeapType.ANY) && result instanceof HostObject;
            case EQ -> result instanceof ObjectRef || result instanceof I31;
            case I31 -> result instanceof I31;
            case STRUCT -> result instanceof StructRef;
            case ARRAY -> result instanceof ArrayRef;
            case EXN -> result instanceof GuestException;
        };
    }

    /** Whether a type is one of references within the hierarchy below a top type. */
    private static boolean is(ValType type, AbsHeapType top) {
        return type instanceof RefType ref && top(ref.heap()) == top;
    }

    private static AbsHeapType top(HeapType type) {
        return switch (type) {
            case AbsHeapType abs -> abs.top();
            case ExactType exact -> top(exact.type());
            case DefType def -> def.comp() instanceof FuncType ? AbsHeapType.FUNC : AbsHeapType.ANY;
            case TypeUse _ -> throw new IllegalArgumentException("not closed: " + type);
        };
    }

    /** Results in words, floats with their bits. */
    static String describe(Results results) {
        return Arrays.stream(results.values())
                .map(Matching::describe)
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static String describe(Object result) {
        return switch (result) {
            case null -> "null";
            case Integer i -> "i32 " + i;
            case Long l -> "i64 " + l;
            case Float f -> "f32 " + f + " 0x" + Integer.toHexString(Float.floatToRawIntBits(f));
            case Double d -> "f64 " + d + " 0x" + Long.toHexString(Double.doubleToRawLongBits(d));
            case Func func -> "a function " + func.funcType();
            default -> result.toString();
        };
    }
}
