// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.Data;
import io.nacelle.wasm.syntax.Elem;
import io.nacelle.wasm.syntax.Export;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.Feature;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.Import;
import io.nacelle.wasm.syntax.InvalidException;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.TagType;
import io.nacelle.wasm.syntax.TypeUse;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.WasmModule;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

/** Checks everything of a module but the bodies of its functions (spec 3.5). */
final class ModuleValidator {
    private static final long MAX_PAGES_32 = 1L << 16;
    private static final String ELEM = "elem segment";
    private static final String DATA = "data segment";

    private final WasmModule module;
    private final Set<Feature> features;
    private final ModuleContext context;
    private final TypeSpace types;
    private final FuncValidator constants;

    ModuleValidator(WasmModule module, Set<Feature> features) {
        this.module = module;
        this.features = features;
        this.context = new ModuleContext(module, features);
        this.types = context.types;
        this.constants = new FuncValidator(context, null);
    }

    ModuleContext validate() {
        new FeatureGate(features, ModuleValidator::invalid).declarations(module);
        module.types().forEach(types::add);
        imports();
        funcs();
        tags();
        globals();
        tables();
        memories();
        elems();
        datas();
        start();
        exports();
        return context;
    }

    // Types that other sections name.

    private static String quote(String name) {
        return '"' + ModuleContext.shown(name) + '"';
    }

    private static InvalidException invalid(String reason, Supplier<String> where) {
        return new InvalidException(reason, where.get());
    }

    private int funcTypeIndex(TypeUse use, Supplier<String> where) {
        return funcTypeIndex(TypeSpace.indexOf(use), where);
    }

    private int funcTypeIndex(int index, Supplier<String> where) {
        if (!types.has(index)) {
            throw invalid("unknown type " + Integer.toUnsignedString(index), where);
        }
        if (!types.info(index).isFunc()) {
            throw invalid("type mismatch: type " + index + " is not a function type", where);
        }
        return index;
    }

    private int encode(ValType type, Supplier<String> where) {
        long unknown = types.unknownType(type);
        if (unknown >= 0) {
            throw invalid("unknown type " + unknown, where);
        }
        return types.encode(type);
    }

    // Imports, and the index spaces.

    private void imports() {
        int funcs = 0;
        int tables = 0;
        int memories = 0;
        int globals = 0;
        int tags = 0;
        for (var item : module.imports()) {
            if (item.type() instanceof ExternType.Func) {
                funcs++;
            } else if (item.type() instanceof TableType) {
                tables++;
            } else if (item.type() instanceof MemType) {
                memories++;
            } else if (item.type() instanceof GlobalType) {
                globals++;
            } else {
                tags++;
            }
        }
        context.importedFuncs = funcs;
        context.importedTables = tables;
        context.importedMemories = memories;
        context.importedGlobals = globals;
        context.importedTags = tags;
        context.funcs = new int[funcs + module.funcs().size()];
        context.tables = new TableType[tables + module.tables().size()];
        context.tableElems = new int[context.tables.length];
        context.tableAddrs = new int[context.tables.length];
        context.memories = new MemType[memories + module.memories().size()];
        context.memoryAddrs = new int[context.memories.length];
        context.globals = new GlobalType[globals + module.globals().size()];
        context.globalTypes = new int[context.globals.length];
        context.globalMutable = new boolean[context.globals.length];
        context.tags = new int[tags + module.tags().size()];
        context.elems = new int[module.elems().size()];
        int[] counts = new int[5];
        for (int i = 0; i < module.imports().size(); i++) {
            importOne(module.imports().get(i), counts, i);
        }
        context.visibleGlobals = globals;
    }

    private void importOne(Import item, int[] counts, int position) {
        Supplier<String> where =
                () ->
                        "in import "
                                + position
                                + ": "
                                + quote(item.module())
                                + ' '
                                + quote(item.name());
        var type = item.type();
        if (type instanceof ExternType.Func func) {
            int index = counts[0]++;
            context.funcs[index] = funcTypeIndex(func.type(), where);
            context.exactFuncs.set(index, func.exactness() == ExternType.Exactness.EXACT);
        } else if (type instanceof TableType table) {
            setTable(counts[1]++, table, where);
        } else if (type instanceof MemType memory) {
            setMemory(counts[2]++, memory, where);
        } else if (type instanceof GlobalType global) {
            setGlobal(counts[3]++, global, where);
        } else {
            context.tags[counts[4]++] = tagType((TagType) type, where);
        }
    }

