// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import io.nacelle.wasm.binary.ByteSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A module as written (spec 2.5): decoded or parsed, not yet validated. Types are named by index;
 * code, constant expressions and data are spans of {@link #source()}, in the binary format, whether
 * the module came from bytes or from text.
 *
 * @param types the recursive groups, in order; type indices count through them
 * @param customs the custom sections, in order, the name section included when there is one
 * @param dataCount the count of data segments announced before the code, when it is there
 */
public record WasmModule(
        ByteSource source,
        List<RecType> types,
        List<Import> imports,
        List<Func> funcs,
        List<Table> tables,
        List<MemType> memories,
        List<TagType> tags,
        List<Global> globals,
        List<Export> exports,
        OptionalInt start,
        List<Elem> elems,
        List<Data> datas,
        OptionalInt dataCount,
        List<CustomSection> customs) {
    public WasmModule {
        Objects.requireNonNull(source);
        types = List.copyOf(types);
        imports = List.copyOf(imports);
        funcs = List.copyOf(funcs);
        tables = List.copyOf(tables);
        memories = List.copyOf(memories);
        tags = List.copyOf(tags);
        globals = List.copyOf(globals);
        exports = List.copyOf(exports);
        Objects.requireNonNull(start);
        elems = List.copyOf(elems);
        datas = List.copyOf(datas);
        Objects.requireNonNull(dataCount);
        customs = List.copyOf(customs);
    }

    /** The imports of one kind, in order. */
    public List<Import> imports(Class<? extends ExternType> kind) {
        var found = new ArrayList<Import>();
        for (var one : imports) {
            if (kind.isInstance(one.type())) {
                found.add(one);
            }
        }
        return List.copyOf(found);
    }

    /** The custom section with this name, the first when there are several. */
    public Optional<CustomSection> custom(String name) {
        return customs.stream().filter(c -> c.name().equals(name)).findFirst();
    }
}
