// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** The open blocks of a method under way, and branches to them. */
abstract class Branches extends Values {
    /** Ways out of a method by a table, beyond which they are looked up. */
    private static final int MOST_STUBS = 16;

    /** Blocks beyond which a number is told by a table. */
    private static final int FEW = 4;

    final ArrayList<Block> blocks;

    /** Blocks before this one belong to another method. */
    final int firstOwn;

    /** Whether control gets here. */
    boolean live = true;

    /** The depth of the block of the loop around that has the fuel in a variable, or -1. */
    int fuelDepth = -1;

    /** The blocks of other methods that control goes to from here, as {@link Block#code}. */
    final TreeSet<Integer> exits = new TreeSet<>();

    Branches(Unit unit, CodeBuilder cb, ArrayList<Block> blocks) {
        super(unit, cb);
        this.blocks = blocks;
        this.firstOwn = blocks.size();
    }

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

    /** Has the values of a branch where its target takes them, and nothing on the JVM's stack. */
    private void carry(Block block) {
        spill();
        int count = block.carried().length;
        moveSlots(height - count, block.height, count);
    }

    final void branch(int label) {
        var block = block(label);
        if (leavesFuel(block)) {
            giveFuel();
        }
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

    /** Branches on one of two ways: on the other everything is as before. */
    final void branchAside(int label) {
        int savedHeight = height;
        boolean savedMemory = memoryKnown;
        branch(label);
        height = savedHeight;
        mark = savedHeight;
        memoryKnown = savedMemory;
    }

    /** Whether a branch leaves a loop that has the fuel in a variable. */
    private boolean leavesFuel(Block target) {
        return target.depth < fuelDepth;
    }

    /** Puts the fuel back from its variable, where it is in one. */
    final void giveFuel() {
        if (fuelDepth >= 0) {
            cb.aload(varInstance).lload(varFuel);
            cb.invokestatic(
                    Names.RT,
                    "giveFuel",
                    MethodTypeDesc.of(Names.VOID, Names.INSTANCE, Names.LONG));
        }
    }

    /** Whether a branch has to move the values that it carries. */
    private boolean moves(Block target) {
        int count = target.carried().length;
        return count > 0 && height - count != target.height;
    }

    /** Whether a branch has nothing to do but to jump within the method. */
    private boolean isInPlace(Block target) {
        return target.depth >= firstOwn
                && target.depth > 0
                && target.ladder == null
                && !leavesFuel(target)
                && !moves(target);
    }

    /**
     * Leaves the code from a label to here out of what handlers cover that a branch leaves. Nothing
     * in it throws, but it puts the values of the branch where those handlers have others: Java's
     * verifier would hold that they find there either.
     */
    final void uncover(Label from, Block target) {
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
    final void jump(Block block) {
        if (block.label == null || block.depth < firstOwn) {
            exit(block);
            return;
        }
        reach(block);
        if (block.ladder != null) {
            cb.loadConstant(block.code()).istore(varTemp);
            cb.goto_(block.ladder.dispatch);
            return;
        }
        cb.goto_(block.label);
    }

    final void reach(Block block) {
        block.reached = true;
        block.memoryKnown &= memoryKnown;
    }

    final void branchIf(Compare condition, int label) {
        var block = block(label);
        if (isInPlace(block)) {
            reach(block);
            condition.branch(cb, block.label);
            return;
        }
        var skip = cb.newLabel();
        condition.negate().branch(cb, skip);
        branchAside(label);
        cb.labelBinding(skip);
    }

    final void table(int i) {
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
        var targets = new LinkedHashMap<Integer, Label>();
        for (int label : labels) {
            targets.computeIfAbsent(
                    label,
                    l -> {
                        var block = block(l);
                        if (isInPlace(block)) {
                            reach(block);
                            return block.label;
                        }
                        return cb.newLabel();
                    });
        }
        int last = labels.length - 1;
        if (labels.length > Plan.MOST_CASES) {
            tableByNumber(i, labels, targets);
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
     * Whether a table leads to many blocks of other methods or rungs, and moves nothing on the way:
     * then the number of the block is looked up, instead of having code that gives it for each.
     */
    private boolean isByCode(int[] labels) {
        var far = new TreeSet<Integer>();
        boolean hasRungs = false;
        for (int label : labels) {
            var block = block(label);
            if (moves(block)) {
                return false;
            }
            if (isFar(block)) {
                far.add(block.depth);
            } else if (block.ladder != null) {
                far.add(block.depth);
                hasRungs = true;
            }
        }
        return far.size() > MOST_STUBS && (hasRungs || returnsCodes());
    }

    /** Whether a block is of another method, or the function itself. */
    private boolean isFar(Block block) {
        return block.depth < firstOwn || block.depth == 0;
    }

    private void tableByCode(int i, int[] labels) {
        var codes = new int[labels.length];
        var targets = new TreeSet<Integer>();
        for (int j = 0; j < codes.length; j++) {
            codes[j] = block(labels[j]).code();
            targets.add(codes[j]);
        }
        var ladder = blocks.get(targets.last() - 1).ladder;
        if (ladder != null && targets.last() - 1 >= firstOwn && ladder.has(targets.first())) {
            // Both at once: what the jump waits for is not to wait for the other.
            cb.dup();
            lookUp("cases", i, codes);
            cb.istore(varTemp);
            lookUp("groups", i, IntStream.of(codes).map(ladder::groupOf).toArray());
            cb.istore(varTemp + 1);
            targets.forEach(code -> reach(blocks.get(code - 1)));
            cb.goto_(ladder.choose);
        } else {
            lookUp("cases", i, codes);
            cb.istore(varTemp);
            goOn(targets);
        }
        live = false;
    }

    /** Goes to one of some blocks, whose number is in the temporary variable. */
    final void goOn(TreeSet<Integer> codes) {
        var far = new TreeSet<Integer>();
        var near = new ArrayList<Block>();
        Ladder.Open ladder = null;
        for (int code : codes) {
            var block = blocks.get(code - 1);
            if (isFar(block)) {
                far.add(code);
            } else if (block.ladder != null) {
                reach(block);
                far.add(code);
                // The innermost, as they come in order.
                ladder = block.ladder;
            } else {
                near.add(block);
            }
        }
        if (near.size() > FEW) {
            dispatchByTable(near, far.isEmpty());
        } else {
            for (int i = 0; i < near.size(); i++) {
                var block = near.get(i);
                reach(block);
                if (i == near.size() - 1 && far.isEmpty()) {
                    cb.goto_(block.label);
                } else {
                    cb.iload(varTemp).loadConstant(block.code());
                    cb.if_icmpeq(block.label);
                }
            }
        }
        if (ladder != null) {
            for (int code : far) {
                if (!ladder.has(code)) {
                    ladder.others.add(code);
                }
            }
            cb.goto_(ladder.dispatch);
        } else if (!far.isEmpty()) {
            exits.addAll(far);
            passOn();
        }
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

    private void stubs(Map<Integer, Label> targets) {
        for (var target : targets.entrySet()) {
            var block = block(target.getKey());
            if (block.label != null && block.label.equals(target.getValue())) {
                continue;
            }
            cb.labelBinding(target.getValue());
            branchAside(target.getKey());
        }
    }

    /** Replaces the index on the JVM's stack by its entry in a table of constants. */
    final void lookUp(String name, int i, int[] table) {
        var ints = Names.INT.arrayType();
        var made = unit.addTable(name + i, table);
        cb.invokestatic(made.owner(), made.name(), MethodTypeDesc.of(ints));
        cb.invokestatic(Names.RT, "lookUp", MethodTypeDesc.of(Names.INT, Names.INT, ints));
    }

    /** A table with many labels: what it leads to is looked up in an array. */
    private void tableByNumber(int i, int[] labels, Map<Integer, Label> targets) {
        var order = new ArrayList<>(targets.keySet());
        var numbers = new HashMap<Integer, Integer>();
        for (int label : order) {
            numbers.put(label, numbers.size());
        }
        var table = new int[labels.length];
        for (int j = 0; j < labels.length; j++) {
            table[j] = numbers.get(labels[j]);
        }
        lookUp("table", i, table);
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

    /** Leaves the function with the results on top of the stack. */
    abstract void leave();

    /** Leaves the method for a block of another; values are in place, and nothing on the stack. */
    abstract void exit(Block block);

    /** Whether the method returns where control goes on, as a part does. */
    abstract boolean returnsCodes();

    /** Leaves the method for the block of another whose number is in the temporary variable. */
    abstract void passOn();
}
