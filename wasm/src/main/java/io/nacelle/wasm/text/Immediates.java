// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.binary.CodeWriter;
import io.nacelle.wasm.syntax.CatchClause;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.text.Lexer.Token;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.function.IntSupplier;

/** Parses what follows an instruction's name, and writes the instruction. */
final class Immediates {
    private static final int LANES = 16;

    private final Lexer lx;
    private final Scope scope;
    private final TypeParser types;
    private final IntSupplier label;
    private IndexSpace locals = new IndexSpace("local");
    private int[] list = new int[16];

    /**
     * A parser of immediates.
     *
     * @param label reads a label, which only the parser of the nesting knows
     */
    Immediates(Lexer lx, Scope scope, TypeParser types, IntSupplier label) {
        this.lx = lx;
        this.scope = scope;
        this.types = types;
        this.label = label;
    }

    /** Sets what local indices refer to from here on. */
    void locals(IndexSpace space) {
        locals = space;
    }

    /** Writes the opening of a block, whose label has been read. */
    void block(Opcode op, CodeWriter w) {
        w.block(op, types.blockType());
        if (op == Opcode.TRY_TABLE) {
            var clauses = new ArrayList<CatchClause>();
            for (var kind = clauseKind(); kind != null; kind = clauseKind()) {
                types.enter();
                int tag = kind.hasTag() ? scope.tags.index(lx) : 0;
                clauses.add(new CatchClause(kind, tag, label.getAsInt()));
                types.expect(Token.RPAR);
            }
            w.writeU32(clauses.size());
            for (var clause : clauses) {
                w.writeByte(clause.kind().ordinal());
                if (clause.kind().hasTag()) {
                    w.writeU32(clause.tag());
                }
                w.writeU32(clause.label());
            }
        }
    }

    private CatchClause.Kind clauseKind() {
        if (lx.is(Token.LPAR) && lx.peek() == Token.KEYWORD) {
            for (var kind : CatchClause.Kind.values()) {
                if (lx.opens(kind.keyword())) {
                    return kind;
                }
            }
        }
        return null;
    }

    /**
     * Writes an instruction that is no part of a block.
     *
     * @param at where its name stands
     */
    void write(Opcode op, int at, CodeWriter w) {
        switch (op.immediate()) {
            case NONE -> {
                if (op == Opcode.SELECT && lx.opens("result")) {
                    w.select(types.results());
                } else {
                    w.op(op);
                }
            }
            case LOCAL -> w.index(op, locals.index(lx));
            case GLOBAL -> w.index(op, scope.globals.index(lx));
            case FUNC -> w.index(op, scope.funcs.index(lx));
            case LABEL -> w.index(op, label.getAsInt());
            case TYPE -> w.index(op, scope.types.index(lx));
            case TAG -> w.index(op, scope.tags.index(lx));
            case ELEM -> w.index(op, scope.elems.index(lx));
            case DATA -> {
                scope.needsDataCount = true;
                w.index(op, scope.datas.index(lx));
            }
            case TABLE -> w.index(op, optional(scope.tables));
            case MEMORY -> w.index(op, optional(scope.memories));
            case I32 -> w.i32((int) integer(32));
            case I64 -> w.i64(integer(64));
            case F32 -> w.f32(f32());
            case F64 -> w.f64(f64());
            case MEMARG -> {
                int memory = optional(scope.memories);
                memArg(op, memory, w);
            }
            default -> writeRare(op, at, w);
        }
    }

