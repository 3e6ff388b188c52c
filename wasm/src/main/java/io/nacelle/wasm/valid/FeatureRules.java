// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.ArrayType;
import io.nacelle.wasm.syntax.BlockType;
import io.nacelle.wasm.syntax.Data;
import io.nacelle.wasm.syntax.Elem;
import io.nacelle.wasm.syntax.Export;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.Feature;
import io.nacelle.wasm.syntax.FieldType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.HeapType;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.RecType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.StructType;
import io.nacelle.wasm.syntax.SubType;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.TagType;
import io.nacelle.wasm.syntax.TypeUse;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;
import io.nacelle.wasm.syntax.WasmModule;

import java.util.Set;
import java.util.function.Supplier;

/**
 * Which feature brought what a module can say: the one place that knows, for those who refuse and
 * for those who only want to be told. What counts is the module, not its encoding: that another
 * encoding of the same thing came with some feature makes no difference.
 */
abstract class FeatureRules {
    private static final String IN_MODULE = "in the module";

    /**
     * A construct needs a feature.
     *
     * @param construct a word or a type; put into words only if needed
     */
    abstract void need(Feature feature, Object construct);

    /** A construct came with two features; either will do. The first is the one to name. */
    abstract void needOne(Feature feature, Feature other, Object construct);

    /** A bound of 32-bit limits, unsigned: before 64-bit ones came, it was written in 32 bits. */
    abstract void bound(long bound);

    /** Where the constructs that follow are. */
    abstract void at(Supplier<String> place);

    /** Whether an instruction can be used with these features, its types aside. */
    static boolean allows(Set<Feature> features, Opcode op) {
        return switch (op) {
            case THROW ->
                    features.contains(Feature.EXCEPTIONS)
                            || features.contains(Feature.LEGACY_EXCEPTIONS);
            case RETURN_CALL_REF ->
                    features.contains(Feature.FUNCTION_REFERENCES)
                            && features.contains(Feature.TAIL_CALL);
            default -> features.contains(op.feature());
        };
    }

    /** The feature to name when an instruction cannot be used with these. */
    static Feature missing(Set<Feature> features, Opcode op) {
        return features.contains(op.feature()) ? Feature.TAIL_CALL : op.feature();
    }

    final void instruction(Opcode op) {
        switch (op) {
            case THROW -> needOne(Feature.EXCEPTIONS, Feature.LEGACY_EXCEPTIONS, op.mnemonic());
            case RETURN_CALL_REF -> {
                need(Feature.FUNCTION_REFERENCES, op.mnemonic());
                need(Feature.TAIL_CALL, op.mnemonic());
            }
            default -> need(op.feature(), op.mnemonic());
        }
    }

    // Everything but code.

    final void declarations(WasmModule module) {
        types(module);
        imports(module);
        int index = module.imports(TableType.class).size();
        for (var table : module.tables()) {
            at(placeOf("table", index++));
            table(table.type());
            if (table.init().isPresent()) {
                need(Feature.FUNCTION_REFERENCES, "a table with an initial value");
            }
        }
        index = module.imports(MemType.class).size();
        for (var memory : module.memories()) {
            at(placeOf("memory", index++));
            memory(memory);
        }
        index = module.imports(TagType.class).size();
        for (int i = 0; i < module.tags().size(); i++) {
            at(placeOf("tag", index++));
            tag();
        }
        index = module.imports(GlobalType.class).size();
        for (var global : module.globals()) {
            at(placeOf("global", index++));
            type(global.type().type());
        }
        at(() -> IN_MODULE);
        if (module.imports(TableType.class).size() + module.tables().size() > 1) {
            need(Feature.REFERENCE_TYPES, "multiple tables");
        }
        if (module.imports(MemType.class).size() + module.memories().size() > 1) {
            need(Feature.MULTI_MEMORY, "multiple memories");
        }
        exports(module);
        segments(module);
    }

    private static Supplier<String> placeOf(String what, int index) {
        return () -> "in " + what + " " + index;
    }

    private void types(WasmModule module) {
        int index = 0;
        for (var group : module.types()) {
            at(placeOf("type", index));
            group(group);
            for (var type : group.types()) {
                at(placeOf("type", index++));
                subType(type);
            }
        }
    }

    private void group(RecType group) {
        if (group.types().size() != 1) {
            need(Feature.GC, "a recursive group");
        }
    }

    private void subType(SubType type) {
        if (!type.isFinal() || !type.supers().isEmpty()) {
            need(Feature.GC, "sub");
        }
        if (type.describes().isPresent()) {
            need(Feature.CUSTOM_DESCRIPTORS, "describes");
        }
        if (type.descriptor().isPresent()) {
            need(Feature.CUSTOM_DESCRIPTORS, "descriptor");
        }
        if (type.comp() instanceof FuncType func) {
            func.params().forEach(this::type);
            func.results().forEach(this::type);
            if (func.results().size() > 1) {
                need(Feature.MULTI_VALUE, "a function type with several results");
            }
        } else if (type.comp() instanceof StructType struct) {
            need(Feature.GC, "struct");
            struct.fields().forEach(this::field);
        } else {
            need(Feature.GC, "array");
            field(((ArrayType) type.comp()).field());
        }
    }

    private void field(FieldType field) {
        if (field.storage() instanceof ValType type) {
            type(type);
        }
    }

