// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.exec.InstanceImpl;
import io.nacelle.runtime.exec.LinearMemory;
import io.nacelle.runtime.exec.Slots;
import io.nacelle.wasm.syntax.Opcode;

/**
 * Loads and stores of every width, any memory and any address type, in register form: what the
 * loops leave out for their own size. Slots: a the address, b the value or vector, d the result.
 */
public final class MemoryOps {
    private MemoryOps() {}

    /**
     * Executes a memory access.
     *
     * @param offset the instruction's offset, unsigned
     * @param lane the lane, for vector accesses that have one
     */
    public static void exec(
            Opcode op,
            Slots slots,
            InstanceImpl instance,
            int memory,
            long offset,
            int a,
            int b,
            int lane,
            int d) {
        var mem = instance.memories[memory];
        var s = slots.slots;
        long ea = mem.effective(mem.address(s[a]), offset, 1 << op.widthLog2());
        switch (op) {
            case I32_LOAD8_U, I64_LOAD8_U -> s[d] = mem.get8(ea) & 0xFF;
            case I32_LOAD8_S, I64_LOAD8_S -> s[d] = mem.get8(ea);
            case I32_LOAD16_U, I64_LOAD16_U -> s[d] = mem.get16(ea) & 0xFFFF;
            case I32_LOAD16_S, I64_LOAD16_S -> s[d] = mem.get16(ea);
            case I32_LOAD, F32_LOAD, I64_LOAD32_S -> s[d] = mem.get32(ea);
            case I64_LOAD32_U -> s[d] = mem.get32(ea) & 0xFFFF_FFFFL;
            case I64_LOAD, F64_LOAD -> s[d] = mem.get64(ea);
            case I32_STORE8, I64_STORE8 -> mem.put8(ea, (byte) s[b]);
            case I32_STORE16, I64_STORE16 -> mem.put16(ea, (short) s[b]);
            case I32_STORE, F32_STORE, I64_STORE32 -> mem.put32(ea, (int) s[b]);
            case I64_STORE, F64_STORE -> mem.put64(ea, s[b]);
            default -> vector(op, slots, mem, ea, b, lane, d);
        }
    }

    private static void vector(
            Opcode op, Slots slots, LinearMemory mem, long ea, int b, int lane, int d) {
        var s = slots.slots;
        var h = slots.needHigh();
        switch (op) {
            case V128_LOAD -> {
                long high = mem.get64(ea + 8);
                s[d] = mem.get64(ea);
                h[d] = high;
            }
            case V128_STORE -> {
                mem.put64(ea, s[b]);
                mem.put64(ea + 8, h[b]);
            }
            case V128_LOAD8X8_S,
                    V128_LOAD8X8_U,
                    V128_LOAD16X4_S,
                    V128_LOAD16X4_U,
                    V128_LOAD32X2_S,
                    V128_LOAD32X2_U ->
                    Simd.extendLoad(op.sub(), mem.get64(ea), s, h, d);
            case V128_LOAD8_SPLAT, V128_LOAD16_SPLAT, V128_LOAD32_SPLAT, V128_LOAD64_SPLAT ->
                    Simd.splatLoad(op.sub(), read(op, mem, ea), s, h, d);
            case V128_LOAD32_ZERO, V128_LOAD64_ZERO ->
                    Simd.zeroLoad(op.sub(), read(op, mem, ea), s, h, d);
            case V128_LOAD8_LANE, V128_LOAD16_LANE, V128_LOAD32_LANE, V128_LOAD64_LANE ->
                    Simd.laneLoad(op.sub(), read(op, mem, ea), s, h, b, lane, d);
            case V128_STORE8_LANE, V128_STORE16_LANE, V128_STORE32_LANE, V128_STORE64_LANE ->
                    write(op, mem, ea, Simd.laneStore(op.sub(), s, h, b, lane));
            default -> throw new AssertionError(op);
        }
    }

    private static long read(Opcode op, LinearMemory mem, long ea) {
        return switch (op.widthLog2()) {
            case 0 -> mem.get8(ea);
            case 1 -> mem.get16(ea);
            case 2 -> mem.get32(ea);
            default -> mem.get64(ea);
        };
    }

    private static void write(Opcode op, LinearMemory mem, long ea, long value) {
        switch (op.widthLog2()) {
            case 0 -> mem.put8(ea, (byte) value);
            case 1 -> mem.put16(ea, (short) value);
            case 2 -> mem.put32(ea, (int) value);
            default -> mem.put64(ea, value);
        }
    }
}
