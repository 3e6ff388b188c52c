// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.ArrayType;
import io.nacelle.wasm.syntax.CompType;
import io.nacelle.wasm.syntax.ExactType;
import io.nacelle.wasm.syntax.FieldType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.HeapType;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.PackedType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.StorageType;
import io.nacelle.wasm.syntax.StructType;
import io.nacelle.wasm.syntax.SubType;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.TypeIndex;
import io.nacelle.wasm.syntax.TypeUse;
import io.nacelle.wasm.syntax.ValType;

import java.util.List;

/** Prints types, with identifiers where there are any. */
final class TypePrinter {
    private final PrintContext context;

    TypePrinter(PrintContext context) {
        this.context = context;
    }

    String val(ValType type) {
        return type instanceof RefType ref ? ref(ref) : type.toString();
    }

    String ref(RefType type) {
        boolean shortForm =
                type.isNullable()
                        && !(type.heap() instanceof TypeUse)
                        && !(type.heap() instanceof ExactType);
        if (shortForm) {
            return type.toString();
        }
        return (type.isNullable() ? "(ref null " : "(ref ") + heap(type.heap()) + ")";
    }

    String heap(HeapType type) {
        return switch (type) {
            case TypeUse use -> use(use);
            case ExactType exact -> "(exact " + use(exact.type()) + ")";
            default -> type.toString();
        };
    }

    String use(TypeUse use) {
        return use instanceof TypeIndex named ? context.types.use(named.index()) : use.toString();
    }

    /** A type use of a function, an import or an instruction. */
    String typeUse(TypeUse use) {
        return "(type " + use(use) + ")";
    }

    private String storage(StorageType type) {
        return switch (type) {
            case PackedType packed -> packed.toString();
            case ValType val -> val(val);
        };
    }

    private String field(FieldType type) {
        return type.isMutable() ? "(mut " + storage(type.storage()) + ")" : storage(type.storage());
    }

    String global(GlobalType type) {
        return type.isMutable() ? "(mut " + val(type.type()) + ")" : val(type.type());
    }

    String table(TableType type) {
        return (type.addr() == AddrType.I64 ? "i64 " : "")
                + type.limits()
                + " "
                + ref(type.element());
    }

    String memory(MemType type) {
        return type.toString();
    }

    /** The parameters, named ones each by itself, with a space in front. */
    String params(List<ValType> params, Identifiers locals) {
        var text = new StringBuilder();
        list(text, "param", params, 0, locals, " ");
        return text.toString();
    }

    /**
     * Lists of params or locals: those with names each by itself, the others together.
     *
     * @param first the index of the first
     * @param before what stands in front of every list
     */
    void list(
            StringBuilder text,
            String keyword,
            List<ValType> types,
            int first,
            Identifiers names,
            String before) {
        for (int i = 0; i < types.size(); ) {
            text.append(before).append('(').append(keyword);
            if (names.isNamed(first + i)) {
                text.append(names.definition(first + i)).append(' ').append(val(types.get(i++)));
            } else {
                while (i < types.size() && !names.isNamed(first + i)) {
                    text.append(' ').append(val(types.get(i++)));
                }
            }
            text.append(')');
        }
    }

    String results(List<ValType> results) {
        if (results.isEmpty()) {
            return "";
        }
        var text = new StringBuilder(" (result");
        results.forEach(type -> text.append(' ').append(val(type)));
        return text.append(')').toString();
    }

    /** A definition: {@code (type $t (;0;) …)}. */
    String definition(SubType type, int index) {
        var name = context.types.definition(index);
        return "(type" + name + " (;" + index + ";) " + sub(type, index) + ")";
    }

    private String sub(SubType type, int index) {
        var text = new StringBuilder();
        boolean plain = type.isFinal() && type.supers().isEmpty();
        if (!plain) {
            text.append(type.isFinal() ? "(sub final " : "(sub ");
            type.supers().forEach(parent -> text.append(use(parent)).append(' '));
        }
        type.describes().ifPresent(t -> text.append("(describes ").append(use(t)).append(") "));
        type.descriptor().ifPresent(t -> text.append("(descriptor ").append(use(t)).append(") "));
        text.append(comp(type.comp(), index));
        return plain ? text.toString() : text.append(')').toString();
    }

    private String comp(CompType type, int index) {
        return switch (type) {
            case FuncType func ->
                    "(func"
                            + params(func.params(), Identifiers.NONE)
                            + results(func.results())
                            + ")";
            case ArrayType array -> "(array " + field(array.field()) + ")";
            case StructType struct -> struct(struct, context.fields(index));
        };
    }

    private String struct(StructType type, Identifiers names) {
        var text = new StringBuilder("(struct");
        for (int i = 0; i < type.fields().size(); i++) {
            text.append(" (field").append(names.definition(i)).append(' ');
            text.append(field(type.fields().get(i))).append(')');
        }
        return text.append(')').toString();
    }
}
