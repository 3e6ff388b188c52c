// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.FastOp.*;

import io.nacelle.runtime.exec.Compiler;
import io.nacelle.runtime.exec.ModuleImpl;
import io.nacelle.runtime.exec.gc.RefTest;
import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.BlockType;
import io.nacelle.wasm.syntax.CatchClause;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.valid.CodeVisitor;
import io.nacelle.wasm.valid.FuelSegments;
import io.nacelle.wasm.valid.FuncValidator;
import io.nacelle.wasm.valid.ValueKind;

import java.util.Arrays;

/**
 * Translates a function from stack code to the register code of {@link FastOp}, in the walk of the
 * validator.
 *
 * <p>Each position of the operand stack has a slot of its own behind the locals. An operand is put
 * there only when it must be: {@code local.get} and constants are remembered ({@link OperandStack})
 * and become operands of the instruction that consumes them, {@code local.set} takes the place of
 * the destination of the instruction before it, and a comparison before a branch becomes part of
 * the branch. Wherever control flow joins, every operand is in its own slot.
 */
final class FastTranslator implements CodeVisitor {
    /** Where the words that clear locals are; functions without references start behind them. */
    private static final int CLEAR = FastUnwind.DROP_FRAME + 1;

    private static final int PLAIN_START = CLEAR + 2;

    /** More values than these are moved by one instruction, for any number of branches. */
    private static final int FEW = 4;

    /** Words of code, beyond which a function is left to the classic interpreter: 128 MiB. */
    private static final int MAX_WORDS = 1 << 24;

    final ModuleImpl module;

    /** Whether NaNs are made canonical. */
    final boolean deterministic;

    final FastEmitter out = new FastEmitter();
    final OperandStack operands = new OperandStack(out);
    private final FastInstr plain = new FastInstr(this);
    private Block[] blocks = new Block[16];
    private int depth;
    private final Handlers.Builder handlers = new Handlers.Builder();

    /** The clauses that leave the function. */
    private int returning = Handlers.NONE;

    /** The instructions that name a slot for a caught exception: a chain. */
    private int rethrows = -1;

    /** The instructions that forget all references of the frame: a chain. */
    private int forgets = -1;

    private int locals;
    private int slots;
    private int params;
    private int fuelAt = -1;
    private int fuel;
    private boolean oversized;
    private FuncValidator v;
    private InstrReader in;

    /** An open block. */
    private static final class Block {
        private Opcode op;

        /** The module offset of the instruction that opened it. */
        private int opened;

        /** Height of the operand stack below the block's parameters. */
        private int height;

        private int results;

        /** Where a loop begins. */
        private int start;

        /** Words whose immediate is to become the block's end: a chain through the immediates. */
        private int ends = -1;

        /** The branch of an {@code if} to its {@code else}, or -1. */
        private int otherwise = -1;

        /** Whether the block is in unreachable code, of which there is no translation. */
        private boolean dead;

        /** The clauses that lead to the block's end: a chain. */
        private int caught = Handlers.NONE;

        /** The region that a {@code try} or {@code try_table} opens, or NONE. */
        private int region = Handlers.NONE;

        /** The innermost region that the block's code is in. */
        private int inside;

        /** Of a legacy handler: the number of the slot that keeps its exception. */
        private int kept;
    }

    /** Where compiled loops lead, when the code counts how often it runs; else null. */
    private final TierPoints tiers;

    FastTranslator(ModuleImpl module, boolean counts) {
        this.module = module;
        this.tiers = counts ? new TierPoints() : null;
        this.deterministic = module.isDeterministic();
    }

    /** The code; empty when the frame has more slots than the code can name. */
    long[] code() {
        return oversized ? new long[0] : out.words();
    }

    /** The exception handlers; null when there are none. */
    Handlers handlers() {
        return oversized ? null : handlers.build(locals, locals + v.maxHeight());
    }

    /** The module offset of the instruction that a word belongs to. */
    int offset(int pc) {
        return out.offset(pc);
    }

    @Override
    public void begin(FuncValidator v) {
        this.v = v;
        locals = v.localCount();
        params = v.paramCount();
        oversized = locals >= MAX_SLOTS;
        operands.begin(v);
        out.word(0);
        out.emit(RETURN, 0, 0, 0);
        out.emit(RARE, 0, 0, 0);
        out.word(0);
        push(Opcode.BLOCK, 0, v.resultCount(), false);
        tierPoint(TierPoints.ENTRY);
        startSegment();
    }

