// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.FastGcOp.*;

import io.nacelle.runtime.exec.gc.RefTest;
import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.syntax.ArrayType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.PackedType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.VecType;

/** The part of the translator that is about objects, apart from branches. */
final class FastGcInstr {
    private final FastTranslator translator;
    private final FastEmitter out;
    private final OperandStack operands;

    FastGcInstr(FastTranslator translator) {
        this.translator = translator;
        this.out = translator.out;
        this.operands = translator.operands;
    }

    /** Translates an instruction on structures, arrays, i31 or any reference. */
    void translate(InstrReader in, int height) {
        var op = in.op();
        switch (op) {
            case STRUCT_GET, STRUCT_GET_S, STRUCT_GET_U -> structGet(in, height);
            case STRUCT_SET -> structSet(in, height);
            case STRUCT_NEW -> {
                int at = height - translator.module.layout(in.x()).fieldCount();
                operands.flushTop(height, height - at);
                int base = operands.slot(at);
                operands.pushDefined(at, out.emit(NEW, base, base, in.x()));
            }
            case STRUCT_NEW_DEFAULT ->
                    operands.pushDefined(
                            height, out.emit(NEW_DEFAULT, 0, operands.slot(height), in.x()));
            case ARRAY_GET, ARRAY_GET_S, ARRAY_GET_U -> arrayGet(in, height);
            case ARRAY_SET -> {
                int c = operands.use(height - 1);
                int b = operands.use(height - 2);
                int a = operands.use(height - 3);
                out.emit(elementSet(in.x()), a, 0, FastOp.pair(b, c));
            }
            case ARRAY_LEN -> unary(LEN, height, 0);
            case REF_TEST -> test(TEST, in, RefType.Nullability.NON_NULL, height);
            case REF_TEST_NULL -> test(TEST, in, RefType.Nullability.NULLABLE, height);
            case REF_CAST -> test(CAST, in, RefType.Nullability.NON_NULL, height);
            case REF_CAST_NULL -> test(CAST, in, RefType.Nullability.NULLABLE, height);
            case REF_EQ -> {
                int b = operands.use(height - 1);
                unaryAt(EQ, height - 2, b);
            }
            case REF_I31 -> unary(FastGcOp.REF_I31, height, 0);
            case I31_GET_S -> unary(FastGcOp.I31_GET_S, height, 0);
            case I31_GET_U -> unary(FastGcOp.I31_GET_U, height, 0);
            case ANY_CONVERT_EXTERN, EXTERN_CONVERT_ANY -> {
                // The same reference in the same slot.
            }
            default -> rare(op, in, height);
        }
    }

    private void unary(int op, int height, long immediate) {
        unaryAt(op, height - 1, immediate);
    }

    private void unaryAt(int op, int position, long immediate) {
        int a = operands.use(position);
        operands.pushDefined(position, out.emit(op, a, operands.slot(position), immediate));
    }

    private void test(int op, InstrReader in, RefType.Nullability nullability, int height) {
        unary(op, height, RefTest.code(in.heapType(), nullability));
    }

    private void structGet(InstrReader in, int height) {
        var layout = translator.module.layout(in.x());
        boolean unsigned = in.op() == Opcode.STRUCT_GET_U;
        int op =
                switch (layout.storage(in.y())) {
                    case I8 -> unsigned ? GET_U8 : GET_NUMBER;
                    case I16 -> unsigned ? GET_U16 : GET_NUMBER;
                    case I32, I64, F32, F64 -> GET_NUMBER;
                    case V128 -> GET_V128;
                    case REF -> GET_REF;
                };
        unary(op, height, layout.slot(in.y()));
    }

    private void structSet(InstrReader in, int height) {
        var layout = translator.module.layout(in.x());
        int op =
                switch (layout.storage(in.y())) {
                    case I8 -> SET_8;
                    case I16 -> SET_16;
                    case I32, I64, F32, F64 -> SET_NUMBER;
                    case V128 -> SET_V128;
                    case REF -> SET_REF;
                };
        int value = operands.use(height - 1);
        int a = operands.use(height - 2);
        out.emit(op, a, value, layout.slot(in.y()));
    }

