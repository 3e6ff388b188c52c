// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.BlockType;
import io.nacelle.wasm.syntax.CatchClause;
import io.nacelle.wasm.syntax.ExactType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.TypeIndex;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;

/** Every instruction of the table is read back as it was written. */
final class CodeWriterTest {
    private static final List<CatchClause> CLAUSES =
            List.of(
                    new CatchClause(CatchClause.Kind.CATCH, 300, 1),
                    new CatchClause(CatchClause.Kind.CATCH_REF, 4, 2),
                    new CatchClause(CatchClause.Kind.CATCH_ALL, 0, 3),
                    new CatchClause(CatchClause.Kind.CATCH_ALL_REF, 0, 400));

    @ParameterizedTest
    @EnumSource(Opcode.class)
    void everyInstruction(Opcode op) {
        var out = new CodeWriter();
        write(out, op);
        out.op(Opcode.NOP);
        var bytes = out.toByteArray();
        var in = new InstrReader(bytes, 0, bytes.length, 1000);
        assertEquals(op, in.next());
        assertEquals(1000, in.start());
        check(in, op);
        assertEquals(Opcode.NOP, in.next());
        assertTrue(in.atEnd());
    }

    private static void write(CodeWriter out, Opcode op) {
        switch (op.immediate()) {
            case NONE -> out.op(op);
            case LOCAL, GLOBAL, TABLE, MEMORY, LABEL, FUNC, TYPE, TAG, ELEM, DATA ->
                    out.index(op, 12345);
            case TABLE_TYPE,
                    TABLE_TABLE,
                    ELEM_TABLE,
                    MEMORY_MEMORY,
                    DATA_MEMORY,
                    TYPE_FIELD,
                    TYPE_COUNT,
                    TYPE_DATA,
                    TYPE_ELEM,
                    TYPE_TYPE ->
                    out.indices(op, -1, 7);
            case I32 -> out.i32(Integer.MIN_VALUE);
            case I64 -> out.i64(Long.MIN_VALUE);
            case F32 -> out.f32(0xFFC0_0001);
            case F64 -> out.f64(-5);
            case V128, SHUFFLE -> out.vector(op, 0x0123_4567_89AB_CDEFL, -2);
            case LANE -> out.lane(op, 200);
            case MEMARG -> out.memory(op, 63, 9, -1);
            case MEMARG_LANE -> out.memoryLane(op, 2, 0, 1L << 40, 3);
            case BLOCK_TYPE -> out.block(op, new BlockType.Index(-2));
            case HEAP_TYPE -> out.heapType(op, new ExactType(new TypeIndex(70)));
            case SELECT_TYPES -> out.select(List.of(NumType.F64, RefType.nonNull(AbsHeapType.EQ)));
            case CAST -> out.cast(op, 3, RefType.ANYREF, RefType.nonNull(new TypeIndex(5)));
            case LABELS -> out.labels(op, List.of(5, 6, 300));
            case HANDLERS -> out.handlers(op, new BlockType.Value(VecType.V128), CLAUSES);
            case FENCE -> out.fence(op);
        }
    }

    private static void check(InstrReader in, Opcode op) {
        switch (op.immediate()) {
            case NONE, FENCE -> {}
            case LOCAL, GLOBAL, TABLE, MEMORY, LABEL, FUNC, TYPE, TAG, ELEM, DATA ->
                    assertEquals(12345, in.x());
            case TABLE_TYPE,
                    TABLE_TABLE,
                    ELEM_TABLE,
                    MEMORY_MEMORY,
                    DATA_MEMORY,
                    TYPE_FIELD,
                    TYPE_COUNT,
                    TYPE_DATA,
                    TYPE_ELEM,
                    TYPE_TYPE -> {
                assertEquals(-1, in.x());
                assertEquals(7, in.y());
            }
            case I32 -> assertEquals(Integer.MIN_VALUE, in.n());
            case I64 -> assertEquals(Long.MIN_VALUE, in.n());
            case F32 -> assertEquals(0xFFC0_0001L, in.n());
            case F64 -> assertEquals(-5, in.n());
            case V128, SHUFFLE -> {
                assertEquals(0x0123_4567_89AB_CDEFL, in.n());
                assertEquals(-2, in.m());
            }
            case LANE -> assertEquals(200, in.y());
            case MEMARG -> {
                assertEquals(63, in.align());
                assertEquals(9, in.x());
                assertEquals(-1, in.n());
            }
            case MEMARG_LANE -> {
                assertEquals(2, in.align());
                assertEquals(0, in.x());
                assertEquals(1L << 40, in.n());
                assertEquals(3, in.y());
            }
            case BLOCK_TYPE -> assertEquals(new BlockType.Index(-2), in.blockType());
            case HEAP_TYPE -> assertEquals(new ExactType(new TypeIndex(70)), in.heapType());
            case SELECT_TYPES ->
                    assertEquals(
                            List.<ValType>of(NumType.F64, RefType.nonNull(AbsHeapType.EQ)),
                            in.types());
            case CAST -> {
                assertEquals(3, in.x());
                assertEquals(RefType.ANYREF, in.sourceType());
                assertEquals(RefType.nonNull(new TypeIndex(5)), in.targetType());
            }
            case LABELS -> {
                var labels = new ArrayList<Integer>();
                for (int i = 0; i < in.labelCount(); i++) {
                    labels.add(in.label(i));
                }
                assertEquals(List.of(5, 6, 300), labels);
            }
            case HANDLERS -> {
                assertEquals(new BlockType.Value(VecType.V128), in.blockType());
                assertEquals(CLAUSES, in.clauses());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(AbsHeapType.class)
    void everyHeapType(AbsHeapType heap) {
        var out = new ByteWriter();
        out.writeHeapType(heap);
        out.writeValType(RefType.nullable(heap));
        assertEquals(2, out.size());
        out.writeValType(RefType.nonNull(heap));
        out.writeBlockType(new BlockType.Value(RefType.nonNull(heap)));
        var bytes = out.toByteArray();
        var in = new TypeReader(bytes, 0, bytes.length, 0);
        assertEquals(heap, in.readHeapType());
        assertEquals(RefType.nullable(heap), in.readValType());
        assertEquals(RefType.nonNull(heap), in.readRefType());
        assertEquals(new BlockType.Value(RefType.nonNull(heap)), in.readBlockType());
        assertTrue(in.atEnd());
    }
}
