// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.wasm.syntax.CatchClause;
import io.nacelle.wasm.syntax.Opcode;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Generates one method: a function, a part of a large one, or a loop that takes over from the
 * interpreter. This class has the control instructions; {@link InstrGen} has all others.
 */
abstract class MethodGen extends Values {
    /** What a part returns when control goes on behind it. */
    static final int THROUGH = 0;

    private static final MethodTypeDesc OF_INSTANCE = MethodTypeDesc.of(Names.VOID, Names.INSTANCE);

    /** The operands that are on the JVM's stack at most, beyond which they are spilled. */
    private static final int MOST_ON_STACK = 24;

    private static final int MAX_LINE = 65_535;

    /** Ways out of a method by a table, beyond which they are looked up. */
    private static final int MOST_STUBS = 16;

    final ArrayList<Block> blocks;

    /** Blocks before this one belong to another method. */
    final int firstOwn;

    /** Whether control gets here. */
    boolean live = true;

    /** The blocks of other methods that control goes to from here, as {@link Block#code}. */
    final TreeSet<Integer> exits = new TreeSet<>();

    /** The module offset that lines of the method count from, and the last line. */
    private int lineBase;

    private int line;

    /** A comparison whose operands are on the JVM's stack, or null. */
    private Compare pending;

    /** The range that is generated, which is not to be made a part of again. */
    private int from;

    private int to;

    MethodGen(Unit unit, CodeBuilder cb, ArrayList<Block> blocks) {
        super(unit, cb);
        this.blocks = blocks;
        this.firstOwn = blocks.size();
    }

    /**
     * Has lines count from an offset in the module, which is line 1. Methods that only pass calls
     * on have none: so stack traces tell them from functions.
     */
    final void linesFrom(int offset) {
        lineBase = offset;
        line = 1;
        cb.lineNumber(line);
    }

    /** Generates a range of instructions. */
    final void run(int begin, int end) {
        from = begin;
        to = end;
        for (int i = begin; i < end; ) {
            int partEnd = unit.plan.part(i, begin, end);
            if (partEnd > i) {
                flush();
                if (live) {
                    part(i, partEnd);
                }
                i = partEnd;
                continue;
            }
            if (!live && !revives(i)) {
                // Nothing gets here, although the rules of validation say that something might.
                pending = null;
                i = unit.plan.opens(i) ? ir.end[i] + 1 : i + 1;
                continue;
            }
            var bytes = live && pending == null && onHeap() ? ByteLoop.find(ir, i) : null;
            if (bytes != null) {
                i = byteLoop(i, bytes);
                continue;
            }
            one(i);
            i++;
        }
        flush();
    }

    /** Whether control may get to what is behind an instruction that it does not get to. */
    private boolean revives(int i) {
        if (ir.op(i) == Ir.FUEL) {
            return false;
        }
        return switch (ir.opcode(i)) {
            case ELSE, END, CATCH, CATCH_ALL, DELEGATE -> true;
            default -> false;
        };
    }

    /** Generates a loop that is tried at once first; gives what comes behind it. */
    private int byteLoop(int begin, ByteLoop bytes) {
        spill();
        needMemory();
        if (bytes.exit >= 0 && block(bytes.exit).carried().length > 0) {
            one(begin);
            return begin + 1;
        }
        var done = cb.newLabel();
        new ByteLoopGen(this, bytes).emit(done);
        int end = ir.end[begin] + 1;
        for (int i = begin; i < end; i++) {
            one(i);
        }
        if (live) {
            spill();
        }
        cb.labelBinding(done);
        live |= bytes.exit < 0;
        return end;
    }

    /** Branches on one of two ways: on the other everything is as before. */
    final void branchAside(int label) {
        int savedHeight = height;
        boolean savedMemory = memoryKnown;
        branch(label);
        height = savedHeight;
        mark = savedHeight;
        memoryKnown = savedMemory;
    }

