// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.wasm.syntax.Opcode;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;

/**
 * Generates one method: a function, a part of a large one, or a loop that takes over from the
 * interpreter. This class has the control instructions; {@link InstrGen} has all others.
 */
abstract class MethodGen extends Parts {
    private static final ClassDesc ROUNDS = Names.of(io.nacelle.runtime.code.Rounds.class);
    private static final MethodTypeDesc GUARD =
            MethodTypeDesc.of(ConstantDescs.CD_boolean, Names.INT, Names.INT, Names.INT);
    private static final int MAX_LINE = 65_535;

    /** The module offset that lines of the method count from, and the last line. */
    private int lineBase;

    private int line;

    /** A comparison whose operands are on the JVM's stack, or null. */
    private Compare pending;

    /** Whether there is fuel enough for what is generated. */
    private boolean isPaid;

    /** The range that is generated, which is not to be made a part of again. */
    private int from;

    private int to;

    MethodGen(Unit unit, CodeBuilder cb, ArrayList<Block> blocks) {
        super(unit, cb, blocks);
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
            var ladder = live ? unit.plan.ladder(i) : null;
            if (ladder != null) {
                flush();
                openLadder(ladder);
                i = ladder.head();
                continue;
            }
            if (isFirstEnd(i)) {
                flush();
                i = cases();
                continue;
            }
            var bytes = live && pending == null && onHeap() ? ByteLoop.find(ir, i) : null;
            if (bytes != null) {
                i = byteLoop(i, bytes);
                continue;
            }
            if (live && pending == null && fuelDepth < 0 && unit.plan.keepsFuel(i)) {
                i = fuelLoop(i);
                continue;
            }
            i = live && pending == null ? loopOrNext(i) : next(i);
        }
        flush();
    }

    /** As {@link #next}, a whole loop where that is generated twice. */
    private int loopOrNext(int i) {
        var counted = unit.plan.counted(i);
        // Off the heap there is no array whose checks a loop could be rid of.
        return counted != null && (counted.end() != null || onHeap())
                ? countedLoop(i, counted)
                : next(i);
    }

    /** Generates an instruction, or several that are one; gives what comes behind. */
    private int next(int i) {
        if (live && pending == null && inPlace() && rotates(i)) {
            return i + Rotation.LENGTH;
        }
        one(i);
        return i + 1;
    }

    /** Emits a rotation of lanes, if one begins at an instruction with its first shift. */
    private boolean rotates(int i) {
        int count = Rotation.find(ir, i, to);
        for (int j = i + 1; j < i + Rotation.LENGTH && count != 0; j++) {
            if (unit.plan.isCall(j)) {
                return false;
            }
        }
        if (count != 0) {
            rotate(ir.opcode(i), count);
        }
        return count != 0;
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

    /**
     * Generates a loop that has the fuel in a variable; gives what comes behind it. However it is
     * left, the fuel is put back.
     */
    private int fuelLoop(int begin) {
        spill();
        cb.aload(varInstance);
        cb.invokestatic(Names.RT, "takeFuel", MethodTypeDesc.of(Names.LONG, Names.INSTANCE));
        cb.lstore(varFuel);
        int end = ir.end[begin] + 1;
        fuelDepth = blocks.size();
        var start = cb.newBoundLabel();
        for (int i = begin; i < end; ) {
            i = i == begin ? loopOrNext(i) : next(i);
        }
        var done = cb.newLabel();
        if (live) {
            spill();
            giveFuel();
            cb.goto_(done);
        }
        var over = cb.newBoundLabel();
        var handler = cb.newBoundLabel();
        cb.exceptionCatchAll(start, over, handler);
        giveFuel();
        cb.athrow();
        cb.labelBinding(done);
        fuelDepth = -1;
        return end;
    }

    /**
     * Generates a loop twice, first with a comparison that HotSpot counts rounds by; gives what
     * comes behind it.
     */
    private int countedLoop(int begin, CountedLoop loop) {
        spill();
        int end = ir.end[begin] + 1;
        int heightBefore = height;
        loadMemory(begin, end);
        boolean knownBefore = memoryKnown;
        var other = cb.newLabel();
        var done = cb.newLabel();
        guard(loop, other);
        for (int i = begin; i < end; ) {
            if (i == loop.branch()) {
                nextRound(i, loop, other);
                isPaid = false;
                i++;
            } else {
                int at = i;
                i = next(i);
                if (at == begin) {
                    // Else HotSpot would begin the loop behind its first way out, and so end it by
                    // that one, for which it does not count.
                    var body = cb.newLabel();
                    cb.goto_(body);
                    cb.labelBinding(body);
                    payRound(begin, loop.branch(), other);
                }
            }
        }
        isPaid = false;
        boolean ended = live;
        boolean knownAfter = !live || memoryKnown;
        if (live) {
            spill();
            cb.goto_(done);
        }
        cb.labelBinding(other);
        live = true;
        reset(heightBefore, new byte[0]);
        memoryKnown = knownBefore;
        for (int i = begin; i < end; ) {
            i = next(i);
        }
        if (live) {
            spill();
        } else if (ended) {
            live = true;
            memoryKnown = true;
        }
        memoryKnown &= knownAfter;
        cb.labelBinding(done);
        return end;
    }

    /** Goes elsewhere when there may be too little fuel for a round, which then need not look. */
    private void payRound(int loop, int branch, Label other) {
        if (fuelDepth < 0) {
            return;
        }
        long most = 0;
        for (int i = loop + 1; i < branch; i++) {
            most += ir.op(i) == Ir.FUEL ? ir.n[i] : 0;
        }
        cb.lload(varFuel).loadConstant(most).lcmp();
        cb.iflt(other);
        isPaid = true;
    }

    /** Goes elsewhere when the comparison must not be replaced. */
    private void guard(CountedLoop loop, Label other) {
        int local = loop.counter();
        loadLocal(local);
        if (loop.tested().constant() != 0) {
            cb.loadConstant(loop.tested().constant()).iadd();
        }
        String method = "areWithin";
        if (loop.end() == null) {
            cb.iload(varMemory + 1).loadConstant((int) loop.reach());
        } else {
            method = loop.unsigned() ? "stayPositive" : "meet";
            if (loop.end().factors().isEmpty()) {
                cb.loadConstant(loop.end().constant());
            } else {
                loadLocal(loop.end().factors().keySet().iterator().next());
            }
            cb.loadConstant(loop.step());
        }
        cb.invokestatic(ROUNDS, method, GUARD);
        cb.ifeq(other);
    }

    /** Generates the branch of a counted loop to its beginning. */
    private void nextRound(int i, CountedLoop loop, Label other) {
        line(i);
        if (loop.end() != null) {
            if (loop.isPlain()) {
                spillBelow(1);
                cb.iconst_0();
            }
            if (loop.isPlain() || pending != null) {
                pending = new Compare(Kinds.I32, loop.relation(), false, false);
            }
            one(i);
            return;
        }
        var condition = popCondition();
        spill();
        var over = cb.newLabel();
        condition.negate().branch(cb, over);
        loadLocal(loop.counter());
        cb.iload(varMemory + 1).loadConstant((int) loop.reach()).isub();
        cb.if_icmpgt(other);
        jump(blocks.getLast());
        cb.labelBinding(over);
    }

    private void one(int i) {
        line(i);
        if (height - mark > MOST_ON_STACK && pending == null) {
            spill();
        }
        int op = ir.op(i);
        if (op == Ir.FUEL && fuelDepth >= 0) {
            flush();
            if (isPaid) {
                cb.lload(varFuel).loadConstant(ir.n[i]).lsub().lstore(varFuel);
                return;
            }
            cb.lload(varFuel).loadConstant(ir.n[i]).aload(varInstance);
            cb.invokestatic(
                    Names.RT,
                    "burn",
                    MethodTypeDesc.of(Names.LONG, Names.LONG, Names.LONG, Names.INSTANCE));
            cb.lstore(varFuel);
            return;
        }
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
                giveFuel();
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

    /** Generates a rotation of a vector's lanes to the left in the place of a shift of it. */
    abstract void rotate(Opcode shift, int count);

    /** Generates an instruction that is not control. */
    abstract void instruction(int i, Opcode op);

    private void loop(int i) {
        loadMemory(i, ir.end[i]);
        var block = open(i, true);
        cb.labelBinding(block.label);
        if (memoryKnown && onHeap() && usesMemory(i, ir.end[i])) {
            // HotSpot knows nothing of variables where it takes over from its interpreter: so it
            // sees again that this is what the array's own checks compare with.
            loadLimit();
        }
        poll();
    }

    /** Has memory 0 in its variables for a loop, where it may stay there. */
    private void loadMemory(int begin, int end) {
        boolean stable = true;
        for (int j = begin; j < end && stable; j++) {
            stable = ir.op(j) == Ir.FUEL || !invalidatesMemory(j);
        }
        if (stable && hasMemory() && usesMemory(begin, end)) {
            needMemory();
        }
        memoryKnown &= stable;
    }

    /** Whether memory 0 may be elsewhere after an instruction. */
    private boolean invalidatesMemory(int i) {
        return unit.plan.isCall(i) || InstrGen.invalidatesMemory(ir.opcode(i));
    }

    private boolean usesMemory(int begin, int end) {
        for (int i = begin; i < end; i++) {
            if (ir.op(i) != Ir.FUEL && ir.opcode(i).widthLog2() >= 0) {
                return true;
            }
        }
        return false;
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
    }

    private void branchOnNull(Opcode op, int label) {
        spill();
        loadSlot(height - 1, Kinds.REF);
        var skip = cb.newLabel();
        if (op == Opcode.BR_ON_NON_NULL) {
            cb.ifnull(skip);
            branchAside(label);
            pop();
            cb.labelBinding(skip);
            return;
        }
        cb.ifnonnull(skip);
        // Where it is not null, it is still there.
        int saved = height;
        pop();
        branchAside(label);
        height = saved;
        mark = saved;
        cb.labelBinding(skip);
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

    /**
     * Makes the function begin again with the arguments on top of the stack; false when it cannot
     * from here.
     */
    abstract boolean tailCallSelf(Signature signature);

    /** Leaves the function for one that it has left to its caller to be called. */
    abstract void leaveByTail();
}
