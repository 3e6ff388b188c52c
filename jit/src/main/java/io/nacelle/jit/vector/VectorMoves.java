// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit.vector;

import io.nacelle.runtime.code.CodeInstance;
import io.nacelle.runtime.exec.GlobalImpl;
import io.nacelle.runtime.exec.Slots;
import io.nacelle.runtime.exec.Stack;

import jdk.incubator.vector.ByteVector;

/** Moves vectors of the JDK: as {@link io.nacelle.runtime.code.Rt} does for other values. */
public final class VectorMoves {
    /** What locals begin with. */
    public static final ByteVector ZERO = VectorOps.of(0, 0);

    private VectorMoves() {}

    public static ByteVector zero() {
        return ZERO;
    }

    public static ByteVector of(long low, long high) {
        return VectorOps.of(low, high);
    }

    /** The same with canonical NaNs in the place of any others. */
    public static ByteVector canonical32(ByteVector value) {
        return VectorOps.of(canonical32(VectorOps.low(value)), canonical32(VectorOps.high(value)));
    }

    private static long canonical32(long half) {
        return canonical32((int) half) & 0xFFFF_FFFFL
                | (long) canonical32((int) (half >>> 32)) << 32;
    }

    private static int canonical32(int bits) {
        return (bits & Integer.MAX_VALUE) > 0x7F80_0000 ? 0x7FC0_0000 : bits;
    }

    public static ByteVector canonical64(ByteVector value) {
        return VectorOps.of(canonical64(VectorOps.low(value)), canonical64(VectorOps.high(value)));
    }

    private static long canonical64(long bits) {
        return (bits & Long.MAX_VALUE) > 0x7FF0_0000_0000_0000L ? 0x7FF8_0000_0000_0000L : bits;
    }

    private static void set(ByteVector value, Slots to, int at) {
        to.slots[at] = VectorOps.low(value);
        to.needHigh()[at] = VectorOps.high(value);
    }

    private static ByteVector get(Slots from, int at) {
        return VectorOps.of(from.slots[at], from.needHigh()[at]);
    }

    public static void put(ByteVector value, Stack stack, int at) {
        set(value, stack, at);
    }

    public static ByteVector getV128(Stack stack, int at) {
        return get(stack, at);
    }

    public static void scratch(ByteVector value, CodeInstance instance, int at) {
        set(value, instance.scratch, at);
    }

    public static ByteVector scratchV128(CodeInstance instance, int at) {
        return get(instance.scratch, at);
    }

    /** A vector in a slot of a frame of the interpreter. */
    public static ByteVector load(Slots from, int at) {
        return get(from, at);
    }

    public static void store(ByteVector value, Slots to, int at) {
        set(value, to, at);
    }

    public static ByteVector global(GlobalImpl global) {
        return VectorOps.of(global.bits, global.high);
    }

    public static void global(ByteVector value, GlobalImpl global) {
        global.bits = VectorOps.low(value);
        global.high = VectorOps.high(value);
    }
}
