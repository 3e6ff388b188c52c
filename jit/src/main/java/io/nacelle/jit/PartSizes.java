// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.wasm.syntax.Opcode;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** Estimates of the bytes of bytecode that the instructions of a function become. */
final class PartSizes {
    /** Ways out of a part that are counted. */
    private static final int MOST_WAYS = 200;

    /** Stands for the way out of the function. */
    private static final int RETURNS = 60_000;

    /** What it takes to see which of two loops to run. */
    private static final int GUARD = 40;

    private final Ir ir;
    private final CompiledModule code;

    /** The sums of the sizes of all instructions before each. */
    private final int[] sums;

    /** By the first instruction. */
    private final Map<Integer, CountedLoop> counted = new HashMap<>();

    PartSizes(CompiledModule code, Ir ir) {
        this(code, ir, true);
    }

    private PartSizes(CompiledModule code, Ir ir, boolean twice) {
        this.ir = ir;
        this.code = code;
        this.sums = new int[ir.count + 1];
        int loop = -1;
        for (int i = 0; i < ir.count; i++) {
            var found = twice ? CountedLoop.find(ir, i) : null;
            if (found != null) {
                counted.put(i, found);
                loop = i;
            }
            sums[i + 1] = sums[i] + size(i);
            if (loop >= 0 && i == ir.end[loop]) {
                // It is there twice.
                sums[i + 1] += total(loop, i + 1) + GUARD;
                loop = -1;
            }
        }
    }

    /** The same where no loop is there twice. */
    PartSizes plain() {
        return new PartSizes(code, ir, false);
    }

    /** The loop that begins with an instruction and is to be there twice, or null. */
    CountedLoop counted(int i) {
        return counted.get(i);
    }

    int total(int from, int to) {
        return sums[to] - sums[from];
    }

    /** Whether an instruction opens a block. */
    boolean opens(int i) {
        if (ir.op(i) == Ir.FUEL) {
            return false;
        }
        return switch (ir.opcode(i)) {
            case BLOCK, LOOP, IF, TRY, TRY_TABLE -> true;
            default -> false;
        };
    }

    /** Whether an instruction divides the bodies of a block. */
    boolean divides(int i) {
        if (ir.op(i) == Ir.FUEL) {
            return false;
        }
        return switch (ir.opcode(i)) {
            case ELSE, CATCH, CATCH_ALL -> true;
            default -> false;
        };
    }

    /** What calling a part takes. */
    int call(int from, int to) {
        var left = new BitSet();
        int depth = 0;
        int count = 0;
        for (int i = from; i < to && count < MOST_WAYS; i++) {
            if (ir.op(i) == Ir.FUEL) {
                continue;
            }
            switch (ir.opcode(i)) {
                case BLOCK, LOOP, IF, TRY, TRY_TABLE -> depth++;
                case END, DELEGATE -> depth--;
                case BR,
                        BR_IF,
                        BR_ON_NULL,
                        BR_ON_NON_NULL,
                        BR_ON_CAST,
                        BR_ON_CAST_FAIL,
                        BR_ON_CAST_DESC_EQ,
                        BR_ON_CAST_DESC_EQ_FAIL ->
                        count += mark(left, ir.x[i] - depth);
                case BR_TABLE -> {
                    int[] labels = ir.labels(i);
                    for (int j = 0; j < labels.length && count < MOST_WAYS; j++) {
                        count += mark(left, labels[j] - depth);
                    }
                }
                case RETURN -> count += mark(left, RETURNS);
                default -> {}
            }
        }
        return 16 + (count == 0 ? 0 : 12) + (count > 4 ? 24 + 4 * count : 9 * count);
    }

    /** Notes a way out; 1 when it is a new one. */
    private static int mark(BitSet left, int label) {
        if (label < 0 || left.get(label)) {
            return 0;
        }
        left.set(label);
        return 1;
    }

