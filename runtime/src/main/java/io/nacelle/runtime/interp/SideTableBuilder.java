// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.exec.ModuleImpl;
import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.CatchClause;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.valid.CodeVisitor;
import io.nacelle.wasm.valid.FuelSegments;
import io.nacelle.wasm.valid.FuncValidator;

import java.util.Arrays;

/**
 * Makes the side table of a function (see {@link ClassicCode}) in one walk over its body. While a
 * label is not reached, the entries that lead to it are chained through their first number.
 */
final class SideTableBuilder implements CodeVisitor {
    private static final int NONE = -1;

    private final ModuleImpl module;
    private final int origin;
    private final byte[] code;
    private final boolean metered;
    private final boolean deterministic;

    private int[] table = new int[16];
    private int size;

    /** By frame: the last entry that leads behind its end, or NONE. */
    private int[] forward = new int[8];

    /** By frame: where a loop begins, or NONE. */
    private int[] loopPlace = new int[8];

    private int[] loopPosition = new int[8];

    /** By frame: the entry of an {@code if} whose other way is still open, or NONE. */
    private int[] ifEntry = new int[8];

    private final Handlers.Builder handlers = new Handlers.Builder();

    /** By frame: the last clause that leads behind its end, or NONE. */
    private int[] caught = new int[8];

    /** By frame: the region that a {@code try} or {@code try_table} opened, or NONE. */
    private int[] region = new int[8];

    /** By frame: the innermost region that its code is in. */
    private int[] inside = new int[8];

    /** By frame: of a legacy handler, the number of the slot that keeps its exception; or NONE. */
    private int[] kept = new int[8];

    /** The region of the block that is being read. */
    private int newRegion = NONE;

    /** The entry of the {@code if} that is being read. */
    private int newIf = NONE;

    /** Where the cost of the current segment is summed up. */
    private int segment = NONE;

    private int start;
    private int locals;
    private int maxHeight;
    private int traits;

    /**
     * For one function.
     *
     * @param origin what to add to a place in the code to get an offset in the module
     * @param code where the function's bytes are: a copy of them, which is changed, when NaNs are
     *     to be canonical
     */
    SideTableBuilder(ModuleImpl module, int origin, byte[] code) {
        this.module = module;
        this.origin = origin;
        this.code = code;
        this.deterministic = module.isDeterministic();
        this.metered = module.countsFuel();
    }

    int[] table() {
        return Arrays.copyOf(table, size);
    }

    int start() {
        return start;
    }

    /** Locals, and a slot for each exception that legacy handlers keep at once. */
    int locals() {
        return locals + handlers.keptSlots();
    }

    /** The exception handlers; null when there are none. */
    Handlers handlers() {
        return handlers.build(locals() + 1, locals);
    }

    int maxHeight() {
        return maxHeight;
    }

    int traits() {
        return traits;
    }

    @Override
    public void begin(FuncValidator v) {
        locals = v.localCount();
        start = NONE;
        open(0);
        beginSegment();
    }

    @Override
    public void before(InstrReader in, FuncValidator v) {
        if (start == NONE) {
            start = in.start() - origin;
        }
        var op = in.op();
        if (deterministic) {
            ClassicCanonical.mark(op, code, in.start() - origin);
        }
        boolean reachable = v.reachable();
        if (reachable) {
            if (metered) {
                table[segment] += FuelSegments.cost(op);
            }
        }
        switch (op) {
            case IF -> newIf = reachable ? emit(ClassicCode.SHORT_ENTRY) : NONE;
            case ELSE -> otherwise(v.depth() - 1, reachable, in.offset() - origin);
            case END -> end(v.depth() - 1, in);
            case TRY, TRY_TABLE -> newRegion = reachable ? openTry(op, in, v) : NONE;
            case CATCH, CATCH_ALL -> openCatch(op, in, v);
            case DELEGATE -> {
                int frame = v.depth() - 1;
                if (region[frame] != NONE) {
                    // The label counts from outside the block.
                    handlers.delegate(region[frame], inside[frame - 1 - in.x()]);
                }
                end(frame, in);
            }
            case RETHROW -> {
                if (reachable) {
                    // In the code there is a label; here is the slot.
                    number(locals + kept[v.depth() - 1 - in.x()]);
                }
            }
            case BR,
                    BR_IF,
                    BR_TABLE,
                    BR_ON_NULL,
                    BR_ON_NON_NULL,
                    BR_ON_CAST,
                    BR_ON_CAST_FAIL,
                    BR_ON_CAST_DESC_EQ,
                    BR_ON_CAST_DESC_EQ_FAIL -> {
                if (reachable) {
                    branches(op, in, v);
                }
            }
            default -> {}
        }
    }