    private void one(int i) {
        line(i);
        if (height - mark > MOST_ON_STACK && pending == null) {
            spill();
        }
        int op = ir.op(i);
        if (op == Ir.FUEL) {
            flush();
            cb.aload(varInstance).loadConstant(ir.n[i]);
            cb.invokestatic(
                    Names.RT, "burn", MethodTypeDesc.of(Names.VOID, Names.INSTANCE, Names.LONG));
            return;
        }
        var opcode = ir.opcode(i);
        var compare = Compare.of(opcode);
        if (compare != null) {
            compare(compare, i);
            return;
        }
        if (pending != null && !takesCondition(opcode)) {
            flush();
        }
        control(i, opcode);
    }

    /** Notes the place of an instruction that can fail, or that calls. */
    private void line(int i) {
        if (ir.op(i) != Ir.FUEL && !mayThrow(ir.opcode(i))) {
            return;
        }
        int place = Math.min(ir.at[i] - lineBase + 1, MAX_LINE);
        if (place != line && place > 0) {
            line = place;
            cb.lineNumber(line);
        }
    }

    private static boolean mayThrow(Opcode op) {
        if (op.widthLog2() >= 0) {
            return true;
        }
        return switch (op) {
            case UNREACHABLE,
                    LOOP,
                    THROW,
                    THROW_REF,
                    RETHROW,
                    CALL,
                    CALL_INDIRECT,
                    CALL_REF,
                    RETURN_CALL,
                    RETURN_CALL_INDIRECT,
                    RETURN_CALL_REF,
                    REF_AS_NON_NULL,
                    I32_DIV_S,
                    I32_DIV_U,
                    I32_REM_S,
                    I32_REM_U,
                    I64_DIV_S,
                    I64_DIV_U,
                    I64_REM_S,
                    I64_REM_U,
                    I32_TRUNC_F32_S,
                    I32_TRUNC_F32_U,
                    I32_TRUNC_F64_S,
                    I32_TRUNC_F64_U,
                    I64_TRUNC_F32_S,
                    I64_TRUNC_F32_U,
                    I64_TRUNC_F64_S,
                    I64_TRUNC_F64_U ->
                    true;
            case ANY_CONVERT_EXTERN, EXTERN_CONVERT_ANY -> false;
            default -> op.prefix() == 0xFB || op.prefix() == 0xFC && op.sub() >= 8;
        };
    }

    private static boolean takesCondition(Opcode op) {
        return op == Opcode.IF || op == Opcode.BR_IF || op == Opcode.SELECT;
    }

    /** Makes a number of a comparison that waits. */
    private void flush() {
        if (pending != null) {
            pending.number(cb);
            pending = null;
        }
    }

    private void compare(Compare compare, int i) {
        if (pending != null && compare.relation() == Compare.Relation.EQZ) {
            pending = pending.negate();
            return;
        }
        flush();
        need(compare.operands());
        boolean fuses =
                i + 1 < to
                        && unit.plan.part(i + 1, from, to) <= i + 1
                        && ir.op(i + 1) != Ir.FUEL
                        && (takesCondition(ir.opcode(i + 1)) || ir.opcode(i + 1) == Opcode.I32_EQZ);
        if (fuses) {
            // A branch wants everything else in variables; while the operands are not yet a
            // condition, they can still be moved.
            if (ir.opcode(i + 1) != Opcode.SELECT) {
                spillBelow(compare.operands());
            }
            pop(compare.operands());
            push(Kinds.I32);
            pending = compare;
            return;
        }
        compare.number(cb);
        pop(compare.operands());
        push(Kinds.I32);
        mark = Math.min(mark, height - 1);
    }

    /**
     * Pops the condition of a branch, with all other operands in variables; what is left on the
     * JVM's stack is for {@link Compare#branch}.
     */
    private Compare popCondition() {
        var condition = pending;
        if (condition == null) {
            spillBelow(1);
            condition = new Compare(Kinds.I32, Compare.Relation.EQZ, false, true);
        } else if (mark < height - 1) {
            // The condition was negated on the way, with operands below.
            flush();
            spillBelow(1);
            condition = new Compare(Kinds.I32, Compare.Relation.EQZ, false, true);
        }
        pending = null;
        pop();
        return condition;
    }

