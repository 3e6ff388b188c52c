// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.FastOp.*;

import io.nacelle.runtime.exec.*;

/**
 * The fast interpreter's loop. There are three of it: one for memories that are arrays, which this
 * file holds, one for memories off the heap, which the build makes of this file by replacing {@code
 * HeapAccess} and the type of {@code mem}, and one for shared memories, where it also has a look at
 * the size again take the place of the trap.
 *
 * <p>HotSpot compiles the loop as one method, if its bytecode is less than 8,000 bytes; so whatever
 * is rare is in {@link FastRare}. C2 inlines little into a method of this size, so whatever is hot
 * is written out, with {@link java.lang.invoke.VarHandle}s where a field has no other reader. And
 * it computes before the switch what two of its cases or of the sections behind it have in common:
 * so a field that is not for every instruction is read in one place, or in another way at the
 * second.
 */
final class HeapFastLoop {
    /** The number of results that says that a tail call leaves the frame. */
    private static final int TAIL = -1;

    /** Where results go when there is no call but a count that has run out. */
    private static final int TIER_POINT = -2;

    private HeapFastLoop() {}

    /** As {@link Executor#run}. */
    static FuncImpl run(Stack stack, WasmFunc entry, int base) {
        int entryDepth = stack.depth;
        WasmFunc cur = entry;
        byte[] mem = HeapAccess.memory(cur.instance);
        long limit = HeapAccess.limit(cur.instance);
        long[] code = entry.code;
        int pc = 0;
        try {
            long[] s = FastRare.begin(stack, entry, base);
            pc = start(code[0]);
            // The immediate of the current instruction; where a taken branch goes; results.
            int x = 0;
            long ea;
            // What the sections behind the switch work on.
            WasmFunc callee = entry;
            FuncImpl target = entry;
            long[] args = s;
            int from = 0;
            int to = 0;
            while (true) {
                enter:
                {
                    out:
                    {
                        leave:
                        {
                            skip:
                            {
                                taken:
                                {
                                    far:
                                    {
                                        long insn = code[pc++];
                                        int a = (int) (insn >>> A_SHIFT) & SLOT_MASK;
                                        int d = (int) (insn >>> D_SHIFT) & SLOT_MASK;
                                        x = (int) (insn >> B_SHIFT);
                                        int b = x & SLOT_MASK;
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
                                                if (Long.compareUnsigned(s[a], s[d]) < 0)
                                                    break taken;
                                                continue;
                                            case BR_LE_S:
                                                if (s[a] <= s[d]) break taken;
                                                continue;
                                            case BR_LE_U:
                                                if (Long.compareUnsigned(s[a], s[d]) <= 0)
                                                    break taken;
                                                continue;
                                            case BRI_EQ:
                                                if (s[a] == x) break far;
                                                break skip;
                                            case BRI_NE:
                                                if (s[a] != x) break far;
                                                break skip;
                                            case BRI_LT_S:
                                                if (s[a] < x) break far;
                                                break skip;
                                            case BRI_GE_S:
                                                if (s[a] >= x) break far;
                                                break skip;
                                            case BRI_LT_U:
                                                if (Long.compareUnsigned(s[a], x) < 0) break far;
                                                break skip;
                                            case BRI_GE_U:
                                                if (Long.compareUnsigned(s[a], x) >= 0) break far;
                                                break skip;
                                            case BR_TABLE:
                                                pc +=
                                                        Integer.compareUnsigned((int) s[a], x) < 0
                                                                ? (int) s[a]
                                                                : x;
                                                x = (int) (code[pc] >> B_SHIFT);
                                                break taken;
                                            case RETURN:
                                                from = a;
                                                break leave;
                                            case CALL:
                                                from = d;
                                                to = d;
                                                args = s;
                                                callee = cur.callee(x);
                                                if (callee.entry != null) {
                                                    break enter;
                                                }
                                                target = callee;
                                                break out;
                                            case CALL_OUT:
                                            case CALL_INDIRECT:
                                            case CALL_REF:
                                                target = FastRare.target(stack, cur, insn, s[a]);
                                                from = d;
                                                to = d;
                                                args = s;
                                                break out;
                                            case TAIL_CALL:
                                            case TAIL_CALL_INDIRECT:
                                            case TAIL_CALL_REF:
                                                target = FastRare.target(stack, cur, insn, s[a]);
                                                stack.tailCall(cur, target);
                                                from = d;
                                                args = s;
                                                // No results: the frame is left all the same.
                                                x = TAIL;
                                                break leave;
                                            case FUEL:
                                                stack.store.burn(x);
                                                continue;
                                            case MOV:
                                                s[d] = s[a];
                                                continue;
                                            case CONST:
                                                s[d] = x;
                                                continue;
                                            case CONST64:
                                                s[d] = code[pc];
                                                break skip;
                                            case SELECT:
                                                s[d] =
                                                        (int) s[x >> SLOT_BITS & SLOT_MASK] != 0
                                                                ? s[a]
                                                                : s[b];
                                                continue;
                                            case GLOBAL_GET:
                                                s[d] = cur.globals[x].bits;
                                                continue;
                                            case GLOBAL_SET:
                                                FastRare.setGlobal(cur, x, s[a]);
                                                continue;
                                            case MEMORY_GROW:
                                                FastRare.memoryGrow(stack, cur, x, a, d);
                                                // No call, but what follows one: the memory may be
                                                // another.
                                                target = null;
                                                to = 0;
                                                break out;
                                            case EQ:
                                                s[d] = s[a] == s[b] ? 1 : 0;
                                                continue;
                                            case NE:
                                                s[d] = s[a] != s[b] ? 1 : 0;
                                                continue;
                                            case LT_S:
                                                s[d] = s[a] < s[b] ? 1 : 0;
                                                continue;
                                            case LT_U:
                                                s[d] = Long.compareUnsigned(s[a], s[b]) < 0 ? 1 : 0;
                                                continue;
                                            case LE_S:
                                                s[d] = s[a] <= s[b] ? 1 : 0;
                                                continue;
                                            case LE_U:
                                                s[d] = Long.compareUnsigned(s[b], s[a]) < 0 ? 0 : 1;
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
                                                s[d] = Long.compareUnsigned(s[a], x) < 0 ? 1 : 0;
                                                continue;
                                            case GEI_U:
                                                s[d] = Long.compareUnsigned(s[a], x) < 0 ? 0 : 1;
                                                continue;
                                            case AND:
                                                s[d] = s[a] & s[b];
                                                continue;
                                            case OR:
                                                s[d] = s[a] | s[b];
                                                continue;
                                            case XOR:
                                                s[d] = s[a] ^ s[b];
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
                                                s[d] = (int) s[a] + (int) s[b];
                                                continue;
                                            case SUB32:
                                                s[d] = (int) s[a] - (int) s[b];
                                                continue;
                                            case MUL32:
                                                s[d] = (int) s[a] * (int) s[b];
                                                continue;
                                            case SHL32:
                                                s[d] = (int) s[a] << (int) s[b];
                                                continue;
                                            case SHR32_S:
                                                s[d] = (int) s[a] >> (int) s[b];
                                                continue;
                                            case SHR32_U:
                                                s[d] = (int) s[a] >>> (int) s[b];
                                                continue;
                                            case ROTL32:
                                                s[d] = Integer.rotateLeft((int) s[a], (int) s[b]);
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
                                                s[d] = Numeric.i32DivS((int) s[a], (int) s[b]);
                                                continue;
                                            case DIV32_U:
                                                s[d] = Numeric.i32DivU((int) s[a], (int) s[b]);
                                                continue;
                                            case REM32_S:
                                                s[d] = Numeric.i32RemS((int) s[a], (int) s[b]);
                                                continue;
                                            case REM32_U:
                                                s[d] = Numeric.i32RemU((int) s[a], (int) s[b]);
                                                continue;
                                            case ADD64:
                                                s[d] = s[a] + s[b];
                                                continue;
                                            case SUB64:
                                                s[d] = s[a] - s[b];
                                                continue;
                                            case MUL64:
                                                s[d] = s[a] * s[b];
                                                continue;
                                            case SHL64:
                                                s[d] = s[a] << s[b];
                                                continue;
                                            case SHR64_S:
                                                s[d] = s[a] >> s[b];
                                                continue;
                                            case SHR64_U:
                                                s[d] = s[a] >>> s[b];
                                                continue;
                                            case ROTL64:
                                                s[d] = Long.rotateLeft(s[a], (int) s[b]);
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
                                                ea = (s[a] & 0xFFFF_FFFFL) + x;
                                                if (ea + 1 > limit) throw Traps.outOfBoundsMemory();
                                                s[d] = (byte) HeapAccess.BYTE.get(mem, (int) ea);
                                                continue;
                                            case LOAD8_U:
                                                ea = (s[a] & 0xFFFF_FFFFL) + x;
                                                if (ea + 1 > limit) throw Traps.outOfBoundsMemory();
                                                s[d] =
                                                        (byte) HeapAccess.BYTE.get(mem, (int) ea)
                                                                & 0xFF;
                                                continue;
                                            case LOAD16_S:
                                                ea = (s[a] & 0xFFFF_FFFFL) + x;
                                                if (ea + 2 > limit) throw Traps.outOfBoundsMemory();
                                                s[d] = (short) HeapAccess.SHORT.get(mem, (int) ea);
                                                continue;
                                            case LOAD16_U:
                                                ea = (s[a] & 0xFFFF_FFFFL) + x;
                                                if (ea + 2 > limit) throw Traps.outOfBoundsMemory();
                                                s[d] =
                                                        (short) HeapAccess.SHORT.get(mem, (int) ea)
                                                                & 0xFFFF;
                                                continue;
                                            case LOAD32:
                                                ea = (s[a] & 0xFFFF_FFFFL) + x;
                                                if (ea + 4 > limit) throw Traps.outOfBoundsMemory();
                                                s[d] = (int) HeapAccess.INT.get(mem, (int) ea);
                                                continue;
                                            case LOAD32_U:
                                                ea = (s[a] & 0xFFFF_FFFFL) + x;
                                                if (ea + 4 > limit) throw Traps.outOfBoundsMemory();
                                                s[d] =
                                                        (int) HeapAccess.INT.get(mem, (int) ea)
                                                                & 0xFFFF_FFFFL;
                                                continue;
                                            case LOAD64:
                                                ea = (s[a] & 0xFFFF_FFFFL) + x;
                                                if (ea + 8 > limit) throw Traps.outOfBoundsMemory();
                                                s[d] = (long) HeapAccess.LONG.get(mem, (int) ea);
                                                continue;
                                            case STORE8:
                                                ea = (s[a] & 0xFFFF_FFFFL) + x;
                                                if (ea + 1 > limit) throw Traps.outOfBoundsMemory();
                                                HeapAccess.BYTE.set(mem, (int) ea, (byte) s[d]);
                                                continue;
                                            case STORE16:
                                                ea = (s[a] & 0xFFFF_FFFFL) + x;
                                                if (ea + 2 > limit) throw Traps.outOfBoundsMemory();
                                                HeapAccess.SHORT.set(mem, (int) ea, (short) s[d]);
                                                continue;
                                            case STORE32:
                                                ea = (s[a] & 0xFFFF_FFFFL) + x;
                                                if (ea + 4 > limit) throw Traps.outOfBoundsMemory();
                                                HeapAccess.INT.set(mem, (int) ea, (int) s[d]);
                                                continue;
                                            case STORE64:
                                                ea = (s[a] & 0xFFFF_FFFFL) + x;
                                                if (ea + 8 > limit) throw Traps.outOfBoundsMemory();
                                                HeapAccess.LONG.set(mem, (int) ea, s[d]);
                                                continue;
                                            case LOADW8_S:
                                                ea = (int) s[a] + x & 0xFFFF_FFFFL;
                                                if (ea + 1 > limit) throw Traps.outOfBoundsMemory();
                                                s[d] = (byte) HeapAccess.BYTE.get(mem, (int) ea);
                                                continue;
                                            case LOADW8_U:
                                                ea = (int) s[a] + x & 0xFFFF_FFFFL;
                                                if (ea + 1 > limit) throw Traps.outOfBoundsMemory();
                                                s[d] =
                                                        (byte) HeapAccess.BYTE.get(mem, (int) ea)
                                                                & 0xFF;
                                                continue;
                                            case LOADW16_S:
                                                ea = (int) s[a] + x & 0xFFFF_FFFFL;
                                                if (ea + 2 > limit) throw Traps.outOfBoundsMemory();
                                                s[d] = (short) HeapAccess.SHORT.get(mem, (int) ea);
                                                continue;
                                            case LOADW16_U:
                                                ea = (int) s[a] + x & 0xFFFF_FFFFL;
                                                if (ea + 2 > limit) throw Traps.outOfBoundsMemory();
                                                s[d] =
                                                        (short) HeapAccess.SHORT.get(mem, (int) ea)
                                                                & 0xFFFF;
                                                continue;
                                            case LOADW32:
                                                ea = (int) s[a] + x & 0xFFFF_FFFFL;
                                                if (ea + 4 > limit) throw Traps.outOfBoundsMemory();
                                                s[d] = (int) HeapAccess.INT.get(mem, (int) ea);
                                                continue;
                                            case LOADW32_U:
                                                ea = (int) s[a] + x & 0xFFFF_FFFFL;
                                                if (ea + 4 > limit) throw Traps.outOfBoundsMemory();
                                                s[d] =
                                                        (int) HeapAccess.INT.get(mem, (int) ea)
                                                                & 0xFFFF_FFFFL;
                                                continue;
                                            case LOADW64:
                                                ea = (int) s[a] + x & 0xFFFF_FFFFL;
                                                if (ea + 8 > limit) throw Traps.outOfBoundsMemory();
                                                s[d] = (long) HeapAccess.LONG.get(mem, (int) ea);
                                                continue;
                                            case STOREW8:
                                                ea = (int) s[a] + x & 0xFFFF_FFFFL;
                                                if (ea + 1 > limit) throw Traps.outOfBoundsMemory();
                                                HeapAccess.BYTE.set(mem, (int) ea, (byte) s[d]);
                                                continue;
                                            case STOREW16:
                                                ea = (int) s[a] + x & 0xFFFF_FFFFL;
                                                if (ea + 2 > limit) throw Traps.outOfBoundsMemory();
                                                HeapAccess.SHORT.set(mem, (int) ea, (short) s[d]);
                                                continue;
                                            case STOREW32:
                                                ea = (int) s[a] + x & 0xFFFF_FFFFL;
                                                if (ea + 4 > limit) throw Traps.outOfBoundsMemory();
                                                HeapAccess.INT.set(mem, (int) ea, (int) s[d]);
                                                continue;
                                            case STOREW64:
                                                ea = (int) s[a] + x & 0xFFFF_FFFFL;
                                                if (ea + 8 > limit) throw Traps.outOfBoundsMemory();
                                                HeapAccess.LONG.set(mem, (int) ea, s[d]);
                                                continue;
                                            case ADD_F64:
                                                s[d] =
                                                        Double.doubleToRawLongBits(
                                                                Double.longBitsToDouble(s[a])
                                                                        + Double.longBitsToDouble(
                                                                                s[b]));
                                                continue;
                                            case SUB_F64:
                                                s[d] =
                                                        Double.doubleToRawLongBits(
                                                                Double.longBitsToDouble(s[a])
                                                                        - Double.longBitsToDouble(
                                                                                s[b]));
                                                continue;
                                            case MUL_F64:
                                                s[d] =
                                                        Double.doubleToRawLongBits(
                                                                Double.longBitsToDouble(s[a])
                                                                        * Double.longBitsToDouble(
                                                                                s[b]));
                                                continue;
                                            case DIV_F64:
                                                s[d] =
                                                        Double.doubleToRawLongBits(
                                                                Double.longBitsToDouble(s[a])
                                                                        / Double.longBitsToDouble(
                                                                                s[b]));
                                                continue;
                                            case NEG_F64:
                                                s[d] = s[a] ^ Long.MIN_VALUE;
                                                continue;
                                            case ABS_F64:
                                                s[d] = s[a] & Long.MAX_VALUE;
                                                continue;
                                            case SQRT_F64:
                                                s[d] =
                                                        Double.doubleToRawLongBits(
                                                                Math.sqrt(
                                                                        Double.longBitsToDouble(
                                                                                s[a])));
                                                continue;
                                            case EQ_F64:
                                                s[d] =
                                                        Double.longBitsToDouble(s[a])
                                                                        == Double.longBitsToDouble(
                                                                                s[b])
                                                                ? 1
                                                                : 0;
                                                continue;
                                            case NE_F64:
                                                s[d] =
                                                        Double.longBitsToDouble(s[a])
                                                                        != Double.longBitsToDouble(
                                                                                s[b])
                                                                ? 1
                                                                : 0;
                                                continue;
                                            case LT_F64:
                                                s[d] =
                                                        Double.longBitsToDouble(s[a])
                                                                        < Double.longBitsToDouble(
                                                                                s[b])
                                                                ? 1
                                                                : 0;
                                                continue;
                                            case LE_F64:
                                                s[d] =
                                                        Double.longBitsToDouble(s[a])
                                                                        <= Double.longBitsToDouble(
                                                                                s[b])
                                                                ? 1
                                                                : 0;
                                                continue;
                                            case ADD_F32:
                                                s[d] =
                                                        Float.floatToRawIntBits(
                                                                Float.intBitsToFloat((int) s[a])
                                                                        + Float.intBitsToFloat(
                                                                                (int) s[b]));
                                                continue;
                                            case SUB_F32:
                                                s[d] =
                                                        Float.floatToRawIntBits(
                                                                Float.intBitsToFloat((int) s[a])
                                                                        - Float.intBitsToFloat(
                                                                                (int) s[b]));
                                                continue;
                                            case MUL_F32:
                                                s[d] =
                                                        Float.floatToRawIntBits(
                                                                Float.intBitsToFloat((int) s[a])
                                                                        * Float.intBitsToFloat(
                                                                                (int) s[b]));
                                                continue;
                                            case DIV_F32:
                                                s[d] =
                                                        Float.floatToRawIntBits(
                                                                Float.intBitsToFloat((int) s[a])
                                                                        / Float.intBitsToFloat(
                                                                                (int) s[b]));
                                                continue;
                                            case LT_F32:
                                                s[d] =
                                                        Float.intBitsToFloat((int) s[a])
                                                                        < Float.intBitsToFloat(
                                                                                (int) s[b])
                                                                ? 1
                                                                : 0;
                                                continue;
                                            case LE_F32:
                                                s[d] =
                                                        Float.intBitsToFloat((int) s[a])
                                                                        <= Float.intBitsToFloat(
                                                                                (int) s[b])
                                                                ? 1
                                                                : 0;
                                                continue;
                                            case CONVERT_F64_S:
                                                s[d] = Double.doubleToRawLongBits((double) s[a]);
                                                continue;
                                            case TIER:
                                                if (--code[pc] >= 0) {
                                                    pc += 2;
                                                    continue;
                                                }
                                                to = TIER_POINT;
                                                target = null;
                                                break out;
                                            case RARE:
                                                pc = FastRare.exec(stack, cur, code, pc, insn);
                                                continue;
                                            default:
                                                pc = FastGc.exec(stack, cur, code, pc, insn);
                                                continue;
                                        }
                                    }
                                    // A branch is taken: to what the next word says.
                                    x = (int) (code[pc] >> B_SHIFT);
                                }
                                // A branch is taken: to x.
                                pc = x;
                                if (((long) Stack.STATE.getOpaque(stack) & 1) != 0) {
                                    throw stack.store.stopped();
                                }
                                continue;
                            }
                            // The next word is no instruction.
                            pc++;
                            continue;
                        }
                        // The current function leaves x results, from from on.
                        stack.left += FuncBody.frameCost(frameSlots(code[0]));
                        int depth = (int) Stack.DEPTH.getOpaque(stack) - 1;
                        if (depth < entryDepth) {
                            if (x != TAIL) {
                                FastRare.handOver(stack, s, from, base, x, cur.passesResults());
                                return null;
                            }
                            if (target instanceof WasmFunc f
                                    && f.executor == entry.home.executor
                                    && FastInterpreter.prepared(f)) {
                                callee = f;
                                to = TAIL;
                                break enter;
                            }
                            FastRare.handOver(
                                    stack,
                                    s,
                                    from,
                                    base,
                                    target.paramCount(),
                                    target.passesParams());
                            return target;
                        }
                        stack.depth = depth;
                        var suspended = stack.frames[depth];
                        pc = (int) (stack.returns[depth] >>> 32);
                        to = (int) stack.returns[depth];
                        code = suspended.code;
                        if (suspended.instance != cur.instance) {
                            mem = HeapAccess.memory(suspended.instance);
                            limit = HeapAccess.limit(suspended.instance);
                        }
                        cur = suspended;
                        if (x == TAIL) {
                            break out;
                        }
                        long[] results = s;
                        s = stack.rooms[depth].slots;
                        if (x == 1) {
                            s[to] = results[from];
                        } else {
                            System.arraycopy(results, from, s, to, x);
                        }
                        continue;
                    }
                    // The target is called; it may be anything.
                    if (target != null) {
                        if (target instanceof WasmFunc f
                                && f.executor == entry.home.executor
                                && FastInterpreter.prepared(f)) {
                            callee = f;
                            break enter;
                        }
                        pc = FastRare.callOut(stack, cur, target, pc, args, from, to);
                        s = stack.room().slots;
                    } else if (to == TIER_POINT) {
                        pc = FastTiers.at(stack, cur, code, pc);
                        s = stack.room().slots;
                    }
                    mem = HeapAccess.memory((InstanceImpl) WasmFunc.INSTANCE.getOpaque(cur));
                    limit = HeapAccess.limit((InstanceImpl) WasmFunc.INSTANCE.getOpaque(cur));
                    continue;
                }
                // The callee is entered; its arguments are in args, from from on.
                long header = callee.code[0];
                stack.left -= FuncBody.frameCost(frameSlots(header));
                if (stack.left < 0) {
                    throw Stack.exhausted();
                }
                if (((long) Stack.STATE.getOpaque(stack) & 1) != 0) {
                    throw stack.store.stopped();
                }
                if (to != TAIL) {
                    stack.suspend(cur, pc, to);
                }
                s = stack.room(frameSlots(header));
                int params = params(header);
                // Copied one by one: a loop over these few would cost more than they do.
                if (params > 0) {
                    s[0] = args[from];
                    if (params > 1) {
                        s[1] = args[from + 1];
                        if (params > 2) {
                            System.arraycopy(args, from + 2, s, 2, params - 2);
                        }
                    }
                }
                int locals = locals(header);
                for (int i = params; i < locals; i++) {
                    s[i] = 0;
                }
                if (callee.home != cur.home) {
                    mem = HeapAccess.memory(callee.home);
                    limit = HeapAccess.limit(callee.home);
                }
                cur = callee;
                code = callee.code;
                pc = start(header);
            }
        } catch (Throwable e) {
            Backtrace.attach(e, stack, cur, pc - 1, stack.depth, entryDepth);
            throw e;
        }
    }
}