    /** Counts how often control comes here. */
    private void tierPoint(int loop) {
        if (tiers != null) {
            operands.barrier();
            tiers.add(out.emit(TIER, 0, 0, 0));
            out.word(0);
            out.word(loop);
            operands.barrier();
        }
    }

    /** Where compiled loops lead; null when the code does not count. */
    TierPoints tiers() {
        return tiers;
    }

    @Override
    public void end(FuncValidator v) {
        int kept = locals + v.maxHeight();
        slots = kept + handlers.keptSlots();
        if (slots >= MAX_SLOTS) {
            oversized = true;
        }
        if (tiers != null && !oversized) {
            tiers.finish(out);
        }
        boolean clears = v.usesRefs() || v.usesVectors() || handlers.keptSlots() > 0;
        out.set(0, header(params, locals, slots, clears ? CLEAR : PLAIN_START));
        boolean takes = false;
        for (int i = 0; i < params; i++) {
            takes |= v.localKind(i) >= ValueKind.V128;
        }
        out.set(CLEAR, encode(RARE, 0, slots, 0));
        out.set(CLEAR + 1, FastRare.word(FastRare.CLEAR_LOCALS, takes ? params : 0, 0));
        while (rethrows >= 0) {
            long word = out.get(rethrows);
            out.set(rethrows, encode(RARE, kept + a(word), 0, 0));
            rethrows = immediate(word);
        }
        while (forgets >= 0) {
            long word = out.get(forgets);
            out.set(forgets, encode(RARE, 0, slots, 0));
            forgets = immediate(word);
        }
    }

    // Blocks and branches.

    private Block push(Opcode op, int height, int results, boolean dead) {
        if (depth == blocks.length) {
            blocks = Arrays.copyOf(blocks, 2 * depth);
        }
        var block = new Block();
        block.op = op;
        block.height = height;
        block.results = results;
        block.dead = dead;
        block.inside = handlers.current();
        block.opened = in == null ? 0 : in.start();
        blocks[depth++] = block;
        return block;
    }

    private Block block(int label) {
        return blocks[depth - 1 - label];
    }

    @Override
    public void before(InstrReader in, FuncValidator v) {
        this.in = in;
        oversized |= locals + v.height() >= MAX_SLOTS || out.size() > MAX_WORDS;
        if (oversized) {
            return;
        }
        out.at(in.start());
        var op = in.op();
        if (!v.reachable()) {
            unreachable(op);
            return;
        }
        if (fuelAt >= 0) {
            fuel += FuelSegments.cost(op);
        }
        int height = v.height();
        switch (op) {
            case NOP -> {}
            case BLOCK -> {
                operands.flush(height);
                push(op, height - frameParams(), frameResults(), false);
            }
            case LOOP -> {
                operands.flush(height);
                operands.barrier();
                var block = push(op, height - frameParams(), frameResults(), false);
                block.start = out.size();
                if (tiers != null) {
                    tiers.exit(Compiler.Exits.start(block.opened), block.start);
                }
                tierPoint(block.opened);
            }
            case IF -> openIf(height);
            case ELSE -> {
                var block = block(0);
                operands.flush(height);
                block.ends = out.branch(JMP, 0, 0, block.ends);
                orElse(block);
            }
            case END -> {
                var block = block(0);
                operands.flush(height);
                if (depth == 1) {
                    emitReturn(height);
                }
                close(block);
            }
            case BR -> branch(in.x(), height);
            case BR_IF -> {
                var condition = popCondition(height - 1);
                conditional(condition, in.x(), height - 1);
            }
            case BR_TABLE -> branchTable(height - 1);
            case RETURN -> emitReturn(height);
            case UNREACHABLE -> out.emit(UNREACHABLE, 0, 0, 0);
            case BR_ON_NULL, BR_ON_NON_NULL -> branchOnNull(op, height);
            case TRY, TRY_TABLE -> openTry(op, height);
            case CATCH, CATCH_ALL -> {
                operands.flush(height);
                block(0).ends = out.branch(JMP, 0, 0, block(0).ends);
                openCatch(op);
            }
            case DELEGATE -> {
                operands.flush(height);
                closeDelegating();
            }
            case THROW -> raise(height);
            case THROW_REF -> {
                out.emit(RARE, operands.peek(height - 1), 0, 0);
                out.word(FastRare.word(FastUnwind.THROW_REF, 0, 0));
            }
            case RETHROW -> {
                rethrows = out.branch(RARE, block(in.x()).kept, 0, rethrows);
                out.word(FastRare.word(FastUnwind.THROW_REF, 0, 0));
            }
            case BR_ON_CAST -> branchOnCast(FastGcOp.BR_CAST, FastGcOp.BR_CAST_FAIL, height);
            case BR_ON_CAST_FAIL -> branchOnCast(FastGcOp.BR_CAST_FAIL, FastGcOp.BR_CAST, height);
            case BR_ON_CAST_DESC_EQ ->
                    branchOnCast(FastGcOp.BR_DESC, FastGcOp.BR_DESC_FAIL, height);
            case BR_ON_CAST_DESC_EQ_FAIL ->
                    branchOnCast(FastGcOp.BR_DESC_FAIL, FastGcOp.BR_DESC, height);
            default -> plain.translate(in, v);
        }
        if (FuelSegments.startsSegment(op)) {
            endSegment();
        }
    }

