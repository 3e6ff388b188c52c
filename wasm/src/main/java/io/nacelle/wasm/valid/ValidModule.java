// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.Export;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.Names;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.TagType;
import io.nacelle.wasm.syntax.WasmModule;

/**
 * A module that passed validation (spec 3.5). It answers for whole index spaces, imports first, and
 * all types that it gives are closed: references in them are {@link DefType}s, so that they mean
 * the same in every module.
 *
 * <p>An index outside its space is a mistake of the caller: {@link IndexOutOfBoundsException}.
 *
 * <p>Immutable and thread-safe.
 */
public final class ValidModule {
    private final ModuleContext context;

    ValidModule(ModuleContext context) {
        this.context = context;
    }

    ModuleContext context() {
        return context;
    }

    /** The module as written, with types by index. */
    public WasmModule syntax() {
        return context.module;
    }

    /** The names from the module's name section; empty ones where it has none. */
    public Names names() {
        return context.names();
    }

    public int typeCount() {
        return context.types.size();
    }

    public DefType type(int typeIndex) {
        return context.types.def(typeIndex);
    }

    public int funcCount() {
        return context.funcs.length;
    }

    public int importedFuncs() {
        return context.importedFuncs;
    }

    public DefType funcType(int funcIndex) {
        return context.funcType(funcIndex);
    }

    public int typeIndexOfFunc(int funcIndex) {
        return context.funcs[funcIndex];
    }

    /** Whether {@code ref.func} may name the function in a body (spec 3.1.1, refs). */
    public boolean isDeclared(int funcIndex) {
        return context.declaredFuncs.get(funcIndex);
    }

    public int tableCount() {
        return context.tables.length;
    }

    public int importedTables() {
        return context.importedTables;
    }

    public TableType table(int tableIndex) {
        return context.tables[tableIndex];
    }

    public int memoryCount() {
        return context.memories.length;
    }

    public int importedMemories() {
        return context.importedMemories;
    }

    public MemType memory(int memoryIndex) {
        return context.memories[memoryIndex];
    }

    public int globalCount() {
        return context.globals.length;
    }

    public int importedGlobals() {
        return context.importedGlobals;
    }

    public GlobalType global(int globalIndex) {
        return context.globals[globalIndex];
    }

    public int tagCount() {
        return context.tags.length;
    }

    public int importedTags() {
        return context.importedTags;
    }

    public DefType tag(int tagIndex) {
        return context.types.def(context.tags[tagIndex]);
    }

    /** A type of an import or export of this module with its references closed. */
    public ExternType closed(ExternType type) {
        return context.close(type);
    }

    /** The closed type of something that the module exports. */
    public ExternType exportType(Export export) {
        int index = export.index();
        return switch (export.kind()) {
            case FUNC ->
                    new ExternType.Func(
                            funcType(index),
                            context.exactFuncs.get(index)
                                    ? ExternType.Exactness.EXACT
                                    : ExternType.Exactness.SUBTYPES);
            case TABLE -> table(index);
            case MEMORY -> memory(index);
            case GLOBAL -> global(index);
            case TAG -> new TagType(tag(index));
        };
    }
}
