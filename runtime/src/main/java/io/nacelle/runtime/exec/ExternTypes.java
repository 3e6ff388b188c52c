// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Extern;
import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.ArrayType;
import io.nacelle.wasm.syntax.CompType;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.ExactType;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.HeapType;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.StructType;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.TagType;
import io.nacelle.wasm.syntax.ValType;

/** Matching of external types with closed references (spec 3.3). */
public final class ExternTypes {
    private ExternTypes() {}

    /** Whether something of one type may be imported as another. */
    public static boolean matches(Extern extern, ExternType expected) {
        var found = extern.type();
        if (expected instanceof ExternType.Func want) {
            return extern instanceof FuncImpl func
                    && (want.exactness() == ExternType.Exactness.EXACT
                            ? func.type == want.type()
                            : func.type.isSubtypeOf((DefType) want.type()));
        }
        if (expected instanceof TableType want) {
            return found instanceof TableType have
                    && have.addr() == want.addr()
                    && have.limits().matches(want.limits())
                    && have.element().equals(want.element());
        }
        if (expected instanceof MemType want) {
            return found instanceof MemType have
                    && have.addr() == want.addr()
                    && have.sharing() == want.sharing()
                    && have.pageSizeLog2() == want.pageSizeLog2()
                    && have.limits().matches(want.limits());
        }
        if (expected instanceof GlobalType want) {
            return found instanceof GlobalType have
                    && have.mut() == want.mut()
                    && (want.isMutable()
                            ? have.type().equals(want.type())
                            : matches(have.type(), want.type()));
        }
        return found instanceof TagType have && have.type() == ((TagType) expected).type();
    }

    static boolean matches(ValType type, ValType expected) {
        if (type instanceof RefType ref && expected instanceof RefType want) {
            return (want.isNullable() || !ref.isNullable()) && matches(ref.heap(), want.heap());
        }
        return type == expected;
    }

    private static boolean matches(HeapType type, HeapType expected) {
        return switch (expected) {
            case AbsHeapType want ->
                    switch (type) {
                        case AbsHeapType abs -> abs.matches(want);
                        case DefType def -> kind(def.comp()).matches(want);
                        case ExactType exact -> kind(((DefType) exact.type()).comp()).matches(want);
                        default -> throw new IllegalArgumentException("open type " + type);
                    };
            case DefType want ->
                    switch (type) {
                        case AbsHeapType abs -> abs == kind(want.comp()).bottom();
                        case DefType def -> def.isSubtypeOf(want);
                        case ExactType exact -> ((DefType) exact.type()).isSubtypeOf(want);
                        default -> throw new IllegalArgumentException("open type " + type);
                    };
            case ExactType want ->
                    type.equals(want)
                            || type instanceof AbsHeapType abs
                                    && abs == kind(((DefType) want.type()).comp()).bottom();
            default -> throw new IllegalArgumentException("open type " + expected);
        };
    }

    private static AbsHeapType kind(CompType comp) {
        return switch (comp) {
            case FuncType func -> AbsHeapType.FUNC;
            case StructType struct -> AbsHeapType.STRUCT;
            case ArrayType array -> AbsHeapType.ARRAY;
        };
    }
}