    /** Whether there is something that takes or leaves more values than can be moved singly. */
    boolean hasMany(int from, int to) {
        if (signature(ir.body.index).wide || ir.results.length > InstrGen.MANY) {
            return true;
        }
        for (int i = from; i < to; i++) {
            if (ir.op(i) == Ir.FUEL) {
                continue;
            }
            int many =
                    switch (ir.opcode(i)) {
                        case BLOCK, LOOP, IF, TRY, TRY_TABLE ->
                                Math.max(ir.shape(i).params().length, ir.shape(i).results().length);
                        case CALL, RETURN_CALL -> values(signature(ir.x[i]));
                        case CALL_INDIRECT, CALL_REF, RETURN_CALL_INDIRECT, RETURN_CALL_REF ->
                                values(code.signature(ir.x[i]));
                        case STRUCT_NEW, STRUCT_NEW_DESC ->
                                code.module.layout(ir.x[i]).fieldCount();
                        case ARRAY_NEW_FIXED -> ir.y[i];
                        case THROW -> code.module.valid.tag(ir.x[i]).func().params().size();
                        default -> 0;
                    };
            if (many > InstrGen.MANY) {
                return true;
            }
        }
        return false;
    }

    private Signature signature(int func) {
        return code.signature(code.module.valid.typeIndexOfFunc(func));
    }

    private static int values(Signature signature) {
        return signature.wide
                ? Integer.MAX_VALUE
                : Math.max(signature.params.length, signature.results.length);
    }

    int size(int i) {
        if (ir.op(i) == Ir.FUEL) {
            return 14;
        }
        var op = ir.opcode(i);
        return switch (op) {
            case LOCAL_GET -> 5;
            case LOCAL_SET -> 6;
            case LOCAL_TEE -> 7;
            case I32_CONST, I64_CONST, F32_CONST, F64_CONST -> 3;
            case DROP -> 1;
            case BLOCK -> 1 + 14 * Math.min(ir.shape(i).params().length, 30);
            case END -> 2;
            case LOOP -> 20 + 14 * Math.min(ir.shape(i).params().length, 30);
            case IF, ELSE -> 9;
            case BR, BR_IF -> 8;
            case BR_TABLE -> 24 + tableSize(ir.labels(i));
            case RETURN -> 8 + 8 * Math.min(ir.results.length, 30);
            case SELECT, SELECT_T -> 8;
            case GLOBAL_GET -> 10;
            case GLOBAL_SET -> 14;
            case CALL -> 34 + callSize(signature(ir.x[i]));
            case CALL_INDIRECT, CALL_REF -> 24 + callSize(code.signature(ir.x[i]));
            case RETURN_CALL -> 30 + callSize(signature(ir.x[i]));
            case RETURN_CALL_INDIRECT, RETURN_CALL_REF -> 30 + callSize(code.signature(ir.x[i]));
            case TRY, TRY_TABLE -> 40 + clauses(i);
            case CATCH, CATCH_ALL -> 80;
            default -> other(op);
        };
    }

    private int clauses(int i) {
        return ir.more[i] instanceof Ir.Clauses found ? 80 * found.clauses().size() : 0;
    }

    private static int tableSize(int[] labels) {
        int entries = labels.length > Plan.MOST_CASES ? 0 : labels.length;
        var distinct = new BitSet();
        for (int label : labels) {
            distinct.set(label);
        }
        int count = distinct.cardinality();
        return 4 * entries + (count > 24 ? 300 : 12 * count);
    }

    private static int callSize(Signature signature) {
        return 8 * Math.min(signature.results.length, 30) + 4 * signature.params.length;
    }

    private int other(Opcode op) {
        if (op.widthLog2() >= 0) {
            return op.prefix() != 0 ? 70 : ir.vectors ? 45 : 14;
        }
        if (op.hasFixedType()) {
            return op.prefix() == 0 ? 4 : op.prefix() == 0xFC ? 8 : 50;
        }
        return 55;
    }
}
