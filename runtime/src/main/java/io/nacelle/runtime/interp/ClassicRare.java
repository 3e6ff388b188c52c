// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.ClassicOp.*;

import io.nacelle.runtime.exec.InstanceImpl;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.gc.GcOps;
import io.nacelle.wasm.syntax.Opcode;

/**
 * The instructions that the classic loop leaves out. All operands are in their slots here, the
 * topmost at {@code sp}. What a method returns is the place behind the instruction in the high half
 * and the new {@code sp} in the low half.
 */
final class ClassicRare {
    /** Operands of numeric instructions, by byte. */
    private static final byte[] NUMERIC_OPERANDS = operands(0);

    /** Operands of vector instructions, by number. */
    private static final byte[] VECTOR_OPERANDS = operands(VECTOR);

    private ClassicRare() {}

    private static byte[] operands(int prefix) {
        var counts = new byte[prefix == 0 ? 0x100 : 0x114];
        for (var op : Opcode.values()) {
            if (op.prefix() == prefix && op.hasFixedType()) {
                counts[op.sub()] = (byte) op.signature().indexOf(':');
            }
        }
        return counts;
    }

    private static long result(int pc, int sp) {
        return (long) pc << 32 | sp;
    }

    /**
     * Executes an instruction.
     *
     * @param op its byte
     * @param pc the place behind that byte
     */
    static long exec(int op, byte[] code, int pc, Stack stack, InstanceImpl instance, int sp) {
        if (op >= I32_EQZ && op <= I64_EXTEND32_S) {
            int at = sp + 1 - NUMERIC_OPERANDS[op];
            Numeric.exec(op, stack.slots, at, sp, at);
            return result(pc, at);
        }
        return switch (op) {
            case GC -> ClassicGc.exec(code, pc, stack, instance, sp);
            case MISC -> misc(code, pc, stack, instance, sp);
            case VECTOR -> vector(code, pc, stack, instance, sp);
            case AtomicOps.PREFIX -> AtomicOps.execClassic(code, pc, stack, instance, sp);
            default -> {
                if (op >= I32_LOAD && op <= I64_STORE32) {
                    yield scalar(op, code, pc, stack, instance, sp);
                }
                int original = ClassicCanonical.original(op);
                if (original >= 0) {
                    int at = sp + 1 - NUMERIC_OPERANDS[original];
                    ClassicCanonical.exec(original, stack, at, sp);
                    yield result(pc, at);
                }
                yield other(op, code, pc, stack, instance, sp);
            }
        };
    }

    private static long other(
            int op, byte[] code, int pc, Stack stack, InstanceImpl instance, int sp) {
        switch (op) {
            case UNREACHABLE -> throw Traps.unreachable();
            case SELECT_T -> {
                int at = sp - 2;
                if ((int) stack.slots[sp] == 0) {
                    stack.slots[at] = stack.slots[at + 1];
                    ClassicFrames.move(stack, at, at + 1);
                }
                return result(skipTypes(code, pc), at);
            }
            case REF_NULL -> {
                stack.refs[sp + 1] = null;
                return result(ClassicLeb.skipHeapType(code, pc), sp + 1);
            }
            case REF_IS_NULL -> {
                stack.slots[sp] = stack.refs[sp] == null ? 1 : 0;
                return result(pc, sp);
            }
            case REF_EQ -> {
                GcOps.refEq(stack, sp - 1, sp, sp - 1);
                return result(pc, sp - 1);
            }
            case REF_AS_NON_NULL -> {
                if (stack.refs[sp] == null) {
                    throw Traps.nullReference();
                }
                return result(pc, sp);
            }
            default -> {
                return indexed(op, code, pc, stack, instance, sp);
            }
        }
    }

    private static int skipTypes(byte[] code, int pc) {
        int at = ClassicLeb.skip(code, pc);
        for (int count = (int) ClassicLeb.u32(code, pc); count > 0; count--) {
            at = ClassicLeb.skipValType(code, at);
        }
        return at;
    }

    private static long indexed(
            int op, byte[] code, int pc, Stack stack, InstanceImpl instance, int sp) {
        long immediate = ClassicLeb.u32(code, pc);
        int x = (int) immediate;
        int next = (int) (immediate >>> 32);
        switch (op) {
            case TABLE_GET -> {
                BulkOps.tableGet(stack, instance, x, sp, sp);
                return result(next, sp);
            }
            case TABLE_SET -> {
                BulkOps.tableSet(stack, instance, x, sp - 1, sp);
                return result(next, sp - 2);
            }
            case MEMORY_SIZE -> {
                BulkOps.memorySize(stack, instance, x, sp + 1);
                return result(next, sp + 1);
            }
            case MEMORY_GROW -> {
                BulkOps.memoryGrow(stack, instance, x, sp, sp);
                return result(next, sp);
            }
            case REF_FUNC -> {
                stack.refs[sp + 1] = instance.func(x);
                return result(next, sp + 1);
            }
            default -> throw new AssertionError(op);
        }
    }

