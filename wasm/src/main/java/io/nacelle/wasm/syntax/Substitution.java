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
                type.supers().stream().map(map).toList(),
                type.describes().map(map),
                type.descriptor().map(map),
                apply(type.comp(), map));
    }

    public static CompType apply(CompType type, UnaryOperator<TypeUse> map) {
        return switch (type) {
            case FuncType func -> apply(func, map);
            case StructType struct ->
                    new StructType(struct.fields().stream().map(f -> apply(f, map)).toList());
            case ArrayType array -> new ArrayType(apply(array.field(), map));
        };
    }

    public static FuncType apply(FuncType type, UnaryOperator<TypeUse> map) {
        return new FuncType(apply(type.params(), map), apply(type.results(), map));
    }

    public static List<ValType> apply(List<ValType> types, UnaryOperator<TypeUse> map) {
        return types.stream().map(t -> apply(t, map)).toList();
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
        return switch (type.heap()) {
            case AbsHeapType abs -> type;
            case TypeUse use -> new RefType(type.nullability(), map.apply(use));
            case ExactType exact ->
                    new RefType(type.nullability(), new ExactType(map.apply(exact.type())));
        };
    }

    public static ExternType apply(ExternType type, UnaryOperator<TypeUse> map) {
        return switch (type) {
            case ExternType.Func func ->
                    new ExternType.Func(map.apply(func.type()), func.exactness());
            case TableType table ->
                    new TableType(table.addr(), table.limits(), apply(table.element(), map));
            case MemType mem -> mem;
            case GlobalType global -> new GlobalType(global.mut(), apply(global.type(), map));
            case TagType tag -> new TagType(map.apply(tag.type()));
        };
    }
}
