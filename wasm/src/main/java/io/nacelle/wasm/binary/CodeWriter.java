// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import io.nacelle.wasm.syntax.BlockType;
import io.nacelle.wasm.syntax.CatchClause;
import io.nacelle.wasm.syntax.HeapType;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.ValType;

import java.util.List;

/**
 * Writes instructions (spec 5.4): a method per shape of {@link io.nacelle.wasm.syntax.Immediate}.
 * The counterpart of {@link InstrReader}.
 *
 * <p>The writer does not check that an opcode has the shape of the method.
 *
 * <p>Not thread-safe.
 */
public final class CodeWriter extends ByteWriter {
    private static final int MEMORY_INDEX_FLAG = 0x40;

    public CodeWriter() {}

    /**
     * A writer with room for some bytes.
     *
     * @param capacity a guess at the final size, in bytes
     */
    public CodeWriter(int capacity) {
        super(capacity);
    }

    /** An instruction without immediates, or the code alone of any other. */
    public void op(Opcode op) {
        if (op.prefix() == 0) {
            writeByte(op.code());
        } else {
            writeByte(op.prefix());
            writeU32(op.sub());
        }
    }

    /** An instruction with one index: a local, global, function, label, type, segment… */
    public void index(Opcode op, int x) {
        op(op);
        writeU32(x);
    }

    /** An instruction with two indices, or an index and a count, in the order of the format. */
    public void indices(Opcode op, int x, int y) {
        op(op);
        writeU32(x);
        writeU32(y);
    }

    public void block(Opcode op, BlockType type) {
        op(op);
        writeBlockType(type);
    }

    /** {@code i32.const}. */
    public void i32(int value) {
        op(Opcode.I32_CONST);
        writeS32(value);
    }

    /** {@code i64.const}. */
    public void i64(long value) {
        op(Opcode.I64_CONST);
        writeS64(value);
    }

    /** {@code f32.const} of these bits. */
    public void f32(int bits) {
        op(Opcode.F32_CONST);
        writeFixed32(bits);
    }

    /** {@code f64.const} of these bits. */
    public void f64(long bits) {
        op(Opcode.F64_CONST);
        writeFixed64(bits);
    }

    /** {@code v128.const} and {@code i8x16.shuffle}: sixteen bytes in two halves. */
    public void vector(Opcode op, long low, long high) {
        op(op);
        writeFixed64(low);
        writeFixed64(high);
    }

    public void lane(Opcode op, int lane) {
        op(op);
        writeByte(lane);
    }

    /**
     * A memory access.
     *
     * @param align the base-2 logarithm of the alignment, 0 to 63
     * @param memory the memory's index
     * @param offset unsigned
     */
    public void memory(Opcode op, int align, int memory, long offset) {
        op(op);
        memArg(align, memory, offset);
    }

    /** A memory access to one lane of a vector. */
    public void memoryLane(Opcode op, int align, int memory, long offset, int lane) {
        memory(op, align, memory, offset);
        writeByte(lane);
    }

    /** The immediate of a memory access alone. */
    public void memArg(int align, int memory, long offset) {
        if (memory == 0) {
            writeU32(align);
        } else {
            writeU32(align | MEMORY_INDEX_FLAG);
            writeU32(memory);
        }
        writeU64(offset);
    }

    public void heapType(Opcode op, HeapType type) {
        op(op);
        writeHeapType(type);
    }

    /** {@code select} with its types written out. */
    public void select(List<ValType> types) {
        op(Opcode.SELECT_T);
        writeValTypes(types);
    }

    /** {@code br_table}: the default label is the last of the list. */
    public void labels(Opcode op, List<Integer> labels) {
        op(op);
        writeU32(labels.size() - 1);
        labels.forEach(this::writeU32);
    }

    /** A cast that branches. */
    public void cast(Opcode op, int label, RefType source, RefType target) {
        op(op);
        writeByte((source.isNullable() ? 1 : 0) | (target.isNullable() ? 2 : 0));
        writeU32(label);
        writeHeapType(source.heap());
        writeHeapType(target.heap());
    }

    /** {@code try_table}. */
    public void handlers(Opcode op, BlockType type, List<CatchClause> clauses) {
        block(op, type);
        writeU32(clauses.size());
        for (var clause : clauses) {
            writeByte(clause.kind().ordinal());
            if (clause.kind().hasTag()) {
                writeU32(clause.tag());
            }
            writeU32(clause.label());
        }
    }

    /** {@code atomic.fence}. */
    public void fence(Opcode op) {
        op(op);
        writeByte(0);
    }

    /** Locals in front of a function body: runs of the same type are written as one. */
    public void locals(List<ValType> types) {
        int runs = 0;
        for (int i = 0; i < types.size(); i++) {
            if (i == 0 || !types.get(i).equals(types.get(i - 1))) {
                runs++;
            }
        }
        writeU32(runs);
        for (int i = 0; i < types.size(); ) {
            int start = i;
            while (i < types.size() && types.get(i).equals(types.get(start))) {
                i++;
            }
            writeU32(i - start);
            writeValType(types.get(start));
        }
    }
}
