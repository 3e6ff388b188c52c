// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.ArrayType;
import io.nacelle.wasm.syntax.BlockType;
import io.nacelle.wasm.syntax.CompType;
import io.nacelle.wasm.syntax.ExactType;
import io.nacelle.wasm.syntax.FieldType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.HeapType;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.Mut;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.PackedType;
import io.nacelle.wasm.syntax.RecType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.StorageType;
import io.nacelle.wasm.syntax.StructType;
import io.nacelle.wasm.syntax.SubType;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.TagType;
import io.nacelle.wasm.syntax.TypeIndex;
import io.nacelle.wasm.syntax.TypeUse;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads types (spec 5.3): value types, heap types and block types, which occur in sections and in
 * code alike, and the types that only sections have.
 */
public class TypeReader extends ByteReader {
    private static final int REF = TypeCodes.REF;
    private static final int REF_NULL = TypeCodes.REF_NULL;

    /** How the fault begins that a longer window may cure. */
    static final String MORE_THAN_FOLLOWS = "malformed limits flags: flag byte ";

    /** Seven-bit codes of value types, with the shared objects that they stand for. */
    private static final ValType[] VALUE_TYPES = new ValType[0x80];

    private static final AbsHeapType[] HEAP_TYPES = new AbsHeapType[0x80];
    private static final BlockType[] BLOCK_TYPES = new BlockType[0x80];

    static {
        VALUE_TYPES[TypeCodes.I32] = NumType.I32;
        VALUE_TYPES[TypeCodes.I64] = NumType.I64;
        VALUE_TYPES[TypeCodes.F32] = NumType.F32;
        VALUE_TYPES[TypeCodes.F64] = NumType.F64;
        VALUE_TYPES[TypeCodes.V128] = VecType.V128;
        for (var heap : AbsHeapType.values()) {
            HEAP_TYPES[heap.code()] = heap;
            VALUE_TYPES[heap.code()] = RefType.nullable(heap);
        }
        for (int code = 0; code < 0x80; code++) {
            if (VALUE_TYPES[code] != null) {
                BLOCK_TYPES[code] = new BlockType.Value(VALUE_TYPES[code]);
            }
        }
        BLOCK_TYPES[TypeCodes.EMPTY_BLOCK] = BlockType.Empty.EMPTY;
    }

    public TypeReader(ByteSource.Window window) {
        super(window);
    }

    public TypeReader(byte[] bytes, int start, int end, int origin) {
        super(bytes, start, end, origin);
    }

    public final ValType readValType() {
        int at = pos;
        int code = readByte();
        if (code < 0x80 && VALUE_TYPES[code] != null) {
            return VALUE_TYPES[code];
        }
        if (code == REF || code == REF_NULL) {
            var heap = readHeapType();
            return code == REF ? RefType.nonNull(heap) : RefType.nullable(heap);
        }
        pos = at;
        throw malformed("malformed value type");
    }

    public final RefType readRefType() {
        int at = pos;
        int code = readByte();
        if (code < 0x80 && VALUE_TYPES[code] instanceof RefType ref) {
            return ref;
        }
        if (code == REF) {
            return RefType.nonNull(readHeapType());
        }
        if (code == REF_NULL) {
            return RefType.nullable(readHeapType());
        }
        pos = at;
        throw malformed("malformed reference type");
    }

    public final HeapType readHeapType() {
        int code = peek();
        if (code >= 0 && code < 0x80 && HEAP_TYPES[code] != null) {
            pos++;
            return HEAP_TYPES[code];
        }
        if (code == TypeCodes.EXACT) {
            pos++;
            return new ExactType(readTypeIndex());
        }
        return readTypeIndex();
    }

    private TypeIndex readTypeIndex() {
        int at = pos;
        long index = readS33();
        if (index < 0) {
            pos = at;
            throw malformed("malformed heap type");
        }
        return new TypeIndex((int) index);
    }

