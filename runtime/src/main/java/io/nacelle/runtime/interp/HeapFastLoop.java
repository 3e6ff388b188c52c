// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.FastOp.*;

import io.nacelle.runtime.exec.*;

/**
 * The fast interpreter's loop. There are two of it: one for memories that are arrays, which this
 * file holds, and one for memories off the heap, which the build makes of this file by replacing
 * {@code HeapAccess} and the type of {@code mem}.
 *
 * <p>HotSpot compiles the loop as one method, if its bytecode is less than 8,000 bytes; so whatever
 * is rare is in {@link FastRare}, and whatever is called from here is small enough to be inlined.
 */
final class HeapFastLoop {
    private HeapFastLoop() {}

    /** As {@link Executor#run}. */
    static FuncImpl run(Stack stack, WasmFunc entry, int base) {
        var store = stack.store;
        var executor = entry.executor;
        int entryDepth = stack.depth;
        int depth = entryDepth;
        var frames = stack.frames;
        var returns = stack.returns;
        int left = stack.left;
        var s = stack.slots;
        WasmFunc cur = entry;
        var inst = cur.instance;
        byte[] mem = HeapAccess.memory(inst);
        long limit = HeapAccess.limit(inst);
        long[] code = {};
        int fp = base;
        int pc = 0;
        // What the sections behind the switch work on.
        WasmFunc callee = entry;
        FuncImpl target = entry;
        int calleeFp = base;
        // Whether the callee takes the place of the current frame instead of being called by it.
        boolean replace = true;
        // The immediate of the current instruction, and the target of a branch that is taken.
        int x = 0;
        try {
            while (true) {
                enter:
                {
                    if (replace) {
                        break enter;
                    }
                    out:
                    {
                        while (true) {
                            leave:
                            {
                                taken:
                                {
                                    long insn = code[pc++];
                                    int a = fp + ((int) (insn >>> A_SHIFT) & SLOT_MASK);
                                    int d = fp + ((int) (insn >>> D_SHIFT) & SLOT_MASK);
                                    x = (int) (insn >> B_SHIFT);
                                    switch ((int) insn & (1 << OP_BITS) - 1) {
                                        case UNREACHABLE:
                                            throw Traps.unreachable();
                                        case JMP:
                                            break taken;
                                        case BR_EQ:
                                            if (s[a] == s[d]) break taken;
                                            continue;
                                        case BR_NE:
                                            if (s[a] != s[d]) break taken;
                                            continue;
                                        case BR_LT_S:
                                            if (s[a] < s[d]) break taken;
                                            continue;
                                        case BR_LT_U:
                                            if (lessUnsigned(s[a], s[d])) break taken;
                                            continue;
                                        case BR_LE_S:
                                            if (s[a] <= s[d]) break taken;
                                            continue;
                                        case BR_LE_U:
                                            if (!lessUnsigned(s[d], s[a])) break taken;
                                            continue;
                                        case BRI_EQ:
                                            if (s[a] == small(insn)) break taken;
                                            continue;
                                        case BRI_NE:
                                            if (s[a] != small(insn)) break taken;
                                            continue;
                                        case BRI_LT_S:
                                            if (s[a] < small(insn)) break taken;
                                            continue;
                                        case BRI_GE_S:
                                            if (s[a] >= small(insn)) break taken;
                                            continue;
                                        case BRI_LT_U:
                                            if (lessUnsigned(s[a], small(insn))) break taken;
                                            continue;
                                        case BRI_GE_U:
                                            if (!lessUnsigned(s[a], small(insn))) break taken;
                                            continue;
                                        case BR_TABLE:
                                            pc += Integer.compareUnsigned((int) s[a], x) < 0 ? (int) s[a] : x;
                                            x = (int) (code[pc] >> B_SHIFT);
                                            break taken;
                                        case RETURN0:
                                            break leave;
                                        case RETURN1:
                                            s[fp] = s[a];
                                            break leave;
                                        case RETURN_N:
                                            System.arraycopy(s, a, s, fp, d - fp);
                                            break leave;
                                        case CALL:
                                            calleeFp = d;
                                            callee = (WasmFunc) inst.func(x);
                                            if (callee.code != null) {
                                                break enter;
                                            }
                                            target = callee;
                                            break out;
                                        case CALL_OUT:
                                            target = inst.func(x);
                                            calleeFp = d;
                                            break out;
                                        case CALL_INDIRECT:
                                            target = FastRare.resolve(inst, s[a], code[pc++]);
                                            calleeFp = d;
                                            break out;
                                        case CALL_REF:
                                            target = FastRare.reference(stack, a);
                                            calleeFp = d;
                                            break out;
                                        case TAIL_CALL:
                                        case TAIL_CALL_INDIRECT:
                                        case TAIL_CALL_REF:
                                            target = FastRare.tailTarget(stack, inst, code, pc, insn, a);
                                            FastRare.moveArguments(stack, target, d, fp);
                                            left += FuncBody.frameCost(frameSlots(code));
                                            calleeFp = fp;
                                            if (depth == entryDepth) {
                                                if (target instanceof WasmFunc f
                                                        && f.executor == executor
                                                        && FastInterpreter.prepared(f)) {
                                                    callee = f;
                                                    replace = true;
                                                    break enter;
                                                }
                                                stack.left = left;
                                                return target;
                                            }
                                            depth--;
                                            cur = frames[depth];
                                            pc = (int) (returns[depth] >>> 32);
                                            fp = (int) returns[depth];
                                            code = cur.code;
                                            if (cur.instance != inst) {
                                                inst = cur.instance;
                                                mem = HeapAccess.memory(inst);
                                                limit = HeapAccess.limit(inst);
                                            }
                                            break out;
                                        case FUEL:
                                            store.burn(x);
                                            continue;
                                        case MOV:
                                            s[d] = s[a];
                                            continue;
                                        case CONST:
                                            s[d] = x;
                                            continue;
                                        case CONST64:
                                            s[d] = code[pc++];
                                            continue;
                                        case SELECT:
                                            s[d] = (int) s[fp + (int) code[pc++]] != 0 ? s[a] : s[b(fp, x)];
                                            continue;
                                        case GLOBAL_GET:
                                            s[d] = inst.globals[x].bits;
                                            continue;
                                        case GLOBAL_SET:
                                            inst.globals[x].bits = s[a];
                                            continue;
                                        case MEMORY_GROW:
                                            BulkOps.memoryGrow(stack, inst, x, a, d);
                                            mem = HeapAccess.memory(inst);
                                            limit = HeapAccess.limit(inst);
                                            continue;
                                        case EQ:
                                            s[d] = s[a] == s[b(fp, x)] ? 1 : 0;
                                            continue;
                                        case NE:
                                            s[d] = s[a] != s[b(fp, x)] ? 1 : 0;
                                            continue;
                                        case LT_S:
                                            s[d] = s[a] < s[b(fp, x)] ? 1 : 0;
                                            continue;
                                        case LT_U:
                                            s[d] = lessUnsigned(s[a], s[b(fp, x)]) ? 1 : 0;
                                            continue;
                                        case LE_S:
                                            s[d] = s[a] <= s[b(fp, x)] ? 1 : 0;
                                            continue;
                                        case LE_U:
                                            s[d] = lessUnsigned(s[b(fp, x)], s[a]) ? 0 : 1;
                                            continue;
                                        case EQI:
                                            s[d] = s[a] == x ? 1 : 0;
                                            continue;
                                        case NEI:
                                            s[d] = s[a] != x ? 1 : 0;
                                            continue;
                                        case LTI_S:
                                            s[d] = s[a] < x ? 1 : 0;
                                            continue;
                                        case GEI_S:
                                            s[d] = s[a] >= x ? 1 : 0;
                                            continue;
                                        case LTI_U:
                                            s[d] = lessUnsigned(s[a], x) ? 1 : 0;
                                            continue;
                                        case GEI_U:
                                            s[d] = lessUnsigned(s[a], x) ? 0 : 1;
                                            continue;
                                        case AND:
                                            s[d] = s[a] & s[b(fp, x)];
                                            continue;
                                        case OR:
                                            s[d] = s[a] | s[b(fp, x)];
                                            continue;
                                        case XOR:
                                            s[d] = s[a] ^ s[b(fp, x)];
                                            continue;
                                        case ANDI:
                                            s[d] = s[a] & x;
                                            continue;
                                        case ORI:
                                            s[d] = s[a] | x;
                                            continue;
                                        case XORI:
                                            s[d] = s[a] ^ x;
                                            continue;
                                        case ADD32:
                                            s[d] = (int) s[a] + (int) s[b(fp, x)];
                                            continue;
                                        case SUB32:
                                            s[d] = (int) s[a] - (int) s[b(fp, x)];
                                            continue;
                                        case MUL32:
                                            s[d] = (int) s[a] * (int) s[b(fp, x)];
                                            continue;
                                        case SHL32:
                                            s[d] = (int) s[a] << (int) s[b(fp, x)];
                                            continue;
                                        case SHR32_S:
                                            s[d] = (int) s[a] >> (int) s[b(fp, x)];
                                            continue;
                                        case SHR32_U:
                                            s[d] = (int) s[a] >>> (int) s[b(fp, x)];
                                            continue;
                                        case ROTL32:
                                            s[d] = Integer.rotateLeft((int) s[a], (int) s[b(fp, x)]);
                                            continue;
                                        case ADDI32:
                                            s[d] = (int) s[a] + x;
                                            continue;
                                        case MULI32:
                                            s[d] = (int) s[a] * x;
                                            continue;
                                        case SHLI32:
                                            s[d] = (int) s[a] << x;
                                            continue;
                                        case SHRI32_S:
                                            s[d] = (int) s[a] >> x;
                                            continue;
                                        case SHRI32_U:
                                            s[d] = (int) s[a] >>> x;
                                            continue;
                                        case ROTLI32:
                                            s[d] = Integer.rotateLeft((int) s[a], x);
                                            continue;
                                        case DIV32_S:
                                            s[d] = Numeric.i32DivS((int) s[a], (int) s[b(fp, x)]);
                                            continue;
                                        case DIV32_U:
                                            s[d] = Numeric.i32DivU((int) s[a], (int) s[b(fp, x)]);
                                            continue;
                                        case REM32_S:
                                            s[d] = Numeric.i32RemS((int) s[a], (int) s[b(fp, x)]);
                                            continue;
                                        case REM32_U:
                                            s[d] = Numeric.i32RemU((int) s[a], (int) s[b(fp, x)]);
                                            continue;
                                        case ADD64:
                                            s[d] = s[a] + s[b(fp, x)];
                                            continue;
                                        case SUB64:
                                            s[d] = s[a] - s[b(fp, x)];
                                            continue;
                                        case MUL64:
                                            s[d] = s[a] * s[b(fp, x)];
                                            continue;
                                        case SHL64:
                                            s[d] = s[a] << s[b(fp, x)];
                                            continue;
                                        case SHR64_S:
                                            s[d] = s[a] >> s[b(fp, x)];
                                            continue;
                                        case SHR64_U:
                                            s[d] = s[a] >>> s[b(fp, x)];
                                            continue;
                                        case ROTL64:
                                            s[d] = Long.rotateLeft(s[a], (int) s[b(fp, x)]);
                                            continue;
                                        case ADDI64:
                                            s[d] = s[a] + x;
                                            continue;
                                        case SHLI64:
                                            s[d] = s[a] << x;
                                            continue;
                                        case SHRI64_S:
                                            s[d] = s[a] >> x;
                                            continue;
                                        case SHRI64_U:
                                            s[d] = s[a] >>> x;
                                            continue;
                                        case ROTLI64:
                                            s[d] = Long.rotateLeft(s[a], x);
                                            continue;
                                        case WRAP:
                                            s[d] = (int) s[a];
                                            continue;
                                        case EXTEND_U:
                                            s[d] = s[a] & 0xFFFF_FFFFL;
                                            continue;
                                        case EXTEND8:
                                            s[d] = (byte) s[a];
                                            continue;
                                        case EXTEND16:
                                            s[d] = (short) s[a];
                                            continue;
                                        case LOAD8_S:
                                            s[d] = HeapAccess.load8S(mem, limit, (s[a] & 0xFFFF_FFFFL) + x);
                                            continue;
                                        case LOAD8_U:
                                            s[d] = HeapAccess.load8U(mem, limit, (s[a] & 0xFFFF_FFFFL) + x);
                                            continue;
                                        case LOAD16_S:
                                            s[d] = HeapAccess.load16S(mem, limit, (s[a] & 0xFFFF_FFFFL) + x);
                                            continue;
                                        case LOAD16_U:
                                            s[d] = HeapAccess.load16U(mem, limit, (s[a] & 0xFFFF_FFFFL) + x);
                                            continue;
                                        case LOAD32:
                                            s[d] = HeapAccess.load32(mem, limit, (s[a] & 0xFFFF_FFFFL) + x);
                                            continue;
                                        case LOAD32_U:
                                            s[d] = HeapAccess.load32(mem, limit, (s[a] & 0xFFFF_FFFFL) + x) & 0xFFFF_FFFFL;
                                            continue;
                                        case LOAD64:
                                            s[d] = HeapAccess.load64(mem, limit, (s[a] & 0xFFFF_FFFFL) + x);
                                            continue;
                                        case STORE8:
                                            HeapAccess.store8(mem, limit, (s[a] & 0xFFFF_FFFFL) + x, s[d]);
                                            continue;
                                        case STORE16:
                                            HeapAccess.store16(mem, limit, (s[a] & 0xFFFF_FFFFL) + x, s[d]);
                                            continue;
                                        case STORE32:
                                            HeapAccess.store32(mem, limit, (s[a] & 0xFFFF_FFFFL) + x, s[d]);
                                            continue;
                                        case STORE64:
                                            HeapAccess.store64(mem, limit, (s[a] & 0xFFFF_FFFFL) + x, s[d]);
                                            continue;
                                        case ADD_F64:
                                            s[d] = bits(f64(s[a]) + f64(s[b(fp, x)]));
                                            continue;
                                        case SUB_F64:
                                            s[d] = bits(f64(s[a]) - f64(s[b(fp, x)]));
                                            continue;
                                        case MUL_F64:
                                            s[d] = bits(f64(s[a]) * f64(s[b(fp, x)]));
                                            continue;
                                        case DIV_F64:
                                            s[d] = bits(f64(s[a]) / f64(s[b(fp, x)]));
                                            continue;
                                        case NEG_F64:
                                            s[d] = s[a] ^ Long.MIN_VALUE;
                                            continue;
                                        case ABS_F64:
                                            s[d] = s[a] & Long.MAX_VALUE;
                                            continue;
                                        case SQRT_F64:
                                            s[d] = bits(Math.sqrt(f64(s[a])));
                                            continue;
                                        case EQ_F64:
                                            s[d] = f64(s[a]) == f64(s[b(fp, x)]) ? 1 : 0;
                                            continue;
                                        case NE_F64:
                                            s[d] = f64(s[a]) != f64(s[b(fp, x)]) ? 1 : 0;
                                            continue;
                                        case LT_F64:
                                            s[d] = f64(s[a]) < f64(s[b(fp, x)]) ? 1 : 0;
                                            continue;
                                        case LE_F64:
                                            s[d] = f64(s[a]) <= f64(s[b(fp, x)]) ? 1 : 0;
                                            continue;
                                        case ADD_F32:
                                            s[d] = bits(f32(s[a]) + f32(s[b(fp, x)]));
                                            continue;
                                        case SUB_F32:
                                            s[d] = bits(f32(s[a]) - f32(s[b(fp, x)]));
                                            continue;
                                        case MUL_F32:
                                            s[d] = bits(f32(s[a]) * f32(s[b(fp, x)]));
                                            continue;
                                        case DIV_F32:
                                            s[d] = bits(f32(s[a]) / f32(s[b(fp, x)]));
                                            continue;
                                        case LT_F32:
                                            s[d] = f32(s[a]) < f32(s[b(fp, x)]) ? 1 : 0;
                                            continue;
                                        case LE_F32:
                                            s[d] = f32(s[a]) <= f32(s[b(fp, x)]) ? 1 : 0;
                                            continue;
                                        case CONVERT_F64_S:
                                            s[d] = bits((double) s[a]);
                                            continue;
                                        default:
                                            pc = FastRare.exec(stack, inst, code, pc, insn, fp);
                                            continue;
                                    }
                                }
                                // A branch is taken: to x.
                                pc = x;
                                if (store.stopRequested()) {
                                    throw store.stopped();
                                }
                                continue;
                            }
                            // The current function returns; its results are in place.
                            left += FuncBody.frameCost(frameSlots(code));
                            if (depth == entryDepth) {
                                stack.left = left;
                                return null;
                            }
                            depth--;
                            cur = frames[depth];
                            pc = (int) (returns[depth] >>> 32);
                            fp = (int) returns[depth];
                            code = cur.code;
                            if (cur.instance != inst) {
                                inst = cur.instance;
                                mem = HeapAccess.memory(inst);
                                limit = HeapAccess.limit(inst);
                            }
                        }
                    }
                    // The target is called; it may be anything.
                    if (target instanceof WasmFunc f
                            && f.executor == executor
                            && FastInterpreter.prepared(f)) {
                        callee = f;
                        break enter;
                    }
                    if (depth == frames.length) {
                        stack.growFrames();
                        frames = stack.frames;
                        returns = stack.returns;
                    }
                    frames[depth] = cur;
                    returns[depth] = (long) pc << 32 | fp;
                    stack.depth = depth + 1;
                    stack.left = left;
                    stack.top = fp + frameSlots(code);
                    target.invoke(stack, calleeFp);
                    stack.depth = depth;
                    frames = stack.frames;
                    returns = stack.returns;
                    s = stack.slots;
                    mem = HeapAccess.memory(inst);
                    limit = HeapAccess.limit(inst);
                    continue;
                }
                // The callee is entered, its arguments at calleeFp.
                long[] calleeCode = callee.code;
                long header = calleeCode[0];
                int end = calleeFp + frameSlots(header);
                left -= FuncBody.frameCost(end - calleeFp);
                if (left < 0) {
                    throw Stack.exhausted();
                }
                if (store.stopRequested()) {
                    throw store.stopped();
                }
                if (end > s.length) {
                    stack.reserve(end);
                    s = stack.slots;
                }
                if (replace) {
                    replace = false;
                } else {
                    if (depth == frames.length) {
                        stack.growFrames();
                        frames = stack.frames;
                        returns = stack.returns;
                    }
                    frames[depth] = cur;
                    returns[depth] = (long) pc << 32 | fp;
                    depth++;
                }
                cur = callee;
                code = calleeCode;
                pc = (int) (header >>> 3 * SLOT_BITS);
                fp = calleeFp;
                int zeroed = fp + ((int) (header >>> SLOT_BITS) & SLOT_MASK);
                for (int i = fp + ((int) header & SLOT_MASK); i < zeroed; i++) {
                    s[i] = 0;
                }
                if (cur.instance != inst) {
                    inst = cur.instance;
                    mem = HeapAccess.memory(inst);
                    limit = HeapAccess.limit(inst);
                }
            }
        } catch (Throwable e) {
            Backtrace.attach(e, stack, cur, pc - 1, depth, entryDepth);
            throw e;
        }
    }

    /** The slots of the frame of a function with this code. */
    private static int frameSlots(long[] code) {
        return frameSlots(code[0]);
    }

    private static int frameSlots(long header) {
        return (int) (header >>> 2 * SLOT_BITS) & SLOT_MASK;
    }

    /** The slot in b: {@code x} is the immediate of the instruction. */
    private static int b(int fp, int x) {
        return fp + (x & SLOT_MASK);
    }

    /** The number where a branch has its second operand. */
    private static long small(long insn) {
        return insn << 64 - B_SHIFT >> 64 - SLOT_BITS;
    }

    private static boolean lessUnsigned(long x, long y) {
        return x + Long.MIN_VALUE < y + Long.MIN_VALUE;
    }

    private static double f64(long bits) {
        return Double.longBitsToDouble(bits);
    }

    private static float f32(long bits) {
        return Float.intBitsToFloat((int) bits);
    }

    private static long bits(double value) {
        return Double.doubleToRawLongBits(value);
    }

    private static long bits(float value) {
        return Float.floatToRawIntBits(value);
    }
}