    private void writeRare(Opcode op, int at, CodeWriter w) {
        switch (op.immediate()) {
            case LABELS -> labels(op, w);
            case TABLE_TYPE -> {
                int table = optional(scope.tables);
                w.indices(op, types.anonymousTypeUse(), table);
            }
            case TABLE_TABLE -> pair(op, scope.tables, w);
            case MEMORY_MEMORY -> pair(op, scope.memories, w);
            case ELEM_TABLE -> segment(op, scope.elems, scope.tables, w);
            case DATA_MEMORY -> {
                scope.needsDataCount = true;
                segment(op, scope.datas, scope.memories, w);
            }
            case TYPE_FIELD -> typeField(op, w);
            case TYPE_COUNT -> w.indices(op, scope.types.index(lx), IndexSpace.u32(lx));
            case TYPE_DATA -> {
                scope.needsDataCount = true;
                w.indices(op, scope.types.index(lx), scope.datas.index(lx));
            }
            case TYPE_ELEM -> w.indices(op, scope.types.index(lx), scope.elems.index(lx));
            case TYPE_TYPE -> w.indices(op, scope.types.index(lx), scope.types.index(lx));
            case MEMARG_LANE -> memArgLane(op, w);
            case LANE -> w.lane(op, lane());
            case SHUFFLE -> shuffle(op, at, w);
            case V128 -> vector(op, at, w);
            case HEAP_TYPE -> heapType(op, w);
            case CAST -> w.cast(op, label.getAsInt(), types.refType(), types.refType());
            case FENCE -> w.fence(op);
            default -> throw lx.error(at, "unexpected token " + op.mnemonic());
        }
    }

    private int optional(IndexSpace space) {
        return IndexSpace.atIndex(lx) ? space.index(lx) : 0;
    }

    private void pair(Opcode op, IndexSpace space, CodeWriter w) {
        if (IndexSpace.atIndex(lx)) {
            w.indices(op, space.index(lx), space.index(lx));
        } else {
            w.indices(op, 0, 0);
        }
    }

    /** A segment, and in front of it what it goes to, unless that is the first. */
    private void segment(Opcode op, IndexSpace segments, IndexSpace targets, CodeWriter w) {
        var ahead = lx.peek();
        int target = ahead == Token.NAT || ahead == Token.ID ? targets.index(lx) : 0;
        w.indices(op, segments.index(lx), target);
    }

    private void typeField(Opcode op, CodeWriter w) {
        int type = scope.types.index(lx);
        var fields = scope.fields.get(type);
        if (fields == null) {
            fields = new IndexSpace("field");
        }
        w.indices(op, type, fields.index(lx));
    }

    private void heapType(Opcode op, CodeWriter w) {
        if (op == Opcode.REF_NULL) {
            w.heapType(op, types.heapType());
            return;
        }
        RefType type = types.refType();
        var encoding =
                switch (op) {
                    case REF_TEST, REF_TEST_NULL ->
                            type.isNullable() ? Opcode.REF_TEST_NULL : Opcode.REF_TEST;
                    case REF_CAST, REF_CAST_NULL ->
                            type.isNullable() ? Opcode.REF_CAST_NULL : Opcode.REF_CAST;
                    default ->
                            type.isNullable()
                                    ? Opcode.REF_CAST_DESC_EQ_NULL
                                    : Opcode.REF_CAST_DESC_EQ;
                };
        w.heapType(encoding, type.heap());
    }

    private void labels(Opcode op, CodeWriter w) {
        int count = 0;
        do {
            if (count == list.length) {
                list = Arrays.copyOf(list, 2 * count);
            }
            list[count++] = label.getAsInt();
        } while (IndexSpace.atIndex(lx));
        w.op(op);
        w.writeU32(count - 1);
        for (int i = 0; i < count; i++) {
            w.writeU32(list[i]);
        }
    }

    // Memory accesses

    private void memArg(Opcode op, int memory, CodeWriter w) {
        long offset = assigned("offset=", 0);
        int at = lx.start();
        long align = assigned("align=", 1L << op.widthLog2());
        if (Long.bitCount(align) != 1) {
            throw lx.error(at, "alignment must be a power of two");
        }
        w.memory(op, Long.numberOfTrailingZeros(align), memory, offset);
    }

    private void memArgLane(Opcode op, CodeWriter w) {
        // A number alone is the lane; with anything of a memory argument after it, the memory.
        boolean memoryFirst =
                lx.is(Token.ID)
                        || lx.is(Token.NAT)
                                && (lx.peek() == Token.NAT
                                        || lx.peek() == Token.KEYWORD
                                                && isAssignment(lx.peekText()));
        memArg(op, memoryFirst ? scope.memories.index(lx) : 0, w);
        w.writeByte(lane());
    }