    private void arrayGet(InstrReader in, int height) {
        boolean unsigned = in.op() == Opcode.ARRAY_GET_U;
        int op =
                switch (((ArrayType) translator.module.types[in.x()].comp()).field().storage()) {
                    case PackedType.I8 -> unsigned ? ELEM_GET_U8 : ELEM_GET_S8;
                    case PackedType.I16 -> unsigned ? ELEM_GET_U16 : ELEM_GET_S16;
                    case NumType.I32, NumType.F32 -> ELEM_GET_32;
                    case NumType.I64, NumType.F64 -> ELEM_GET_64;
                    case VecType.V128 -> ELEM_GET_V128;
                    case RefType _ -> ELEM_GET_REF;
                };
        int b = operands.use(height - 1);
        unaryAt(op, height - 2, b);
    }

    private int elementSet(int type) {
        return switch (((ArrayType) translator.module.types[type].comp()).field().storage()) {
            case PackedType.I8 -> ELEM_SET_8;
            case PackedType.I16 -> ELEM_SET_16;
            case NumType.I32, NumType.F32 -> ELEM_SET_32;
            case NumType.I64, NumType.F64 -> ELEM_SET_64;
            case VecType.V128 -> ELEM_SET_V128;
            case RefType _ -> ELEM_SET_REF;
        };
    }

    private void rare(Opcode op, InstrReader in, int height) {
        int x = in.x();
        switch (op) {
            case STRUCT_NEW_DESC -> {
                int b = operands.use(height - 1);
                int at = height - 1 - translator.module.layout(x).fieldCount();
                operands.flushTop(height - 1, height - 1 - at);
                int base = operands.slot(at);
                define(at, emit(op, base, base, b, x, 0));
            }
            case STRUCT_NEW_DEFAULT_DESC, REF_GET_DESC, ARRAY_NEW_DEFAULT -> {
                int a = operands.use(height - 1);
                define(height - 1, emit(op, a, operands.slot(height - 1), 0, x, 0));
            }
            case REF_CAST_DESC_EQ -> castByDescriptor(in, RefType.Nullability.NON_NULL, height);
            case REF_CAST_DESC_EQ_NULL ->
                    castByDescriptor(in, RefType.Nullability.NULLABLE, height);
            case ARRAY_NEW, ARRAY_NEW_DATA, ARRAY_NEW_ELEM -> {
                int b = operands.use(height - 1);
                int a = operands.use(height - 2);
                define(height - 2, emit(op, a, operands.slot(height - 2), b, x, in.y()));
            }
            case ARRAY_NEW_FIXED -> {
                int at = height - in.y();
                operands.flushTop(height, in.y());
                int base = operands.slot(at);
                define(at, emit(op, base, base, 0, x, in.y()));
            }
            case ARRAY_FILL -> {
                int d = operands.use(height - 1);
                int c = operands.use(height - 2);
                int b = operands.use(height - 3);
                int a = operands.use(height - 4);
                emit(op, a, d, FastOp.pair(b, c), x, 0);
            }
            case ARRAY_COPY -> range(op, in, height, 5);
            case ARRAY_INIT_DATA, ARRAY_INIT_ELEM -> range(op, in, height, 4);
            default -> throw new AssertionError(op);
        }
    }

    private void define(int position, int at) {
        operands.pushDefined(position, at);
    }

    private int emit(Opcode op, int a, int d, long immediate, int x, int y) {
        int at = out.emit(RARE, a, d, immediate);
        out.word(FastRare.word(op.ordinal(), x, y));
        return at;
    }

    private void castByDescriptor(InstrReader in, RefType.Nullability nullability, int height) {
        int b = operands.use(height - 1);
        int a = operands.use(height - 2);
        int code = RefTest.code(in.heapType(), nullability);
        int d = operands.slot(height - 2);
        define(height - 2, emit(Opcode.REF_CAST_DESC_EQ, a, d, b, code, 0));
    }

    /** An instruction whose operands are in a row. */
    private void range(Opcode op, InstrReader in, int height, int count) {
        operands.flushTop(height, count);
        emit(op, operands.slot(height - count), 0, 0, in.x(), in.y());
    }
}