    private void control(int i, Opcode op) {
        switch (op) {
            case BLOCK -> {
                spill();
                open(i, false);
            }
            case LOOP -> {
                spill();
                loop(i);
            }
            case IF -> {
                var condition = popCondition();
                spill();
                var block = open(i, false);
                block.next = cb.newLabel();
                condition.negate().branch(cb, block.next);
            }
            case ELSE -> {
                var block = blocks.getLast();
                closePart(block);
                cb.labelBinding(block.next);
                block.next = null;
                live = true;
                reset(block.height, block.shape.params());
                memoryKnown = false;
            }
            case END -> end();
            case BR -> {
                branch(ir.x[i]);
                live = false;
            }
            case BR_IF -> {
                var condition = popCondition();
                spill();
                branchIf(condition, ir.x[i]);
            }
            case BR_TABLE -> table(i);
            case RETURN -> {
                leave();
                live = false;
            }
            case UNREACHABLE -> {
                cb.invokestatic(
                        Names.RT,
                        "unreachable",
                        MethodTypeDesc.of(Names.of(io.nacelle.runtime.Trap.class)));
                cb.athrow();
                live = false;
            }
            case SELECT, SELECT_T -> select();
            case BR_ON_NULL, BR_ON_NON_NULL -> branchOnNull(op, ir.x[i]);
            case BR_ON_CAST, BR_ON_CAST_FAIL, BR_ON_CAST_DESC_EQ, BR_ON_CAST_DESC_EQ_FAIL ->
                    branchOnCast(op, i);
            case TRY, TRY_TABLE -> {
                spill();
                var block = open(i, false);
                block.bodyStart = cb.newBoundLabel();
                block.handler = cb.newLabel();
                cb.nop();
            }
            case CATCH, CATCH_ALL -> legacyCatch(i, op);
            case DELEGATE -> delegate(i);
            default -> instruction(i, op);
        }
    }

    /** Generates an instruction that is not control. */
    abstract void instruction(int i, Opcode op);

    /** Leaves the function with the results on top of the stack. */
    abstract void leave();

    /** Leaves the method for a block of another; values are in place, and nothing on the stack. */
    abstract void exit(Block block);

    final Block open(int i, boolean isLoop) {
        var shape = ir.shape(i);
        var block = new Block(i, height - shape.params().length, shape, blocks.size());
        block.isLoop = isLoop;
        block.label = cb.newLabel();
        blocks.add(block);
        return block;
    }

    final Block block(int label) {
        return blocks.get(blocks.size() - 1 - label);
    }

    private void loop(int i) {
        int end = ir.end[i];
        boolean stable = true;
        for (int j = i; j < end && stable; j++) {
            stable = ir.op(j) == Ir.FUEL || !invalidatesMemory(j);
        }
        if (stable && hasMemory() && usesMemory(i, end)) {
            needMemory();
        }
        memoryKnown &= stable;
        var block = open(i, true);
        cb.labelBinding(block.label);
        cb.aload(varInstance);
        cb.invokestatic(Names.poll(unit.code), "poll", OF_INSTANCE);
    }

    /** Whether memory 0 may be elsewhere after an instruction. */
    private boolean invalidatesMemory(int i) {
        return unit.plan.isPart(i) || InstrGen.invalidatesMemory(ir.opcode(i));
    }

    private boolean usesMemory(int begin, int end) {
        for (int i = begin; i < end; i++) {
            if (ir.op(i) != Ir.FUEL && ir.opcode(i).widthLog2() >= 0) {
                return true;
            }
        }
        return false;
    }

    // Branches.

    /** Has the values of a branch where its target takes them, and nothing on the JVM's stack. */
    private void carry(Block block) {
        spill();
        int count = block.carried().length;
        moveSlots(height - count, block.height, count);
    }