    @Override
    public void after(InstrReader in, FuncValidator v) {
        if (!v.reachable()) {
            endSegment();
        } else if (FuelSegments.startsSegment(in.op()) && v.depth() > 0) {
            startSegment();
        }
        if (returning != Handlers.NONE && v.depth() == 0 && !oversized) {
            operands.reset(v.height());
            handlers.link(returning, out.size(), 0);
            returning = Handlers.NONE;
            emitReturn(v.height());
        }
        if (tiers != null && v.depth() == 0 && !oversized) {
            operands.reset(v.height());
            tiers.exit(Compiler.Exits.RETURN, out.size());
            emitReturn(v.height());
        }
    }

    private int frameParams() {
        return blockArity(true);
    }

    private int frameResults() {
        return blockArity(false);
    }

    private int blockArity(boolean ofParams) {
        var block = in.blockType();
        if (block instanceof BlockType.Index index) {
            var type = module.types[index.index()].func();
            return ofParams ? type.params().size() : type.results().size();
        }
        return block instanceof BlockType.Value && !ofParams ? 1 : 0;
    }

    private void unreachable(Opcode op) {
        switch (op) {
            case BLOCK, LOOP, IF, TRY, TRY_TABLE -> push(op, 0, 0, true);
            case ELSE -> {
                var block = block(0);
                if (!block.dead) {
                    orElse(block);
                }
            }
            case END -> close(block(0));
            case CATCH, CATCH_ALL -> {
                if (!block(0).dead) {
                    openCatch(op);
                }
            }
            case DELEGATE -> closeDelegating();
            default -> {}
        }
    }

    private void openIf(int height) {
        var condition = popCondition(height - 1);
        operands.flush(height - 1);
        var block = push(Opcode.IF, height - 1 - frameParams(), frameResults(), false);
        block.otherwise = condition.inverse().emit(out, -1);
        // What was computed before is wanted on the other way too, where it was put.
        operands.barrier();
    }

    private void orElse(Block block) {
        operands.barrier();
        out.link(block.otherwise, out.size());
        block.otherwise = -1;
        operands.reset(blockParamsEnd(block));
    }

    /** The height at which the alternative of an {@code if} starts. */
    private int blockParamsEnd(Block block) {
        return block.height + v.frameParamCount(0);
    }

    private void close(Block block) {
        depth--;
        if (block.dead) {
            return;
        }
        operands.barrier();
        if (tiers != null && depth > 0) {
            tiers.exit(Compiler.Exits.end(block.opened), out.size());
        }
        switch (block.op) {
            case TRY, TRY_TABLE -> handlers.close(out.size());
            case CATCH, CATCH_ALL -> handlers.endCatch();
            default -> {}
        }
        if (block.otherwise >= 0) {
            out.link(block.otherwise, out.size());
        }
        if (depth == 0) {
            // Behind the last end there is code to return with what a handler has passed on.
            returning = block.caught;
        } else {
            handlers.link(block.caught, out.size(), 0);
        }
        out.linkAll(block.ends, out.size());
        operands.reset(block.height + block.results);
    }

    // Exceptions.

    private void openTry(Opcode op, int height) {
        operands.flush(height);
        operands.barrier();
        int region = handlers.open(out.size());
        if (op == Opcode.TRY_TABLE) {
            for (var clause : in.clauses()) {
                addClause(region, clause);
            }
        }
        push(op, height - frameParams(), frameResults(), false).region = region;
    }

