// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.V128;
import io.nacelle.runtime.exec.GlobalImpl;
import io.nacelle.runtime.exec.Slots;
import io.nacelle.runtime.exec.Stack;

/** Moves vectors that are pairs of longs: as {@link Rt} does for other values. */
public final class VectorRt {
    /** What locals begin with. */
    public static final V128 ZERO = new V128(0, 0);

    private VectorRt() {}

    public static V128 zero() {
        return ZERO;
    }

    public static V128 of(long low, long high) {
        return new V128(low, high);
    }

    /** The same with canonical NaNs in the place of any others. */
    public static V128 canonical32(V128 value) {
        return new V128(canonical32(value.low()), canonical32(value.high()));
    }

    private static long canonical32(long half) {
        return canonical32((int) half) & 0xFFFF_FFFFL
                | (long) canonical32((int) (half >>> 32)) << 32;
    }

    private static int canonical32(int bits) {
        return (bits & Integer.MAX_VALUE) > 0x7F80_0000 ? 0x7FC0_0000 : bits;
    }

    public static V128 canonical64(V128 value) {
        return new V128(canonical64(value.low()), canonical64(value.high()));
    }

    private static long canonical64(long bits) {
        return (bits & Long.MAX_VALUE) > 0x7FF0_0000_0000_0000L ? 0x7FF8_0000_0000_0000L : bits;
    }

    private static void set(V128 value, Slots to, int at) {
        to.slots[at] = value.low();
        to.needHigh()[at] = value.high();
    }

    private static V128 get(Slots from, int at) {
        return new V128(from.slots[at], from.needHigh()[at]);
    }

    public static void put(V128 value, Stack stack, int at) {
        set(value, stack, at);
    }

    public static V128 getV128(Stack stack, int at) {
        return get(stack, at);
    }

    public static void scratch(V128 value, CodeInstance instance, int at) {
        set(value, instance.scratch, at);
    }

    public static V128 scratchV128(CodeInstance instance, int at) {
        return get(instance.scratch, at);
    }

    /** A vector in a slot of a frame of the interpreter. */
    public static V128 load(Slots from, int at) {
        return get(from, at);
    }

    public static void store(V128 value, Slots to, int at) {
        set(value, to, at);
    }

    public static V128 global(GlobalImpl global) {
        return new V128(global.bits, global.high);
    }

    public static void global(V128 value, GlobalImpl global) {
        global.bits = value.low();
        global.high = value.high();
    }
}
