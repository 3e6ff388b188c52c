// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.exec.FuncBody;
import io.nacelle.runtime.exec.FuncImpl;
import io.nacelle.runtime.exec.InstanceImpl;
import io.nacelle.runtime.exec.Slots;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.ThrownException;
import io.nacelle.runtime.exec.WasmFunc;
import io.nacelle.wasm.syntax.Immediate;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.RefType;

import java.util.Arrays;

/**
 * The rare instructions of the fast interpreter.
 *
 * <p>After the instruction's own word comes one that says what it is: from the lowest bit 16 bits
 * of opcode (the ordinal of a WebAssembly {@link Opcode}, or one of the numbers below), then x and
 * y with 24 bits each. Some have more words: an offset, a target, a constant.
 */
final class FastRare {
    /** Leaves x values from a on, of every kind, where the other side of a call takes them. */
    static final int GIVE = 0xFFFF;

    /** Takes x values of every kind from the other side of a call, from d on. */
    static final int TAKE = 0xFFF9;

    /** Prepares the frame of a function with references or vectors: slots from a to d are null. */
    static final int CLEAR_LOCALS = 0xFFFE;

    /** Forgets the references from a to d, so that they do not outlive the frame. */
    static final int FORGET = 0xFFFD;

    /** Moves a vector. */
    static final int MOVE_VECTOR = 0xFFFB;

    /** Finds the function of an indirect call, when the call itself cannot name it. */
    static final int RESOLVE = 0xFFFA;

    /** Copies n = x values of every kind from a on to d on. */
    static final int MOVE_ALL = 0xFFF8;

    /** Copies slot a to d and makes its NaNs canonical; x says of which form they are. */
    static final int CANONICAL = 0xFFF7;

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

    static int kind(long word) {
        return (int) word & (1 << KIND_BITS) - 1;
    }

    static int x(long word) {
        return (int) (word >>> KIND_BITS) & INDEX_MASK;
    }