    private void addClause(int region, CatchClause wanted) {
        boolean tagged = wanted.kind().hasTag();
        int tag = tagged ? wanted.tag() : Handlers.NONE;
        int values = tagged ? tagArity(tag) : 0;
        var target = block(wanted.label());
        int clause =
                handlers.clause(
                        region, tag, target.height, values, wanted.kind().passesReference());
        if (target.op == Opcode.LOOP) {
            handlers.link(handlers.chain(clause, Handlers.NONE), target.start, 0);
        } else {
            target.caught = handlers.chain(clause, target.caught);
        }
    }

    private int tagArity(int tag) {
        return module.valid.tag(tag).func().params().size();
    }

    /** Begins a legacy handler; control goes around it. */
    private void openCatch(Opcode op) {
        var block = block(0);
        operands.barrier();
        if (block.op == Opcode.TRY) {
            handlers.close(out.size());
            block.inside = handlers.current();
            block.kept = handlers.beginCatch();
        }
        block.op = op;
        boolean tagged = op == Opcode.CATCH;
        int tag = tagged ? in.x() : Handlers.NONE;
        int values = tagged ? tagArity(tag) : 0;
        int clause = handlers.clause(block.region, tag, block.height, values, false);
        handlers.keep(clause, block.kept);
        handlers.link(clause, out.size(), 0);
        operands.reset(block.height + values);
    }

    /** {@code delegate} ends a block as {@code end} does. */
    private void closeDelegating() {
        var block = block(0);
        if (!block.dead) {
            // The label counts from outside the block.
            handlers.delegate(block.region, block(in.x() + 1).inside);
        }
        close(block);
    }

    private void raise(int height) {
        int count = tagArity(in.x());
        operands.flushTop(height, count);
        out.emit(RARE, operands.slot(height - count), 0, 0);
        out.word(FastRare.word(FastUnwind.THROW, in.x(), 0));
    }

    /** Pops the operand at a position as a condition. */
    private Condition popCondition(int position) {
        return operands.popCondition(position);
    }

    /** How many values a branch takes along, from the top of the stack. */
    private int arity(int label) {
        return v.labelArity(label);
    }

    private boolean isReturn(int label) {
        return label == depth - 1;
    }

    /** Whether a branch has its values where they must be once the top ones are flushed. */
    private boolean inPlace(int label, int height) {
        int arity = arity(label);
        return arity == 0 || height - arity == block(label).height;
    }

    private void branch(int label, int height) {
        gatherMany(label, height);
        if (isReturn(label)) {
            emitReturn(height);
            return;
        }
        moveOperands(label, height);
        jump(label);
    }

    private void jump(int label) {
        var block = block(label);
        if (block.op == Opcode.LOOP) {
            out.emit(JMP, 0, 0, block.start);
        } else {
            block.ends = out.branch(JMP, 0, 0, block.ends);
        }
    }

    /**
     * Puts the values of a branch in their slots when they are many: else a few bytes of code could
     * ask for a thousand moves.
     */
    private void gatherMany(int label, int height) {
        if (arity(label) > FEW) {
            operands.flushTop(height, arity(label));
        }
    }

    /** Puts the values of a branch where its target expects them, without forgetting them here. */
    private void moveOperands(int label, int height) {
        int arity = arity(label);
        int to = block(label).height;
        if (arity > FEW) {
            out.emit(RARE, operands.slot(height - arity), operands.slot(to), 0);
            out.word(FastRare.word(FastRare.MOVE_ALL, arity, 0));
            return;
        }
        for (int i = 0; i < arity; i++) {
            operands.copyTo(height - arity + i, to + i, v.kind(height - arity + i));
        }
    }

    private void conditional(Condition condition, int label, int height) {
        gatherMany(label, height);
        if (isReturn(label)) {
            if (v.resultCount() == 1 && operands.isConstant(height - 1)) {
                // Here, where it happens whether the function returns or goes on.
                operands.flushTop(height, 1);
            }
            int skip = condition.inverse().emit(out, -1);
            emitReturn(height);
            out.link(skip, out.size());
            operands.barrier();
            return;
        }
        if (inPlace(label, height)) {
            operands.flushTop(height, arity(label));
            var block = block(label);
            if (block.op == Opcode.LOOP) {
                out.link(condition.emit(out, -1), block.start);
            } else {
                block.ends = condition.emit(out, block.ends);
            }
            operands.barrier();
            return;
        }
        int skip = condition.inverse().emit(out, -1);
        moveOperands(label, height);
        jump(label);
        out.link(skip, out.size());
        operands.barrier();
    }

