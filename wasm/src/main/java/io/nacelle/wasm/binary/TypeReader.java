// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.BlockType;
import io.nacelle.wasm.syntax.ExactType;
import io.nacelle.wasm.syntax.HeapType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.TypeIndex;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;

/**
 * Reads value types, heap types and block types (spec 5.3), which occur in sections and in code
 * alike.
 */
public class TypeReader extends ByteReader {
    private static final int REF = 0x64;
    private static final int REF_NULL = 0x63;
    private static final int EXACT = 0x62;
    private static final int EMPTY_BLOCK = 0x40;
    /** Seven-bit codes of value types, with the shared objects that they stand for. */
    private static final ValType[] VALUE_TYPES = new ValType[0x80];

    private static final AbsHeapType[] HEAP_TYPES = new AbsHeapType[0x80];
    private static final BlockType[] BLOCK_TYPES = new BlockType[0x80];

    static {
        VALUE_TYPES[0x7F] = NumType.I32;
        VALUE_TYPES[0x7E] = NumType.I64;
        VALUE_TYPES[0x7D] = NumType.F32;
        VALUE_TYPES[0x7C] = NumType.F64;
        VALUE_TYPES[0x7B] = VecType.V128;
        for (var heap : AbsHeapType.values()) {
            HEAP_TYPES[heap.code()] = heap;
            VALUE_TYPES[heap.code()] = RefType.nullable(heap);
        }
        for (int code = 0; code < 0x80; code++) {
            if (VALUE_TYPES[code] != null) {
                BLOCK_TYPES[code] = new BlockType.Value(VALUE_TYPES[code]);
            }
        }
        BLOCK_TYPES[EMPTY_BLOCK] = BlockType.Empty.EMPTY;
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
        int code = peek();
        if (code >= 0 && code < 0x80 && HEAP_TYPES[code] == null && code != REF && code != REF_NULL) {
            throw malformed("malformed reference type");
        }
        if (readValType() instanceof RefType ref) {
            return ref;
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
        if (code == EXACT) {
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
}
