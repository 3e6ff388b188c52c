// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.List;
import java.util.function.UnaryOperator;

/** Replaces the type uses inside types (spec 3.1.1). */
public final class Substitution {
    private Substitution() {}

    public static SubType apply(SubType type, UnaryOperator<TypeUse> map) {
        return new SubType(
                type.finality(),
                type.supers().isEmpty() ? type.supers() : type.supers().stream().map(map).toList(),
                type.describes().map(map),
                type.descriptor().map(map),
                apply(type.comp(), map));
    }

    public static CompType apply(CompType type, UnaryOperator<TypeUse> map) {
        if (type instanceof FuncType func) {
            return apply(func, map);
        }
        return type instanceof StructType struct
                ? new StructType(struct.fields().stream().map(f -> apply(f, map)).toList())
                : new ArrayType(apply(((ArrayType) type).field(), map));
    }

    public static FuncType apply(FuncType type, UnaryOperator<TypeUse> map) {
        return new FuncType(apply(type.params(), map), apply(type.results(), map));
    }

    public static List<ValType> apply(List<ValType> types, UnaryOperator<TypeUse> map) {
        var applied = new ValType[types.size()];
        for (int i = 0; i < applied.length; i++) {
            applied[i] = apply(types.get(i), map);
        }
        return List.of(applied);
    }

    public static FieldType apply(FieldType type, UnaryOperator<TypeUse> map) {
        return type.storage() instanceof ValType value
                ? new FieldType(type.mut(), apply(value, map))
                : type;
    }

    public static ValType apply(ValType type, UnaryOperator<TypeUse> map) {
        return type instanceof RefType ref ? apply(ref, map) : type;
    }

    public static RefType apply(RefType type, UnaryOperator<TypeUse> map) {
        if (type.heap() instanceof AbsHeapType) {
            return type;
        }
        return new RefType(
                type.nullability(),
                type.heap() instanceof ExactType exact
                        ? new ExactType(map.apply(exact.type()))
                        : map.apply((TypeUse) type.heap()));
    }

    public static ExternType apply(ExternType type, UnaryOperator<TypeUse> map) {
        if (type instanceof ExternType.Func func) {
            return new ExternType.Func(map.apply(func.type()), func.exactness());
        }
        if (type instanceof TableType table) {
            return new TableType(table.addr(), table.limits(), apply(table.element(), map));
        }
        if (type instanceof GlobalType global) {
            return new GlobalType(global.mut(), apply(global.type(), map));
        }
        return type instanceof TagType tag ? new TagType(map.apply(tag.type())) : type;
    }
}