    private void funcs() {
        int index = context.importedFuncs;
        context.exactFuncs.set(index, context.funcs.length);
        for (var func : module.funcs()) {
            int at = index++;
            context.funcs[at] = funcTypeIndex(func.type(), () -> "in " + context.describeFunc(at));
        }
    }

    private void tags() {
        int index = context.importedTags;
        for (var tag : module.tags()) {
            int at = index++;
            context.tags[at] = tagType(tag, () -> "in tag " + at);
        }
    }

    private int tagType(TagType tag, Supplier<String> where) {
        int index = funcTypeIndex(tag.type(), where);
        if (types.info(index).results.length != 0) {
            throw invalid("non-empty tag result type", where);
        }
        return index;
    }

    // Tables and memories.

    private void setTable(int index, TableType table, Supplier<String> where) {
        context.tableElems[index] = encode(table.element(), where);
        context.tableAddrs[index] = ModuleContext.addrKind(table.addr());
        context.tables[index] = (TableType) context.close(table);
        if (table.addr() == AddrType.I32) {
            requireSize(table.limits(), 0xFFFF_FFFFL, "table size must be at most 2^32-1", where);
        }
        requireOrder(table.limits(), where);
    }

    private void tables() {
        int index = context.importedTables;
        // Tables come before the globals that the module defines, and see only imported ones.
        int all = context.visibleGlobals;
        context.visibleGlobals = context.importedGlobals;
        for (var table : module.tables()) {
            int at = index++;
            Supplier<String> where = () -> "in table " + at;
            setTable(at, table.type(), where);
            int type = context.tableElems[at];
            if (table.init().isPresent()) {
                constants.validateConstant(table.init().get(), type, "table", at);
            } else if (!TypeBits.isDefaultable(type)) {
                throw invalid(
                        "type mismatch: a table of " + types.name(type) + " needs an initial value",
                        where);
            }
        }
        context.visibleGlobals = all;
    }

    private void setMemory(int index, MemType memory, Supplier<String> where) {
        context.memoryAddrs[index] = ModuleContext.addrKind(memory.addr());
        context.memories[index] = memory;
        int log2 = memory.pageSizeLog2();
        if (log2 != 0 && log2 != MemType.DEFAULT_PAGE_SIZE_LOG2) {
            throw invalid("invalid custom page size: 2^" + log2 + ", must be 1 or 65536", where);
        }
        requireSize(memory.limits(), maxPages(memory), maxPagesText(memory), where);
        requireOrder(memory.limits(), where);
        if (memory.isShared() && memory.limits().max().isEmpty()) {
            throw invalid("shared memory must have maximum", where);
        }
    }

    private static long maxPages(MemType memory) {
        boolean bytes = memory.pageSizeLog2() == 0;
        if (memory.addr() == AddrType.I32) {
            return bytes ? 0xFFFF_FFFFL : MAX_PAGES_32;
        }
        return bytes ? -1L : 1L << 64 - MemType.DEFAULT_PAGE_SIZE_LOG2;
    }

    private static String maxPagesText(MemType memory) {
        var pages = Long.toUnsignedString(maxPages(memory));
        boolean standard =
                memory.addr() == AddrType.I32
                        && memory.pageSizeLog2() == MemType.DEFAULT_PAGE_SIZE_LOG2;
        return "memory size must be at most " + pages + " pages" + (standard ? " (4GiB)" : "");
    }

    private void memories() {
        int index = context.importedMemories;
        for (var memory : module.memories()) {
            int at = index++;
            setMemory(at, memory, () -> "in memory " + at);
        }
    }

    private static void requireSize(
            Limits limits, long most, String reason, Supplier<String> where) {
        if (Long.compareUnsigned(limits.min(), most) > 0
                || limits.max().isPresent()
                        && Long.compareUnsigned(limits.max().getAsLong(), most) > 0) {
            throw invalid(reason + ", found " + limits, where);
        }
    }

    private static void requireOrder(Limits limits, Supplier<String> where) {
        if (limits.max().isPresent()
                && Long.compareUnsigned(limits.min(), limits.max().getAsLong()) > 0) {
            throw invalid("size minimum must not be greater than maximum, found " + limits, where);
        }
    }

    // Globals.

