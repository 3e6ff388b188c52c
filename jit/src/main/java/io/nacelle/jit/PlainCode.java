// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.interp.Numeric;
import io.nacelle.wasm.syntax.Opcode;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/** The code of instructions on numbers, whose operands are on the JVM's stack. */
final class PlainCode {
    private static final ClassDesc INTEGER = Names.of(Integer.class);
    private static final ClassDesc BIG = Names.of(Long.class);
    private static final ClassDesc SMALL = Names.of(Float.class);
    private static final ClassDesc LARGE = Names.of(Double.class);
    private static final ClassDesc MATH = Names.of(Math.class);
    private static final ClassDesc NUMBERS = Names.of(io.nacelle.runtime.code.Numbers.class);
    private static final ClassDesc I = Names.INT;
    private static final ClassDesc J = Names.LONG;
    private static final ClassDesc F = Names.FLOAT;
    private static final ClassDesc D = Names.DOUBLE;

    private PlainCode() {}

    private static void call(
            CodeBuilder cb, ClassDesc owner, String name, ClassDesc result, ClassDesc... params) {
        cb.invokestatic(owner, name, MethodTypeDesc.of(result, params));
    }

    private static void numeric(
            CodeBuilder cb, String name, ClassDesc result, ClassDesc... params) {
        call(cb, Names.of(Numeric.class), name, result, params);
    }

    /** Emits an instruction; false when it is none of those that are known here. */
    static boolean emit(CodeBuilder cb, Opcode op) {
        return integer32(cb, op) || integer64(cb, op) || floating(cb, op) || conversion(cb, op);
    }

    private static boolean integer32(CodeBuilder cb, Opcode op) {
        switch (op) {
            case I32_CLZ -> call(cb, INTEGER, "numberOfLeadingZeros", I, I);
            case I32_CTZ -> call(cb, INTEGER, "numberOfTrailingZeros", I, I);
            case I32_POPCNT -> call(cb, INTEGER, "bitCount", I, I);
            case I32_ADD -> cb.iadd();
            case I32_SUB -> cb.isub();
            case I32_MUL -> cb.imul();
            case I32_DIV_S -> numeric(cb, "i32DivS", I, I, I);
            case I32_DIV_U -> numeric(cb, "i32DivU", I, I, I);
            case I32_REM_S -> numeric(cb, "i32RemS", I, I, I);
            case I32_REM_U -> numeric(cb, "i32RemU", I, I, I);
            case I32_AND -> cb.iand();
            case I32_OR -> cb.ior();
            case I32_XOR -> cb.ixor();
            case I32_SHL -> cb.ishl();
            case I32_SHR_S -> cb.ishr();
            case I32_SHR_U -> cb.iushr();
            case I32_ROTL -> call(cb, INTEGER, "rotateLeft", I, I, I);
            case I32_ROTR -> call(cb, INTEGER, "rotateRight", I, I, I);
            case I32_EXTEND8_S -> cb.i2b();
            case I32_EXTEND16_S -> cb.i2s();
            default -> {
                return false;
            }
        }
        return true;
    }

