// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.wasm.syntax.Opcode;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A loop that HotSpot would not know to count rounds, although they can be: it counts those that
 * end by a signed comparison, and only these does it unroll, rid of checks of addresses, and make
 * vectors of. Compilers of C write {@code p != end} with steps beyond one, and compare unsigned;
 * and a search ends by what it finds.
 *
 * <p>Such a loop is generated twice. The one with a signed comparison runs where that comes to the
 * same, which is seen before the first round.
 *
 * @param branch the instruction that begins another round, the last of the loop
 * @param tested what is compared there, as the first round begins
 * @param step by how much that changes with each round
 * @param end what it is compared with; null when it is not the comparison that is replaced, but one
 *     added, of the local {@link #tested} with the memory's size
 * @param unsigned whether it is compared so, rather than for being equal
 * @param relation the comparison that replaces it, with {@link #tested} on the left
 * @param mirrored whether {@link #tested} is on the right
 * @param isPlain whether there is no instruction that compares: another round for all but 0
 * @param reach where there is no end: the bytes from {@link #tested} on that a round reaches
 */
record CountedLoop(
        int branch,
        Linear tested,
        int step,
        Linear end,
        boolean unsigned,
        Compare.Relation relation,
        boolean mirrored,
        boolean isPlain,
        long reach) {
    private static final int MOST_INSTRUCTIONS = 150;

    /** The prefix of instructions on vectors. */
    private static final int VECTORS = 0xFD;

    private static final int MOST_STEP = 1 << 16;

    /** The local that counts. */
    int counter() {
        return tested.factors().keySet().iterator().next();
    }

    /** The loop that begins with an instruction, or null when there is nothing to be won. */
    static CountedLoop find(Ir ir, int loop) {
        if (!isSimple(ir, loop)) {
            return null;
        }
        var finder = new Finder(ir, loop);
        return finder.hasOneWayBack() ? finder.find() : null;
    }

    /** Whether a small loop begins with an instruction in which nothing takes long by itself. */
    static boolean isSimple(Ir ir, int loop) {
        if (ir.op(loop) != Opcode.LOOP.ordinal()
                || ir.shape(loop).params().length != 0
                || ir.end[loop] - loop > MOST_INSTRUCTIONS) {
            return false;
        }
        for (int i = loop + 1; i < ir.end[loop]; i++) {
            if (ir.op(i) != Ir.FUEL && !isSimple(ir.opcode(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSimple(Opcode op) {
        return switch (op) {
            case BLOCK,
                    IF,
                    ELSE,
                    END,
                    BR,
                    BR_IF,
                    RETURN,
                    UNREACHABLE,
                    SELECT,
                    SELECT_T,
                    DROP,
                    NOP,
                    LOCAL_GET,
                    LOCAL_SET,
                    LOCAL_TEE,
                    GLOBAL_GET,
                    GLOBAL_SET,
                    I32_CONST,
                    I64_CONST,
                    F32_CONST,
                    F64_CONST ->
                    true;
            // What is left are numbers, vectors, and what reaches a memory.
            default ->
                    (op.prefix() == 0 || op.prefix() == VECTORS)
                            && (op.hasFixedType() || op.widthLog2() >= 0);
        };
    }

    /** Executes one round on sums of locals. */
    private static final class Finder {
        private final Ir ir;
        private final int begin;
        private final int end;

        /** The last instruction but what counts fuel, which only who leaves the loop gets to. */
        private final int last;

        /** Locals that are set in blocks inside the loop. */
        private final Set<Integer> unclear = new HashSet<>();

        private final Set<Integer> changed = new HashSet<>();

        /** What locals are; those that are not here are what they were. */
        private final Map<Integer, Linear> values = new HashMap<>();

        /** Where bytes are reached: the sums of addresses, and the number behind the last byte. */
        private final Map<Linear, Long> reached = new HashMap<>();

        private final Linear[] stack;
        private Linear left;
        private Linear right;

        Finder(Ir ir, int begin) {
            this.ir = ir;
            this.begin = begin;
            this.end = ir.end[begin];
            this.last = ir.op(end - 1) == Ir.FUEL ? end - 2 : end - 1;
            this.stack = new Linear[ir.maxHeight + 1];
        }

        /** Whether there is one way back, at the end. */
        boolean hasOneWayBack() {
            int depth = 0;
            for (int i = begin + 1; i < end; i++) {
                if (ir.op(i) == Ir.FUEL) {
                    continue;
                }
                switch (ir.opcode(i)) {
                    case BLOCK, IF -> depth++;
                    case END -> depth--;
                    case LOCAL_SET, LOCAL_TEE -> {
                        changed.add(ir.x[i]);
                        if (depth > 0) {
                            unclear.add(ir.x[i]);
                        }
                    }
                    case BR, BR_IF -> {
                        if (ir.x[i] == depth && i != last) {
                            return false;
                        }
                    }
                    default -> {}
                }
            }
            return last - 1 > begin
                    && ir.op(last) == Opcode.BR_IF.ordinal()
                    && ir.op(last - 1) != Ir.FUEL
                    && ir.x[last] == 0;
        }

        CountedLoop find() {
            int depth = 0;
            for (int i = begin + 1; i < last; i++) {
                if (ir.op(i) == Ir.FUEL) {
                    continue;
                }
                switch (ir.opcode(i)) {
                    case BLOCK, IF -> {
                        depth++;
                        Arrays.fill(stack, null);
                    }
                    case ELSE -> Arrays.fill(stack, null);
                    case END -> {
                        depth--;
                        Arrays.fill(stack, null);
                    }
                    default -> step(i, depth);
                }
            }
            var before = ir.opcode(last - 1);
            var compare = Compare.of(before);
            if (compare == null) {
                left = stack[ir.height[last] - 1];
                right = Linear.of(0);
                return byComparison(Compare.Relation.NE, false, true);
            }
            if (compare.kind() == Kinds.I32 && compare.operands() == 2) {
                return byComparison(compare.relation(), compare.unsigned(), false);
            }
            return byMemory();
        }

        private void step(int i, int depth) {
            int height = ir.height[i];
            var op = ir.opcode(i);
            switch (op) {
                case LOCAL_GET -> stack[height] = local(ir.x[i]);
                case LOCAL_SET, LOCAL_TEE -> {
                    if (depth == 0) {
                        values.put(ir.x[i], stack[height - 1]);
                    }
                }
                case I32_CONST -> stack[height] = Linear.of((int) ir.n[i]);
                case I32_ADD, I32_SUB -> {
                    var a = stack[height - 2];
                    var b = stack[height - 1];
                    stack[height - 2] =
                            a == null || b == null
                                    ? null
                                    : a.plus(op == Opcode.I32_ADD ? b : b.negate());
                }
                default -> {
                    if (Compare.of(op) != null && i == last - 1 && height >= 2) {
                        left = stack[height - 2];
                        right = stack[height - 1];
                    }
                    reach(i, op, height);
                    // What it gives, nobody knows.
                    int from = Math.max(0, ir.height[i + 1] - 1);
                    Arrays.fill(stack, from, stack.length, null);
                }
            }
        }

        private void reach(int i, Opcode op, int height) {
            if (op.widthLog2() < 0 || ir.x[i] != 0) {
                return;
            }
            var address = stack[height - (op.name().contains("STORE") ? 2 : 1)];
            if (address != null && address.factors().size() == 1) {
                var base = new Linear(address.factors(), 0);
                long to = address.constant() + ir.n[i] + (1L << op.widthLog2());
                reached.merge(base, to, Math::max);
            }
        }

        private Linear local(int local) {
            if (ir.locals[local] != Kinds.I32 || unclear.contains(local)) {
                return null;
            }
            return values.containsKey(local) ? values.get(local) : Linear.local(local);
        }

        /** By how much a local changes with each round; 0 when that is not known. */
        private int step(int local) {
            var value = local(local);
            return value != null && value.isParallel(Linear.local(local)) ? value.constant() : 0;
        }

        /** By how much a sum does that is one local and a constant. */
        private int step(Linear sum) {
            if (sum == null || sum.factors().size() != 1) {
                return 0;
            }
            var only = sum.factors().entrySet().iterator().next();
            return only.getValue() == 1 ? step(only.getKey()) : 0;
        }

        private boolean isFixed(Linear sum) {
            return sum != null
                    && (sum.factors().isEmpty()
                            || sum.constant() == 0
                                    && sum.factors().size() == 1
                                    && sum.factors().values().iterator().next() == 1
                                    && !changed.contains(sum.factors().keySet().iterator().next()));
        }

        private CountedLoop byComparison(
                Compare.Relation relation, boolean unsigned, boolean isPlain) {
            boolean mirrored = step(left) == 0;
            var tested = mirrored ? right : left;
            var to = mirrored ? left : right;
            int step = step(tested);
            if (step == 0 || Math.abs(step) > MOST_STEP || !isFixed(to)) {
                return byMemory();
            }
            boolean up = step > 0;
            if (relation == Compare.Relation.NE) {
                return Math.abs(step) == 1
                        ? null
                        : new CountedLoop(
                                last,
                                tested,
                                step,
                                to,
                                false,
                                up == mirrored ? Compare.Relation.GT : Compare.Relation.LT,
                                mirrored,
                                isPlain,
                                0);
            }
            if (relation == Compare.Relation.EQ) {
                return byMemory();
            }
            boolean less = relation == Compare.Relation.LT || relation == Compare.Relation.LE;
            if (less == mirrored == up) {
                // It grows beyond the end, or falls below it.
                return byMemory();
            }
            return unsigned
                    ? new CountedLoop(last, tested, step, to, true, relation, mirrored, false, 0)
                    : null;
        }

        /** Bounds a loop that ends by something else by what it reads of the memory. */
        private CountedLoop byMemory() {
            Linear best = null;
            int step = 0;
            for (var base : reached.keySet()) {
                int found = step(base);
                long to = reached.get(base);
                if (found > 0 && found <= MOST_STEP && to > 0 && to < Integer.MAX_VALUE) {
                    // One of several is as good: they are known by their distance.
                    if (best == null || reached.get(base) > reached.get(best)) {
                        best = base;
                        step = found;
                    }
                }
            }
            return best == null
                    ? null
                    : new CountedLoop(
                            last,
                            best,
                            step,
                            null,
                            false,
                            Compare.Relation.LT,
                            false,
                            false,
                            reached.get(best));
        }
    }
}
