// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.FastOp.*;

import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.syntax.Feature;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.Immediate;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.valid.FuncValidator;
import io.nacelle.wasm.valid.ValueKind;

import java.util.List;

/** The part of the translator that is about single instructions, apart from control flow. */
final class FastInstr {
    private final FastTranslator translator;
    private final FastEmitter out;
    private final OperandStack operands;
    private final FastGcInstr objects;
    private InstrReader in;
    private FuncValidator v;
    private int height;

    FastInstr(FastTranslator translator) {
        this.translator = translator;
        this.out = translator.out;
        this.operands = translator.operands;
        this.objects = new FastGcInstr(translator);
    }

    void translate(InstrReader in, FuncValidator v) {
        this.in = in;
        this.v = v;
        this.height = v.height();
        var op = in.op();
        switch (op) {
            case LOCAL_GET -> operands.pushLocal(height, in.x());
            case LOCAL_SET -> operands.setLocal(height - 1, in.x());
            case LOCAL_TEE -> operands.teeLocal(height - 1, in.x());
            case I32_CONST, I64_CONST, F64_CONST -> operands.pushConstant(height, in.n());
            case F32_CONST -> operands.pushConstant(height, (int) in.n());
            case DROP -> operands.drop(height - 1);
            case CALL -> call();
            case CALL_INDIRECT -> callIndirect(CALL_INDIRECT);
            case CALL_REF -> callReference(CALL_REF);
            case RETURN_CALL -> tailCall();
            case RETURN_CALL_INDIRECT -> callIndirect(TAIL_CALL_INDIRECT);
            case RETURN_CALL_REF -> callReference(TAIL_CALL_REF);
            case SELECT, SELECT_T -> select();
            case GLOBAL_GET, GLOBAL_SET -> global(op);
            case I32_EQZ, I64_EQZ -> {
                if (!operands.invert(height - 1)) {
                    unary(EQI, 0);
                }
            }
            case I32_REINTERPRET_F32,
                    I64_REINTERPRET_F64,
                    F32_REINTERPRET_I32,
                    F64_REINTERPRET_I64,
                    I64_EXTEND_I32_S -> {
                // The same bits in the same slot.
            }
            default -> {
                byShape(op);
                if (translator.deterministic && CanonicalNan.kind(op) != CanonicalNan.NONE) {
                    canonical(op);
                }
            }
        }
    }

    /** Makes the result of an instruction canonical, which lies in its slot. */
    private void canonical(Opcode op) {
        int position = height - op.signature().indexOf(':');
        int d = operands.slot(position);
        int at = out.emit(RARE, d, d, 0);
        out.word(FastRare.word(FastRare.CANONICAL, CanonicalNan.kind(op), 0));
        define(position, at);
    }

    private void byShape(Opcode op) {
        if (op.feature() == Feature.GC || op.feature() == Feature.CUSTOM_DESCRIPTORS) {
            objects.translate(in, height);
            return;
        }
        int hot = FastSelection.hot(op);
        if (op.immediate() == Immediate.MEMARG
                && hot >= 0
                && translator.isPlainMemory(in.x())
                && in.n() >= 0
                && fits(in.n())) {
            plainAccess(hot);
            return;
        }
        if (op.feature() == Feature.THREADS) {
            atomic(op);
            return;
        }
        switch (op.immediate()) {
            case MEMARG, MEMARG_LANE -> memory(op);
            case NONE -> {
                if (hot >= 0) {
                    hot(op, hot);
                } else {
                    rareNumber(op);
                }
            }
            default -> rareIndexed(op);
        }
    }

    private void plainAccess(int hot) {
        boolean store = hot >= STORE8;
        int address = store ? height - 2 : height - 1;
        // Compilers add a constant address with wrap-around, which no offset can express.
        long sum = in.n() == 0 ? operands.takeSum(address) : 0;
        int value = store ? operands.use(height - 1) : operands.slot(address);
        int at =
                sum == 0
                        ? out.emit(hot, operands.use(address), value, in.n())
                        : out.emit(
                                hot - LOAD8_S + LOADW8_S,
                                FastOp.a(sum),
                                value,
                                FastOp.immediate(sum));
        if (!store) {
            define(address, at);
        }
    }