    private static long misc(byte[] code, int pc, Stack stack, InstanceImpl instance, int sp) {
        long number = ClassicLeb.u32(code, pc);
        int sub = (int) number;
        int next = (int) (number >>> 32);
        if (sub <= 7) {
            Numeric.exec(MISC << 8 | sub, stack.slots, sp, sp, sp);
            return result(next, sp);
        }
        if (sub >= 0x13) {
            return result(next, wide(sub, stack.slots, sp));
        }
        long first = ClassicLeb.u32(code, next);
        int x = (int) first;
        next = (int) (first >>> 32);
        switch (sub) {
            case 0x09 -> BulkOps.dataDrop(instance, x);
            case 0x0D -> BulkOps.elemDrop(instance, x);
            case 0x0B -> {
                BulkOps.memoryFill(stack, instance, x, sp - 2, sp - 1, sp);
                return result(next, sp - 3);
            }
            case 0x0F -> {
                BulkOps.tableGrow(stack, instance, x, sp - 1, sp, sp - 1);
                return result(next, sp - 1);
            }
            case 0x10 -> {
                BulkOps.tableSize(stack, instance, x, sp + 1);
                return result(next, sp + 1);
            }
            case 0x11 -> {
                BulkOps.tableFill(stack, instance, x, sp - 2, sp - 1, sp);
                return result(next, sp - 3);
            }
            default -> {
                long second = ClassicLeb.u32(code, next);
                between(sub, x, (int) second, stack, instance, sp);
                return result((int) (second >>> 32), sp - 3);
            }
        }
        return result(next, sp);
    }

    /** Instructions with two indices. */
    private static void between(int sub, int x, int y, Stack stack, InstanceImpl instance, int sp) {
        switch (sub) {
            case 0x08 -> BulkOps.memoryInit(stack, instance, x, y, sp - 2, sp - 1, sp);
            case 0x0A -> BulkOps.memoryCopy(stack, instance, x, y, sp - 2, sp - 1, sp);
            case 0x0C -> BulkOps.tableInit(stack, instance, x, y, sp - 2, sp - 1, sp);
            case 0x0E -> BulkOps.tableCopy(stack, instance, x, y, sp - 2, sp - 1, sp);
            default -> throw new AssertionError(sub);
        }
    }

    private static int wide(int sub, long[] s, int sp) {
        switch (sub) {
            case 0x13 -> {
                Numeric.add128(s, sp - 3, sp - 2, sp - 1, sp, sp - 3);
                return sp - 2;
            }
            case 0x14 -> {
                Numeric.sub128(s, sp - 3, sp - 2, sp - 1, sp, sp - 3);
                return sp - 2;
            }
            case 0x15 -> Numeric.mulWideS(s, sp - 1, sp, sp - 1);
            case 0x16 -> Numeric.mulWideU(s, sp - 1, sp, sp - 1);
            default -> throw new AssertionError(sub);
        }
        return sp;
    }

    /** A load or store of a number, in any memory. */
    private static long scalar(
            int op, byte[] code, int pc, Stack stack, InstanceImpl instance, int sp) {
        boolean store = op >= I32_STORE;
        int at = store ? sp - 1 : sp;
        int next = access(Opcode.ofByte(op), code, pc, stack, instance, at, sp, false);
        return result(next, store ? sp - 2 : sp);
    }

    /** A load or store of a vector. */
    private static long vectorAccess(
            int sub, byte[] code, int pc, Stack stack, InstanceImpl instance, int sp) {
        boolean lane = sub >= SimdOp.V128_LOAD8_LANE && sub <= SimdOp.V128_STORE64_LANE;
        boolean store = sub == SimdOp.V128_STORE || lane && sub >= SimdOp.V128_STORE8_LANE;
        int at = lane || store ? sp - 1 : sp;
        var op = Opcode.ofPrefixed(VECTOR, sub);
        int next = access(op, code, pc, stack, instance, at, sp, lane);
        return result(next, store ? sp - 2 : at);
    }

    /** Decodes and executes a memory access; the result is the place behind it. */
    private static int access(
            Opcode op,
            byte[] code,
            int pc,
            Stack stack,
            InstanceImpl instance,
            int at,
            int value,
            boolean lane) {
        long flags = ClassicLeb.u32(code, pc);
        int next = (int) (flags >>> 32);
        int memory = 0;
        if (ClassicLeb.namesMemory((int) flags)) {
            long index = ClassicLeb.u32(code, next);
            memory = (int) index;
            next = (int) (index >>> 32);
        }
        long offset = ClassicLeb.u64(code, next);
        next = ClassicLeb.skip(code, next);
        int index = lane ? code[next++] : 0;
        MemoryOps.exec(op, stack, instance, memory, offset, at, value, index, at);
        return next;
    }

    private static long vector(byte[] code, int pc, Stack stack, InstanceImpl instance, int sp) {
        long number = ClassicLeb.u32(code, pc);
        int sub = (int) number;
        int next = (int) (number >>> 32);
        if (sub <= SimdOp.V128_STORE
                || sub >= SimdOp.V128_LOAD8_LANE && sub <= SimdOp.V128_LOAD64_ZERO) {
            return vectorAccess(sub, code, next, stack, instance, sp);
        }
        var s = stack.slots;
        var h = stack.high;
        if (sub == SimdOp.V128_CONST) {
            s[sp + 1] = ClassicLeb.fixed64(code, next);
            h[sp + 1] = ClassicLeb.fixed64(code, next + 8);
            return result(next + 16, sp + 1);
        }
        int at = sp + 1 - VECTOR_OPERANDS[sub];
        if (sub == SimdOp.I8X16_SHUFFLE) {
            long low = ClassicLeb.fixed64(code, next);
            long high = ClassicLeb.fixed64(code, next + 8);
            Simd.shuffle(low, high, s, h, at, sp, at);
            return result(next + 16, at);
        }
        if (sub >= SimdOp.I8X16_EXTRACT_LANE_S && sub <= SimdOp.F64X2_REPLACE_LANE) {
            Simd.lane(sub, s, h, at, sp, code[next], at);
            return result(next + 1, at);
        }
        Simd.exec(sub, s, h, at, at + 1, at + 2, at);
        if (CanonicalNan.vectorKind(sub) != CanonicalNan.NONE
                && instance.module.isDeterministic()) {
            CanonicalNan.apply(CanonicalNan.vectorKind(sub), stack, at, at);
        }
        return result(next, at);
    }
}