    private void branches(Opcode op, InstrReader in, FuncValidator v) {
        switch (op) {
            case BR, BR_ON_NON_NULL, BR_ON_CAST, BR_ON_CAST_FAIL -> branch(in.x(), v.height(), v);
            case BR_IF, BR_ON_NULL, BR_ON_CAST_DESC_EQ, BR_ON_CAST_DESC_EQ_FAIL ->
                    branch(in.x(), v.height() - 1, v);
            default -> {
                for (int i = 0; i < in.labelCount(); i++) {
                    branch(in.label(i), v.height() - 1, v);
                }
            }
        }
    }

    /**
     * Makes the entry of a branch.
     *
     * @param height of the stack when the branch is taken
     */
    private void branch(int label, int height, FuncValidator v) {
        int entry = emit(ClassicCode.ENTRY);
        int keep = v.labelArity(label);
        int drop = height - keep - v.frameHeight(label);
        table[entry + 2] = keep << ClassicCode.DROP_BITS | drop;
        int frame = v.depth() - 1 - label;
        if (loopPlace[frame] != NONE) {
            table[entry] = loopPlace[frame];
            table[entry + 1] = loopPosition[frame];
        } else {
            chain(frame, entry);
        }
    }

    private void chain(int frame, int entry) {
        table[entry] = forward[frame];
        forward[frame] = entry;
    }

    private void otherwise(int frame, boolean reachable, int place) {
        if (reachable) {
            chain(frame, emit(ClassicCode.SHORT_ENTRY));
        }
        if (ifEntry[frame] != NONE) {
            table[ifEntry[frame]] = place;
            table[ifEntry[frame] + 1] = size;
            ifEntry[frame] = NONE;
        }
    }

    private int openTry(Opcode op, InstrReader in, FuncValidator v) {
        int opened = handlers.open(in.offset() - origin);
        if (op == Opcode.TRY_TABLE) {
            // Past the clauses, which may be many.
            number(in.offset() - origin);
            for (var clause : in.clauses()) {
                addClause(opened, clause, v);
            }
        }
        return opened;
    }

    private void addClause(int opened, CatchClause wanted, FuncValidator v) {
        boolean tagged = wanted.kind().hasTag();
        int tag = tagged ? wanted.tag() : NONE;
        int values = tagged ? tagArity(tag) : 0;
        int height = v.frameHeight(wanted.label());
        int clause = handlers.clause(opened, tag, height, values, wanted.kind().passesReference());
        int frame = v.depth() - 1 - wanted.label();
        if (loopPlace[frame] != NONE) {
            handlers.link(clause, loopPlace[frame], loopPosition[frame]);
        } else {
            caught[frame] = handlers.chain(clause, caught[frame]);
        }
    }

    private int tagArity(int tag) {
        return module.valid.tag(tag).func().params().size();
    }