    private void branch(int label) {
        var block = block(label);
        if (block.depth == 0) {
            leave();
            return;
        }
        var from = moves(block) ? cb.newBoundLabel() : null;
        carry(block);
        jump(block);
        if (from != null) {
            uncover(from, block);
        }
    }

    /** Whether a branch has to move the values that it carries. */
    private boolean moves(Block target) {
        int count = target.carried().length;
        return count > 0 && height - count != target.height;
    }

    /**
     * Leaves the code from a label to here out of what handlers cover that a branch leaves. Nothing
     * in it throws, but it puts the values of the branch where those handlers have others: Java's
     * verifier would hold that they find there either.
     */
    private void uncover(Label from, Block target) {
        var to = cb.newBoundLabel();
        // A range that is covered must not be empty.
        cb.nop();
        int first = Math.max(target.depth + 1, firstOwn);
        for (var block : blocks.subList(first, blocks.size())) {
            if (block.bodyStart != null) {
                block.covered.add(new Block.Range(block.bodyStart, from));
                block.bodyStart = to;
            }
        }
    }

    /** Goes to a block; values are in place. */
    private void jump(Block block) {
        if (block.label == null || block.depth < firstOwn) {
            exit(block);
            return;
        }
        reach(block);
        cb.goto_(block.label);
    }

    private void reach(Block block) {
        block.reached = true;
        block.memoryKnown &= memoryKnown;
    }

    private void branchIf(Compare condition, int label) {
        var block = block(label);
        int count = block.carried().length;
        boolean direct =
                block.depth >= firstOwn
                        && block.depth > 0
                        && (count == 0 || height - count == block.height);
        if (direct) {
            reach(block);
            condition.branch(cb, block.label);
            return;
        }
        var skip = cb.newLabel();
        condition.negate().branch(cb, skip);
        int savedHeight = height;
        boolean savedMemory = memoryKnown;
        branch(label);
        height = savedHeight;
        mark = savedHeight;
        memoryKnown = savedMemory;
        cb.labelBinding(skip);
    }

    private void table(int i) {
        int[] labels = ir.labels(i);
        need(1);
        if (mark < height - 1) {
            spillBelow(1);
        }
        pop();
        if (isByCode(labels)) {
            tableByCode(i, labels);
            return;
        }
        // Where each label leads: in place, or through a stub that moves values or leaves.
        var targets = new java.util.LinkedHashMap<Integer, Label>();
        for (int label : labels) {
            targets.computeIfAbsent(
                    label,
                    l -> {
                        var block = block(l);
                        int count = block.carried().length;
                        boolean direct =
                                block.depth >= firstOwn
                                        && block.depth > 0
                                        && (count == 0 || height - count == block.height);
                        if (direct) {
                            reach(block);
                            return block.label;
                        }
                        return cb.newLabel();
                    });
        }
        int last = labels.length - 1;
        if (labels.length > Plan.MOST_CASES) {
            lookUp(i, labels, targets);
        } else {
            var cases = new ArrayList<SwitchCase>();
            for (int j = 0; j < last; j++) {
                if (labels[j] != labels[last]) {
                    cases.add(SwitchCase.of(j, targets.get(labels[j])));
                }
            }
            if (cases.isEmpty()) {
                cb.pop();
                cb.goto_(targets.get(labels[last]));
            } else {
                cb.tableswitch(targets.get(labels[last]), cases);
            }
        }
        stubs(targets);
        live = false;
    }

    /**
     * Whether a table leads to many blocks of other methods, and moves nothing on the way: then
     * what the method returns is looked up, instead of having code that returns it for each.
     */
    private boolean isByCode(int[] labels) {
        var outer = new TreeSet<Integer>();
        for (int label : labels) {
            var block = block(label);
            int count = block.carried().length;
            if (count != 0 && height - count != block.height) {
                return false;
            }
            if (block.depth < firstOwn) {
                outer.add(block.depth);
            }
        }
        return outer.size() > MOST_STUBS && returnsCodes();
    }

