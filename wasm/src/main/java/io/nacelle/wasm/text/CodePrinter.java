// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.binary.BranchHints;
import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.BlockType;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.RefType;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Prints code: instructions in text, handed to a {@link Layout} with their arities. */
final class CodePrinter {
    /** Whether an instruction so far names a data segment: text has no other data count. */
    boolean usesDatas;

    /** A label that is in scope: its identifier or "", and how many values a branch to it takes. */
    private record Label(String id, Opcode op, int arity) {}

    private final PrintContext context;
    private final TypePrinter types;
    private final Arity arity;
    private final List<Label> labels = new ArrayList<>();
    private Identifiers locals = Identifiers.NONE;
    private Map<Integer, String> labelNames = Map.of();
    private Map<Integer, Integer> hints = Map.of();
    private int blocks;

    CodePrinter(PrintContext context, TypePrinter types) {
        this.context = context;
        this.types = types;
        this.arity = new Arity(context);
    }

    /** Sets what a function's code may name, and how many results it has. */
    void function(
            Identifiers localIds,
            Map<Integer, String> namesOfLabels,
            Map<Integer, Integer> branchHints,
            int results) {
        locals = localIds;
        labelNames = namesOfLabels;
        hints = branchHints;
        blocks = 0;
        labels.clear();
        labels.add(new Label("", Opcode.END, results));
    }

    /** Sets that what follows are constant expressions. */
    void constant() {
        function(Identifiers.NONE, Map.of(), Map.of(), 1);
    }

    /**
     * Prints instructions to the {@code end} that closes them.
     *
     * @param base what offsets of hints count from
     * @return how many instructions there were
     * @throws io.nacelle.wasm.syntax.MalformedException when they are no code
     */
    int print(InstrReader in, int base, Layout layout) {
        int count = 0;
        while (true) {
            var op = in.next();
            count++;
            switch (op.immediate()) {
                case DATA, DATA_MEMORY, TYPE_DATA -> usesDatas = true;
                default -> {}
            }
            var hint = hint(in.start() - base);
            switch (op) {
                case BLOCK, LOOP, IF, TRY, TRY_TABLE -> open(in, hint, layout);
                case ELSE -> {
                    require(in, Opcode.IF);
                    replaceTop(op);
                    layout.part(op, "else");
                }
                case CATCH, CATCH_ALL -> {
                    require(in, Opcode.TRY);
                    if (op == Opcode.CATCH_ALL) {
                        replaceTop(op);
                    }
                    layout.part(op, op == Opcode.CATCH ? text(in) : "catch_all");
                }
                case DELEGATE -> {
                    require(in, Opcode.TRY);
                    labels.removeLast();
                    layout.close(op, text(in));
                }
                case END -> {
                    labels.removeLast();
                    if (labels.isEmpty()) {
                        layout.finish();
                        return count - 1;
                    }
                    layout.close(op, "end");
                }
                default ->
                        layout.plain(
                                hint + text(in),
                                arity.operands(in, branchArity(in)),
                                arity.results(in));
            }
        }
    }

    private void require(InstrReader in, Opcode op) {
        if (labels.getLast().op != op) {
            throw in.malformed("unexpected " + in.op().mnemonic());
        }
    }

    private void replaceTop(Opcode op) {
        var top = labels.removeLast();
        labels.add(new Label(top.id, op, top.arity));
    }

    private String hint(int offset) {
        var value = hints.get(offset);
        return value == null ? "" : "(@" + BranchHints.NAME + " \"\\0" + value + "\") ";
    }

    private void open(InstrReader in, String hint, Layout layout) {
        var op = in.op();
        var name = labelNames.get(blocks++);
        var id = name == null || name.isEmpty() ? "" : Identifiers.id(name);
        var text = new StringBuilder(hint).append(op.mnemonic());
        if (!id.isEmpty()) {
            text.append(' ').append(id);
        }
        text.append(blockType(in.blockType()));
        if (op == Opcode.TRY_TABLE) {
            for (var clause : in.clauses()) {
                text.append(" (").append(clause.kind().keyword()).append(' ');
                if (clause.kind().hasTag()) {
                    text.append(context.tags.use(clause.tag())).append(' ');
                }
                text.append(label(clause.label())).append(')');
            }
        }
        int taken =
                op == Opcode.LOOP
                        ? arity.blockParams(in.blockType())
                        : arity.blockResults(in.blockType());
        labels.add(new Label(id, op, taken));
        if (id.isEmpty()) {
            text.append(" (;@").append(labels.size() - 1).append(";)");
        }
        layout.open(op, text.toString(), arity.blockResults(in.blockType()));
    }

    private String blockType(BlockType type) {
        return switch (type) {
            case BlockType.Empty empty -> "";
            case BlockType.Value value -> " (result " + types.val(value.type()) + ")";
            case BlockType.Index index -> " (type " + context.types.use(index.index()) + ")";
        };
    }

    private int branchArity(InstrReader in) {
        int label =
                switch (in.op()) {
                    case BR, BR_IF -> in.x();
                    case BR_TABLE -> in.label(in.labelCount() - 1);
                    default -> labels.size() - 1;
                };
        return label >= 0 && label < labels.size()
                ? labels.get(labels.size() - 1 - label).arity
                : 0;
    }

