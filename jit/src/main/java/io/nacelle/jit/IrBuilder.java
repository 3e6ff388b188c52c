// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.exec.FuncBody;
import io.nacelle.runtime.exec.gc.RefTest;
import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.syntax.BlockType;
import io.nacelle.wasm.syntax.CompType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.valid.CodeVisitor;
import io.nacelle.wasm.valid.FuelSegments;
import io.nacelle.wasm.valid.FuncValidator;

import java.util.ArrayList;

/** Makes the {@link Ir} of a function in the walk of the validator. */
final class IrBuilder implements CodeVisitor {
    private final Ir ir;
    private final boolean countsFuel;

    /** The instructions that opened the blocks which are open and can be reached. */
    private final ArrayList<Integer> open = new ArrayList<>();

    /** How many blocks are open that were opened where nothing gets to. */
    private int dead;

    private int fuelAt = -1;
    private long fuel;

    /** Legacy handlers that are open, and the most that were. */
    private int catches;

    private int mostCatches;

    private IrBuilder(Ir ir) {
        this.ir = ir;
        this.countsFuel = ir.body.module.countsFuel();
    }

    static Ir build(FuncBody body) {
        var ir = new Ir(body);
        new FuncValidator(body.module.valid).validate(body.index, new IrBuilder(ir));
        return ir;
    }

    @Override
    public void begin(FuncValidator v) {
        ir.locals = new byte[v.localCount()];
        for (int i = 0; i < ir.locals.length; i++) {
            ir.locals[i] = (byte) v.localKind(i);
        }
        ir.params = v.paramCount();
        ir.results = Kinds.of(ir.body.module.valid.funcType(ir.body.index).func().results());
        startSegment(0, 0);
    }

    @Override
    public void end(FuncValidator v) {
        ir.vectors = v.usesVectors();
        ir.maxHeight = v.maxHeight();
        ir.kept = mostCatches;
        ir.frameCost = FuncBody.frameCost(ir.locals.length + v.maxHeight() + mostCatches);
    }

    @Override
    public void before(InstrReader in, FuncValidator v) {
        var op = in.op();
        if (!v.reachable()) {
            unreachable(in, op, v);
            return;
        }
        if (fuelAt >= 0) {
            fuel += FuelSegments.cost(op);
        }
        if (op != Opcode.NOP) {
            record(in, op, v.height());
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
            startSegment(in.start(), v.height());
        }
    }

    private void startSegment(int offset, int height) {
        endSegment();
        if (countsFuel) {
            fuelAt = ir.add(Ir.FUEL, offset, height);
        }
    }

    private void endSegment() {
        if (fuelAt >= 0) {
            ir.n[fuelAt] = fuel;
        }
        fuelAt = -1;
        fuel = 0;
    }

    private void unreachable(InstrReader in, Opcode op, FuncValidator v) {
        switch (op) {
            case BLOCK, LOOP, IF, TRY, TRY_TABLE -> dead++;
            case ELSE, CATCH, CATCH_ALL -> {
                if (dead == 0) {
                    record(in, op, v.height());
                }
            }
            case END, DELEGATE -> {
                if (dead > 0) {
                    dead--;
                } else {
                    record(in, op, v.height());
                }
            }
            default -> {}
        }
    }

    private void record(InstrReader in, Opcode op, int height) {
        int i = ir.add(op.ordinal(), in.start(), height);
        switch (op.immediate()) {
            case BLOCK_TYPE -> {
                ir.more[i] = shape(in.blockType());
                open.add(i);
            }
            case HANDLERS -> {
                ir.more[i] = new Ir.Clauses(shape(in.blockType()), in.clauses());
                open.add(i);
            }
            case LABELS -> {
                var labels = new int[in.labelCount()];
                for (int j = 0; j < labels.length; j++) {
                    labels[j] = in.label(j);
                }
                ir.more[i] = labels;
            }
            case V128, SHUFFLE -> {
                ir.n[i] = in.n();
                ir.more[i] = in.m();
            }
            case HEAP_TYPE -> ir.x[i] = RefTest.code(in.heapType(), nullability(op));
            case CAST -> {
                ir.x[i] = in.x();
                ir.y[i] = RefTest.code(in.targetType());
            }
            default -> {
                ir.x[i] = in.x();
                ir.y[i] = in.y();
                ir.n[i] = in.n();
            }
        }
        structure(in, op, i);
    }

    private void structure(InstrReader in, Opcode op, int i) {
        switch (op) {
            case END -> {
                if (!open.isEmpty()) {
                    close(i);
                }
            }
            case DELEGATE -> {
                ir.delegates = true;
                close(i);
            }
            case CATCH, CATCH_ALL -> {
                int opener = open.getLast();
                if (ir.y[opener] == 0) {
                    ir.y[opener] = 1;
                    catches++;
                    mostCatches = Math.max(mostCatches, catches);
                }
            }
            case RETURN_CALL -> {
                ir.tailCalls |= in.x() != ir.body.index;
                ir.selfTail |= in.x() == ir.body.index;
                ir.calls = true;
            }
            case RETURN_CALL_INDIRECT, RETURN_CALL_REF -> {
                ir.tailCalls = true;
                ir.calls = true;
            }
            case CALL, CALL_INDIRECT, CALL_REF -> ir.calls = true;
            default -> {}
        }
    }

    private void close(int i) {
        int opener = open.removeLast();
        ir.end[opener] = i;
        ir.x[i] = ir.opcode(i) == Opcode.DELEGATE ? ir.x[i] : opener;
        if (ir.opcode(opener) == Opcode.TRY && ir.y[opener] == 1) {
            catches--;
        }
    }

    private static RefType.Nullability nullability(Opcode op) {
        return switch (op) {
            case REF_TEST_NULL, REF_CAST_NULL, REF_CAST_DESC_EQ_NULL ->
                    RefType.Nullability.NULLABLE;
            default -> RefType.Nullability.NON_NULL;
        };
    }

    private Ir.Shape shape(BlockType type) {
        return switch (type) {
            case BlockType.Empty _ -> Kinds.NONE;
            case BlockType.Value value -> Kinds.result(value.type());
            case BlockType.Index index -> {
                CompType comp = ir.body.module.types[index.index()].comp();
                var func = (FuncType) comp;
                yield new Ir.Shape(Kinds.of(func.params()), Kinds.of(func.results()));
            }
        };
    }
}