    private void tableByCode(int i, int[] labels) {
        var codes = new int[labels.length];
        var own = new TreeSet<Integer>();
        for (int j = 0; j < codes.length; j++) {
            var block = block(labels[j]);
            codes[j] = block.code();
            if (block.depth < firstOwn) {
                exits.add(block.code());
            } else {
                own.add(block.code());
            }
        }
        cb.getstatic(unit.self, unit.code.tableField(unit, i, codes), Names.INT.arrayType());
        cb.invokestatic(
                Names.RT, "lookUp", MethodTypeDesc.of(Names.INT, Names.INT, Names.INT.arrayType()));
        if (!own.isEmpty()) {
            cb.istore(varTemp);
            var targets = new ArrayList<Block>();
            own.forEach(code -> targets.add(blocks.get(code - 1)));
            dispatchByTable(targets, false);
            cb.iload(varTemp);
        }
        cb.ireturn();
        live = false;
    }

    private void stubs(java.util.Map<Integer, Label> targets) {
        int savedHeight = height;
        boolean savedMemory = memoryKnown;
        for (var target : targets.entrySet()) {
            var block = block(target.getKey());
            if (block.label != null && block.label.equals(target.getValue())) {
                continue;
            }
            cb.labelBinding(target.getValue());
            height = savedHeight;
            mark = savedHeight;
            memoryKnown = savedMemory;
            branch(target.getKey());
        }
    }

    /** A table with many labels: what it leads to is looked up in an array. */
    private void lookUp(int i, int[] labels, java.util.Map<Integer, Label> targets) {
        var order = new ArrayList<>(targets.keySet());
        var numbers = new java.util.HashMap<Integer, Integer>();
        for (int label : order) {
            numbers.put(label, numbers.size());
        }
        var table = new int[labels.length];
        for (int j = 0; j < labels.length; j++) {
            table[j] = numbers.get(labels[j]);
        }
        var name = unit.code.tableField(unit, i, table);
        cb.getstatic(unit.self, name, Names.INT.arrayType());
        cb.invokestatic(
                Names.RT, "lookUp", MethodTypeDesc.of(Names.INT, Names.INT, Names.INT.arrayType()));
        var cases = new ArrayList<SwitchCase>();
        for (int j = 1; j < order.size(); j++) {
            cases.add(SwitchCase.of(j, targets.get(order.get(j))));
        }
        if (cases.isEmpty()) {
            cb.pop();
            cb.goto_(targets.get(order.getFirst()));
        } else {
            cb.tableswitch(targets.get(order.getFirst()), cases);
        }
    }

    private void select() {
        var skip = cb.newLabel();
        byte kind = kinds[height - 2];
        if (pending != null) {
            var condition = pending;
            // The values are below the condition's operands, which are on the stack.
            if (mark > height - 3) {
                flush();
                need(3);
                cb.ifne(skip);
            } else {
                pending = null;
                condition.branch(cb, skip);
            }
        } else {
            need(3);
            cb.ifne(skip);
        }
        if (Kinds.width(kind) == 2) {
            cb.dup2_x2().pop2();
            cb.labelBinding(skip);
            cb.pop2();
        } else {
            cb.swap();
            cb.labelBinding(skip);
            cb.pop();
        }
        pop(3);
        push(kind);
        mark = Math.min(mark, height - 1);
    }

    private void branchOnNull(Opcode op, int label) {
        spill();
        loadSlot(height - 1, Kinds.REF);
        var skip = cb.newLabel();
        int savedHeight = height;
        boolean savedMemory = memoryKnown;
        if (op == Opcode.BR_ON_NULL) {
            cb.ifnonnull(skip);
            pop();
        } else {
            cb.ifnull(skip);
        }
        branch(label);
        height = savedHeight;
        mark = savedHeight;
        memoryKnown = savedMemory;
        cb.labelBinding(skip);
        if (op == Opcode.BR_ON_NON_NULL) {
            pop();
        }
    }