    /** A label by its identifier, unless another of the same hides it. */
    private String label(int relative) {
        int at = labels.size() - 1 - relative;
        if (relative < 0 || at < 0) {
            return Integer.toUnsignedString(relative);
        }
        var id = labels.get(at).id;
        if (id.isEmpty()) {
            return relative + " (;@" + at + ";)";
        }
        for (int i = at + 1; i < labels.size(); i++) {
            if (labels.get(i).id.equals(id)) {
                return Integer.toString(relative);
            }
        }
        return id;
    }

    // One instruction

    private String text(InstrReader in) {
        var op = in.op();
        var name = op.mnemonic();
        return switch (op.immediate()) {
            case NONE, FENCE -> name;
            case LABEL -> name + " " + label(in.x());
            case FUNC -> name + " " + context.funcs.use(in.x());
            case TYPE -> name + " " + context.types.use(in.x());
            case LOCAL -> name + " " + locals.use(in.x());
            case GLOBAL -> name + " " + context.globals.use(in.x());
            case TAG -> name + " " + context.tags.use(in.x());
            case ELEM -> name + " " + context.elems.use(in.x());
            case DATA -> name + " " + context.datas.use(in.x());
            case TABLE -> name + " " + context.tables.use(in.x());
            case MEMORY -> in.x() == 0 ? name : name + " " + context.memories.use(in.x());
            case I32 -> name + " " + (int) in.n();
            case I64 -> name + " " + in.n();
            case F32 -> name + " " + FloatText.f32((int) in.n());
            case F64 -> name + " " + FloatText.f64(in.n());
            case MEMARG -> name + memArg(in);
            default -> rare(in, name);
        };
    }

    private String rare(InstrReader in, String name) {
        return switch (in.op().immediate()) {
            case LABELS -> {
                var text = new StringBuilder(name);
                for (int i = 0; i < in.labelCount(); i++) {
                    text.append(' ').append(label(in.label(i)));
                }
                yield text.toString();
            }
            case TABLE_TYPE ->
                    name
                            + (in.y() == 0 ? "" : " " + context.tables.use(in.y()))
                            + " (type "
                            + context.types.use(in.x())
                            + ")";
            case TABLE_TABLE ->
                    name + " " + context.tables.use(in.x()) + " " + context.tables.use(in.y());
            case MEMORY_MEMORY ->
                    in.x() == 0 && in.y() == 0
                            ? name
                            : name
                                    + " "
                                    + context.memories.use(in.x())
                                    + " "
                                    + context.memories.use(in.y());
            case ELEM_TABLE ->
                    name
                            + (in.y() == 0 ? "" : " " + context.tables.use(in.y()))
                            + " "
                            + context.elems.use(in.x());
            case DATA_MEMORY ->
                    name
                            + (in.y() == 0 ? "" : " " + context.memories.use(in.y()))
                            + " "
                            + context.datas.use(in.x());
            case TYPE_FIELD ->
                    name
                            + " "
                            + context.types.use(in.x())
                            + " "
                            + context.fields(in.x()).use(in.y());
            case TYPE_COUNT ->
                    name + " " + context.types.use(in.x()) + " " + Integer.toUnsignedString(in.y());
            case TYPE_DATA ->
                    name + " " + context.types.use(in.x()) + " " + context.datas.use(in.y());
            case TYPE_ELEM ->
                    name + " " + context.types.use(in.x()) + " " + context.elems.use(in.y());
            case TYPE_TYPE ->
                    name + " " + context.types.use(in.x()) + " " + context.types.use(in.y());
            case MEMARG_LANE -> name + memArg(in) + " " + in.y();
            case LANE -> name + " " + in.y();
            case SHUFFLE -> name + lanes(in.n(), in.m());
            case V128 -> name + vector(in.n(), in.m());
            case HEAP_TYPE -> name + " " + heapType(in);
            case SELECT_TYPES -> {
                var results = types.results(in.types());
                yield name + (results.isEmpty() ? " (result)" : results);
            }
            case CAST ->
                    name
                            + " "
                            + label(in.x())
                            + " "
                            + types.ref(in.sourceType())
                            + " "
                            + types.ref(in.targetType());
            default -> throw new AssertionError(in.op());
        };
    }

    private String heapType(InstrReader in) {
        var heap = in.heapType();
        return switch (in.op()) {
            case REF_NULL -> types.heap(heap);
            case REF_TEST_NULL, REF_CAST_NULL, REF_CAST_DESC_EQ_NULL ->
                    heap instanceof AbsHeapType
                            ? RefType.nullable(heap).toString()
                            : types.ref(RefType.nullable(heap));
            default -> types.ref(RefType.nonNull(heap));
        };
    }

    private String memArg(InstrReader in) {
        var text = new StringBuilder();
        if (in.x() != 0) {
            text.append(' ').append(context.memories.use(in.x()));
        }
        if (in.n() != 0) {
            text.append(" offset=").append(Long.toUnsignedString(in.n()));
        }
        if (in.align() != in.op().widthLog2()) {
            text.append(" align=").append(Long.toUnsignedString(1L << in.align()));
        }
        return text.toString();
    }

    private static String lanes(long low, long high) {
        var text = new StringBuilder();
        for (int i = 0; i < 16; i++) {
            long half = i < 8 ? low : high;
            text.append(' ').append(half >>> (8 * (i % 8)) & 0xFF);
        }
        return text.toString();
    }

    private static String vector(long low, long high) {
        return String.format(
                " i32x4 0x%08x 0x%08x 0x%08x 0x%08x",
                (int) low, (int) (low >>> 32), (int) high, (int) (high >>> 32));
    }
}
