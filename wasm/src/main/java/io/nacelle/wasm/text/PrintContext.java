// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.binary.NameSection;
import io.nacelle.wasm.syntax.CompType;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.Names;
import io.nacelle.wasm.syntax.StructType;
import io.nacelle.wasm.syntax.SubType;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.TagType;
import io.nacelle.wasm.syntax.TypeIndex;
import io.nacelle.wasm.syntax.TypeUse;
import io.nacelle.wasm.syntax.WasmModule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What printing needs to know of a module: names, and the types of what is referred to. */
final class PrintContext {
    final WasmModule module;
    final Names names;
    final Identifiers types;
    final Identifiers funcs;
    final Identifiers tables;
    final Identifiers memories;
    final Identifiers globals;
    final Identifiers tags;
    final Identifiers elems;
    final Identifiers datas;
    private final Map<Integer, Identifiers> fields = new HashMap<>();

    private final List<CompType> compTypes = new ArrayList<>();
    private final List<TypeUse> funcTypes = new ArrayList<>();
    private final List<TypeUse> tagTypes = new ArrayList<>();

    PrintContext(WasmModule module) {
        this.module = module;
        this.names = NameSection.read(module);
        for (var group : module.types()) {
            group.types().stream().map(SubType::comp).forEach(compTypes::add);
        }
        int tableCount = module.tables().size();
        int memoryCount = module.memories().size();
        int globalCount = module.globals().size();
        for (var imported : module.imports()) {
            switch (imported.type()) {
                case ExternType.Func func -> funcTypes.add(func.type());
                case TagType tag -> tagTypes.add(tag.type());
                case TableType table -> tableCount++;
                case MemType memory -> memoryCount++;
                case GlobalType global -> globalCount++;
            }
        }
        module.funcs().forEach(func -> funcTypes.add(new TypeIndex(func.type())));
        module.tags().forEach(tag -> tagTypes.add(tag.type()));
        types = identifiers(names.types(), compTypes.size());
        funcs = identifiers(names.funcs(), funcTypes.size());
        tables = identifiers(names.tables(), tableCount);
        memories = identifiers(names.memories(), memoryCount);
        globals = identifiers(names.globals(), globalCount);
        tags = identifiers(names.tags(), tagTypes.size());
        elems = identifiers(names.elems(), module.elems().size());
        datas = identifiers(names.datas(), module.datas().size());
    }

    /** Identifiers of what exists: the name section may name more. */
    static Identifiers identifiers(Map<Integer, String> names, int count) {
        var kept = new HashMap<Integer, String>();
        names.forEach(
                (index, name) -> {
                    if (index >= 0 && index < count) {
                        kept.put(index, name);
                    }
                });
        return kept.isEmpty() ? Identifiers.NONE : new Identifiers(kept);
    }

    int typeCount() {
        return compTypes.size();
    }

    Identifiers fields(int type) {
        return fields.computeIfAbsent(
                type,
                t -> {
                    var named = names.fields().get(t);
                    int count =
                            t >= 0
                                            && t < compTypes.size()
                                            && compTypes.get(t) instanceof StructType struct
                                    ? struct.fields().size()
                                    : 0;
                    return named == null ? Identifiers.NONE : identifiers(named, count);
                });
    }

    /** How many fields a structure type has; 0 when it is none. */
    int fieldCount(int type) {
        return type >= 0
                        && type < compTypes.size()
                        && compTypes.get(type) instanceof StructType struct
                ? struct.fields().size()
                : 0;
    }

    /** A function type; without parameters and results when the index is not one's. */
    FuncType funcType(int type) {
        return type >= 0 && type < compTypes.size() && compTypes.get(type) instanceof FuncType func
                ? func
                : FuncType.of();
    }

    /** The type of a function; without parameters and results when there is no such function. */
    FuncType typeOfFunc(int func) {
        return use(funcTypes, func);
    }

    FuncType typeOfTag(int tag) {
        return use(tagTypes, tag);
    }

    private FuncType use(List<TypeUse> uses, int index) {
        return index >= 0 && index < uses.size() && uses.get(index) instanceof TypeIndex named
                ? funcType(named.index())
                : FuncType.of();
    }
}