    private void branchOnCast(Opcode op, int i) {
        boolean byDescriptor =
                op == Opcode.BR_ON_CAST_DESC_EQ || op == Opcode.BR_ON_CAST_DESC_EQ_FAIL;
        boolean onFail = op == Opcode.BR_ON_CAST_FAIL || op == Opcode.BR_ON_CAST_DESC_EQ_FAIL;
        spill();
        if (byDescriptor) {
            loadSlot(height - 2, Kinds.REF);
            loadSlot(height - 1, Kinds.REF);
            pop();
        } else {
            loadSlot(height - 1, Kinds.REF);
        }
        cb.aload(varInstance).loadConstant(ir.y[i]);
        cb.invokestatic(
                Names.of(io.nacelle.runtime.code.Objects.class),
                byDescriptor ? "isDescribed" : "isOf",
                byDescriptor
                        ? MethodTypeDesc.of(
                                Names.INT, Names.OBJECT, Names.OBJECT, Names.INSTANCE, Names.INT)
                        : MethodTypeDesc.of(Names.INT, Names.OBJECT, Names.INSTANCE, Names.INT));
        branchIf(new Compare(Kinds.I32, Compare.Relation.EQZ, false, !onFail), ir.x[i]);
    }

    // Ends.

    /** The end of a part of a block: control goes on behind the block. */
    private void closePart(Block block) {
        if (live) {
            spill();
            reach(block);
            cb.goto_(block.label);
        }
    }

    private void end() {
        var block = blocks.getLast();
        if (blocks.size() - 1 == 0) {
            // The function's own end.
            if (live) {
                leave();
            }
            live = false;
            return;
        }
        if (block.isLoop) {
            if (live) {
                spill();
            } else {
                reset(block.height, block.shape.results());
            }
            blocks.removeLast();
            return;
        }
        if (block.bodyStart != null && block.kept < 0) {
            closeHandlers(block);
        } else if (block.kept >= 0) {
            closeLegacy(block);
        } else if (live) {
            spill();
            reach(block);
        }
        if (block.next != null) {
            // An if without else: its parameters are its results.
            if (live) {
                cb.goto_(block.label);
            }
            cb.labelBinding(block.next);
            block.memoryKnown = false;
            block.reached = true;
        }
        blocks.removeLast();
        finish(block);
    }

    /** Binds the label behind a block. */
    private void finish(Block block) {
        cb.labelBinding(block.label);
        live = block.reached;
        memoryKnown = block.memoryKnown && live;
        reset(block.height, block.shape.results());
    }

    // Exceptions.

    /** Ends the body of a block with handlers, which control goes around. */
    private void closeBody(Block block) {
        if (live) {
            spill();
            reach(block);
            cb.goto_(block.label);
        }
        block.covered.add(new Block.Range(block.bodyStart, cb.newBoundLabel()));
        block.bodyStart = null;
        for (var range : block.covered) {
            cb.exceptionCatch(range.begin(), range.end(), block.handler, Names.THROWN);
        }
        if (ir.delegates) {
            var delegated = delegatedHandler(block);
            for (var range : block.covered) {
                cb.exceptionCatch(range.begin(), range.end(), delegated, Names.DELEGATED);
            }
        }
    }

    /** Where an exception comes that a handler further in has passed on. */
    private Label delegatedHandler(Block block) {
        var label = cb.newBoundLabel();
        cb.astore(varTemp);
        cb.aload(varTemp).getfield(Names.DELEGATED, "depth", Names.INT);
        cb.loadConstant(block.depth);
        var mine = cb.newLabel();
        cb.if_icmpge(mine);
        cb.aload(varTemp).athrow();
        cb.labelBinding(mine);
        cb.aload(varTemp).getfield(Names.DELEGATED, "exception", Names.THROWN);
        cb.goto_(block.handler);
        return label;
    }