    private void branchTable(int height) {
        int index = operands.use(height);
        int count = in.labelCount();
        // Values in their own slots, so that all targets move them alike.
        int arity = arity(in.label(count - 1));
        operands.flushTop(height, arity);
        out.emit(BR_TABLE, index, 0, count - 1);
        int table = out.size();
        for (int i = 0; i < count; i++) {
            out.word(0);
        }
        for (int i = 0; i < count; i++) {
            int label = in.label(i);
            var block = block(label);
            if (!isReturn(label) && inPlace(label, height)) {
                if (block.op == Opcode.LOOP) {
                    out.set(table + i, encode(0, 0, 0, block.start));
                } else {
                    block.ends = out.tableEntry(table + i, block.ends);
                }
                continue;
            }
            out.set(table + i, encode(0, 0, 0, out.size()));
            branch(label, height);
        }
    }

    private void branchOnNull(Opcode op, int height) {
        int label = in.x();
        // The reference has to be in its slot on whichever way keeps it.
        int ref = operands.peek(height - 1);
        // Falling through, br_on_null keeps the reference and br_on_non_null drops it.
        boolean taken = op == Opcode.BR_ON_NULL;
        int valuesEnd = taken ? height - 1 : height;
        operands.flush(height);
        // Skips the branch when the condition does not hold.
        var opposite = taken ? Opcode.BR_ON_NON_NULL : Opcode.BR_ON_NULL;
        out.emit(RARE, ref, 0, 0);
        out.word(FastRare.word(opposite.ordinal(), 0, 0));
        int skip = out.size();
        out.word(0);
        branch(label, valuesEnd);
        out.set(skip, out.size());
        operands.barrier();
    }

    /** A branch on the type of a reference, which stays on the stack either way. */
    private void branchOnCast(int op, int opposite, int height) {
        boolean byDescriptor = op == FastGcOp.BR_DESC || op == FastGcOp.BR_DESC_FAIL;
        int descriptor = byDescriptor ? operands.use(height - 1) : 0;
        int top = byDescriptor ? height - 1 : height;
        int label = in.x();
        int ref = operands.peek(top - 1);
        operands.flush(top);
        int type = RefTest.code(in.targetType());
        if (!isReturn(label) && inPlace(label, top)) {
            var block = block(label);
            out.emit(op, ref, descriptor, type);
            if (block.op == Opcode.LOOP) {
                out.link(out.target(-1), block.start);
            } else {
                block.ends = out.target(block.ends);
            }
        } else {
            out.emit(opposite, ref, descriptor, type);
            int skip = out.target(-1);
            branch(label, top);
            out.link(skip, out.size());
        }
        operands.barrier();
    }

    /** Leaves the function with the values at the top of the stack. */
    private void emitReturn(int height) {
        int count = v.resultCount();
        if (count == 1 && v.kind(height - 1) < ValueKind.V128) {
            int value = operands.peek(height - 1);
            forget();
            out.emit(RETURN, value, 0, 1);
            return;
        }
        boolean plain = true;
        for (int i = height - count; i < height; i++) {
            plain &= v.kind(i) < ValueKind.V128;
            operands.copyTo(i, i, v.kind(i));
        }
        int first = operands.slot(height - count);
        if (!plain) {
            out.emit(RARE, first, 0, 0);
            out.word(FastRare.word(FastRare.GIVE, count, 0));
        }
        forget();
        out.emit(RETURN, first, 0, count);
    }

    private void forget() {
        if (v.usesRefs() || handlers.keptSlots() > 0) {
            forgets = out.branch(RARE, 0, 0, forgets);
            out.word(FastRare.word(FastRare.FORGET, 0, 0));
        }
    }

    // Fuel.

    /** Begins a straight segment, in reachable code. */
    private void startSegment() {
        endSegment();
        if (module.countsFuel()) {
            operands.barrier();
            fuelAt = out.emit(FUEL, 0, 0, 0);
            operands.barrier();
        }
    }

    private void endSegment() {
        if (fuelAt >= 0) {
            out.set(fuelAt, withImmediate(out.get(fuelAt), fuel));
        }
        fuelAt = -1;
        fuel = 0;
    }

    /** Whether an access is to memory 0 with 32-bit addresses. */
    boolean isPlainMemory(int memory) {
        return memory == 0 && module.valid.memory(0).addr() == AddrType.I32;
    }
}