    private void define(int position, int at) {
        operands.pushDefined(position, at);
    }

    private void unary(int op, long immediate) {
        int a = operands.use(height - 1);
        define(height - 1, out.emit(op, a, operands.slot(height - 1), immediate));
    }

    private void binary(int op, int left, int right) {
        define(height - 2, out.emit(op, left, operands.slot(height - 2), right));
    }

    private void hot(Opcode op, int hot) {
        if (op.signature().indexOf(':') == 1) {
            unary(hot, 0);
            return;
        }
        int left = height - 2;
        int right = height - 1;
        if (operands.isConstant(right) && withNumber(hot, left, operands.constant(right))) {
            return;
        }
        if (operands.isConstant(left)
                && FastSelection.commutes(hot)
                && withNumberOnLeft(hot, left, right)) {
            return;
        }
        int b = operands.use(right);
        int a = operands.use(left);
        if (FastSelection.swaps(op)) {
            binary(hot, b, a);
        } else {
            binary(hot, a, b);
        }
    }

    /** An operation whose right operand is a constant, as one with an immediate if there is one. */
    private boolean withNumber(int hot, int left, long number) {
        return switch (hot) {
            case SUB32 -> immediate(ADDI32, left, -number);
            case SUB64 -> number != Long.MIN_VALUE && immediate(ADDI64, left, -number);
            case LT_S -> comparison(LTI_S, number, 0);
            case LT_U -> comparison(LTI_U, number, 0);
            case LE_S -> comparison(LTI_S, number, 1);
            case LE_U -> comparison(LTI_U, number, 1);
            default -> {
                int op = FastSelection.withImmediate(hot);
                yield op >= 0 && immediate(op, left, number);
            }
        };
    }

    private boolean withNumberOnLeft(int hot, int left, int right) {
        int op = FastSelection.withImmediate(hot);
        long number = operands.constant(left);
        if (op < 0 || !fits(number)) {
            return false;
        }
        int a = operands.use(right);
        operands.drop(left);
        define(left, out.emit(op, a, operands.slot(left), number));
        return true;
    }

    private boolean immediate(int op, int left, long number) {
        if (!fits(number)) {
            return false;
        }
        operands.drop(left + 1);
        int a = operands.use(left);
        define(left, out.emit(op, a, operands.slot(left), number));
        return true;
    }

    /**
     * A comparison with a constant. For {@code gt} and {@code ge} the table gives {@code lt} and
     * {@code le} with operands swapped, which here becomes the opposite of {@code le} and {@code
     * lt}.
     */
    private boolean comparison(int less, long number, int step) {
        boolean swapped = FastSelection.swaps(in.op());
        // x < n; x <= n is x < n + 1; x > n is x >= n + 1; x >= n is x >= n.
        long bound = swapped ? number + 1 - step : number + step;
        boolean moved = bound != number;
        boolean wraps = less == LTI_U ? bound == 0 : bound < number;
        if (moved && wraps) {
            return false;
        }
        int op = swapped ? less + 1 : less;
        return immediate(op, height - 2, bound);
    }

    // Calls.

    private int arguments(FuncType type, int top) {
        int base = top - type.params().size();
        operands.flushTop(top, type.params().size());
        if (!isNumeric(type.params())) {
            out.emit(RARE, operands.slot(base), 0, 0);
            out.word(FastRare.word(FastRare.GIVE, type.params().size(), 0));
        }
        return base;
    }

    private static boolean isNumeric(List<ValType> types) {
        return types.stream().allMatch(NumType.class::isInstance);
    }

    private void results(FuncType type, int base) {
        for (int i = 0; i < type.results().size(); i++) {
            operands.pushSlot(base + i);
        }
        if (!isNumeric(type.results())) {
            out.emit(RARE, 0, operands.slot(base), 0);
            out.word(FastRare.word(FastRare.TAKE, type.results().size(), 0));
        }
        operands.barrier();
    }

    private FuncType typeOfFunc(int index) {
        return translator.module.valid.funcType(index).func();
    }

