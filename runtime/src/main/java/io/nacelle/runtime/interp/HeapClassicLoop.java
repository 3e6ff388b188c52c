// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.ClassicOp.*;

import io.nacelle.runtime.exec.*;

/**
 * The loop of the classic interpreter over memories of heap stores. The one for native stores is
 * generated from it when the project is built: the names {@code HeapClassicLoop}, {@code
 * HeapAccess} and the type of the variable {@code mem} are replaced.
 *
 * <p><b>Frames.</b> A frame has its locals from {@code fp} on, then a slot that is never read, then
 * its operands. The topmost operand is kept in {@code tos}, beside its slot {@code sp}: pushing
 * stores the old {@code tos}, and when there are no operands that is what the extra slot is for.
 * The high halves of vectors and references have no such shortcut: those of the topmost operand are
 * at {@code sp}. A callee's frame begins at its first argument, in the caller's operands.
 *
 * <p>HotSpot neither compiles a method of more than 8,000 bytes nor inlines much into one that is
 * nearly so long: what is rare is left to {@link ClassicRare}, and everything here is written to be
 * short.
 */
final class HeapClassicLoop {
    private static final long U32 = 0xFFFF_FFFFL;

    private HeapClassicLoop() {}

    /** As {@link Executor#run}. */
    static FuncImpl run(Stack stack, WasmFunc entry, int base) {
        final int entryDepth = stack.depth;
        int depth = entryDepth;
        var func = entry;
        int pc = 0;
        try {
            var form = ClassicCode.of(func.body);
            int fp = base;
            pc = form.start;
            ClassicFrames.open(stack, form, fp);
            byte[] code = form.code;
            int[] table = form.table;
            int traits = form.traits;
            int stp = 0;
            if ((traits & ClassicCode.METERED) != 0) {
                stack.store.burn(table[stp++]);
            }
            long[] s = stack.slots;
            int sp = fp + form.locals;
            long tos = 0;
            var instance = func.instance;
            byte[] mem = HeapAccess.memory(instance);
            long limit = HeapAccess.limit(instance);
            while (true) {
                FuncImpl callee;
                boolean tail;
                boolean condition;
                charge:
                {
                    branch:
                    {
                        resume:
                        {
                            rare:
                            {
                                call:
                                {
                                    leave:
                                    {
                                        test:
                                        {
                                            switch (code[pc++] & 0xFF) {
                                                case NOP -> {
                                                    continue;
                                                }
                                                case BLOCK, TRY -> {
                                                    pc = ClassicLeb.skipBlockType(code, pc);
                                                    continue;
                                                }
                                                case LOOP -> {
                                                    pc = ClassicLeb.skipBlockType(code, pc);
                                                    break charge;
                                                }
                                                case IF -> {
                                                    condition = (int) tos != 0;
                                                    tos = s[--sp];
                                                    if (condition) {
                                                        pc = ClassicLeb.skipBlockType(code, pc);
                                                        stp += ClassicCode.SHORT_ENTRY;
                                                    } else {
                                                        pc = table[stp];
                                                        stp = table[stp + 1];
                                                    }
                                                    break charge;
                                                }
                                                case ELSE, CATCH, CATCH_ALL -> {
                                                    pc = table[stp];
                                                    stp = table[stp + 1];
                                                    break charge;
                                                }
                                                case END -> {
                                                    if (pc == form.end) {
                                                        break leave;
                                                    }
                                                    break charge;
                                                }
                                                case TRY_TABLE -> {
                                                    pc = table[stp++];
                                                    continue;
                                                }
                                                case DELEGATE -> {
                                                    pc = ClassicLeb.skip(code, pc);
                                                    break charge;
                                                }
                                                case BR -> {
                                                    break branch;
                                                }
                                                case BR_IF -> {
                                                    condition = (int) tos != 0;
                                                    tos = s[--sp];
                                                    if (condition) {
                                                        break branch;
                                                    }
                                                    pc = ClassicLeb.skip(code, pc);
                                                    stp += ClassicCode.ENTRY;
                                                    break charge;
                                                }
                                                case BR_TABLE -> {
                                                    int last = (int) ClassicLeb.u32(code, pc);
                                                    int label = (int) tos;
                                                    tos = s[--sp];
                                                    stp +=
                                                            ClassicCode.ENTRY
                                                                    * (label >= 0 && label < last
                                                                            ? label
                                                                            : last);
                                                    break branch;
                                                }
                                                case BR_ON_NULL -> {
                                                    if (stack.refs[sp] == null) {
                                                        tos = s[--sp];
                                                        break branch;
                                                    }
                                                    pc = ClassicLeb.skip(code, pc);
                                                    stp += ClassicCode.ENTRY;
                                                    break charge;
                                                }
                                                case BR_ON_NON_NULL -> {
                                                    if (stack.refs[sp] != null) {
                                                        break branch;
                                                    }
                                                    tos = s[--sp];
                                                    pc = ClassicLeb.skip(code, pc);
                                                    stp += ClassicCode.ENTRY;
                                                    break charge;
                                                }
                                                case RETURN -> {
                                                    break leave;
                                                }
                                                case CALL, RETURN_CALL -> {
                                                    tail = code[pc - 1] == RETURN_CALL;
                                                    int x = code[pc++];
                                                    if (x < 0) {
                                                        long wide = ClassicLeb.u32(code, pc - 1);
                                                        pc = (int) (wide >>> 32);
                                                        x = (int) wide;
                                                    }
                                                    callee = instance.func(x);
                                                    s[sp] = tos;
                                                    break call;
                                                }
                                                case CALL_INDIRECT, RETURN_CALL_INDIRECT -> {
                                                    tail = code[pc - 1] == RETURN_CALL_INDIRECT;
                                                    callee =
                                                            ClassicFrames.indirect(
                                                                    code, pc, instance, tos);
                                                    sp--;
                                                    pc =
                                                            ClassicLeb.skip(
                                                                    code,
                                                                    ClassicLeb.skip(code, pc));
                                                    break call;
                                                }
                                                case CALL_REF, RETURN_CALL_REF -> {
                                                    tail = code[pc - 1] == RETURN_CALL_REF;
                                                    callee = ClassicFrames.byReference(stack, sp);
                                                    sp--;
                                                    pc = ClassicLeb.skip(code, pc);
                                                    break call;
                                                }
                                                case DROP -> {
                                                    tos = s[--sp];
                                                    continue;
                                                }
                                                case SELECT -> {
                                                    sp -= 2;
                                                    if ((int) tos != 0) {
                                                        tos = s[sp];
                                                    } else {
                                                        tos = s[sp + 1];
                                                        if ((traits & ClassicCode.WIDE) != 0) {
                                                            ClassicFrames.move(stack, sp, sp + 1);
                                                        }
                                                    }
                                                    continue;
                                                }
                                                case LOCAL_GET -> {
                                                    int x = code[pc++];
                                                    if (x < 0) {
                                                        long wide = ClassicLeb.u32(code, pc - 1);
                                                        pc = (int) (wide >>> 32);
                                                        x = (int) wide;
                                                    }
                                                    s[sp++] = tos;
                                                    tos = s[fp + x];
                                                    if ((traits & ClassicCode.WIDE) != 0) {
                                                        ClassicFrames.move(stack, sp, fp + x);
                                                    }
                                                    continue;
                                                }
                                                case LOCAL_SET -> {
                                                    int x = code[pc++];
                                                    if (x < 0) {
                                                        long wide = ClassicLeb.u32(code, pc - 1);
                                                        pc = (int) (wide >>> 32);
                                                        x = (int) wide;
                                                    }
                                                    s[fp + x] = tos;
                                                    if ((traits & ClassicCode.WIDE) != 0) {
                                                        ClassicFrames.move(stack, fp + x, sp);
                                                    }
                                                    tos = s[--sp];
                                                    continue;
                                                }
                                                case LOCAL_TEE -> {
                                                    int x = code[pc++];
                                                    if (x < 0) {
                                                        long wide = ClassicLeb.u32(code, pc - 1);
                                                        pc = (int) (wide >>> 32);
                                                        x = (int) wide;
                                                    }
                                                    s[fp + x] = tos;
                                                    if ((traits & ClassicCode.WIDE) != 0) {
                                                        ClassicFrames.move(stack, fp + x, sp);
                                                    }
                                                    continue;
                                                }
                                                case GLOBAL_GET -> {
                                                    int x = code[pc++];
                                                    if (x < 0) {
                                                        long wide = ClassicLeb.u32(code, pc - 1);
                                                        pc = (int) (wide >>> 32);
                                                        x = (int) wide;
                                                    }
                                                    var global = instance.globals[x];
                                                    s[sp++] = tos;
                                                    tos = global.bits;
                                                    if ((traits & ClassicCode.WIDE) != 0) {
                                                        ClassicFrames.getGlobal(stack, global, sp);
                                                    }
                                                    continue;
                                                }
                                                case GLOBAL_SET -> {
                                                    int x = code[pc++];
                                                    if (x < 0) {
                                                        long wide = ClassicLeb.u32(code, pc - 1);
                                                        pc = (int) (wide >>> 32);
                                                        x = (int) wide;
                                                    }
                                                    var global = instance.globals[x];
                                                    global.bits = tos;
                                                    if ((traits & ClassicCode.WIDE) != 0) {
                                                        ClassicFrames.setGlobal(stack, global, sp);
                                                    }
                                                    tos = s[--sp];
                                                    continue;
                                                }
                                                case I32_LOAD, F32_LOAD, I64_LOAD32_S -> {
                                                    long arg = ClassicLeb.memArg(code, pc, traits);
                                                    if (arg < 0) {
                                                        break rare;
                                                    }
                                                    pc = (int) (arg >>> 32);
                                                    tos =
                                                            HeapAccess.load32(
                                                                    mem,
                                                                    limit,
                                                                    (tos & U32) + (arg & U32));
                                                    continue;
                                                }
                                                case I64_LOAD, F64_LOAD -> {
                                                    long arg = ClassicLeb.memArg(code, pc, traits);
                                                    if (arg < 0) {
                                                        break rare;
                                                    }
                                                    pc = (int) (arg >>> 32);
                                                    tos =
                                                            HeapAccess.load64(
                                                                    mem,
                                                                    limit,
                                                                    (tos & U32) + (arg & U32));
                                                    continue;
                                                }
                                                case I32_LOAD8_S, I64_LOAD8_S -> {
                                                    long arg = ClassicLeb.memArg(code, pc, traits);
                                                    if (arg < 0) {
                                                        break rare;
                                                    }
                                                    pc = (int) (arg >>> 32);
                                                    tos =
                                                            HeapAccess.load8S(
                                                                    mem,
                                                                    limit,
                                                                    (tos & U32) + (arg & U32));
                                                    continue;
                                                }
                                                case I32_LOAD8_U, I64_LOAD8_U -> {
                                                    long arg = ClassicLeb.memArg(code, pc, traits);
                                                    if (arg < 0) {
                                                        break rare;
                                                    }
                                                    pc = (int) (arg >>> 32);
                                                    tos =
                                                            HeapAccess.load8U(
                                                                    mem,
                                                                    limit,
                                                                    (tos & U32) + (arg & U32));
                                                    continue;
                                                }
                                                case I32_LOAD16_S, I64_LOAD16_S -> {
                                                    long arg = ClassicLeb.memArg(code, pc, traits);
                                                    if (arg < 0) {
                                                        break rare;
                                                    }
                                                    pc = (int) (arg >>> 32);
                                                    tos =
                                                            HeapAccess.load16S(
                                                                    mem,
                                                                    limit,
                                                                    (tos & U32) + (arg & U32));
                                                    continue;
                                                }
                                                case I32_LOAD16_U, I64_LOAD16_U -> {
                                                    long arg = ClassicLeb.memArg(code, pc, traits);
                                                    if (arg < 0) {
                                                        break rare;
                                                    }
                                                    pc = (int) (arg >>> 32);
                                                    tos =
                                                            HeapAccess.load16U(
                                                                    mem,
                                                                    limit,
                                                                    (tos & U32) + (arg & U32));
                                                    continue;
                                                }
                                                case I64_LOAD32_U -> {
                                                    long arg = ClassicLeb.memArg(code, pc, traits);
                                                    if (arg < 0) {
                                                        break rare;
                                                    }
                                                    pc = (int) (arg >>> 32);
                                                    tos =
                                                            HeapAccess.load32(
                                                                            mem,
                                                                            limit,
                                                                            (tos & U32)
                                                                                    + (arg & U32))
                                                                    & U32;
                                                    continue;
                                                }
                                                case I32_STORE, F32_STORE, I64_STORE32 -> {
                                                    long arg = ClassicLeb.memArg(code, pc, traits);
                                                    if (arg < 0) {
                                                        break rare;
                                                    }
                                                    pc = (int) (arg >>> 32);
                                                    HeapAccess.store32(
                                                            mem,
                                                            limit,
                                                            (s[sp - 1] & U32) + (arg & U32),
                                                            tos);
                                                    sp -= 2;
                                                    tos = s[sp];
                                                    continue;
                                                }
                                                case I64_STORE, F64_STORE -> {
                                                    long arg = ClassicLeb.memArg(code, pc, traits);
                                                    if (arg < 0) {
                                                        break rare;
                                                    }
                                                    pc = (int) (arg >>> 32);
                                                    HeapAccess.store64(
                                                            mem,
                                                            limit,
                                                            (s[sp - 1] & U32) + (arg & U32),
                                                            tos);
                                                    sp -= 2;
                                                    tos = s[sp];
                                                    continue;
                                                }
                                                case I32_STORE8, I64_STORE8 -> {
                                                    long arg = ClassicLeb.memArg(code, pc, traits);
                                                    if (arg < 0) {
                                                        break rare;
                                                    }
                                                    pc = (int) (arg >>> 32);
                                                    HeapAccess.store8(
                                                            mem,
                                                            limit,
                                                            (s[sp - 1] & U32) + (arg & U32),
                                                            tos);
                                                    sp -= 2;
                                                    tos = s[sp];
                                                    continue;
                                                }
                                                case I32_STORE16, I64_STORE16 -> {
                                                    long arg = ClassicLeb.memArg(code, pc, traits);
                                                    if (arg < 0) {
                                                        break rare;
                                                    }
                                                    pc = (int) (arg >>> 32);
                                                    HeapAccess.store16(
                                                            mem,
                                                            limit,
                                                            (s[sp - 1] & U32) + (arg & U32),
                                                            tos);
                                                    sp -= 2;
                                                    tos = s[sp];
                                                    continue;
                                                }
                                                case I32_CONST -> {
                                                    s[sp++] = tos;
                                                    int x = code[pc++];
                                                    if (x >= 0) {
                                                        tos = x << 25 >> 25;
                                                    } else {
                                                        long wide = ClassicLeb.s32(code, pc - 1);
                                                        pc = (int) (wide >>> 32);
                                                        tos = (int) wide;
                                                    }
                                                    continue;
                                                }
                                                case I64_CONST -> {
                                                    s[sp++] = tos;
                                                    tos = ClassicLeb.s64(code, pc);
                                                    pc = ClassicLeb.skip(code, pc);
                                                    continue;
                                                }
                                                case F32_CONST -> {
                                                    s[sp++] = tos;
                                                    tos = ClassicLeb.fixed32(code, pc);
                                                    pc += 4;
                                                    continue;
                                                }
                                                case F64_CONST -> {
                                                    s[sp++] = tos;
                                                    tos = ClassicLeb.fixed64(code, pc);
                                                    pc += 8;
                                                    continue;
                                                }
                                                case I32_EQZ, I64_EQZ -> {
                                                    condition = tos == 0;
                                                    break test;
                                                }
                                                case I32_EQ, I64_EQ -> {
                                                    condition = s[--sp] == tos;
                                                    break test;
                                                }
                                                case I32_NE, I64_NE -> {
                                                    condition = s[--sp] != tos;
                                                    break test;
                                                }
                                                case I32_LT_S, I64_LT_S -> {
                                                    condition = s[--sp] < tos;
                                                    break test;
                                                }
                                                case I32_GT_S, I64_GT_S -> {
                                                    condition = s[--sp] > tos;
                                                    break test;
                                                }
                                                case I32_LE_S, I64_LE_S -> {
                                                    condition = s[--sp] <= tos;
                                                    break test;
                                                }
                                                case I32_GE_S, I64_GE_S -> {
                                                    condition = s[--sp] >= tos;
                                                    break test;
                                                }
                                                case I32_LT_U, I64_LT_U -> {
                                                    condition =
                                                            Long.compareUnsigned(s[--sp], tos) < 0;
                                                    break test;
                                                }
                                                case I32_GT_U, I64_GT_U -> {
                                                    condition =
                                                            Long.compareUnsigned(s[--sp], tos) > 0;
                                                    break test;
                                                }
                                                case I32_LE_U, I64_LE_U -> {
                                                    condition =
                                                            Long.compareUnsigned(s[--sp], tos) <= 0;
                                                    break test;
                                                }
                                                case I32_GE_U, I64_GE_U -> {
                                                    condition =
                                                            Long.compareUnsigned(s[--sp], tos) >= 0;
                                                    break test;
                                                }
                                                case I32_ADD -> {
                                                    tos = (int) s[--sp] + (int) tos;
                                                    continue;
                                                }
                                                case I32_SUB -> {
                                                    tos = (int) s[--sp] - (int) tos;
                                                    continue;
                                                }
                                                case I32_MUL -> {
                                                    tos = (int) s[--sp] * (int) tos;
                                                    continue;
                                                }
                                                case I32_DIV_S -> {
                                                    tos = Numeric.i32DivS((int) s[--sp], (int) tos);
                                                    continue;
                                                }
                                                case I32_DIV_U -> {
                                                    tos = Numeric.i32DivU((int) s[--sp], (int) tos);
                                                    continue;
                                                }
                                                case I32_REM_S -> {
                                                    tos = Numeric.i32RemS((int) s[--sp], (int) tos);
                                                    continue;
                                                }
                                                case I32_REM_U -> {
                                                    tos = Numeric.i32RemU((int) s[--sp], (int) tos);
                                                    continue;
                                                }
                                                case I32_AND, I64_AND -> {
                                                    tos = s[--sp] & tos;
                                                    continue;
                                                }
                                                case I32_OR, I64_OR -> {
                                                    tos = s[--sp] | tos;
                                                    continue;
                                                }
                                                case I32_XOR, I64_XOR -> {
                                                    tos = s[--sp] ^ tos;
                                                    continue;
                                                }
                                                case I32_SHL -> {
                                                    tos = (int) s[--sp] << (int) tos;
                                                    continue;
                                                }
                                                case I32_SHR_S -> {
                                                    tos = (int) s[--sp] >> (int) tos;
                                                    continue;
                                                }
                                                case I32_SHR_U -> {
                                                    tos = (int) s[--sp] >>> (int) tos;
                                                    continue;
                                                }
                                                case I32_ROTL -> {
                                                    tos =
                                                            Integer.rotateLeft(
                                                                    (int) s[--sp], (int) tos);
                                                    continue;
                                                }
                                                case I32_ROTR -> {
                                                    tos =
                                                            Integer.rotateRight(
                                                                    (int) s[--sp], (int) tos);
                                                    continue;
                                                }
                                                case I64_ADD -> {
                                                    tos = s[--sp] + tos;
                                                    continue;
                                                }
                                                case I64_SUB -> {
                                                    tos = s[--sp] - tos;
                                                    continue;
                                                }
                                                case I64_MUL -> {
                                                    tos = s[--sp] * tos;
                                                    continue;
                                                }
                                                case I64_DIV_S -> {
                                                    tos = Numeric.i64DivS(s[--sp], tos);
                                                    continue;
                                                }
                                                case I64_DIV_U -> {
                                                    tos = Numeric.i64DivU(s[--sp], tos);
                                                    continue;
                                                }
                                                case I64_REM_S -> {
                                                    tos = Numeric.i64RemS(s[--sp], tos);
                                                    continue;
                                                }
                                                case I64_REM_U -> {
                                                    tos = Numeric.i64RemU(s[--sp], tos);
                                                    continue;
                                                }
                                                case I64_SHL -> {
                                                    tos = s[--sp] << tos;
                                                    continue;
                                                }
                                                case I64_SHR_S -> {
                                                    tos = s[--sp] >> tos;
                                                    continue;
                                                }
                                                case I64_SHR_U -> {
                                                    tos = s[--sp] >>> tos;
                                                    continue;
                                                }
                                                case I64_ROTL -> {
                                                    tos = Long.rotateLeft(s[--sp], (int) tos);
                                                    continue;
                                                }
                                                case I64_ROTR -> {
                                                    tos = Long.rotateRight(s[--sp], (int) tos);
                                                    continue;
                                                }
                                                case F64_EQ,
                                                        F64_NE,
                                                        F64_LT,
                                                        F64_GT,
                                                        F64_LE,
                                                        F64_GE -> {
                                                    condition =
                                                            ClassicFloat.compare(
                                                                    code[pc - 1],
                                                                    Double.longBitsToDouble(
                                                                            s[--sp]),
                                                                    Double.longBitsToDouble(tos));
                                                    break test;
                                                }
                                                case F64_ADD, F64_SUB, F64_MUL, F64_DIV -> {
                                                    tos =
                                                            ClassicFloat.eval64(
                                                                    code[pc - 1], s[--sp], tos);
                                                    continue;
                                                }
                                                case F32_ADD, F32_SUB, F32_MUL, F32_DIV -> {
                                                    tos =
                                                            ClassicFloat.eval32(
                                                                    code[pc - 1],
                                                                    (int) s[--sp],
                                                                    (int) tos);
                                                    continue;
                                                }
                                                case I32_WRAP_I64 -> {
                                                    tos = (int) tos;
                                                    continue;
                                                }
                                                case I64_EXTEND_I32_U -> {
                                                    tos &= U32;
                                                    continue;
                                                }
                                                case I64_EXTEND_I32_S,
                                                        I32_REINTERPRET_F32,
                                                        I64_REINTERPRET_F64,
                                                        F32_REINTERPRET_I32,
                                                        F64_REINTERPRET_I64 -> {
                                                    // The slot has the bits already.
                                                    continue;
                                                }
                                                case F64_CONVERT_I32_S -> {
                                                    tos = Double.doubleToRawLongBits((int) tos);
                                                    continue;
                                                }
                                                case I32_EXTEND8_S, I64_EXTEND8_S -> {
                                                    tos = (byte) tos;
                                                    continue;
                                                }
                                                case I32_EXTEND16_S, I64_EXTEND16_S -> {
                                                    tos = (short) tos;
                                                    continue;
                                                }
                                                default -> {
                                                    break rare;
                                                }
                                            }
                                        }
                                        // A comparison; most of them decide a branch that comes
                                        // next.
                                        int next = code[pc];
                                        if (next == BR_IF) {
                                            tos = s[--sp];
                                            if (condition) {
                                                pc++;
                                                break branch;
                                            }
                                            pc = ClassicLeb.skip(code, pc + 1);
                                            stp += ClassicCode.ENTRY;
                                            break charge;
                                        }
                                        tos = condition ? 1 : 0;
                                        continue;
                                    }
                                    // The function ends; its results are on top.
                                    int results = form.results;
                                    stack.left += form.cost;
                                    if (depth == entryDepth) {
                                        s[sp] = tos;
                                        ClassicFrames.move(
                                                stack, traits, fp, sp + 1 - results, results);
                                        return null;
                                    }
                                    if (results == 1) {
                                        if ((traits & ClassicCode.WIDE) != 0) {
                                            ClassicFrames.move(stack, fp, sp);
                                        }
                                        sp = fp;
                                    } else {
                                        s[sp] = tos;
                                        ClassicFrames.move(
                                                stack, traits, fp, sp + 1 - results, results);
                                        sp = fp + results - 1;
                                        tos = s[sp];
                                    }
                                    break resume;
                                }
                                // A call; the arguments are in their slots, the last one at sp.
                                if (callee instanceof WasmFunc next
                                        && next.executor == entry.executor) {
                                    var nextForm = ClassicCode.of(next.body);
                                    if (tail) {
                                        ClassicFrames.move(
                                                stack,
                                                traits,
                                                fp,
                                                sp + 1 - nextForm.params,
                                                nextForm.params);
                                        stack.left += form.cost;
                                    } else {
                                        ClassicFrames.push(stack, depth, func, pc, fp, stp);
                                        depth++;
                                        fp = sp + 1 - nextForm.params;
                                    }
                                    func = next;
                                    form = nextForm;
                                    pc = form.start;
                                    ClassicFrames.open(stack, form, fp);
                                    code = form.code;
                                    table = form.table;
                                    traits = form.traits;
                                    stp = 0;
                                    s = stack.slots;
                                    sp = fp + form.locals;
                                    if (func.instance != instance) {
                                        instance = func.instance;
                                        mem = HeapAccess.memory(instance);
                                        limit = HeapAccess.limit(instance);
                                    }
                                    break charge;
                                }
                                var type = callee.funcType();
                                int params = type.params().size();
                                int at = sp + 1 - params;
                                if (tail) {
                                    ClassicFrames.move(stack, traits, fp, at, params);
                                    stack.tailCall(func, callee);
                                    at = fp;
                                    stack.left += form.cost;
                                    if (depth == entryDepth) {
                                        // Calls from deeper down may have left another depth.
                                        stack.depth = depth;
                                        return callee;
                                    }
                                    // The activation is over: the call is its caller's.
                                    depth--;
                                    func = stack.frames[depth];
                                    long place = stack.returns[depth];
                                    pc = (int) (place >>> 32);
                                    fp = (int) place;
                                    stp = stack.marks[depth];
                                    form = (ClassicCode) func.body.classic;
                                    code = form.code;
                                    table = form.table;
                                    traits = form.traits;
                                    instance = func.instance;
                                }
                                ClassicFrames.push(stack, depth, func, pc, fp, stp);
                                stack.depth = depth + 1;
                                stack.top = at + params;
                                long caught = ClassicUnwind.call(stack, callee, at, entryDepth);
                                if (caught != ClassicUnwind.RETURNED) {
                                    s = stack.slots;
                                    depth = (int) (caught >>> 32);
                                    sp = (int) caught;
                                    tos = s[sp];
                                    // Its memory may have grown.
                                    instance = null;
                                    break resume;
                                }
                                stack.depth = depth;
                                s = stack.slots;
                                sp = at + type.results().size() - 1;
                                tos = s[sp];
                                mem = HeapAccess.memory(instance);
                                limit = HeapAccess.limit(instance);
                                continue;
                            }
                            // An instruction that is left to others.
                            int op = code[pc - 1] & 0xFF;
                            s[sp] = tos;
                            if (ClassicUnwind.handles(op)) {
                                ClassicFrames.note(stack, depth, func, pc, fp, stp);
                                long caught =
                                        ClassicUnwind.raise(
                                                op, code, pc, stack, depth, entryDepth, sp);
                                depth = (int) (caught >>> 32);
                                sp = (int) caught;
                                tos = s[sp];
                                break resume;
                            }
                            long to = ClassicRare.exec(op, code, pc, stack, instance, sp);
                            pc = (int) (to >>> 32) & Integer.MAX_VALUE;
                            sp = (int) to & Integer.MAX_VALUE;
                            tos = s[sp];
                            if (to < 0) {
                                break branch;
                            }
                            if ((int) to < 0) {
                                stp += ClassicCode.ENTRY;
                                break charge;
                            }
                            if (op == MEMORY_GROW) {
                                mem = HeapAccess.memory(instance);
                                limit = HeapAccess.limit(instance);
                            }
                            continue;
                        }
                        // The activation before depth goes on; its topmost operand is at sp.
                        depth--;
                        func = stack.frames[depth];
                        long place = stack.returns[depth];
                        pc = (int) (place >>> 32);
                        fp = (int) place;
                        stp = stack.marks[depth];
                        form = (ClassicCode) func.body.classic;
                        code = form.code;
                        table = form.table;
                        traits = form.traits;
                        if (func.instance != instance) {
                            instance = func.instance;
                            mem = HeapAccess.memory(instance);
                            limit = HeapAccess.limit(instance);
                        }
                        continue;
                    }
                    // A branch that is taken: its entry is at stp.
                    int moves = table[stp + 2];
                    int drop = moves & ClassicCode.DROP_MASK;
                    if (drop != 0) {
                        int keep = moves >>> ClassicCode.DROP_BITS;
                        if (keep == 0) {
                            tos = s[sp - drop];
                        } else if (keep > 1 || (traits & ClassicCode.WIDE) != 0) {
                            int from = sp + 1 - keep;
                            ClassicFrames.move(stack, traits, from - drop, from, keep);
                        }
                        sp -= drop;
                    }
                    boolean backward = table[stp] <= pc;
                    pc = table[stp];
                    stp = table[stp + 1];
                    if (backward && stack.stopRequested()) {
                        throw stack.store.stopped();
                    }
                }
                // A segment of code begins.
                if ((traits & ClassicCode.METERED) != 0) {
                    stack.store.burn(table[stp++]);
                }
            }
        } catch (Throwable e) {
            Backtrace.attach(e, stack, func, pc - 1, depth, entryDepth);
            // Whoever called the loop has activations of its own to name.
            stack.depth = entryDepth;
            throw e;
        }
    }
}
