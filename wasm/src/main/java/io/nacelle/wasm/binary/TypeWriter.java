// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.ArrayType;
import io.nacelle.wasm.syntax.CompType;
import io.nacelle.wasm.syntax.FieldType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.Mut;
import io.nacelle.wasm.syntax.PackedType;
import io.nacelle.wasm.syntax.RecType;
import io.nacelle.wasm.syntax.StructType;
import io.nacelle.wasm.syntax.SubType;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.TagType;
import io.nacelle.wasm.syntax.ValType;

/**
 * Writes the types that only sections have (spec 5.3), each in its shortest form.
 *
 * <p>Not thread-safe.
 */
final class TypeWriter extends ByteWriter {
    void writeRecType(RecType group) {
        if (group.types().size() != 1) {
            writeByte(TypeCodes.REC);
            writeU32(group.types().size());
        }
        group.types().forEach(this::writeSubType);
    }

    private void writeSubType(SubType type) {
        if (!type.isFinal() || !type.supers().isEmpty()) {
            writeByte(type.isFinal() ? TypeCodes.SUB_FINAL : TypeCodes.SUB);
            writeU32(type.supers().size());
            type.supers().forEach(use -> writeU32(index(use)));
        }
        type.describes()
                .ifPresent(
                        use -> {
                            writeByte(TypeCodes.DESCRIBES);
                            writeU32(index(use));
                        });
        type.descriptor()
                .ifPresent(
                        use -> {
                            writeByte(TypeCodes.DESCRIPTOR);
                            writeU32(index(use));
                        });
        writeCompType(type.comp());
    }

    private void writeCompType(CompType type) {
        switch (type) {
            case FuncType func -> {
                writeByte(TypeCodes.FUNC);
                writeValTypes(func.params());
                writeValTypes(func.results());
            }
            case StructType struct -> {
                writeByte(TypeCodes.STRUCT);
                writeU32(struct.fields().size());
                struct.fields().forEach(this::writeFieldType);
            }
            case ArrayType array -> {
                writeByte(TypeCodes.ARRAY);
                writeFieldType(array.field());
            }
        }
    }

    private void writeFieldType(FieldType type) {
        switch (type.storage()) {
            case PackedType packed ->
                    writeByte(packed == PackedType.I8 ? TypeCodes.I8 : TypeCodes.I16);
            case ValType value -> writeValType(value);
        }
        writeMut(type.mut());
    }

    private void writeMut(Mut mut) {
        writeByte(mut == Mut.VAR ? 1 : 0);
    }

    void writeGlobalType(GlobalType type) {
        writeValType(type.type());
        writeMut(type.mut());
    }

    void writeTableType(TableType type) {
        writeRefType(type.element());
        writeByte(limitsFlags(type.addr(), type.limits()));
        writeLimits(type.limits());
    }

    void writeMemType(MemType type) {
        boolean customPages = type.pageSizeLog2() != MemType.DEFAULT_PAGE_SIZE_LOG2;
        writeByte(
                limitsFlags(type.addr(), type.limits())
                        | (type.isShared() ? TypeCodes.SHARED : 0)
                        | (customPages ? TypeCodes.PAGE_SIZE : 0));
        writeLimits(type.limits());
        if (customPages) {
            writeU32(type.pageSizeLog2());
        }
    }

    private static int limitsFlags(AddrType addr, Limits limits) {
        return (limits.max().isPresent() ? TypeCodes.HAS_MAX : 0)
                | (addr == AddrType.I64 ? TypeCodes.ADDR_64 : 0);
    }

    private void writeLimits(Limits limits) {
        writeU64(limits.min());
        limits.max().ifPresent(this::writeU64);
    }

    void writeTagType(TagType type) {
        writeByte(0);
        writeU32(index(type.type()));
    }
}