    private void imports(WasmModule module) {
        int index = 0;
        for (var item : module.imports()) {
            at(placeOf("import", index++));
            if (item.type() instanceof ExternType.Func func) {
                if (func.exactness() == ExternType.Exactness.EXACT) {
                    need(Feature.CUSTOM_DESCRIPTORS, "an import of an exact function type");
                }
            } else if (item.type() instanceof TableType table) {
                table(table);
            } else if (item.type() instanceof MemType memory) {
                memory(memory);
            } else if (item.type() instanceof GlobalType global) {
                type(global.type());
                if (global.isMutable()) {
                    need(Feature.MUTABLE_GLOBALS, "an imported mutable global");
                }
            } else {
                tag();
            }
        }
    }

    private void tag() {
        needOne(Feature.EXCEPTIONS, Feature.LEGACY_EXCEPTIONS, "tag");
    }

    private void table(TableType table) {
        // Tables of funcref are older than funcref as a type of values.
        if (!table.element().equals(RefType.FUNCREF)) {
            type(table.element());
        }
        if (table.addr() == AddrType.I64) {
            need(Feature.MEMORY64, "a 64-bit table");
        } else {
            bounds(table.limits());
        }
    }

    private void memory(MemType memory) {
        if (memory.addr() == AddrType.I64) {
            need(Feature.MEMORY64, "a 64-bit memory");
        } else {
            bounds(memory.limits());
        }
        if (memory.isShared()) {
            need(Feature.THREADS, "a shared memory");
        }
        if (memory.pageSizeLog2() != MemType.DEFAULT_PAGE_SIZE_LOG2) {
            need(Feature.CUSTOM_PAGE_SIZES, "a page size");
        }
    }

    private void bounds(Limits limits) {
        bound(limits.min());
        limits.max().ifPresent(this::bound);
    }

    private void exports(WasmModule module) {
        int imported = module.imports(GlobalType.class).size();
        for (var export : module.exports()) {
            // Imported globals have been looked at.
            int global = export.index() - imported;
            if (export.kind() == Export.Kind.GLOBAL
                    && global >= 0
                    && global < module.globals().size()
                    && module.globals().get(global).type().isMutable()) {
                at(placeOf("global", export.index()));
                need(Feature.MUTABLE_GLOBALS, "an exported mutable global");
            }
        }
    }

    private void segments(WasmModule module) {
        int index = 0;
        for (var elem : module.elems()) {
            at(placeOf("elem segment", index++));
            elem(elem);
        }
        index = 0;
        for (var data : module.datas()) {
            at(placeOf("data segment", index++));
            if (data.mode() instanceof Data.Passive) {
                need(Feature.BULK_MEMORY, "a passive data segment");
            }
        }
        if (module.dataCount().isPresent()) {
            at(() -> IN_MODULE);
            need(Feature.BULK_MEMORY, "a data count section");
        }
    }

    private void elem(Elem elem) {
        if (elem.mode() instanceof Elem.Passive) {
            need(Feature.BULK_MEMORY, "a passive element segment");
        } else if (elem.mode() instanceof Elem.Declarative) {
            need(Feature.REFERENCE_TYPES, "a declarative element segment");
        }
        // A list of functions says nothing of types, though it has one.
        if (elem.init() instanceof Elem.Exprs) {
            type(elem.type());
        }
    }

    // Types.

    final void type(ValType type) {
        if (type instanceof VecType) {
            need(Feature.SIMD, type);
        } else if (type instanceof RefType ref) {
            if (!ref.isNullable()) {
                need(Feature.FUNCTION_REFERENCES, ref);
            }
            heap(ref.heap(), ref);
        }
    }

    private void heap(HeapType heap, Object shown) {
        if (heap instanceof AbsHeapType abs) {
            need(featureOf(abs), shown);
        } else if (heap instanceof TypeUse) {
            need(Feature.FUNCTION_REFERENCES, shown);
        } else {
            need(Feature.CUSTOM_DESCRIPTORS, shown);
        }
    }

    private static Feature featureOf(AbsHeapType heap) {
        return switch (heap) {
            case FUNC, EXTERN -> Feature.REFERENCE_TYPES;
            case EXN, NOEXN -> Feature.EXCEPTIONS;
            default -> Feature.GC;
        };
    }

    final void block(BlockType type) {
        switch (type) {
            case BlockType.Empty _ -> {}
            case BlockType.Value value -> type(value.type());
            case BlockType.Index _ ->
                    need(Feature.MULTI_VALUE, "a block with the type of a function");
        }
    }

    /** The types among the immediates of the instruction read last. */
    final void immediates(InstrReader in) {
        switch (in.op().immediate()) {
            case BLOCK_TYPE, HANDLERS -> block(in.blockType());
            case HEAP_TYPE -> heap(in.heapType(), in.heapType());
            case SELECT_TYPES -> in.types().forEach(this::type);
            case CAST -> {
                heap(in.sourceType().heap(), in.sourceType());
                heap(in.targetType().heap(), in.targetType());
            }
            default -> {}
        }
    }

    /** An instruction of a constant expression, beyond what it needs anywhere. */
    final void constant(InstrReader in, int importedGlobals) {
        switch (in.op()) {
            case I32_ADD, I32_SUB, I32_MUL, I64_ADD, I64_SUB, I64_MUL ->
                    need(Feature.EXTENDED_CONST, in.op().mnemonic() + " in a constant expression");
            case GLOBAL_GET -> {
                if (Integer.compareUnsigned(in.x(), importedGlobals) >= 0) {
                    needOne(
                            Feature.GC,
                            Feature.EXTENDED_CONST,
                            "a constant from a global of the module itself");
                }
            }
            default -> {}
        }
    }
}