    /** Begins a legacy handler; control goes around it, as around {@code else}. */
    private void openCatch(Opcode op, InstrReader in, FuncValidator v) {
        int frame = v.depth() - 1;
        if (region[frame] == NONE) {
            return;
        }
        if (v.reachable()) {
            chain(frame, emit(ClassicCode.SHORT_ENTRY));
        }
        if (kept[frame] == NONE) {
            handlers.close(in.start() - origin);
            inside[frame] = handlers.current();
            kept[frame] = handlers.beginCatch();
        }
        boolean tagged = op == Opcode.CATCH;
        int values = tagged ? tagArity(in.x()) : 0;
        int tag = tagged ? in.x() : NONE;
        int clause = handlers.clause(region[frame], tag, v.frameHeight(0), values, false);
        handlers.keep(clause, kept[frame]);
        handlers.link(clause, in.offset() - origin, size);
    }

    private void end(int frame, InstrReader in) {
        if (kept[frame] != NONE) {
            handlers.endCatch();
        } else if (region[frame] != NONE) {
            handlers.close(in.start() - origin);
        }
        // A branch out of the function executes the last end: it is what returns.
        int place = (frame == 0 ? in.start() : in.offset()) - origin;
        if (ifEntry[frame] != NONE) {
            chain(frame, ifEntry[frame]);
        }
        for (int entry = forward[frame]; entry != NONE; ) {
            int next = table[entry];
            table[entry] = place;
            table[entry + 1] = size;
            entry = next;
        }
        handlers.link(caught[frame], place, size);
        if (frame == 0) {
            // Where those branches find the cost of the segment that the last end is: nothing.
            beginSegment();
        }
    }

    @Override
    public void after(InstrReader in, FuncValidator v) {
        switch (in.op()) {
            case BLOCK, LOOP, IF, TRY, TRY_TABLE -> {
                int frame = v.depth() - 1;
                open(frame);
                if (in.op() == Opcode.LOOP) {
                    loopPlace[frame] = in.offset() - origin;
                    loopPosition[frame] = size;
                } else if (in.op() == Opcode.IF) {
                    ifEntry[frame] = newIf;
                } else if (in.op() == Opcode.TRY || in.op() == Opcode.TRY_TABLE) {
                    region[frame] = newRegion;
                }
            }
            default -> {}
        }
        if (metered && v.depth() > 0 && v.reachable() && FuelSegments.startsSegment(in.op())) {
            beginSegment();
        }
    }

    @Override
    public void end(FuncValidator v) {
        maxHeight = v.maxHeight();
        traits =
                (v.usesRefs() || handlers.keptSlots() > 0 ? ClassicCode.REFS : 0)
                        | (v.usesVectors() ? ClassicCode.VECTORS : 0)
                        | (metered ? ClassicCode.METERED : 0)
                        | (hasWideAddresses() ? ClassicCode.WIDE_ADDRESSES : 0);
    }

    private boolean hasWideAddresses() {
        return module.valid.memoryCount() > 0 && module.valid.memory(0).addr() == AddrType.I64;
    }

    private void open(int frame) {
        if (frame == forward.length) {
            int length = frame * 2;
            forward = Arrays.copyOf(forward, length);
            loopPlace = Arrays.copyOf(loopPlace, length);
            loopPosition = Arrays.copyOf(loopPosition, length);
            ifEntry = Arrays.copyOf(ifEntry, length);
            caught = Arrays.copyOf(caught, length);
            region = Arrays.copyOf(region, length);
            inside = Arrays.copyOf(inside, length);
            kept = Arrays.copyOf(kept, length);
        }
        forward[frame] = NONE;
        loopPlace[frame] = NONE;
        ifEntry[frame] = NONE;
        caught[frame] = NONE;
        region[frame] = NONE;
        inside[frame] = handlers.current();
        kept[frame] = NONE;
    }

    private void beginSegment() {
        if (metered) {
            segment = emit(1);
        }
    }

    /** Makes an entry of one number. */
    private void number(int value) {
        int at = emit(1);
        table[at] = value;
    }

    private int emit(int count) {
        int at = size;
        if (at + count > table.length) {
            table = Arrays.copyOf(table, table.length * 2);
        }
        size = at + count;
        return at;
    }
}
