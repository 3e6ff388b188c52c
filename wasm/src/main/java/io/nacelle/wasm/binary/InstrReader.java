// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import io.nacelle.wasm.syntax.BlockType;
import io.nacelle.wasm.syntax.CatchClause;
import io.nacelle.wasm.syntax.HeapType;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.ValType;

import java.util.ArrayList;
import java.util.List;

/**
 * Steps through the instructions of an expression (spec 5.4): the one decoder of code. The
 * validator, the compilers, the disassembler and the text printer are built on it.
 *
 * <p>{@link #next()} reads one instruction; its opcode and immediates then stand in fields, named
 * in {@link io.nacelle.wasm.syntax.Immediate}. Nothing is allocated for the common shapes. The
 * reader does not follow nesting: who reads counts blocks and ends.
 *
 * <p>Not thread-safe.
 */
public final class InstrReader extends TypeReader {
    private static final int MEMORY_INDEX_FLAG = 0x40;
    private static final int[] NO_LABELS = {};

    private Opcode op;
    private int start;
    private int x;
    private int y;
    private long n;
    private long m;
    private int align;
    private BlockType blockType;
    private HeapType heapType;
    private RefType sourceType;
    private RefType targetType;
    private List<ValType> types = List.of();
    private List<CatchClause> clauses = List.of();
    private int[] labels = NO_LABELS;
    private int labelCount;

    public InstrReader(ByteSource.Window window) {
        super(window);
        this.start = window.start();
    }

    public InstrReader(byte[] bytes, int start, int end, int origin) {
        super(bytes, start, end, origin);
        this.start = start;
    }

    /** The instruction read last. */
    public Opcode op() {
        return op;
    }

    /** The offset in the source where the instruction read last begins, or where the code does. */
    public int start() {
        return start + origin;
    }

    /** The first index among the immediates. */
    public int x() {
        return x;
    }

    /** The second index, the lane or the count. */
    public int y() {
        return y;
    }

    /** The constant's bits, or the offset of a memory access. */
    public long n() {
        return n;
    }

    /** The high half of a 128-bit immediate. */
    public long m() {
        return m;
    }

    /** The base-2 logarithm of a memory access's declared alignment. */
    public int align() {
        return align;
    }

    public BlockType blockType() {
        return blockType;
    }

    public HeapType heapType() {
        return heapType;
    }

    /** The source type of a cast that branches. */
    public RefType sourceType() {
        return sourceType;
    }

    /** The target type of a cast that branches. */
    public RefType targetType() {
        return targetType;
    }

    /** The types of an annotated {@code select}. */
    public List<ValType> types() {
        return types;
    }

    /** The clauses of {@code try_table}. */
    public List<CatchClause> clauses() {
        return clauses;
    }

    /** How many labels {@code br_table} has, the default included. */
    public int labelCount() {
        return labelCount;
    }

    /** A label of {@code br_table}; the default is the last. */
    public int label(int i) {
        return labels[i];
    }

    /** Reads the locals at the front of a function body: runs of a count and a type. */
    public void readLocals(LocalsVisitor visitor) {
        int runs = readCount(Integer.MAX_VALUE, "locals");
        long total = 0;
        for (int i = 0; i < runs; i++) {
            int at = pos;
            int count = readU32();
            total += Integer.toUnsignedLong(count);
            if (total > 0xFFFF_FFFFL) {
                pos = at;
                throw malformed("too many locals");
            }
            var type = readValType();
            if (total > ImplementationLimits.MAX_LOCALS) {
                pos = at;
                throw malformed(
                        "too many locals (the limit is " + ImplementationLimits.MAX_LOCALS + ")");
            }
            visitor.run(count, type);
        }
    }

    /**
     * What is wrong with a function body whose window ends before its last {@code end}.
     *
     * @param source what the window is on
     */
    public MalformedException unterminated(ByteSource source) {
        int at = endOffset();
        if (at >= source.size()) {
            return MalformedException.at(at, UNEXPECTED_END);
        }
        var window = source.window(at, 1);
        int next = window.bytes()[window.start()] & 0xFF;
        if (next == Opcode.END.code()) {
            return MalformedException.at(
                    at, "section size mismatch: the declared size cuts off the function's end");
        }
        return MalformedException.at(at, "END opcode expected: the function's bytes end before it");
    }

    /** Takes the runs of locals. */
    @FunctionalInterface
    public interface LocalsVisitor {
        void run(int count, ValType type);
    }

