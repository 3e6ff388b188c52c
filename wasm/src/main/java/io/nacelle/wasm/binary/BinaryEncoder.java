// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.CustomSection;
import io.nacelle.wasm.syntax.Data;
import io.nacelle.wasm.syntax.Elem;
import io.nacelle.wasm.syntax.Export;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.Func;
import io.nacelle.wasm.syntax.Global;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.Import;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.Span;
import io.nacelle.wasm.syntax.Table;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.TagType;
import io.nacelle.wasm.syntax.WasmModule;

import java.util.List;
import java.util.function.Consumer;

/**
 * Encodes modules in the binary format (spec 5.5): the inverse of {@link BinaryDecoder}.
 *
 * <p>Code, constant expressions and data are copied as they stand in the module's source; all else
 * is written anew in its shortest form, and empty sections are left out. Custom sections keep their
 * places. So what was encoded once, decoded and encoded again is the same bytes.
 */
public final class BinaryEncoder {
    private static final byte[] HEADER = {0, 'a', 's', 'm', 1, 0, 0, 0};
    private static final RefType FUNC_NON_NULL = RefType.nonNull(AbsHeapType.FUNC);

    private final WasmModule module;
    private final ByteSource source;
    private final TypeWriter out = new TypeWriter();

    private BinaryEncoder(WasmModule module) {
        this.module = module;
        this.source = module.source();
    }

    /**
     * The bytes of a module.
     *
     * @throws IllegalArgumentException when it names types other than by index, or has a custom
     *     section after a section that there is not
     * @throws MalformedException when the result would pass {@link
     *     ImplementationLimits#MAX_MODULE_SIZE}
     */
    public static byte[] encode(WasmModule module) {
        var encoder = new BinaryEncoder(module);
        encoder.encode();
        return encoder.out.toByteArray();
    }

    private void encode() {
        for (var custom : module.customs()) {
            if (SectionId.of(custom.after()) == null) {
                throw new IllegalArgumentException("no section has the id " + custom.after());
            }
        }
        out.writeBytes(HEADER);
        for (var id : SectionId.all()) {
            writeSection(id);
            for (var custom : module.customs()) {
                if (custom.after() == id.id()) {
                    writeCustom(custom);
                }
            }
        }
    }

    private void writeSection(SectionId id) {
        switch (id) {
            case CUSTOM -> {}
            case TYPE -> vector(id, module.types(), out::writeRecType);
            case IMPORT -> vector(id, module.imports(), this::writeImport);
            case FUNCTION -> vector(id, module.funcs(), func -> out.writeU32(func.type()));
            case TABLE -> vector(id, module.tables(), this::writeTable);
            case MEMORY -> vector(id, module.memories(), out::writeMemType);
            case TAG -> vector(id, module.tags(), out::writeTagType);
            case GLOBAL -> vector(id, module.globals(), this::writeGlobal);
            case EXPORT -> vector(id, module.exports(), this::writeExport);
            case START -> module.start().ifPresent(index -> number(id, index));
            case ELEMENT -> vector(id, module.elems(), this::writeElem);
            case DATA_COUNT -> module.dataCount().ifPresent(count -> number(id, count));
            case CODE -> vector(id, module.funcs(), this::writeCode);
            case DATA -> vector(id, module.datas(), this::writeData);
        }
    }

    private void section(SectionId id, Runnable contents) {
        out.writeByte(id.id());
        int start = out.size();
        contents.run();
        out.insertSize(start);
    }

    private <T> void vector(SectionId id, List<T> elements, Consumer<T> writer) {
        if (!elements.isEmpty()) {
            section(
                    id,
                    () -> {
                        out.writeU32(elements.size());
                        elements.forEach(writer);
                    });
        }
    }

    private void number(SectionId id, int value) {
        section(id, () -> out.writeU32(value));
    }

    private void writeCustom(CustomSection custom) {
        section(
                SectionId.CUSTOM,
                () -> {
                    out.writeName(custom.name());
                    out.writeSpan(source, custom.bytes());
                });
    }

    private void writeImport(Import imported) {
        out.writeName(imported.module());
        out.writeName(imported.name());
        switch (imported.type()) {
            case ExternType.Func func -> {
                out.writeByte(
                        func.exactness() == ExternType.Exactness.EXACT
                                ? TypeCodes.KIND_EXACT_FUNC
                                : TypeCodes.KIND_FUNC);
                out.writeU32(ByteWriter.index(func.type()));
            }
            case TableType table -> {
                out.writeByte(TypeCodes.KIND_TABLE);
                out.writeTableType(table);
            }
            case MemType memory -> {
                out.writeByte(TypeCodes.KIND_MEMORY);
                out.writeMemType(memory);
            }
            case GlobalType global -> {
                out.writeByte(TypeCodes.KIND_GLOBAL);
                out.writeGlobalType(global);
            }
            case TagType tag -> {
                out.writeByte(TypeCodes.KIND_TAG);
                out.writeTagType(tag);
            }
        }
    }

    private void writeTable(Table table) {
        if (table.init().isPresent()) {
            out.writeByte(TypeCodes.TABLE_WITH_INIT);
            out.writeByte(0);
        }
        out.writeTableType(table.type());
        table.init().ifPresent(this::writeExpr);
    }

    private void writeGlobal(Global global) {
        out.writeGlobalType(global.type());
        writeExpr(global.init());
    }

    private void writeExport(Export export) {
        out.writeName(export.name());
        out.writeByte(export.kind().ordinal());
        out.writeU32(export.index());
    }

    private void writeElem(Elem elem) {
        boolean indices = elem.init() instanceof Elem.Funcs && elem.type().equals(FUNC_NON_NULL);
        // The type goes without saying: that of indices, or funcref for expressions.
        boolean usual = indices || elem.type().equals(RefType.FUNCREF);
        int form = indices ? 0 : 4;
        boolean typed = true;
        switch (elem.mode()) {
            case Elem.Active(int table, Span offset) -> {
                typed = table != 0 || !usual;
                out.writeU32(typed ? form | 2 : form);
                if (typed) {
                    out.writeU32(table);
                }
                writeExpr(offset);
            }
            case Elem.Passive _ -> out.writeU32(form | 1);
            case Elem.Declarative _ -> out.writeU32(form | 3);
        }
        if (typed) {
            if (indices) {
                out.writeByte(0);
            } else {
                out.writeRefType(elem.type());
            }
        }
        writeInit(elem.init(), indices);
    }

    private void writeInit(Elem.Init init, boolean indices) {
        out.writeU32(init.size());
        switch (init) {
            case Elem.Funcs funcs -> {
                for (int index : funcs.indices()) {
                    if (indices) {
                        out.writeU32(index);
                    } else {
                        out.writeByte(Opcode.REF_FUNC.code());
                        out.writeU32(index);
                        out.writeByte(Opcode.END.code());
                    }
                }
            }
            case Elem.Exprs exprs -> exprs.exprs().forEach(this::writeExpr);
        }
    }

    private void writeCode(Func func) {
        out.writeU32(func.code().length());
        out.writeSpan(source, func.code());
    }

    private void writeData(Data data) {
        switch (data.mode()) {
            case Data.Passive _ -> out.writeU32(1);
            case Data.Active(int memory, Span offset) -> {
                if (memory == 0) {
                    out.writeU32(0);
                } else {
                    out.writeU32(2);
                    out.writeU32(memory);
                }
                writeExpr(offset);
            }
        }
        out.writeU32(data.bytes().length());
        out.writeSpan(source, data.bytes());
    }

    private void writeExpr(Span expr) {
        out.writeSpan(source, expr);
    }
}