    private static boolean integer64(CodeBuilder cb, Opcode op) {
        switch (op) {
            case I64_CLZ -> {
                call(cb, BIG, "numberOfLeadingZeros", I, J);
                cb.i2l();
            }
            case I64_CTZ -> {
                call(cb, BIG, "numberOfTrailingZeros", I, J);
                cb.i2l();
            }
            case I64_POPCNT -> {
                call(cb, BIG, "bitCount", I, J);
                cb.i2l();
            }
            case I64_ADD -> cb.ladd();
            case I64_SUB -> cb.lsub();
            case I64_MUL -> cb.lmul();
            case I64_DIV_S -> numeric(cb, "i64DivS", J, J, J);
            case I64_DIV_U -> numeric(cb, "i64DivU", J, J, J);
            case I64_REM_S -> numeric(cb, "i64RemS", J, J, J);
            case I64_REM_U -> numeric(cb, "i64RemU", J, J, J);
            case I64_AND -> cb.land();
            case I64_OR -> cb.lor();
            case I64_XOR -> cb.lxor();
            case I64_SHL -> {
                cb.l2i();
                cb.lshl();
            }
            case I64_SHR_S -> {
                cb.l2i();
                cb.lshr();
            }
            case I64_SHR_U -> {
                cb.l2i();
                cb.lushr();
            }
            case I64_ROTL -> {
                cb.l2i();
                call(cb, BIG, "rotateLeft", J, J, I);
            }
            case I64_ROTR -> {
                cb.l2i();
                call(cb, BIG, "rotateRight", J, J, I);
            }
            case I64_EXTEND8_S -> {
                cb.l2i();
                cb.i2b();
                cb.i2l();
            }
            case I64_EXTEND16_S -> {
                cb.l2i();
                cb.i2s();
                cb.i2l();
            }
            case I64_EXTEND32_S -> {
                cb.l2i();
                cb.i2l();
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static boolean floating(CodeBuilder cb, Opcode op) {
        switch (op) {
            case F32_ADD -> cb.fadd();
            case F32_SUB -> cb.fsub();
            case F32_MUL -> cb.fmul();
            case F32_DIV -> cb.fdiv();
            case F32_ABS -> call(cb, MATH, "abs", F, F);
            case F32_NEG -> cb.fneg();
            case F32_CEIL -> numeric(cb, "f32Ceil", F, F);
            case F32_FLOOR -> numeric(cb, "f32Floor", F, F);
            case F32_TRUNC -> numeric(cb, "f32Trunc", F, F);
            case F32_NEAREST -> numeric(cb, "f32Nearest", F, F);
            case F32_SQRT -> numeric(cb, "f32Sqrt", F, F);
            case F32_MIN -> numeric(cb, "f32Min", F, F, F);
            case F32_MAX -> numeric(cb, "f32Max", F, F, F);
            case F32_COPYSIGN -> call(cb, NUMBERS, "copysign", F, F, F);
            case F64_ADD -> cb.dadd();
            case F64_SUB -> cb.dsub();
            case F64_MUL -> cb.dmul();
            case F64_DIV -> cb.ddiv();
            case F64_ABS -> call(cb, MATH, "abs", D, D);
            case F64_NEG -> cb.dneg();
            case F64_CEIL -> numeric(cb, "f64Ceil", D, D);
            case F64_FLOOR -> numeric(cb, "f64Floor", D, D);
            case F64_TRUNC -> numeric(cb, "f64Trunc", D, D);
            case F64_NEAREST -> numeric(cb, "f64Nearest", D, D);
            case F64_SQRT -> numeric(cb, "f64Sqrt", D, D);
            case F64_MIN -> numeric(cb, "f64Min", D, D, D);
            case F64_MAX -> numeric(cb, "f64Max", D, D, D);
            case F64_COPYSIGN -> call(cb, NUMBERS, "copysign", D, D, D);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static boolean conversion(CodeBuilder cb, Opcode op) {
        switch (op) {
            case I32_WRAP_I64 -> cb.l2i();
            case I64_EXTEND_I32_S -> cb.i2l();
            case I64_EXTEND_I32_U -> call(cb, INTEGER, "toUnsignedLong", J, I);
            case I32_TRUNC_F32_S -> {
                cb.f2d();
                numeric(cb, "i32TruncS", I, D);
            }
            case I32_TRUNC_F32_U -> {
                cb.f2d();
                numeric(cb, "i32TruncU", I, D);
            }
            case I32_TRUNC_F64_S -> numeric(cb, "i32TruncS", I, D);
            case I32_TRUNC_F64_U -> numeric(cb, "i32TruncU", I, D);
            case I64_TRUNC_F32_S -> {
                cb.f2d();
                numeric(cb, "i64TruncS", J, D);
            }
            case I64_TRUNC_F32_U -> {
                cb.f2d();
                numeric(cb, "i64TruncU", J, D);
            }
            case I64_TRUNC_F64_S -> numeric(cb, "i64TruncS", J, D);
            case I64_TRUNC_F64_U -> numeric(cb, "i64TruncU", J, D);
            case I32_TRUNC_SAT_F32_S -> cb.f2i();
            case I32_TRUNC_SAT_F64_S -> cb.d2i();
            case I64_TRUNC_SAT_F32_S -> cb.f2l();
            case I64_TRUNC_SAT_F64_S -> cb.d2l();
            case I32_TRUNC_SAT_F32_U -> {
                cb.f2d();
                numeric(cb, "i32TruncSatU", I, D);
            }
            case I32_TRUNC_SAT_F64_U -> numeric(cb, "i32TruncSatU", I, D);
            case I64_TRUNC_SAT_F32_U -> {
                cb.f2d();
                numeric(cb, "i64TruncSatU", J, D);
            }
            case I64_TRUNC_SAT_F64_U -> numeric(cb, "i64TruncSatU", J, D);
            case F32_CONVERT_I32_S -> cb.i2f();
            case F32_CONVERT_I32_U -> numeric(cb, "f32ConvertI32U", F, I);
            case F32_CONVERT_I64_S -> cb.l2f();
            case F32_CONVERT_I64_U -> numeric(cb, "f32ConvertI64U", F, J);
            case F32_DEMOTE_F64 -> cb.d2f();
            case F64_CONVERT_I32_S -> cb.i2d();
            case F64_CONVERT_I32_U -> numeric(cb, "f64ConvertI32U", D, I);
            case F64_CONVERT_I64_S -> cb.l2d();
            case F64_CONVERT_I64_U -> numeric(cb, "f64ConvertI64U", D, J);
            case F64_PROMOTE_F32 -> cb.f2d();
            case I32_REINTERPRET_F32 -> call(cb, SMALL, "floatToRawIntBits", I, F);
            case I64_REINTERPRET_F64 -> call(cb, LARGE, "doubleToRawLongBits", J, D);
            case F32_REINTERPRET_I32 -> call(cb, SMALL, "intBitsToFloat", F, I);
            case F64_REINTERPRET_I64 -> call(cb, LARGE, "longBitsToDouble", D, J);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Has a number take the place of a NaN of any other form. */
    static void canonical(CodeBuilder cb, byte kind) {
        var type = kind == Kinds.F32 ? F : D;
        call(cb, NUMBERS, "canonical", type, type);
    }

    /** A number of a kind becomes one as slots have it. */
    static void toBits(CodeBuilder cb, byte kind) {
        switch (kind) {
            case Kinds.I32 -> cb.i2l();
            case Kinds.F32 -> {
                emit(cb, Opcode.I32_REINTERPRET_F32);
                cb.i2l();
            }
            case Kinds.F64 -> emit(cb, Opcode.I64_REINTERPRET_F64);
            default -> {}
        }
    }
}
