// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.wasm.syntax.Opcode;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A loop that copies bytes one after the other, or sets them to one value, however often it has
 * been unrolled. Found by executing one round of it on sums of locals instead of numbers.
 */
final class ByteLoop {
    /** What a byte is that a round stores: one that it has loaded, or a number. */
    private record Stored(Linear to, int toOffset, Loaded from, Linear value) {}

    private record Loaded(Linear from, int offset) {}

    private final Ir ir;
    private final int begin;

    /** What locals are at the end of a round. */
    final Map<Integer, Linear> changed = new HashMap<>();

    /** By how much locals that count change in each round. */
    final Map<Integer, Integer> steps = new HashMap<>();

    private final List<Stored> stores = new ArrayList<>();

    /** What must not be 0 for another round, in terms of the beginning of a round. */
    Linear goesOn;

    /** The label that control goes to behind the last round, from outside of the loop; or -1. */
    int exit = -1;

    // What all rounds together do: see io.nacelle.runtime.code.ByteLoops.
    Linear to;
    int toOffset;
    Linear from;
    int fromOffset;
    Linear value;
    int mostOffset;
    int step;
    int firstStep;

    private ByteLoop(Ir ir, int begin) {
        this.ir = ir;
        this.begin = begin;
    }

    /** The loop that begins with an instruction, or null when it does something else. */
    static ByteLoop find(Ir ir, int loop) {
        if (ir.op(loop) != Opcode.LOOP.ordinal() || ir.shape(loop).params().length != 0) {
            return null;
        }
        var found = new ByteLoop(ir, loop);
        return found.execute() && found.understand() ? found : null;
    }

    private boolean execute() {
        var stack = new ArrayDeque<Object>();
        int end = ir.end[begin];
        if (ir.shape(begin).results().length != 0 || end - begin > 400) {
            return false;
        }
        for (int i = begin + 1; i < end; i++) {
            if (ir.op(i) == Ir.FUEL) {
                return false;
            }
            if (goesOn != null) {
                // Only the way out may follow.
                exit = ir.x[i] - 1;
                return ir.opcode(i) == Opcode.BR
                        && exit >= 0
                        && i + 1 == end
                        && stack.isEmpty()
                        && !stores.isEmpty();
            }
            if (!step(i, stack)) {
                return false;
            }
        }
        return goesOn != null && stack.isEmpty() && !stores.isEmpty();
    }

    private boolean step(int i, ArrayDeque<Object> stack) {
        switch (ir.opcode(i)) {
            case LOCAL_GET -> {
                int local = ir.x[i];
                if (ir.locals[local] != Kinds.I32) {
                    return false;
                }
                stack.push(changed.getOrDefault(local, Linear.local(local)));
            }
            case LOCAL_SET, LOCAL_TEE -> {
                if (!(stack.peek() instanceof Linear set)) {
                    return false;
                }
                changed.put(ir.x[i], set);
                if (ir.opcode(i) == Opcode.LOCAL_SET) {
                    stack.pop();
                }
            }
            case I32_CONST -> stack.push(Linear.of((int) ir.n[i]));
            case I32_ADD, I32_SUB, I32_NE -> {
                if (!(stack.pop() instanceof Linear right)
                        || !(stack.pop() instanceof Linear left)) {
                    return false;
                }
                stack.push(
                        ir.opcode(i) == Opcode.I32_ADD
                                ? left.plus(right)
                                : left.plus(right.negate()));
            }
            case I32_LOAD8_U, I32_LOAD8_S -> {
                if (!(stack.pop() instanceof Linear address)
                        || ir.x[i] != 0
                        || ir.n[i] >>> 31 != 0) {
                    return false;
                }
                stack.push(new Loaded(address, (int) ir.n[i]));
            }
            case I32_STORE8 -> {
                var stored = stack.pop();
                if (!(stack.pop() instanceof Linear address)
                        || ir.x[i] != 0
                        || ir.n[i] >>> 31 != 0) {
                    return false;
                }
                // What was loaded before another store might have been changed by that.
                stores.add(
                        new Stored(
                                address,
                                (int) ir.n[i],
                                stored instanceof Loaded loaded ? loaded : null,
                                stored instanceof Linear number ? number : null));
                if (!stack.isEmpty()) {
                    return false;
                }
            }
            case BR_IF -> {
                if (ir.x[i] != 0 || !(stack.pop() instanceof Linear condition)) {
                    return false;
                }
                goesOn = condition;
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Whether the rounds make one whole. */
    private boolean understand() {
        for (var entry : changed.entrySet()) {
            var own = Linear.local(entry.getKey());
            if (entry.getValue().isParallel(own) && entry.getValue().constant() != 0) {
                steps.put(entry.getKey(), entry.getValue().constant());
            }
        }
        if (!changed.values().stream().allMatch(this::isKnown) || !isKnown(goesOn)) {
            return false;
        }
        firstStep = stepOf(goesOn);
        var first = stores.getFirst();
        to = first.to;
        toOffset = first.toOffset;
        step = isKnown(to) ? stepOf(to) : 0;
        int count = stores.size();
        if (firstStep == 0 || Math.abs(step) != count) {
            return false;
        }
        int direction = Integer.signum(step);
        if (first.from != null) {
            from = first.from.from;
            fromOffset = first.from.offset;
            if (!isKnown(from) || stepOf(from) != step) {
                return false;
            }
        } else {
            value = first.value;
            if (!isKnown(value) || stepOf(value) != 0) {
                return false;
            }
        }
        for (int k = 0; k < count; k++) {
            var stored = stores.get(k);
            boolean inOrder = isAt(stored.to, stored.toOffset, to, toOffset, k * direction);
            if (from != null) {
                inOrder &=
                        stored.from != null
                                && isAt(
                                        stored.from.from,
                                        stored.from.offset,
                                        from,
                                        fromOffset,
                                        k * direction);
            } else {
                inOrder &= value.equals(stored.value);
            }
            if (!inOrder) {
                return false;
            }
            mostOffset = Math.max(mostOffset, stored.toOffset);
            if (stored.from != null) {
                mostOffset = Math.max(mostOffset, stored.from.offset);
            }
        }
        return true;
    }

    private static boolean isAt(Linear a, int aOffset, Linear b, int bOffset, int distance) {
        return a.isParallel(b)
                && (long) a.constant() + aOffset == (long) b.constant() + bOffset + distance;
    }

    /** Whether it depends only on locals that count or do not change. */
    private boolean isKnown(Linear sum) {
        for (int local : sum.factors().keySet()) {
            var end = changed.get(local);
            boolean stays = end == null || end.equals(Linear.local(local));
            if (!stays && !steps.containsKey(local)) {
                return false;
            }
        }
        return true;
    }

    private int stepOf(Linear sum) {
        int total = 0;
        for (var entry : sum.factors().entrySet()) {
            total += entry.getValue() * steps.getOrDefault(entry.getKey(), 0);
        }
        return total;
    }
}