    private void setGlobal(int index, GlobalType global, Supplier<String> where) {
        context.globalTypes[index] = encode(global.type(), where);
        context.globalMutable[index] = global.isMutable();
        context.globals[index] = (GlobalType) context.close(global);
    }

    private void globals() {
        int index = context.importedGlobals;
        for (var global : module.globals()) {
            int at = index++;
            setGlobal(at, global.type(), () -> "in global " + at);
            constants.validateConstant(global.init(), context.globalTypes[at], "global", at);
            context.visibleGlobals = index;
        }
    }

    // Segments.

    private void elems() {
        for (int i = 0; i < context.elems.length; i++) {
            int at = i;
            var elem = module.elems().get(i);
            Supplier<String> where = () -> "in " + ELEM + ' ' + at;
            int type = encode(elem.type(), where);
            context.elems[i] = type;
            if (elem.init() instanceof Elem.Funcs funcs) {
                elemFuncs(elem.type(), type, funcs, where);
            } else {
                for (var expr : ((Elem.Exprs) elem.init()).exprs()) {
                    constants.validateConstant(expr, type, ELEM, at);
                }
            }
            if (elem.mode() instanceof Elem.Active active) {
                elemTarget(active, type, where);
                constants.validateConstant(
                        active.offset(), context.tableAddrs[active.table()], ELEM, at);
            }
        }
    }

    private void elemTarget(Elem.Active active, int type, Supplier<String> where) {
        int table = active.table();
        if (Integer.compareUnsigned(table, context.tables.length) >= 0) {
            throw unknown("table", table, where);
        }
        if (!types.matches(type, context.tableElems[table])) {
            throw invalid(
                    "type mismatch: elements of type "
                            + types.name(type)
                            + " go to a table of "
                            + types.name(context.tableElems[table]),
                    where);
        }
    }

    private void elemFuncs(RefType written, int type, Elem.Funcs funcs, Supplier<String> where) {
        boolean any = (type & ~TypeBits.NULLABLE) == (TypeBits.FUNCREF & ~TypeBits.NULLABLE);
        for (int func : funcs.indices()) {
            if (Integer.compareUnsigned(func, context.funcs.length) >= 0) {
                throw unknown("function", func, where);
            }
            if (!any && !types.matches(context.funcRef(func), type)) {
                throw invalid(
                        "type mismatch: function " + func + " in elements of type " + written,
                        where);
            }
            context.declaredFuncs.set(func);
        }
    }

    private void datas() {
        int index = 0;
        for (var data : module.datas()) {
            int at = index++;
            if (data.mode() instanceof Data.Active active) {
                int memory = active.memory();
                if (Integer.compareUnsigned(memory, context.memories.length) >= 0) {
                    throw unknown("memory", memory, () -> "in " + DATA + ' ' + at);
                }
                constants.validateConstant(active.offset(), context.memoryAddrs[memory], DATA, at);
            }
        }
    }

    private static InvalidException unknown(String what, int index, Supplier<String> where) {
        return invalid("unknown " + what + " " + Integer.toUnsignedString(index), where);
    }

    // Start and exports.

    private void start() {
        if (module.start().isEmpty()) {
            return;
        }
        int func = module.start().getAsInt();
        if (Integer.compareUnsigned(func, context.funcs.length) >= 0) {
            throw unknown("function", func, () -> "in the start section");
        }
        var type = types.info(context.funcs[func]);
        if (type.params.length != 0 || type.results.length != 0) {
            throw invalid(
                    "start function must take and return nothing, found " + types.describe(type),
                    () -> "in " + context.describeFunc(func));
        }
    }

    private void exports() {
        var names = new HashSet<String>();
        for (var export : module.exports()) {
            Supplier<String> where = () -> "in export " + quote(export.name());
            int count =
                    switch (export.kind()) {
                        case FUNC -> context.funcs.length;
                        case TABLE -> context.tables.length;
                        case MEMORY -> context.memories.length;
                        case GLOBAL -> context.globals.length;
                        case TAG -> context.tags.length;
                    };
            if (Integer.compareUnsigned(export.index(), count) >= 0) {
                var what = export.kind() == Export.Kind.FUNC ? "function" : export.kind().keyword();
                throw unknown(what, export.index(), where);
            }
            if (export.kind() == Export.Kind.FUNC) {
                context.declaredFuncs.set(export.index());
            }
            if (!names.add(export.name())) {
                throw invalid("duplicate export name", where);
            }
        }
    }
}
