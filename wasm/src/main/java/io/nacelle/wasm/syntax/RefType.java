// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Objects;

/** A reference type (spec 2.3.4): what it refers to, and whether it may be null. */
public record RefType(Nullability nullability, HeapType heap) implements ValType {
    /** Whether null is a value of the type. */
    public enum Nullability {
        NON_NULL,
        NULLABLE
    }

    public static final RefType FUNCREF = nullable(AbsHeapType.FUNC);
    public static final RefType EXTERNREF = nullable(AbsHeapType.EXTERN);
    public static final RefType ANYREF = nullable(AbsHeapType.ANY);
    public static final RefType EQREF = nullable(AbsHeapType.EQ);
    public static final RefType I31REF = nullable(AbsHeapType.I31);
    public static final RefType STRUCTREF = nullable(AbsHeapType.STRUCT);
    public static final RefType ARRAYREF = nullable(AbsHeapType.ARRAY);
    public static final RefType EXNREF = nullable(AbsHeapType.EXN);
    public static final RefType NULLREF = nullable(AbsHeapType.NONE);
    public static final RefType NULLFUNCREF = nullable(AbsHeapType.NOFUNC);
    public static final RefType NULLEXTERNREF = nullable(AbsHeapType.NOEXTERN);
    public static final RefType NULLEXNREF = nullable(AbsHeapType.NOEXN);

    public RefType {
        Objects.requireNonNull(nullability);
        Objects.requireNonNull(heap);
    }

    // Written out, like those of all records that every module has: what the JDK derives at run
    // time
    // takes its time at each start.
    @Override
    public boolean equals(Object other) {
        return other instanceof RefType that
                && nullability == that.nullability
                && heap.equals(that.heap);
    }

    @Override
    public int hashCode() {
        return 31 * nullability.hashCode() + heap.hashCode();
    }

    public static RefType nullable(HeapType heap) {
        return new RefType(Nullability.NULLABLE, heap);
    }

    public static RefType nonNull(HeapType heap) {
        return new RefType(Nullability.NON_NULL, heap);
    }

    public boolean isNullable() {
        return nullability == Nullability.NULLABLE;
    }

    /** The text format's spelling, short forms included. */
    @Override
    public String toString() {
        if (isNullable() && heap instanceof AbsHeapType abs) {
            return abs.nullableName();
        }
        return (isNullable() ? "(ref null " : "(ref ") + heap + ")";
    }
}
