// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

/** An abstract heap type (spec 2.3.3), with its code in the binary format. */
public enum AbsHeapType implements HeapType {
    ANY("any", "anyref", 0x6E),
    EQ("eq", "eqref", 0x6D),
    I31("i31", "i31ref", 0x6C),
    STRUCT("struct", "structref", 0x6B),
    ARRAY("array", "arrayref", 0x6A),
    NONE("none", "nullref", 0x71),
    FUNC("func", "funcref", 0x70),
    NOFUNC("nofunc", "nullfuncref", 0x73),
    EXTERN("extern", "externref", 0x6F),
    NOEXTERN("noextern", "nullexternref", 0x72),
    EXN("exn", "exnref", 0x69),
    NOEXN("noexn", "nullexnref", 0x74);

    private final String text;
    private final String nullableName;
    private final int code;

    AbsHeapType(String text, String nullableName, int code) {
        this.text = text;
        this.nullableName = nullableName;
        this.code = code;
    }

    /** The short name of the nullable reference to this type. */
    public String nullableName() {
        return nullableName;
    }

    /** The byte of the binary format. */
    public int code() {
        return code;
    }

    /** The top of this type's hierarchy: any, func, extern or exn. */
    public AbsHeapType top() {
        return switch (this) {
            case ANY, EQ, I31, STRUCT, ARRAY, NONE -> ANY;
            case FUNC, NOFUNC -> FUNC;
            case EXTERN, NOEXTERN -> EXTERN;
            case EXN, NOEXN -> EXN;
        };
    }

    /** The bottom of this type's hierarchy: none, nofunc, noextern or noexn. */
    public AbsHeapType bottom() {
        return switch (top()) {
            case ANY -> NONE;
            case FUNC -> NOFUNC;
            case EXTERN -> NOEXTERN;
            default -> NOEXN;
        };
    }

    /** Whether every value of this type is one of the other's (spec 3.3.3). */
    public boolean matches(AbsHeapType other) {
        if (this == other) {
            return true;
        }
        if (top() != other.top()) {
            return false;
        }
        if (this == bottom() || other == top()) {
            return true;
        }
        return other == EQ && (this == I31 || this == STRUCT || this == ARRAY);
    }

    @Override
    public String toString() {
        return text;
    }
}