    public final BlockType readBlockType() {
        int code = peek();
        if (code >= 0 && code < 0x80) {
            if (BLOCK_TYPES[code] != null) {
                pos++;
                return BLOCK_TYPES[code];
            }
            if (code == REF || code == REF_NULL) {
                return new BlockType.Value(readValType());
            }
        }
        int at = pos;
        long index = readS33();
        if (index < 0) {
            pos = at;
            throw malformed("malformed block type");
        }
        return new BlockType.Index((int) index);
    }

    /**
     * A recursive group, or a single type that makes one (spec 5.3.11).
     *
     * @param limit how many types it may have
     */
    final RecType readRecType(int limit) {
        if (peek() != TypeCodes.REC) {
            if (limit < 1) {
                throw malformed("too many types");
            }
            return new RecType(List.of(readSubType()));
        }
        pos++;
        int count = readCount(limit, "types");
        var types = new ArrayList<SubType>(initialCapacity(count));
        for (int i = 0; i < count; i++) {
            types.add(readSubType());
        }
        return new RecType(types);
    }

    private SubType readSubType() {
        int code = peek();
        var finality = code == TypeCodes.SUB ? SubType.Finality.OPEN : SubType.Finality.FINAL;
        List<TypeUse> supers = List.of();
        if (code == TypeCodes.SUB || code == TypeCodes.SUB_FINAL) {
            pos++;
            supers = readSupers();
        }
        var describes = readClause(TypeCodes.DESCRIBES);
        var descriptor = readClause(TypeCodes.DESCRIPTOR);
        return new SubType(finality, supers, describes, descriptor, readCompType());
    }

    private List<TypeUse> readSupers() {
        int count = readCount(ImplementationLimits.MAX_TYPES, "supertypes");
        var supers = new ArrayList<TypeUse>(initialCapacity(count));
        for (int i = 0; i < count; i++) {
            supers.add(new TypeIndex(readU32()));
        }
        return supers;
    }

    private Optional<TypeUse> readClause(int code) {
        if (peek() != code) {
            return Optional.empty();
        }
        pos++;
        return Optional.of(new TypeIndex(readU32()));
    }

    private CompType readCompType() {
        int at = pos;
        int code = readByte();
        return switch (code) {
            case TypeCodes.FUNC -> {
                var params = readValTypes(ImplementationLimits.MAX_PARAMS, "parameters");
                yield new FuncType(
                        params, readValTypes(ImplementationLimits.MAX_RESULTS, "results"));
            }
            case TypeCodes.STRUCT -> {
                int count = readCount(ImplementationLimits.MAX_STRUCT_FIELDS, "fields");
                var fields = new ArrayList<FieldType>(initialCapacity(count));
                for (int i = 0; i < count; i++) {
                    fields.add(readFieldType());
                }
                yield new StructType(fields);
            }
            case TypeCodes.ARRAY -> new ArrayType(readFieldType());
            default -> {
                pos = at;
                // A type's code is a number of seven bits.
                throw malformed(
                        code >= 0x80
                                ? "integer representation too long"
                                : "malformed definition type: " + hex(code));
            }
        };
    }

    private List<ValType> readValTypes(int limit, String what) {
        int count = readCount(limit, what);
        if (count == 0) {
            return List.of();
        }
        var types = new ArrayList<ValType>(initialCapacity(count));
        for (int i = 0; i < count; i++) {
            types.add(readValType());
        }
        return types;
    }

    private FieldType readFieldType() {
        var storage = readStorageType();
        return new FieldType(readMut(), storage);
    }

