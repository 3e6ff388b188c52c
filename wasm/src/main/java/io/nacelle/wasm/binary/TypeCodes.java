// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

/**
 * The bytes that stand for types and their parts (spec 5.3); those of the abstract heap types are
 * in {@link io.nacelle.wasm.syntax.AbsHeapType#code()}.
 */
final class TypeCodes {
    static final int I32 = 0x7F;
    static final int I64 = 0x7E;
    static final int F32 = 0x7D;
    static final int F64 = 0x7C;
    static final int V128 = 0x7B;
    static final int I8 = 0x78;
    static final int I16 = 0x77;

    static final int REF = 0x64;
    static final int REF_NULL = 0x63;
    static final int EXACT = 0x62;
    static final int EMPTY_BLOCK = 0x40;

    static final int FUNC = 0x60;
    static final int STRUCT = 0x5F;
    static final int ARRAY = 0x5E;
    static final int SUB = 0x50;
    static final int SUB_FINAL = 0x4F;
    static final int REC = 0x4E;
    static final int DESCRIPTOR = 0x4D;
    static final int DESCRIBES = 0x4C;

    /** Flags of limits. */
    static final int HAS_MAX = 1;

    static final int SHARED = 2;
    static final int ADDR_64 = 4;
    static final int PAGE_SIZE = 8;

    /** In front of a table with an initial value. */
    static final int TABLE_WITH_INIT = 0x40;

    /** Kinds of imports and exports. */
    static final int KIND_FUNC = 0;

    static final int KIND_TABLE = 1;
    static final int KIND_MEMORY = 2;
    static final int KIND_GLOBAL = 3;
    static final int KIND_TAG = 4;

    /** An import of a function of exactly the type named (custom descriptors). */
    static final int KIND_EXACT_FUNC = 0x20;

    private TypeCodes() {}
}
