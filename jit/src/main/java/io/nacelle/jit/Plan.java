// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a function is cut into methods. HotSpot compiles no method of 8,000 bytes or more, so a
 * larger function becomes a skeleton that calls its parts, which may have parts themselves. A part
 * is a run of instructions at one level of nesting.
 *
 * <p>The sizes are estimates; who generates the code looks whether they were right, and else asks
 * for a plan with smaller parts.
 */
final class Plan {
    /** Locals beyond which they are in arrays. */
    static final int MOST_FIELDS = 400;

    /** Labels of a table beyond which it is looked up. */
    static final int MOST_CASES = 300;

    /** What a run must have for it to be taken out rather than a large block. */
    private static final int WORTHWHILE = 250;

    /** How many calls of parts make it worthwhile to put them together. */
    private static final int LEAST_CALLS = 8;

    /** What lies beside a block of so many parts is made parts of. */
    private static final int SKELETON_PARTS = 4;

    private static final int LEAST_PART = 90;

    /** What a ladder takes, and what each of its groups does. */
    private static final int LADDER = 60;

    private static final int GROUP = 40;

    /** Parts that a body needs beyond which many are cut at once. */
    private static final int MANY_PARTS = 40;

    /** Variables of a method, beyond which locals are in a frame. */
    private static final int MOST_VARIABLES = 1500;

    /** What a part should have at most. */
    private final int partSize;

    /** What a body should have at most that is not the function's. */
    private final int bodySize;

    private final int wholeSize;

    /** What the cases of a ladder that share a method should have together. */
    private final int groupSize;

    private final Ir ir;
    private final PartSizes sizes;

    /** By the first instruction: the ends of parts, larger ones first. */
    private final Map<Integer, List<Integer>> parts = new HashMap<>();

    /** By the first instruction. */
    private final Map<Integer, Ladder> ladders = new HashMap<>();

    private Plan(Ir ir, PartSizes sizes, double scale) {
        this.ir = ir;
        this.sizes = sizes;
        this.partSize = (int) (Tuning.PART * scale);
        this.bodySize = (int) (Tuning.BODY * scale);
        this.wholeSize = (int) (Tuning.SKELETON * scale);
        this.groupSize = (int) (Tuning.GROUP * scale);
    }

    /** The plan of one method, or null when that would be too large. */
    static Plan whole(Ir ir, PartSizes sizes, int from, int to) {
        int words = 2 * (ir.locals.length + ir.maxHeight);
        if (words > MOST_VARIABLES
                || sizes.hasMany(from, to)
                || sizes.total(from, to) > Tuning.WHOLE) {
            return null;
        }
        return new Plan(ir, sizes, 1);
    }

    /** The plan of several methods over a frame. */
    static Plan parts(Ir ir, PartSizes sizes, int from, int to, double scale) {
        var plan = new Plan(ir, sizes, scale);
        plan.body(from, to, plan.wholeSize);
        return plan;
    }

    /**
     * The end of the part that begins at an instruction and is called from a range; the instruction
     * itself when there is none.
     */
    int part(int i, int from, int to) {
        var ends = parts.get(i);
        if (ends != null) {
            for (int end : ends) {
                if (end < to || end == to && i > from) {
                    return end;
                }
            }
        }
        return i;
    }

    /** The loop that begins with an instruction and is to be generated twice, or null. */
    CountedLoop counted(int i) {
        var loop = sizes.counted(i);
        return loop != null && isWhole(i) ? loop : null;
    }

    /** Whether the loop that begins with an instruction is to have the fuel in a variable. */
    boolean keepsFuel(int i) {
        return ir.body.module.countsFuel() && CountedLoop.isSimple(ir, i) && isWhole(i);
    }