    private void call() {
        var type = typeOfFunc(in.x());
        int base = arguments(type, height);
        boolean imported = in.x() < translator.module.valid.importedFuncs();
        out.emit(imported ? CALL_OUT : CALL, 0, operands.slot(base), in.x());
        results(type, base);
    }

    private void tailCall() {
        var type = typeOfFunc(in.x());
        int base = arguments(type, height);
        out.emit(TAIL_CALL, 0, operands.slot(base), in.x());
    }

    private void callIndirect(int op) {
        var type = translator.module.types[in.x()].func();
        int index = operands.peek(height - 1);
        int base = arguments(type, height - 1);
        operands.drop(height - 1);
        if (FastRare.fitsCall(in.x(), in.y())) {
            out.emit(op, index, operands.slot(base), FastRare.callNumber(in.x(), in.y()));
        } else {
            int d = operands.slot(height - 1);
            out.emit(RARE, index, d, 0);
            out.word(FastRare.word(FastRare.RESOLVE, in.x(), in.y()));
            out.emit(op == CALL_INDIRECT ? CALL_REF : TAIL_CALL_REF, d, operands.slot(base), 0);
        }
        results(type, base);
    }

    private void callReference(int op) {
        var type = translator.module.types[in.x()].func();
        int ref = operands.peek(height - 1);
        int base = arguments(type, height - 1);
        operands.drop(height - 1);
        out.emit(op, ref, operands.slot(base), 0);
        results(type, base);
    }

    // Other instructions with a treatment of their own.

    private void select() {
        int condition = operands.use(height - 1);
        int kind = v.kind(height - 2);
        int second = operands.use(height - 2);
        int first = operands.use(height - 3);
        int d = operands.slot(height - 3);
        if (kind < ValueKind.V128) {
            define(height - 3, out.emit(SELECT, first, d, pair(second, condition)));
        } else {
            define(height - 3, out.emit(RARE, first, d, pair(second, condition)));
            out.word(FastRare.word(Opcode.SELECT.ordinal(), 0, 0));
        }
    }

    private void global(Opcode op) {
        int global = in.x();
        var type = translator.module.valid.global(global).type();
        boolean number = type instanceof NumType;
        boolean get = op == Opcode.GLOBAL_GET;
        int a = get ? 0 : operands.use(height - 1);
        int d = get ? operands.slot(height) : 0;
        int at;
        if (number) {
            at = out.emit(get ? GLOBAL_GET : GLOBAL_SET, a, d, global);
        } else {
            at = out.emit(RARE, a, d, 0);
            out.word(FastRare.word(op.ordinal(), global, 0));
        }
        if (get) {
            define(height, at);
        }
    }

    private void memory(Opcode op) {
        int count = op.signature().indexOf(':');
        int b = count > 1 ? operands.use(height - 1) : 0;
        int a = operands.use(height - count);
        boolean result = !op.signature().endsWith(":");
        int d = result ? operands.slot(height - count) : 0;
        int at = out.emit(RARE, a, d, b);
        out.word(FastRare.word(op.ordinal(), in.x(), in.y()));
        out.word(in.n());
        if (result) {
            define(height - count, at);
        }
    }

    private void atomic(Opcode op) {
        if (op == Opcode.ATOMIC_FENCE) {
            rare(op, 0, 0, 0, 0, 0);
            return;
        }
        int count = op.signature().indexOf(':');
        int c = count > 2 ? operands.use(height - 1) : 0;
        int b = count > 1 ? operands.use(height - count + 1) : 0;
        int a = operands.use(height - count);
        boolean result = !op.signature().endsWith(":");
        int d = result ? operands.slot(height - count) : 0;
        int at = out.emit(RARE, a, d, pair(b, c));
        out.word(FastRare.word(op.ordinal(), in.x(), 0));
        out.word(in.n());
        if (result) {
            define(height - count, at);
        }
    }

