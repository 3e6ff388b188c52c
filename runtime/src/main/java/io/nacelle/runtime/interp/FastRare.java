// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.UnsupportedFeatureException;
import io.nacelle.runtime.exec.FuncImpl;
import io.nacelle.runtime.exec.InstanceImpl;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.WasmFunc;
import io.nacelle.wasm.syntax.Opcode;

import java.util.Arrays;

/**
 * The rare instructions of the fast interpreter.
 *
 * <p>After the instruction's own word comes one that says what it is: from the lowest bit 16 bits
 * of opcode (the ordinal of a WebAssembly {@link Opcode}, or one of the numbers below), then x and
 * y with 24 bits each. Some have more words: an offset, a target, a constant.
 */
final class FastRare {
    /** Copies n = x values of every kind from a on to d on. */
    static final int MOVE_ALL = 0xFFFF;

    /** Prepares the frame of a function with references or vectors: locals from a to d are null. */
    static final int CLEAR_LOCALS = 0xFFFE;

    /** Forgets the references from a to d, so that they do not outlive the frame. */
    static final int FORGET = 0xFFFD;

    /** Moves a reference. */
    static final int MOVE_REF = 0xFFFC;

    /** Moves a vector. */
    static final int MOVE_VECTOR = 0xFFFB;

    /** Finds the function of an indirect call, when the call itself cannot name it. */
    static final int RESOLVE = 0xFFFA;

    private static final Opcode[] OPCODES = Opcode.values();
    private static final int TYPE_BITS = 20;
    private static final int TABLE_BITS = 7;
    private static final int KIND_BITS = 16;
    private static final int INDEX_BITS = 24;
    private static final int INDEX_MASK = (1 << INDEX_BITS) - 1;

    private FastRare() {}

    static long word(int kind, int x, int y) {
        return kind | (long) x << KIND_BITS | (long) y << KIND_BITS + INDEX_BITS;
    }

    /** Whether a call can name its type and table itself. */
    static boolean fitsCall(int type, int table) {
        return type < 1 << TYPE_BITS && table < 1 << TABLE_BITS;
    }

    /** The immediate of an indirect call. */
    static int callNumber(int type, int table) {
        return type | table << TYPE_BITS;
    }

    /** The function that an indirect call with this immediate goes to. */
    static FuncImpl resolve(WasmFunc func, long slot, int number) {
        return resolve(func.instance, slot, number & (1 << TYPE_BITS) - 1, number >>> TYPE_BITS);
    }

    /** The function that an indirect call goes to (spec 4.6.11). */
    private static FuncImpl resolve(InstanceImpl instance, long slot, int type, int tableIndex) {
        var table = instance.tables[tableIndex];
        long index = table.index(slot);
        if (index < 0 || index >= table.size) {
            throw Traps.undefinedElement();
        }
        var func = (FuncImpl) table.elements[(int) index];
        if (func == null) {
            throw Traps.uninitializedElement(index);
        }
        var expected = instance.module.types[type];
        if (func.type != expected && !func.type.isSubtypeOf(expected)) {
            throw Traps.typeMismatch();
        }
        return func;
    }

    /** A function of the instance, by its index. */
    static FuncImpl func(WasmFunc caller, int index) {
        return caller.instance.func(index);
    }

    /** {@code memory.grow}. */
    static void memoryGrow(Stack stack, WasmFunc func, int memory, int a, int d) {
        BulkOps.memoryGrow(stack, func.instance, memory, a, d);
    }

    /** {@code global.set} of a number. */
    static void setGlobal(WasmFunc func, int global, long value) {
        func.instance.globals[global].bits = value;
    }

    /** A call out of the loop: to anything that the loop does not run itself. */
    static void callOut(
            Stack stack, WasmFunc caller, FuncImpl target, int pc, int fp, int end, int base) {
        int depth = stack.depth;
        stack.suspend(caller, pc, fp);
        stack.top = end;
        try {
            target.invoke(stack, base);
        } finally {
            // After an exception too: the backtrace names the caller itself.
            stack.depth = depth;
        }
    }

