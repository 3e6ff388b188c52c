// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

import io.nacelle.runtime.I31;
import io.nacelle.runtime.exec.FuncImpl;
import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.ExactType;
import io.nacelle.wasm.syntax.HeapType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.TypeIndex;

/**
 * Whether a reference of valid code is of a type of its hierarchy (spec 4.3.4), for types as code
 * writes them: the type is a number of at most 24 bits, which fits an instruction.
 */
public final class RefTest {
    private static final int NULLABLE = 1;
    private static final int EXACT = 2;
    private static final int CONCRETE = 4;
    private static final int INDEX_SHIFT = 3;
    private static final AbsHeapType[] ABSTRACT = AbsHeapType.values();

    private RefTest() {}

    /** The number of a type with references by index. */
    public static int code(RefType type) {
        return code(type.heap(), type.isNullable() ? NULLABLE : 0);
    }

    /** The number of the nullable or the other reference to a type. */
    public static int code(HeapType heap, RefType.Nullability nullability) {
        return code(heap, nullability == RefType.Nullability.NULLABLE ? NULLABLE : 0);
    }

    private static int code(HeapType heap, int flags) {
        return switch (heap) {
            case AbsHeapType abs -> abs.ordinal() << INDEX_SHIFT | flags;
            case TypeIndex type -> type.index() << INDEX_SHIFT | CONCRETE | flags;
            case ExactType exact -> code(exact.type(), flags | EXACT);
            default -> throw new IllegalArgumentException("closed type " + heap);
        };
    }

    /** The index of the type, when the number is that of a defined type. */
    public static int typeIndex(int code) {
        return code >>> INDEX_SHIFT;
    }

    /**
     * Whether a reference is of a type.
     *
     * @param types by index
     */
    public static boolean test(Object value, int code, DefType[] types) {
        if (value == null) {
            return (code & NULLABLE) != 0;
        }
        if ((code & CONCRETE) == 0) {
            return isOf(value, ABSTRACT[code >>> INDEX_SHIFT]);
        }
        var wanted = types[code >>> INDEX_SHIFT];
        DefType found;
        if (value instanceof GcObject object) {
            found = object.kind.type;
        } else if (value instanceof FuncImpl func) {
            found = func.type;
        } else {
            return false;
        }
        return found == wanted || (code & EXACT) == 0 && found.isSubtypeOf(wanted);
    }

    /**
     * Whether a value of a hierarchy is of one of its abstract types. A host's object that was
     * externalised may be anything, a function too, and is of type any and no other.
     */
    private static boolean isOf(Object value, AbsHeapType type) {
        return switch (type) {
            case ANY, FUNC, EXTERN, EXN -> true;
            case EQ -> value instanceof GcObject || value instanceof I31;
            case I31 -> value instanceof I31;
            case STRUCT -> value instanceof StructObject;
            case ARRAY -> value instanceof ArrayObject;
            case NONE, NOFUNC, NOEXTERN, NOEXN -> false;
        };
    }

    /** {@code ref.eq}: objects are the same object, numbers the same number. */
    public static boolean same(Object left, Object right) {
        return left == right
                || left instanceof I31 a && right instanceof I31 b && a.value() == b.value();
    }
}