    /** Numeric, vector and reference instructions without immediates. */
    private void rareNumber(Opcode op) {
        switch (op) {
            case REF_IS_NULL, REF_AS_NON_NULL -> {
                unary(op == Opcode.REF_IS_NULL ? FastGcOp.IS_NULL : FastGcOp.NON_NULL, 0);
                return;
            }
            case I64_ADD128, I64_SUB128 -> {
                operands.flushTop(height, 4);
                int a = operands.slot(height - 4);
                out.emit(RARE, a, a, 0);
                out.word(FastRare.word(op.ordinal(), 0, 0));
                twoResults(height - 4);
                return;
            }
            case I64_MUL_WIDE_S, I64_MUL_WIDE_U -> {
                int b = operands.use(height - 1);
                int a = operands.use(height - 2);
                out.emit(RARE, a, operands.slot(height - 2), b);
                out.word(FastRare.word(op.ordinal(), 0, 0));
                twoResults(height - 2);
                return;
            }
            default -> {}
        }
        int count = op.hasFixedType() ? op.signature().indexOf(':') : 1;
        int c = count > 2 ? operands.use(height - 1) : 0;
        int b = count > 1 ? operands.use(height - count + 1) : 0;
        int a = operands.use(height - count);
        int at = out.emit(RARE, a, operands.slot(height - count), pair(b, c));
        out.word(FastRare.word(op.ordinal(), 0, 0));
        define(height - count, at);
    }

    private void twoResults(int position) {
        operands.pushSlot(position);
        operands.pushSlot(position + 1);
        operands.barrier();
    }

    /** Instructions with indices or constants. */
    private void rareIndexed(Opcode op) {
        switch (op) {
            case V128_CONST -> {
                int at = rare(op, 0, operands.slot(height), 0, 0, 0);
                out.word(in.n());
                out.word(in.m());
                define(height, at);
            }
            case I8X16_SHUFFLE -> {
                int b = operands.use(height - 1);
                int a = operands.use(height - 2);
                int at = rare(op, a, operands.slot(height - 2), b, 0, 0);
                out.word(in.n());
                out.word(in.m());
                define(height - 2, at);
            }
            case REF_NULL -> define(height, out.emit(FastGcOp.NULL, 0, operands.slot(height), 0));
            case REF_FUNC -> define(height, rare(op, 0, operands.slot(height), 0, in.x(), 0));
            case MEMORY_SIZE, TABLE_SIZE ->
                    define(height, rare(op, 0, operands.slot(height), 0, in.x(), 0));
            case MEMORY_GROW -> {
                int a = operands.use(height - 1);
                int d = operands.slot(height - 1);
                define(height - 1, out.emit(MEMORY_GROW, a, d, in.x()));
            }
            case DATA_DROP, ELEM_DROP -> rare(op, 0, 0, 0, in.x(), 0);
            case TABLE_GET -> {
                int a = operands.use(height - 1);
                define(height - 1, rare(op, a, operands.slot(height - 1), 0, in.x(), 0));
            }
            case TABLE_SET -> {
                int b = operands.use(height - 1);
                rare(op, operands.use(height - 2), 0, b, in.x(), 0);
            }
            case TABLE_GROW -> {
                int b = operands.use(height - 1);
                int a = operands.use(height - 2);
                define(height - 2, rare(op, a, operands.slot(height - 2), b, in.x(), 0));
            }
            case MEMORY_FILL, MEMORY_COPY, MEMORY_INIT, TABLE_FILL, TABLE_COPY, TABLE_INIT -> {
                int c = operands.use(height - 1);
                int b = operands.use(height - 2);
                out.emit(RARE, operands.use(height - 3), 0, pair(b, c));
                out.word(FastRare.word(op.ordinal(), in.x(), in.y()));
            }
            default -> {
                if (op.immediate() != Immediate.LANE) {
                    throw new AssertionError(op);
                }
                int count = op.signature().indexOf(':');
                int b = count > 1 ? operands.use(height - 1) : 0;
                int a = operands.use(height - count);
                int d = operands.slot(height - count);
                define(height - count, rare(op, a, d, b, in.y(), 0));
            }
        }
    }

    private int rare(Opcode op, int a, int d, int b, int x, int y) {
        int at = out.emit(RARE, a, d, b);
        out.word(FastRare.word(op.ordinal(), x, y));
        return at;
    }
}
