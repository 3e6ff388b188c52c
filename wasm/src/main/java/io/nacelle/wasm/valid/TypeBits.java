// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;

/**
 * Value types as {@code int}s, so that the operand stack is an array and most checks are one
 * comparison. Equal types are equal numbers.
 *
 * <p>Bits 0–2 hold the {@link ValueKind}. A number or vector type is nothing else. For a reference,
 * bit 3 tells that null is included, bit 4 that the type is exact, and the bits from 5 on name the
 * heap type: the ordinal of an {@link AbsHeapType}, {@link #HEAP_BOTTOM}, or {@link #CONCRETE} plus
 * the canonical index of a defined type.
 *
 * <p>Storage types of fields are value types or one of {@link #I8} and {@link #I16}.
 */
final class TypeBits {
    static final int KIND = 7;
    static final int NULLABLE = 8;
    static final int EXACT = 16;
    static final int HEAP_SHIFT = 5;

    /** Below every heap type: what a reference in unreachable code refers to. */
    static final int HEAP_BOTTOM = 12;

    /** The first number of a defined type. */
    static final int CONCRETE = 16;

    static final int I8 = 7;
    static final int I16 = 7 | 8;

    static final int EQREF = nullable(AbsHeapType.EQ);
    static final int I31REF = nullable(AbsHeapType.I31);
    static final int ARRAYREF = nullable(AbsHeapType.ARRAY);
    static final int FUNCREF = nullable(AbsHeapType.FUNC);
    static final int ANYREF = nullable(AbsHeapType.ANY);
    static final int EXTERNREF = nullable(AbsHeapType.EXTERN);
    static final int EXNREF = nullable(AbsHeapType.EXN);
    static final int REF_BOTTOM = ValueKind.REF | HEAP_BOTTOM << HEAP_SHIFT;

    private static final AbsHeapType[] HEAPS = AbsHeapType.values();
    private static final NumType[] NUMS = NumType.values();

    /** What matches what among abstract types: a bit set for each, by ordinal. */
    private static final int[] MATCHES = new int[HEAPS.length];

    static {
        for (var sub : HEAPS) {
            for (var sup : HEAPS) {
                if (sub.matches(sup)) {
                    MATCHES[sub.ordinal()] |= 1 << sup.ordinal();
                }
            }
        }
    }

    private TypeBits() {}

    static int nullable(AbsHeapType heap) {
        return ValueKind.REF | NULLABLE | heap.ordinal() << HEAP_SHIFT;
    }

    static int nonNull(AbsHeapType heap) {
        return ValueKind.REF | heap.ordinal() << HEAP_SHIFT;
    }

    static int kind(int type) {
        return type & KIND;
    }

    static boolean isRef(int type) {
        return (type & KIND) == ValueKind.REF;
    }

    static boolean isNullable(int type) {
        return (type & NULLABLE) != 0;
    }

    static boolean isExact(int type) {
        return (type & EXACT) != 0;
    }

    static int heap(int type) {
        return type >>> HEAP_SHIFT;
    }

    static boolean isConcrete(int type) {
        return type >>> HEAP_SHIFT >= CONCRETE;
    }

    /** The canonical index of the defined type that a reference refers to. */
    static int index(int type) {
        return (type >>> HEAP_SHIFT) - CONCRETE;
    }

    /** A non-null reference to a defined type. */
    static int toType(int canonical) {
        return ValueKind.REF | canonical + CONCRETE << HEAP_SHIFT;
    }

    /** Whether a local of the type can be read before it is written. */
    static boolean isDefaultable(int type) {
        return (type & (KIND | NULLABLE)) != ValueKind.REF;
    }

    /** The difference of reference types: what is left of one when the other is taken away. */
    static int minus(int type, int taken) {
        return isNullable(taken) ? type & ~NULLABLE : type;
    }

    static boolean isPacked(int storage) {
        return (storage & KIND) == KIND;
    }

    static int unpacked(int storage) {
        return isPacked(storage) ? ValueKind.I32 : storage;
    }

    static boolean abstractMatches(int heap, int other) {
        return (MATCHES[heap] & 1 << other) != 0;
    }

    static AbsHeapType abstractHeap(int heap) {
        return HEAPS[heap];
    }

    /** A value type that is no reference. */
    static int of(NumType type) {
        return type.ordinal();
    }

    /** The type of a number, a vector or a reference to an abstract type. */
    static ValType plain(int type) {
        return switch (kind(type)) {
            case ValueKind.V128 -> VecType.V128;
            case ValueKind.REF -> {
                var heap = HEAPS[heap(type)];
                yield isNullable(type) ? RefType.nullable(heap) : RefType.nonNull(heap);
            }
            default -> NUMS[kind(type)];
        };
    }
}