    /** Whether nothing within a block is a part. */
    private boolean isWhole(int opener) {
        for (int i = opener + 1; i < ir.end[opener]; i++) {
            if (isCall(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether an instruction opens a block. */
    boolean opens(int i) {
        return sizes.opens(i);
    }

    /** Whether a part is called at an instruction, or a group of cases. */
    boolean isCall(int i) {
        return parts.containsKey(i) || ladders.containsKey(i);
    }

    /** The ladder whose cases are to be called in groups that begins at an instruction, or null. */
    Ladder ladder(int i) {
        return ladders.get(i);
    }

    /** Something at one level of nesting. */
    private static final class Item {
        final int start;
        final int end;
        int size;
        boolean called;

        Item(int start, int end, int size) {
            this.start = start;
            this.end = end;
            this.size = size;
        }
    }

    /** Cuts a body so that what is left of it has at most some size; gives that. */
    private int body(int from, int to, int limit) {
        var items = new ArrayList<Item>();
        int total = 0;
        for (int i = from; i < to; ) {
            int end = i + 1;
            int size;
            if (sizes.opens(i)) {
                end = ir.end[i] + 1;
                size = sizes.total(i, end);
                if (size > partSize) {
                    var ends = Ladder.find(ir, i);
                    size = ends == null ? block(i, end) : ladder(i, ends);
                }
            } else {
                size = sizes.size(i);
            }
            items.add(new Item(i, end, size));
            total += size;
            i = end;
        }
        if (isSkeleton(items)) {
            total -= clear(items);
        }
        while (total > limit) {
            int saved = total > MANY_PARTS * partSize ? cutMany(items) : cut(items);
            if (saved <= 0) {
                break;
            }
            total -= saved;
        }
        return total;
    }

    /** Whether one of the items is a block that holds most of a large function. */
    private boolean isSkeleton(List<Item> items) {
        return items.stream().anyMatch(this::isSkeleton);
    }

    private boolean isSkeleton(Item item) {
        return !item.called
                && !ladders.containsKey(item.start)
                && sizes.total(item.start, item.end) > SKELETON_PARTS * Tuning.PART;
    }

    /**
     * Makes parts of all that lies beside a block that holds most of a large function, as cases of
     * an interpreter's loop do: else it would have to be cut at many of its levels, each of which
     * is passed on the way in and out. Gives by how much the body became smaller.
     */
    private int clear(List<Item> items) {
        int saved = 0;
        var left = new ArrayList<Item>();
        for (int from = 0; from < items.size(); ) {
            int to = from;
            int size = 0;
            while (to < items.size()
                    && !items.get(to).called
                    && !isSkeleton(items.get(to))
                    && size + items.get(to).size <= partSize) {
                size += items.get(to++).size;
            }
            var made = size > LEAST_PART ? takeOut(items, from, to, size) : null;
            if (made != null) {
                saved += size - made.size;
                left.add(made);
            } else {
                to = Math.max(to, from + 1);
                left.addAll(items.subList(from, to));
            }
            from = to;
        }
        items.clear();
        items.addAll(left);
        return saved;
    }

    /** Puts the cases of a ladder into groups; gives its size after that. */
    private int ladder(int opener, int[] ends) {
        int last = ends.length - 1;
        int total = body(opener + ends.length, ends[last], bodySize);
        var groups = new ArrayList<Ladder.Group>();
        int inner = last;
        int size = 0;
        for (int i = last; i > 0; i--) {
            int one = 8 + caseSize(ends[i], ends[i - 1]);
            if (i < inner && size + one > groupSize) {
                groups.add(new Ladder.Group(inner, i + 1));
                inner = i;
                size = 0;
            }
            size += one;
        }
        groups.add(new Ladder.Group(inner, 1));
        ladders.put(opener, new Ladder(opener, ends, groups));
        return total + LADDER + GROUP * groups.size();
    }

    private int caseSize(int end, int next) {
        int size = sizes.total(end + 1, next);
        return size > groupSize ? body(end + 1, next, bodySize) : size;
    }

    /** Cuts the bodies of a block; gives its size after that. */
    private int block(int opener, int end) {
        int total = sizes.size(opener) + sizes.size(end - 1);
        int from = opener + 1;
        for (int i = from; i < end; ) {
            boolean last = i == end - 1;
            if (last || sizes.divides(i)) {
                total += body(from, i, bodySize) + (last ? 0 : sizes.size(i));
                from = i + 1;
                i++;
            } else {
                i = sizes.opens(i) ? ir.end[i] + 1 : i + 1;
            }
        }
        return total;
    }

    /** Makes a part of some items; gives by how much the body became smaller. */
    private int cut(List<Item> items) {
        int bestFrom = -1;
        int bestTo = -1;
        int best = 0;
        for (int from = 0; from < items.size(); ) {
            var run = run(items, from);
            if (run.size > best && run.helps) {
                best = run.size;
                bestFrom = from;
                bestTo = run.to;
            }
            from = Math.max(run.to, from + 1);
        }
        // A large block is taken out as a whole only when little else can be: it is what the parts
        // are called from, and each level of calls is passed on the way in and out.
        int single = best < WORTHWHILE ? largest(items) : -1;
        if (single >= 0 && items.get(single).size > best) {
            bestFrom = single;
            bestTo = single + 1;
            best = items.get(single).size;
        }
        if (bestFrom < 0) {
            return 0;
        }
        var made = takeOut(items, bestFrom, bestTo, best);
        if (made == null) {
            return 0;
        }
        items.subList(bestFrom, bestTo).clear();
        items.add(bestFrom, made);
        return best - made.size;
    }

    /**
     * Makes parts of all that is at least half as large as what {@link #cut} would take: one after
     * the other, a function of millions of instructions would take minutes.
     */
    private int cutMany(List<Item> items) {
        int best = 0;
        for (int from = 0; from < items.size(); ) {
            var run = run(items, from);
            best = run.helps ? Math.max(best, run.size) : best;
            from = Math.max(run.to, from + 1);
        }
        if (best < WORTHWHILE) {
            return cut(items);
        }
        int saved = 0;
        var left = new ArrayList<Item>();
        for (int from = 0; from < items.size(); ) {
            var run = run(items, from);
            int to = Math.max(run.to, from + 1);
            var made =
                    run.helps && 2 * run.size >= best
                            ? takeOut(items, from, run.to, run.size)
                            : null;
            if (made != null) {
                saved += run.size - made.size;
                left.add(made);
            } else {
                left.addAll(items.subList(from, to));
            }
            from = to;
        }
        items.clear();
        items.addAll(left);
        return saved;
    }

    /**
     * Items that can become one part.
     *
     * @param helps whether the body becomes smaller by enough
     */
    private record Run(int to, int size, boolean helps) {}

    /** What can become one part, from an item on. */
    private Run run(List<Item> items, int from) {
        int base = ir.height[items.getFirst().start];
        boolean calls = items.get(from).called;
        int size = 0;
        int to = from;
        int settled = -1;
        int settledSize = 0;
        // Parts are not put together with other code: that would nest calls for nothing.
        while (to < items.size()
                && items.get(to).called == calls
                && !isSkeleton(items.get(to))
                && size + items.get(to).size <= partSize) {
            size += items.get(to++).size;
            // Where the stack is as it was at the beginning, nothing has to be moved.
            if (to == items.size() || ir.height[items.get(to).start] <= base) {
                settled = to;
                settledSize = size;
            }
        }
        if (settled > from && settledSize * 3 >= size) {
            to = settled;
            size = settledSize;
        }
        return new Run(to, size, !calls || to - from >= LEAST_CALLS);
    }

    /** Makes a part of some items, to stand in their place; null when that does not help. */
    private Item takeOut(List<Item> items, int from, int to, int size) {
        var first = items.get(from);
        int end = items.get(to - 1).end;
        int call = sizes.call(first.start, end);
        if (size <= call + 20) {
            return null;
        }
        parts.computeIfAbsent(first.start, _ -> new ArrayList<>()).addFirst(end);
        var made = new Item(first.start, end, call);
        made.called = true;
        return made;
    }

    /** The largest item that is a method's worth by itself, or -1. */
    private int largest(List<Item> items) {
        int found = -1;
        for (int i = 0; i < items.size(); i++) {
            var item = items.get(i);
            if ((item.size > partSize || isSkeleton(item))
                    && !item.called
                    && (found < 0 || item.size > items.get(found).size)) {
                found = i;
            }
        }
        return found;
    }
}
