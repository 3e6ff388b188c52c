// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

/**
 * The shapes of what follows an instruction's code. An instruction reader leaves the numbers in
 * {@code x}, {@code y} and so on, in the order that each constant states.
 */
public enum Immediate {
    NONE,
    /** A block type: empty, one value type, or a type index. */
    BLOCK_TYPE,
    /** x: a relative label. */
    LABEL,
    /** A vector of labels and a default label (the last of the list). */
    LABELS,
    /** x: a function index. */
    FUNC,
    /** x: a type index. */
    TYPE,
    /** x: a type index, y: a table index. */
    TABLE_TYPE,
    /** x: a local index. */
    LOCAL,
    /** x: a global index. */
    GLOBAL,
    /** x: a table index. */
    TABLE,
    /** x: the destination table, y: the source table. */
    TABLE_TABLE,
    /** x: an element segment, y: a table. */
    ELEM_TABLE,
    /** x: an element segment. */
    ELEM,
    /** x: a data segment. */
    DATA,
    /** x: a memory index. */
    MEMORY,
    /** x: the destination memory, y: the source memory. */
    MEMORY_MEMORY,
    /** x: a data segment, y: a memory. */
    DATA_MEMORY,
    /** x: a memory index, n: the offset (unsigned), align: log2 of the alignment. */
    MEMARG,
    /** As MEMARG, then y: a lane. */
    MEMARG_LANE,
    /** y: a lane. */
    LANE,
    /** Sixteen lanes, one byte each: n the low eight, m the high eight. */
    SHUFFLE,
    /** n: the low half, m: the high half. */
    V128,
    /** n: the value, sign-extended. */
    I32,
    /** n: the value. */
    I64,
    /** n: the bits, zero-extended. */
    F32,
    /** n: the bits. */
    F64,
    /** A heap type; whether null is included is told by the code. */
    HEAP_TYPE,
    /** A vector of value types. */
    SELECT_TYPES,
    /** x: a label, then the source and target reference types. */
    CAST,
    /** x: a type index, y: a field index. */
    TYPE_FIELD,
    /** x: a type index, y: a count. */
    TYPE_COUNT,
    /** x: a type index, y: a data segment. */
    TYPE_DATA,
    /** x: a type index, y: an element segment. */
    TYPE_ELEM,
    /** x: the destination's type, y: the source's type. */
    TYPE_TYPE,
    /** x: a tag index. */
    TAG,
    /** A block type and a vector of catch clauses. */
    HANDLERS,
    /** A reserved zero byte. */
    FENCE
}