    /**
     * Reads one instruction.
     *
     * @return its opcode
     * @throws io.nacelle.wasm.syntax.MalformedException when the bytes are no instruction
     */
    public Opcode next() {
        start = pos;
        int code = readByte();
        Opcode found;
        if (!Opcode.isPrefix(code)) {
            found = Opcode.ofByte(code);
            if (found == null) {
                pos = start;
                throw malformed("illegal opcode " + String.format("%02x", code));
            }
        } else {
            int sub = readU32();
            found = Opcode.ofPrefixed(code, sub);
            if (found == null) {
                pos = start;
                throw malformed(
                        "illegal opcode " + String.format("%02x %02x", code, sub & 0xFFFF_FFFFL));
            }
        }
        op = found;
        readImmediates(found);
        return found;
    }

    private void readImmediates(Opcode opcode) {
        switch (opcode.immediate()) {
            case NONE -> {}
            case LOCAL, GLOBAL, TABLE, MEMORY, LABEL, FUNC, TYPE, TAG, ELEM, DATA -> x = readU32();
            case I32 -> n = readS32();
            case I64 -> n = readS64();
            case MEMARG -> readMemArg();
            case BLOCK_TYPE -> blockType = readBlockType();
            default -> readRareImmediates(opcode);
        }
    }

    private void readRareImmediates(Opcode opcode) {
        switch (opcode.immediate()) {
            case LABELS -> readLabels();
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
                x = readU32();
                y = readU32();
            }
            case F32 -> n = readFixed32() & 0xFFFF_FFFFL;
            case F64 -> n = readFixed64();
            case V128, SHUFFLE -> {
                n = readFixed64();
                m = readFixed64();
            }
            case MEMARG_LANE -> {
                readMemArg();
                y = readByte();
            }
            case LANE -> y = readByte();
            case HEAP_TYPE -> heapType = readHeapType();
            case SELECT_TYPES -> readSelectTypes();
            case CAST -> readCast();
            case HANDLERS -> {
                blockType = readBlockType();
                readClauses();
            }
            case FENCE -> {
                if (readByte() != 0) {
                    pos--;
                    throw malformed("zero byte expected");
                }
            }
            default -> throw new AssertionError(opcode);
        }
    }

    private void readMemArg() {
        int at = pos;
        int flags = readU32();
        if (Integer.compareUnsigned(flags, 2 * MEMORY_INDEX_FLAG) >= 0) {
            pos = at;
            throw malformed("malformed memop flags");
        }
        align = flags & (MEMORY_INDEX_FLAG - 1);
        x = (flags & MEMORY_INDEX_FLAG) != 0 ? readU32() : 0;
        n = readU64();
    }

    private void readLabels() {
        int count = readCount(ImplementationLimits.MAX_BR_TABLE_LABELS, "labels");
        if (labels.length <= count) {
            labels = new int[Math.max(16, count + 1 + count / 2)];
        }
        for (int i = 0; i <= count; i++) {
            labels[i] = readU32();
        }
        labelCount = count + 1;
    }

    private void readSelectTypes() {
        int count = readCount(ImplementationLimits.MAX_RESULTS, "types");
        var list = new ArrayList<ValType>(count);
        for (int i = 0; i < count; i++) {
            list.add(readValType());
        }
        types = list;
    }

    private void readCast() {
        int at = pos;
        int flags = readByte();
        if (flags > 3) {
            pos = at;
            throw malformed("malformed cast flags");
        }
        x = readU32();
        var source = readHeapType();
        var target = readHeapType();
        sourceType = (flags & 1) != 0 ? RefType.nullable(source) : RefType.nonNull(source);
        targetType = (flags & 2) != 0 ? RefType.nullable(target) : RefType.nonNull(target);
    }

    private void readClauses() {
        int count = readCount(ImplementationLimits.MAX_CATCH_CLAUSES, "catch clauses");
        var list = new ArrayList<CatchClause>(count);
        var kinds = CatchClause.Kind.values();
        for (int i = 0; i < count; i++) {
            int at = pos;
            int kind = readByte();
            if (kind >= kinds.length) {
                pos = at;
                throw malformed("malformed catch clause");
            }
            int tag = kinds[kind].hasTag() ? readU32() : 0;
            list.add(new CatchClause(kinds[kind], tag, readU32()));
        }
        clauses = list;
    }
}