    private void closeHandlers(Block block) {
        var clauses =
                ir.more[block.opener] instanceof Ir.Clauses found
                        ? found.clauses()
                        : List.<CatchClause>of();
        boolean isTry = ir.opcode(block.opener) == Opcode.TRY;
        if (isTry || clauses.isEmpty()) {
            // A try without handlers.
            if (live) {
                spill();
                reach(block);
            }
            return;
        }
        closeBody(block);
        cb.labelBinding(block.handler);
        memoryKnown = false;
        cb.astore(varTemp);
        // Labels of clauses count from outside the block.
        blocks.removeLast();
        byte[] below = kinds;
        for (var clause : clauses) {
            // Its values take the place of operands that are there again when it is not this one.
            kinds = below.clone();
            clause(clause);
        }
        kinds = below;
        blocks.add(block);
        cb.aload(varTemp).athrow();
        live = false;
    }

    private void clause(CatchClause clause) {
        var skip = cb.newLabel();
        var target = block(clause.label());
        var from = cb.newBoundLabel();
        byte[] carried = target.carried();
        int values = carried.length - (clause.kind().passesReference() ? 1 : 0);
        if (clause.kind().hasTag()) {
            testTag(clause.tag());
            cb.ifeq(skip);
            reset(target.height, new byte[0]);
            release(clause.tag(), values);
        } else {
            reset(target.height, new byte[0]);
        }
        if (clause.kind().passesReference()) {
            cb.aload(varTemp);
            push(Kinds.REF);
            mark = Math.min(mark, height - 1);
        }
        spill();
        if (target.depth == 0) {
            leave();
        } else {
            jump(target);
        }
        uncover(from, target);
        cb.labelBinding(skip);
    }

    private void testTag(int tag) {
        cb.aload(varTemp).aload(varInstance).loadConstant(tag);
        cb.invokestatic(
                Names.RT,
                "isOf",
                MethodTypeDesc.of(
                        java.lang.constant.ConstantDescs.CD_boolean,
                        Names.THROWN,
                        Names.INSTANCE,
                        Names.INT));
    }

    /** Pushes the values of the exception in the temporary variable. */
    private void release(int tag, int count) {
        if (count == 0) {
            return;
        }
        byte[] types = Kinds.of(unit.module.valid.tag(tag).func().params());
        cb.aload(varTemp).aload(varInstance);
        cb.invokestatic(
                Names.RT, "release", MethodTypeDesc.of(Names.VOID, Names.THROWN, Names.INSTANCE));
        for (int i = 0; i < count; i++) {
            cb.aload(varInstance).loadConstant(i);
            if (types[i] == Kinds.REF) {
                cb.invokestatic(
                        Names.RT,
                        "scratchRefAt",
                        MethodTypeDesc.of(Names.OBJECT, Names.INSTANCE, Names.INT));
            } else {
                moveIn(Names.RT, "scratch", types[i], Names.INSTANCE, Names.INT);
            }
            push(types[i]);
            mark = Math.min(mark, height - 1);
            if (height - mark > MOST_ON_STACK) {
                spill();
            }
        }
    }

    private void legacyCatch(int i, Opcode op) {
        var block = blocks.getLast();
        if (block.kept < 0) {
            block.kept = nextKept();
            closeBody(block);
            cb.labelBinding(block.handler);
            cb.astore(varTemp);
            cb.aload(varTemp);
            storeKept(block.kept);
        } else {
            closePart(block);
            cb.labelBinding(block.next);
            loadKept(block.kept);
            cb.astore(varTemp);
        }
        live = true;
        memoryKnown = false;
        block.next = null;
        reset(block.height, new byte[0]);
        if (op == Opcode.CATCH_ALL) {
            block.catchesAll = true;
            return;
        }
        block.next = cb.newLabel();
        testTag(ir.x[i]);
        cb.ifeq(block.next);
        release(ir.x[i], unit.module.valid.tag(ir.x[i]).func().params().size());
    }

    private int nextKept() {
        int open = 0;
        for (var block : blocks) {
            open += block.kept >= 0 ? 1 : 0;
        }
        return open;
    }

    private void closeLegacy(Block block) {
        closePart(block);
        if (!block.catchesAll) {
            cb.labelBinding(block.next);
            loadKept(block.kept);
            cb.athrow();
        }
        block.next = null;
        live = false;
    }