    static int y(long word) {
        return (int) (word >>> KIND_BITS + INDEX_BITS);
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

    /** {@code memory.grow}. */
    static void memoryGrow(Stack stack, WasmFunc func, int memory, int a, int d) {
        BulkOps.memoryGrow(stack.room(), func.instance, memory, a, d);
    }

    /** {@code global.set} of a number. */
    static void setGlobal(WasmFunc func, int global, long value) {
        func.instance.globals[global].bits = value;
    }

    /**
     * A call out of the loop: to anything that the loop does not run itself.
     *
     * @param args what holds the arguments, from {@code from} on
     * @param to where the results go in the caller's frame
     * @return where the caller goes on: at {@code pc}, or where an exception is handled
     */
    static int callOut(
            Stack stack, WasmFunc caller, FuncImpl target, int pc, long[] args, int from, int to) {
        int base = stack.top;
        int params = target.paramCount();
        int results = target.resultCount();
        stack.reserve(base + Math.max(params, results));
        System.arraycopy(args, from, stack.slots, base, params);
        if (target.passesParams()) {
            stack.takeGiven(stack, base, params);
        }
        int depth = stack.depth;
        int runDepth = stack.runDepth;
        int left = stack.left;
        stack.suspend(caller, pc, to);
        ThrownException thrown = null;
        try {
            target.invoke(stack, base);
        } catch (ThrownException e) {
            thrown = e;
        } finally {
            // After an exception too: the backtrace names the caller itself.
            stack.depth = depth;
            stack.runDepth = runDepth;
            stack.top = base;
        }
        if (thrown != null) {
            stack.left = left;
            return FastUnwind.raise(stack, caller, pc, thrown);
        }
        System.arraycopy(stack.slots, base, stack.room().slots, to, results);
        if (target.passesResults()) {
            stack.give(stack, base, results);
        }
        return pc;
    }

    /** Puts what the loop returns, or passes on to a tail call, where its caller has its slots. */
    static void handOver(Stack stack, long[] values, int from, int base, int count, boolean all) {
        stack.reserve(base + count);
        System.arraycopy(values, from, stack.slots, base, count);
        if (all) {
            stack.takeGiven(stack, base, count);
        }
    }

    /** The function that a reference in a slot refers to. */
    static FuncImpl reference(Stack stack, int slot) {
        var func = (FuncImpl) stack.room().refs[slot];
        if (func == null) {
            throw Traps.nullFunction();
        }
        return func;
    }

    /**
     * The function that a call goes to, when it is not one that the instance defines.
     *
     * @param index what the slot in a holds
     */
    static FuncImpl target(Stack stack, WasmFunc func, long insn, long index) {
        int number = FastOp.immediate(insn);
        return switch (FastOp.op(insn)) {
            case FastOp.CALL_OUT, FastOp.TAIL_CALL -> func.instance.func(number);
            case FastOp.CALL_INDIRECT, FastOp.TAIL_CALL_INDIRECT -> resolve(func, index, number);
            default -> reference(stack, FastOp.a(insn));
        };
    }

    /** Makes the frame of the function that the loop begins with. */
    static long[] begin(Stack stack, WasmFunc func, int base) {
        stack.runDepth = stack.depth;
        long header = func.code[0];
        int params = FastOp.params(header);
        int count = FastOp.frameSlots(header);
        int cost = FuncBody.frameCost(count);
        if (stack.left < cost) {
            throw Stack.exhausted();
        }
        if (stack.stopRequested()) {
            throw stack.store.stopped();
        }
        stack.left -= cost;
        if (func.passesParams()) {
            stack.give(stack, base, params);
        }
        var slots = stack.room(count);
        System.arraycopy(stack.slots, base, slots, 0, params);
        Arrays.fill(slots, params, FastOp.locals(header), 0);
        return slots;
    }

    /**
     * Executes a rare instruction.
     *
     * @param pc behind the instruction's own word
     * @return where the next instruction is
     */
    static int exec(Stack stack, WasmFunc func, long[] code, int pc, long insn) {
        var instance = func.instance;
        var room = stack.room();
        int a = FastOp.a(insn);
        int b = FastOp.b(insn);
        int d = FastOp.d(insn);
        long word = code[pc++];
        int kind = kind(word);
        int x = x(word);
        int y = y(word);
        if (kind >= CANONICAL) {
            other(kind, stack, room, instance, a, d, x, y);
            return pc;
        }
        if (FastUnwind.handles(kind)) {
            return FastUnwind.exec(kind, stack, func, pc, a, x);
        }
        var op = OPCODES[kind];
        return switch (op.immediate()) {
            case MEMARG, MEMARG_LANE -> {
                long offset = code[pc++];
                if (op.prefix() == AtomicOps.PREFIX) {
                    AtomicOps.exec(op, room, instance, x, offset, a, b, FastOp.c(insn), d);
                    yield pc;
                }
                MemoryOps.exec(op, room, instance, x, offset, a, b, y, d);
                yield pc;
            }
            case NONE -> {
                plain(op, room, FastOp.c(insn), a, b, d);
                yield pc;
            }
            default -> indexed(op, room, instance, code, pc, insn, x, y);
        };
    }

    private static void other(
            int kind, Stack stack, Slots room, InstanceImpl instance, int a, int d, int x, int y) {
        switch (kind) {
            case RESOLVE -> room.needRefs()[d] = resolve(instance, room.slots[a], x, y);
            case MOVE_VECTOR -> {
                room.slots[d] = room.slots[a];
                room.high[d] = room.high[a];
            }
            case CLEAR_LOCALS -> {
                Arrays.fill(room.needRefs(), 0, d, null);
                Arrays.fill(room.needHigh(), 0, d, 0);
                if (x > 0) {
                    stack.takeGiven(room, 0, x);
                }
            }
            case FORGET -> Arrays.fill(room.refs, a, d, null);
            case MOVE_ALL -> room.copyTo(a, room, d, x);
            case CANONICAL -> CanonicalNan.apply(x, room, a, d);
            case GIVE -> stack.give(room, a, x);
            case TAKE -> stack.takeGiven(room, d, x);
            default -> throw new AssertionError(kind);
        }
    }

    /** Instructions without immediates: numbers, vectors and references. */
    private static void plain(Opcode op, Slots room, int c, int a, int b, int d) {
        var s = room.slots;
        if (op.prefix() == 0xFD) {
            Simd.exec(op.sub(), s, room.high, a, b, c, d);
            return;
        }
        switch (op) {
            case I64_ADD128 -> Numeric.add128(s, a, a + 1, a + 2, a + 3, d);
            case I64_SUB128 -> Numeric.sub128(s, a, a + 1, a + 2, a + 3, d);
            case I64_MUL_WIDE_S -> Numeric.mulWideS(s, a, b, d);
            case I64_MUL_WIDE_U -> Numeric.mulWideU(s, a, b, d);
            case SELECT -> {
                int from = (int) s[c] != 0 ? a : b;
                room.copyTo(from, room, d, 1);
            }
            default -> {
                int number = op.prefix() == 0 ? op.code() : op.prefix() << 8 | op.sub();
                if (!Numeric.exec(number, s, a, b, d)) {
                    throw new AssertionError(op);
                }
            }
        }
    }

    /** Instructions with indices or constants. */
    private static int indexed(
            Opcode op,
            Slots room,
            InstanceImpl instance,
            long[] code,
            int pc,
            long insn,
            int x,
            int y) {
        int a = FastOp.a(insn);
        int b = FastOp.b(insn);
        int d = FastOp.d(insn);
        switch (op) {
            case V128_CONST -> {
                Simd.put(room.slots, room.high, d, code[pc], code[pc + 1]);
                return pc + 2;
            }
            case I8X16_SHUFFLE -> {
                Simd.shuffle(code[pc], code[pc + 1], room.slots, room.high, a, b, d);
                return pc + 2;
            }
            case ATOMIC_FENCE -> AtomicOps.fence();
            case REF_FUNC -> room.refs[d] = instance.func(x);
            case GLOBAL_GET -> {
                var global = instance.globals[x];
                room.slots[d] = global.bits;
                room.high[d] = global.high;
                room.refs[d] = global.ref;
            }
            case GLOBAL_SET -> {
                var global = instance.globals[x];
                if (global.type().type() instanceof RefType) {
                    global.ref = room.refs[a];
                } else {
                    global.bits = room.slots[a];
                    global.high = room.high[a];
                }
            }
            case BR_ON_NULL, BR_ON_NON_NULL -> {
                boolean isNull = room.refs[a] == null;
                int to = (int) code[pc++];
                if (isNull == (op == Opcode.BR_ON_NULL)) {
                    instance.store.poll();
                    return to;
                }
            }
            case MEMORY_SIZE -> BulkOps.memorySize(room, instance, x, d);
            case DATA_DROP -> BulkOps.dataDrop(instance, x);
            case ELEM_DROP -> BulkOps.elemDrop(instance, x);
            case TABLE_GET -> BulkOps.tableGet(room, instance, x, a, d);
            case TABLE_SET -> BulkOps.tableSet(room, instance, x, a, b);
            case TABLE_SIZE -> BulkOps.tableSize(room, instance, x, d);
            case TABLE_GROW -> BulkOps.tableGrow(room, instance, x, a, b, d);
            default -> {
                if (op.immediate() == Immediate.LANE) {
                    Simd.lane(op.sub(), room.slots, room.high, a, b, x, d);
                } else {
                    bulk(op, room, instance, x, y, a, b, FastOp.c(insn));
                }
            }
        }
        return pc;
    }

    private static void bulk(
            Opcode op, Slots room, InstanceImpl instance, int x, int y, int a, int b, int c) {
        switch (op) {
            case MEMORY_FILL -> BulkOps.memoryFill(room, instance, x, a, b, c);
            case MEMORY_COPY -> BulkOps.memoryCopy(room, instance, x, y, a, b, c);
            case MEMORY_INIT -> BulkOps.memoryInit(room, instance, x, y, a, b, c);
            case TABLE_FILL -> BulkOps.tableFill(room, instance, x, a, b, c);
            case TABLE_COPY -> BulkOps.tableCopy(room, instance, x, y, a, b, c);
            case TABLE_INIT -> BulkOps.tableInit(room, instance, x, y, a, b, c);
            default -> throw new AssertionError(op);
        }
    }
}