    private static boolean isAssignment(String word) {
        return word.startsWith("offset=") || word.startsWith("align=");
    }

    private long assigned(String key, long otherwise) {
        if (!lx.is(Token.KEYWORD) || !lx.text().startsWith(key)) {
            return otherwise;
        }
        int from = lx.start() + key.length();
        if (from == lx.stop() || Numbers.classify(lx.bytes(), from, lx.stop()) != Token.NAT) {
            throw lx.error("unknown operator " + lx.text());
        }
        long value =
                Numbers.unsigned(lx.bytes(), from, lx.stop(), 64)
                        .orElseThrow(() -> lx.error("i64 constant out of range"));
        lx.advance();
        return value;
    }

    // Constants

    private boolean atNumber() {
        return lx.is(Token.NAT) || lx.is(Token.INT) || lx.is(Token.FLOAT);
    }

    private long integer(int bits) {
        if (!atNumber()) {
            throw lx.unexpected();
        }
        long value =
                Numbers.integer(lx.bytes(), lx.start(), lx.stop(), bits)
                        .orElseThrow(() -> lx.error("constant out of range"));
        lx.advance();
        return value;
    }

    private int f32() {
        if (!atNumber()) {
            throw lx.unexpected();
        }
        int value =
                Numbers.f32(lx.bytes(), lx.start(), lx.stop())
                        .orElseThrow(() -> lx.error("constant out of range"));
        lx.advance();
        return value;
    }

    private long f64() {
        if (!atNumber()) {
            throw lx.unexpected();
        }
        long value =
                Numbers.f64(lx.bytes(), lx.start(), lx.stop())
                        .orElseThrow(() -> lx.error("constant out of range"));
        lx.advance();
        return value;
    }

    private int lane() {
        if (!lx.is(Token.NAT)) {
            throw lx.unexpected();
        }
        return laneValue();
    }

    private int laneValue() {
        int value =
                (int)
                        Numbers.unsigned(lx.bytes(), lx.start(), lx.stop(), 8)
                                .orElseThrow(() -> lx.error("i8 constant out of range"));
        lx.advance();
        return value;
    }

    private void shuffle(Opcode op, int at, CodeWriter w) {
        var lanes = new byte[LANES];
        int count = 0;
        while (atNumber()) {
            int lane = laneValue();
            if (count < LANES) {
                lanes[count] = (byte) lane;
            }
            count++;
        }
        if (count != LANES) {
            throw lx.error(at, "invalid lane length");
        }
        w.op(op);
        w.writeBytes(lanes);
    }

    private void vector(Opcode op, int at, CodeWriter w) {
        var shape = LaneShape.of(lx.is(Token.KEYWORD) ? lx.text() : "").orElseThrow(lx::unexpected);
        lx.advance();
        w.op(op);
        int count = 0;
        // A lane that does not fit; the count of lanes is complained of first.
        int fault = -1;
        while (atNumber()) {
            if (fault < 0 && !lane(shape, w)) {
                fault = lx.start();
            }
            count++;
            lx.advance();
        }
        if (count != shape.lanes()) {
            if (lx.is(Token.RESERVED) || lx.is(Token.KEYWORD) && !Keywords.isKnown(lx.text())) {
                throw lx.unexpected();
            }
            throw lx.error(at, "wrong number of lane literals");
        }
        if (fault >= 0) {
            throw lx.error(fault, "constant out of range");
        }
    }

    private boolean lane(LaneShape shape, CodeWriter w) {
        var bits = shape.parse(lx.bytes(), lx.start(), lx.stop());
        bits.ifPresent(
                value -> {
                    for (int i = 0; i < LANES / shape.lanes(); i++) {
                        w.writeByte((int) (value >>> (8 * i)));
                    }
                });
        return bits.isPresent();
    }
}
