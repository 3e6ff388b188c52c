// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.syntax.BlockType;
import io.nacelle.wasm.syntax.Names;
import io.nacelle.wasm.syntax.Opcode;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** Prints instructions, one a line, with their offsets and with names where the module has them. */
final class Disassembly {
    /** Deeper nesting is not shown as deeper, or lines of hostile modules would have no end. */
    private static final int MAX_INDENT = 40;

    private final Names names;
    private final PrintStream out;

    Disassembly(Names names, PrintStream out) {
        this.names = names;
        this.out = out;
    }

    /** Reads and prints the locals in front of a body. */
    void locals(InstrReader reader, int func, int parameters) {
        var locals = names.locals().getOrDefault(func, Map.of());
        int[] next = {parameters};
        reader.readLocals(
                (count, type) -> {
                    int first = next[0];
                    next[0] += count;
                    if (count == 1) {
                        out.printf("%12s local[%d]%s: %s%n", "", first, name(locals, first), type);
                    } else if (count != 0) {
                        out.printf(
                                "%12s local[%d..%d]: %s%n",
                                "", first, Integer.toUnsignedLong(next[0] - 1), type);
                    }
                });
    }

    /** Prints the instructions up to the end of the body. */
    void body(InstrReader reader, int func) {
        var locals = names.locals().getOrDefault(func, Map.of());
        int depth = 1;
        while (!reader.atEnd()) {
            var op = reader.next();
            int shown = depth;
            switch (op) {
                case BLOCK, LOOP, IF, TRY, TRY_TABLE -> depth++;
                case ELSE, CATCH, CATCH_ALL -> shown--;
                case END, DELEGATE -> {
                    depth--;
                    shown--;
                }
                default -> {}
            }
            out.print(Objdump.hex(reader.start()));
            out.print(": ");
            out.print("  ".repeat(Math.clamp(shown, 0, MAX_INDENT)));
            out.println(instruction(reader, names, locals));
        }
    }

    /** A constant expression on one line, without its end. */
    static String line(InstrReader reader, Names names) {
        var line = new StringBuilder();
        while (!reader.atEnd() && reader.next() != Opcode.END) {
            line.append(line.isEmpty() ? "" : "; ").append(instruction(reader, names, Map.of()));
        }
        return line.toString();
    }

    private static String instruction(
            InstrReader reader, Names names, Map<Integer, String> locals) {
        return reader.op().mnemonic() + immediates(reader, names, locals);
    }

    private static String immediates(InstrReader r, Names names, Map<Integer, String> locals) {
        return switch (r.op().immediate()) {
            case NONE, FENCE -> "";
            case BLOCK_TYPE -> blockType(r.blockType());
            case LABEL -> " " + unsigned(r.x());
            case LABELS -> labels(r);
            case FUNC -> index(r.x(), names.funcs());
            case TYPE -> index(r.x(), names.types());
            case TABLE_TYPE ->
                    index(r.y(), names.tables()) + " (type" + index(r.x(), names.types()) + ")";
            case LOCAL -> index(r.x(), locals);
            case GLOBAL -> index(r.x(), names.globals());
            case TABLE -> index(r.x(), names.tables());
            case TABLE_TABLE -> index(r.x(), names.tables()) + index(r.y(), names.tables());
            case ELEM_TABLE -> index(r.y(), names.tables()) + index(r.x(), names.elems());
            case ELEM -> index(r.x(), names.elems());
            case DATA -> index(r.x(), names.datas());
            case MEMORY -> memory(r.x(), names);
            case MEMORY_MEMORY -> index(r.x(), names.memories()) + index(r.y(), names.memories());
            case DATA_MEMORY -> memory(r.y(), names) + index(r.x(), names.datas());
            case MEMARG -> memArg(r, names);
            case MEMARG_LANE -> memArg(r, names) + " " + r.y();
            case LANE -> " " + r.y();
            case SHUFFLE -> shuffle(r.n()) + shuffle(r.m());
            case V128 -> String.format(" i64x2 0x%016x 0x%016x", r.n(), r.m());
            case I32, I64 -> " " + r.n();
            case F32 -> " " + FloatText.of(Float.intBitsToFloat((int) r.n()));
            case F64 -> " " + FloatText.of(Double.longBitsToDouble(r.n()));
            case HEAP_TYPE -> " " + r.heapType();
            case SELECT_TYPES -> TypeText.clause("result", r.types());
            case CAST -> " " + unsigned(r.x()) + " " + r.sourceType() + " " + r.targetType();
            case TYPE_FIELD -> index(r.x(), names.types()) + field(r, names);
            case TYPE_COUNT -> index(r.x(), names.types()) + " " + unsigned(r.y());
            case TYPE_DATA -> index(r.x(), names.types()) + index(r.y(), names.datas());
            case TYPE_ELEM -> index(r.x(), names.types()) + index(r.y(), names.elems());
            case TYPE_TYPE -> index(r.x(), names.types()) + index(r.y(), names.types());
            case TAG -> index(r.x(), names.tags());
            case HANDLERS -> blockType(r.blockType()) + clauses(r, names);
        };
    }

    private static String blockType(BlockType type) {
        return switch (type) {
            case BlockType.Empty _ -> "";
            case BlockType.Value value -> TypeText.clause("result", List.of(value.type()));
            case BlockType.Index use -> " (type " + unsigned(use.index()) + ")";
        };
    }

    private static String labels(InstrReader r) {
        var text = new StringBuilder();
        for (int i = 0; i < r.labelCount(); i++) {
            text.append(' ').append(unsigned(r.label(i)));
        }
        return text.toString();
    }

    private static String memory(int index, Names names) {
        return index == 0 ? "" : index(index, names.memories());
    }

    private static String memArg(InstrReader r, Names names) {
        var text = memory(r.x(), names);
        if (r.n() != 0) {
            text += " offset=" + Long.toUnsignedString(r.n());
        }
        if (r.align() != r.op().widthLog2()) {
            // The shift of a hostile alignment may be any number.
            text +=
                    r.align() < Long.SIZE - 1
                            ? " align=" + (1L << r.align())
                            : " align=2^" + r.align();
        }
        return text;
    }

    private static String shuffle(long lanes) {
        var text = new StringBuilder();
        for (int i = 0; i < Long.BYTES; i++) {
            text.append(' ').append(lanes >>> i * Byte.SIZE & 0xFF);
        }
        return text.toString();
    }

    private static String field(InstrReader r, Names names) {
        return index(r.y(), names.fields().getOrDefault(r.x(), Map.of()));
    }

    private static String clauses(InstrReader r, Names names) {
        var text = new StringBuilder();
        for (var clause : r.clauses()) {
            text.append(" (").append(clause.kind().keyword());
            if (clause.kind().hasTag()) {
                text.append(index(clause.tag(), names.tags()));
            }
            text.append(' ').append(unsigned(clause.label())).append(')');
        }
        return text.toString();
    }

    private static String index(int index, Map<Integer, String> names) {
        return " " + unsigned(index) + name(names, index);
    }

    private static String name(Map<Integer, String> names, int index) {
        var name = names.get(index);
        return name == null ? "" : " <" + Printable.lines(name).replace('\n', ' ') + ">";
    }

    private static String unsigned(int number) {
        return Integer.toUnsignedString(number);
    }
}