    private StorageType readStorageType() {
        int code = peek();
        if (code == TypeCodes.I8 || code == TypeCodes.I16) {
            pos++;
            return code == TypeCodes.I8 ? PackedType.I8 : PackedType.I16;
        }
        int at = pos;
        boolean reference = code == REF || code == REF_NULL;
        if (code >= 0 && !reference && (code >= 0x80 || VALUE_TYPES[code] == null)) {
            throw malformed("malformed storage type: " + hex(code));
        }
        if (reference) {
            pos++;
            if (!atEnd() && !startsHeapType()) {
                pos = at;
                throw malformed("malformed storage type: a reference to no heap type");
            }
            pos = at;
        }
        return readValType();
    }

    /** Whether the next bytes can begin a heap type. */
    private boolean startsHeapType() {
        int code = peek();
        if (code == TypeCodes.EXACT) {
            int next = pos + 1 < end ? bytes[pos + 1] & 0xFF : 0;
            return next >= 0x80 || next < 0x40;
        }
        return code >= 0x80 || code < 0x40 || HEAP_TYPES[code] != null;
    }

    final Mut readMut() {
        int at = pos;
        int code = readByte();
        if (code > 1) {
            pos = at;
            throw malformed("malformed mutability: " + hex(code));
        }
        return code == 0 ? Mut.CONST : Mut.VAR;
    }

    final GlobalType readGlobalType() {
        var type = readValType();
        return new GlobalType(readMut(), type);
    }

    final TableType readTableType() {
        var element = readRefType();
        int flags = readLimitsFlags(TypeCodes.HAS_MAX | TypeCodes.ADDR_64);
        return new TableType(addrType(flags), readLimits(flags), element);
    }

    final MemType readMemType() {
        int flags =
                readLimitsFlags(
                        TypeCodes.HAS_MAX
                                | TypeCodes.SHARED
                                | TypeCodes.ADDR_64
                                | TypeCodes.PAGE_SIZE);
        var limits = readLimits(flags);
        int pageSizeLog2 = MemType.DEFAULT_PAGE_SIZE_LOG2;
        if ((flags & TypeCodes.PAGE_SIZE) != 0) {
            int at = pos;
            pageSizeLog2 = readU32();
            if (Integer.compareUnsigned(pageSizeLog2, Long.SIZE) >= 0) {
                pos = at;
                throw malformed(
                        "invalid custom page size: two to the power of "
                                + Integer.toUnsignedString(pageSizeLog2));
            }
        }
        var sharing =
                (flags & TypeCodes.SHARED) != 0 ? MemType.Sharing.SHARED : MemType.Sharing.UNSHARED;
        return new MemType(addrType(flags), limits, sharing, pageSizeLog2);
    }

    private static AddrType addrType(int flags) {
        return (flags & TypeCodes.ADDR_64) != 0 ? AddrType.I64 : AddrType.I32;
    }

    private int readLimitsFlags(int allowed) {
        int at = pos;
        int flags = readByte();
        if ((flags & ~allowed) != 0) {
            pos = at;
            throw malformed("malformed limits flags: " + hex(flags));
        }
        int fields =
                1
                        + Integer.bitCount(flags & TypeCodes.HAS_MAX)
                        + Integer.bitCount(flags & TypeCodes.PAGE_SIZE);
        if (fields > end - pos && flags != 0) {
            pos = at;
            throw malformed(MORE_THAN_FOLLOWS + hex(flags) + " announces more fields than follow");
        }
        return flags;
    }

    private Limits readLimits(int flags) {
        long min = readU64();
        return (flags & TypeCodes.HAS_MAX) != 0
                ? Limits.between(min, readU64())
                : Limits.atLeast(min);
    }

    final TagType readTagType() {
        readZero();
        return new TagType(new TypeIndex(readU32()));
    }

    /** A byte that is reserved. */
    final void readZero() {
        int at = pos;
        if (readByte() != 0) {
            pos = at;
            throw malformed("zero byte expected");
        }
    }

    static String hex(int code) {
        return "0x" + Integer.toHexString(code);
    }

    /** Room for a vector to start with; it grows as elements are really there. */
    static int initialCapacity(int count) {
        return Math.min(count, 1024);
    }
}
