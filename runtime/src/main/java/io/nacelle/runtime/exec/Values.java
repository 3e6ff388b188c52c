// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.I31;
import io.nacelle.runtime.V128;
import io.nacelle.runtime.exec.gc.ArrayObject;
import io.nacelle.runtime.exec.gc.GcObject;
import io.nacelle.runtime.exec.gc.StructObject;
import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.ExactType;
import io.nacelle.wasm.syntax.HeapType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;

/** Between Java objects and the slots of a stack, and types at run time (spec 4.2.1, 4.3.4). */
public final class Values {
    private Values() {}

    static boolean isReference(ValType type) {
        return type instanceof RefType;
    }

    static Object box(ValType type, long bits, long high, Object ref) {
        return switch (type) {
            case NumType.I32 -> (int) bits;
            case NumType.I64 -> bits;
            case NumType.F32 -> Float.intBitsToFloat((int) bits);
            case NumType.F64 -> Double.longBitsToDouble(bits);
            case VecType.V128 -> new V128(bits, high);
            case RefType ref2 -> ref;
        };
    }

    public static long bits(Object value) {
        return switch (value) {
            case Integer i -> i;
            case Long l -> l;
            case Float f -> Float.floatToRawIntBits(f);
            case Double d -> Double.doubleToRawLongBits(d);
            case V128 v -> v.low();
            case null, default -> 0;
        };
    }

    public static long high(Object value) {
        return value instanceof V128 v ? v.high() : 0;
    }

    /** Whether a Java object is a value of a type. */
    static boolean isOf(Object value, ValType type) {
        return switch (type) {
            case NumType.I32 -> value instanceof Integer;
            case NumType.I64 -> value instanceof Long;
            case NumType.F32 -> value instanceof Float;
            case NumType.F64 -> value instanceof Double;
            case VecType.V128 -> value instanceof V128;
            case RefType ref -> matches(value, ref);
        };
    }

    public static void check(Object value, ValType type) {
        if (!isOf(value, type)) {
            throw new IllegalArgumentException(
                    "expected a value of type "
                            + type
                            + ", found "
                            + (value == null ? "null" : value.getClass().getSimpleName()));
        }
    }

    /** Whether a reference is of a type with closed references (spec 4.3.4). */
    public static boolean matches(Object value, RefType type) {
        if (value == null) {
            return type.isNullable();
        }
        return switch (type.heap()) {
            case AbsHeapType abs -> matches(value, abs);
            case DefType def ->
                    value instanceof FuncImpl func && func.type.isSubtypeOf(def)
                            || value instanceof GcObject object
                                    && object.kind.type.isSubtypeOf(def);
            case ExactType exact ->
                    value instanceof FuncImpl func && func.type == exact.type()
                            || value instanceof GcObject object && object.kind.type == exact.type();
            case HeapType open -> throw new IllegalArgumentException("open type " + open);
        };
    }

    private static boolean matches(Object value, AbsHeapType type) {
        return switch (type) {
            case FUNC -> value instanceof FuncImpl;
            case EXTERN -> true;
            case ANY -> !(value instanceof FuncImpl);
            case EQ -> value instanceof GcObject || value instanceof I31;
            case I31 -> value instanceof I31;
            case STRUCT -> value instanceof StructObject;
            case ARRAY -> value instanceof ArrayObject;
            case EXN -> value instanceof ThrownException;
            default -> false;
        };
    }
}