    /** The function that a reference in a slot refers to. */
    static FuncImpl reference(Stack stack, int slot) {
        var func = (FuncImpl) stack.refs[slot];
        if (func == null) {
            throw Traps.nullFunction();
        }
        return func;
    }

    /** The function that a tail call goes to. */
    static FuncImpl tailTarget(Stack stack, WasmFunc func, long insn, int a) {
        int number = FastOp.immediate(insn);
        return switch (FastOp.op(insn)) {
            case FastOp.TAIL_CALL -> func.instance.func(number);
            case FastOp.TAIL_CALL_INDIRECT -> resolve(func, stack.slots[a], number);
            default -> reference(stack, a);
        };
    }

    /** Moves the arguments of a tail call to the start of the frame. */
    static void moveArguments(Stack stack, FuncImpl target, int from, int to) {
        int count = target.paramCount();
        if (count != 0) {
            moveAll(stack, from, to, count);
        }
    }

    private static void moveAll(Stack stack, int from, int to, int count) {
        System.arraycopy(stack.slots, from, stack.slots, to, count);
        if (stack.high.length > 0) {
            var high = stack.needHigh();
            System.arraycopy(high, from, high, to, count);
        }
        if (stack.refs.length > 0) {
            var refs = stack.needRefs();
            System.arraycopy(refs, from, refs, to, count);
        }
    }

    /**
     * Executes a rare instruction.
     *
     * @param pc behind the instruction's own word
     * @return where the next instruction is
     */
    static int exec(Stack stack, WasmFunc func, long[] code, int pc, long insn, int fp) {
        var instance = func.instance;
        int a = fp + FastOp.a(insn);
        int b = fp + FastOp.b(insn);
        int d = fp + FastOp.d(insn);
        long word = code[pc++];
        int kind = (int) word & (1 << KIND_BITS) - 1;
        int x = (int) (word >>> KIND_BITS) & INDEX_MASK;
        int y = (int) (word >>> KIND_BITS + INDEX_BITS);
        if (kind >= RESOLVE) {
            other(kind, stack, instance, a, d, x, y);
            return pc;
        }
        var op = OPCODES[kind];
        return switch (op.immediate()) {
            case MEMARG, MEMARG_LANE -> {
                long offset = code[pc++];
                MemoryOps.exec(op, stack, instance, x, offset, a, b, y, d);
                yield pc;
            }
            case NONE -> {
                plain(op, stack, fp + FastOp.c(insn), a, b, d);
                yield pc;
            }
            default -> indexed(op, stack, instance, code, pc, insn, fp, x, y);
        };
    }

    private static void other(
            int kind, Stack stack, InstanceImpl instance, int a, int d, int x, int y) {
        switch (kind) {
            case RESOLVE -> stack.needRefs()[d] = resolve(instance, stack.slots[a], x, y);
            case MOVE_REF -> {
                var refs = stack.refs;
                refs[d] = refs[a];
            }
            case MOVE_VECTOR -> {
                stack.slots[d] = stack.slots[a];
                stack.high[d] = stack.high[a];
            }
            case MOVE_ALL -> moveAll(stack, a, d, x);
            case CLEAR_LOCALS -> {
                Arrays.fill(stack.needRefs(), a, d, null);
                Arrays.fill(stack.needHigh(), a, d, 0);
            }
            case FORGET -> Arrays.fill(stack.refs, a, d, null);
            default -> throw new AssertionError(kind);
        }
    }