    private void delegate(int i) {
        var block = blocks.getLast();
        closeBody(block);
        cb.labelBinding(block.handler);
        cb.astore(varTemp);
        blocks.removeLast();
        cb.new_(Names.DELEGATED).dup();
        cb.aload(varTemp).loadConstant(block(ir.x[i]).depth);
        cb.invokespecial(
                Names.DELEGATED, "<init>", MethodTypeDesc.of(Names.VOID, Names.THROWN, Names.INT));
        cb.athrow();
        finish(block);
    }

    // Parts.

    /** Calls a part of the function that becomes a method of its own. */
    private void part(int begin, int end) {
        spill();
        var name = unit.nextPart(ir.at[begin]);
        var made = new PartGen[1];
        var type = MethodTypeDesc.of(Names.INT, unit.frame, Names.INT, Names.INSTANCE);
        unit.out.withMethodBody(
                name,
                type,
                java.lang.classfile.ClassFile.ACC_STATIC,
                code -> {
                    var gen = new PartGen(unit, code, this);
                    gen.generate(begin, end);
                    made[0] = gen;
                });
        var part = made[0];
        cb.aload(varFrame).iload(varLeft).aload(varInstance);
        cb.invokestatic(unit.self, name, type);
        memoryKnown = false;
        height = part.height;
        kinds = part.kinds;
        mark = height;
        dispatch(part);
    }

    /** Goes on where a part says, whose number is on the JVM's stack. */
    private void dispatch(PartGen part) {
        if (part.exits.isEmpty()) {
            cb.pop();
            live = part.live;
            if (!live) {
                // It always fails; the JVM's verifier does not know.
                cb.aconst_null().athrow();
            }
            return;
        }
        var passed = new TreeSet<Integer>();
        var own = new ArrayList<Block>();
        for (int code : part.exits) {
            if (code - 1 < firstOwn || code == 1) {
                passed.add(code);
            } else {
                own.add(blocks.get(code - 1));
            }
        }
        boolean onlyOne = own.size() + (passed.isEmpty() ? 0 : 1) + (part.live ? 1 : 0) == 1;
        if (onlyOne && !own.isEmpty()) {
            cb.pop();
            jump(own.getFirst());
            live = false;
            return;
        }
        if (!passed.isEmpty() || own.size() > 1) {
            cb.dup().istore(varTemp);
        }
        var through = cb.newLabel();
        if (part.live) {
            cb.ifeq(through);
        } else {
            cb.pop();
        }
        if (own.size() > 4) {
            dispatchByTable(own, passed.isEmpty());
        }
        for (int j = 0; j < own.size() && own.size() <= 4; j++) {
            var block = own.get(j);
            reach(block);
            if (j == own.size() - 1 && passed.isEmpty()) {
                cb.goto_(block.label);
            } else {
                cb.iload(varTemp).loadConstant(block.code());
                cb.if_icmpeq(block.label);
            }
        }
        if (!passed.isEmpty()) {
            exits.addAll(passed);
            passOn();
        }
        if (part.live) {
            cb.labelBinding(through);
        }
        live = part.live;
    }

    /** Goes to one of many blocks, by the number in the temporary variable. */
    private void dispatchByTable(List<Block> own, boolean isAll) {
        var other = cb.newLabel();
        var cases = new ArrayList<SwitchCase>();
        for (var block : own) {
            reach(block);
            cases.add(SwitchCase.of(block.code(), block.label));
        }
        cb.iload(varTemp);
        var last = isAll ? own.getLast().label : other;
        cb.tableswitch(last, cases);
        if (!isAll) {
            cb.labelBinding(other);
        }
    }

    /** Leaves the method as a part has said that is in the temporary variable. */
    abstract void passOn();

    /** Whether the method returns where control goes on, as a part does. */
    abstract boolean returnsCodes();

    /**
     * Makes the function begin again with the arguments on top of the stack; false when it cannot
     * from here.
     */
    abstract boolean tailCallSelf(Signature signature);

    /** Leaves the function for one that it has left to its caller to be called. */
    abstract void leaveByTail();
}
