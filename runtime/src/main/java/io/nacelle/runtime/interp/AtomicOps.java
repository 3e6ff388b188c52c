// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.exec.Atomics;
import io.nacelle.runtime.exec.InstanceImpl;
import io.nacelle.runtime.exec.LinearMemory;
import io.nacelle.runtime.exec.Slots;
import io.nacelle.wasm.syntax.Opcode;

import java.lang.invoke.VarHandle;

/**
 * The atomic instructions, in register form for both interpreters: a is the slot of the address, b
 * and c those of the other operands, d that of the result.
 */
public final class AtomicOps {
    public static final int PREFIX = 0xFE;
    private static final int NOTIFY = 0x00;
    private static final int WAIT32 = 0x01;
    private static final int WAIT64 = 0x02;
    private static final int FENCE = 0x03;
    private static final int FIRST_LOAD = 0x10;
    private static final int FIRST_STORE = 0x17;
    private static final int FIRST_UPDATE = 0x1E;
    private static final int FIRST_EXCHANGE = 0x48;

    /** Of each operation there are forms for i32, i64, then narrow ones: two of i32, three. */
    private static final int FORMS = 7;

    private static final Atomics.Update[] UPDATES = Atomics.Update.values();
    private static final long U32 = 0xFFFF_FFFFL;

    private AtomicOps() {}

    /**
     * Executes an atomic instruction that accesses memory.
     *
     * @param offset the instruction's offset, unsigned
     */
    public static void exec(
            Opcode op,
            Slots slots,
            InstanceImpl instance,
            int memory,
            long offset,
            int a,
            int b,
            int c,
            int d) {
        var mem = instance.memories[memory];
        var s = slots.slots;
        int width = op.widthLog2();
        int sub = op.sub();
        long ea = Atomics.address(mem, mem.address(s[a]), offset, width);
        if (sub < FIRST_LOAD) {
            s[d] = synchronise(sub, instance, mem, ea, s[b], s[c]);
        } else if (sub < FIRST_STORE) {
            s[d] = result(sub - FIRST_LOAD, width, Atomics.load(mem, ea, width));
        } else if (sub < FIRST_UPDATE) {
            Atomics.store(mem, ea, width, s[b]);
        } else if (sub < FIRST_EXCHANGE) {
            int number = sub - FIRST_UPDATE;
            long old = Atomics.update(mem, ea, width, UPDATES[number / FORMS], s[b]);
            s[d] = result(number % FORMS, width, old);
        } else {
            int form = sub - FIRST_EXCHANGE;
            long expected = isI32(form) ? s[b] & U32 : s[b];
            s[d] = result(form, width, Atomics.exchange(mem, ea, width, expected, s[c]));
        }
    }

    private static boolean isI32(int form) {
        return form == 0 || form == 2 || form == 3;
    }

    /** 32-bit numbers lie sign-extended in their slots; narrow values are zero-extended. */
    private static long result(int form, int width, long value) {
        return form == 0 && width == 2 ? (int) value : value;
    }

    private static long synchronise(
            int sub, InstanceImpl instance, LinearMemory mem, long ea, long b, long c) {
        return switch (sub) {
            case NOTIFY -> Atomics.wake(mem, ea, (int) b);
            case WAIT32 -> Atomics.await(instance.store, mem, ea, 2, b & U32, c);
            case WAIT64 -> Atomics.await(instance.store, mem, ea, 3, b, c);
            default -> throw new AssertionError(sub);
        };
    }

    public static void fence() {
        VarHandle.fullFence();
    }

    /** As {@link ClassicRare#exec}, of the instruction behind the prefix byte. */
    public static long execClassic(
            byte[] code, int pc, Slots slots, InstanceImpl instance, int sp) {
        long number = ClassicLeb.u32(code, pc);
        int sub = (int) number;
        int next = (int) (number >>> 32);
        if (sub == FENCE) {
            fence();
            // A byte follows that is reserved.
            return (long) (next + 1) << 32 | sp;
        }
        var op = Opcode.ofPrefixed(PREFIX, sub);
        int count = op.signature().indexOf(':');
        boolean result = !op.signature().endsWith(":");
        long flags = ClassicLeb.u32(code, next);
        next = (int) (flags >>> 32);
        int memory = 0;
        if (ClassicLeb.namesMemory((int) flags)) {
            long index = ClassicLeb.u32(code, next);
            memory = (int) index;
            next = (int) (index >>> 32);
        }
        long offset = ClassicLeb.u64(code, next);
        next = ClassicLeb.skip(code, next);
        int a = sp + 1 - count;
        exec(op, slots, instance, memory, offset, a, a + 1, sp, a);
        return (long) next << 32 | (result ? a : a - 1);
    }
}