    /** Instructions without immediates: numbers, vectors and references. */
    private static void plain(Opcode op, Stack stack, int c, int a, int b, int d) {
        var s = stack.slots;
        if (op.prefix() == 0xFD) {
            Simd.exec(op.sub(), s, stack.high, a, b, c, d);
            return;
        }
        switch (op) {
            case I64_ADD128 -> Numeric.add128(s, a, a + 1, a + 2, a + 3, d);
            case I64_SUB128 -> Numeric.sub128(s, a, a + 1, a + 2, a + 3, d);
            case I64_MUL_WIDE_S -> Numeric.mulWideS(s, a, b, d);
            case I64_MUL_WIDE_U -> Numeric.mulWideU(s, a, b, d);
            case REF_IS_NULL -> s[d] = stack.refs[a] == null ? 1 : 0;
            case REF_AS_NON_NULL -> {
                if (stack.refs[a] == null) {
                    throw Traps.nullReference();
                }
                stack.refs[d] = stack.refs[a];
            }
            case SELECT -> {
                int from = (int) s[c] != 0 ? a : b;
                moveAll(stack, from, d, 1);
            }
            default -> {
                int number = op.prefix() == 0 ? op.code() : op.prefix() << 8 | op.sub();
                if (!Numeric.exec(number, s, a, b, d)) {
                    throw new UnsupportedFeatureException(op.feature(), op.mnemonic());
                }
            }
        }
    }

    /** Instructions with indices or constants. */
    private static int indexed(
            Opcode op,
            Stack stack,
            InstanceImpl instance,
            long[] code,
            int pc,
            long insn,
            int fp,
            int x,
            int y) {
        int a = fp + FastOp.a(insn);
        int b = fp + FastOp.b(insn);
        int d = fp + FastOp.d(insn);
        switch (op) {
            case V128_CONST -> {
                Simd.put(stack.slots, stack.high, d, code[pc], code[pc + 1]);
                return pc + 2;
            }
            case I8X16_SHUFFLE -> {
                Simd.shuffle(code[pc], code[pc + 1], stack.slots, stack.high, a, b, d);
                return pc + 2;
            }
            case REF_NULL -> stack.refs[d] = null;
            case REF_FUNC -> stack.refs[d] = instance.func(x);
            case GLOBAL_GET -> {
                var global = instance.globals[x];
                stack.slots[d] = global.bits;
                stack.high[d] = global.high;
                stack.refs[d] = global.ref;
            }
            case GLOBAL_SET -> {
                var global = instance.globals[x];
                if (global.type().type() instanceof io.nacelle.wasm.syntax.RefType) {
                    global.ref = stack.refs[a];
                } else {
                    global.bits = stack.slots[a];
                    global.high = stack.high[a];
                }
            }
            case BR_ON_NULL, BR_ON_NON_NULL -> {
                boolean isNull = stack.refs[a] == null;
                int to = (int) code[pc++];
                if (isNull == (op == Opcode.BR_ON_NULL)) {
                    instance.store.poll();
                    return to;
                }
            }
            case MEMORY_SIZE -> BulkOps.memorySize(stack, instance, x, d);
            case DATA_DROP -> BulkOps.dataDrop(instance, x);
            case ELEM_DROP -> BulkOps.elemDrop(instance, x);
            case TABLE_GET -> BulkOps.tableGet(stack, instance, x, a, d);
            case TABLE_SET -> BulkOps.tableSet(stack, instance, x, a, b);
            case TABLE_SIZE -> BulkOps.tableSize(stack, instance, x, d);
            case TABLE_GROW -> BulkOps.tableGrow(stack, instance, x, a, b, d);
            default -> {
                if (op.immediate() == io.nacelle.wasm.syntax.Immediate.LANE) {
                    Simd.lane(op.sub(), stack.slots, stack.high, a, b, x, d);
                } else {
                    bulk(op, stack, instance, x, y, a, b, fp + FastOp.c(insn));
                }
            }
        }
        return pc;
    }

    private static void bulk(
            Opcode op, Stack stack, InstanceImpl instance, int x, int y, int a, int b, int c) {
        switch (op) {
            case MEMORY_FILL -> BulkOps.memoryFill(stack, instance, x, a, b, c);
            case MEMORY_COPY -> BulkOps.memoryCopy(stack, instance, x, y, a, b, c);
            case MEMORY_INIT -> BulkOps.memoryInit(stack, instance, x, y, a, b, c);
            case TABLE_FILL -> BulkOps.tableFill(stack, instance, x, a, b, c);
            case TABLE_COPY -> BulkOps.tableCopy(stack, instance, x, y, a, b, c);
            case TABLE_INIT -> BulkOps.tableInit(stack, instance, x, y, a, b, c);
            default -> throw new AssertionError(op);
        }
    }
}
