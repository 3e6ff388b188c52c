// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.code;

import io.nacelle.runtime.V128;
import io.nacelle.runtime.interp.Simd;
import io.nacelle.runtime.interp.SimdI16;
import io.nacelle.runtime.interp.SimdI32;
import io.nacelle.runtime.interp.SimdSwar;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Vector instructions on {@link V128}, in plain Java: a static method for each, named after its
 * mnemonic, with the operands and then the immediates as parameters. Compiled code calls them all
 * as members of this class; those it inherits are in other files for their number only.
 *
 * <p>Results are those of the interpreters, bit by bit but for the payload of a NaN. Lanes and
 * masks of the immediates are valid. Memory instructions are passed what was read.
 */
public final class ScalarOps extends ScalarFloats {

    /** Reads and writes a long in a byte array, little-endian and unaligned. */
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final ValueLayout.OfLong NATIVE =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private ScalarOps() {}

    // Halves, constants and memory.

    public static V128 of(long low, long high) {
        return new V128(low, high);
    }

    public static long low(V128 a) {
        return a.low();
    }

    public static long high(V128 a) {
        return a.high();
    }

    public static V128 v128_const(long low, long high) {
        return new V128(low, high);
    }

    /** Reads sixteen bytes; the index is known to leave room for them. */
    public static V128 load(byte[] memory, int index) {
        return new V128((long) LONGS.get(memory, index), (long) LONGS.get(memory, index + 8));
    }

    /** Writes sixteen bytes; the index is known to leave room for them. */
    public static void store(byte[] memory, int index, V128 a) {
        LONGS.set(memory, index, a.low());
        LONGS.set(memory, index + 8, a.high());
    }

    /** The same off the heap. */
    public static V128 loadNative(MemorySegment memory, long address) {
        return new V128(memory.get(NATIVE, address), memory.get(NATIVE, address + 8));
    }

    /** The same off the heap. */
    public static void storeNative(MemorySegment memory, long address, V128 a) {
        memory.set(NATIVE, address, a.low());
        memory.set(NATIVE, address + 8, a.high());
    }

    // What memory instructions do with the bits they have read.

    public static V128 v128_load8x8_s(long bits) {
        return new V128(SimdI16.extendS((int) bits), SimdI16.extendS((int) (bits >>> 32)));
    }

    public static V128 v128_load8x8_u(long bits) {
        return new V128(SimdI16.extendU((int) bits), SimdI16.extendU((int) (bits >>> 32)));
    }

    public static V128 v128_load16x4_s(long bits) {
        return new V128(SimdI32.extendS((int) bits), SimdI32.extendS((int) (bits >>> 32)));
    }

    public static V128 v128_load16x4_u(long bits) {
        return new V128(SimdI32.extendU((int) bits), SimdI32.extendU((int) (bits >>> 32)));
    }

    public static V128 v128_load32x2_s(long bits) {
        return new V128((int) bits, bits >> 32);
    }

    public static V128 v128_load32x2_u(long bits) {
        return new V128(bits & 0xFFFFFFFFL, bits >>> 32);
    }

    public static V128 v128_load8_splat(int bits) {
        return i8x16_splat(bits);
    }

    public static V128 v128_load16_splat(int bits) {
        return i16x8_splat(bits);
    }

    public static V128 v128_load32_splat(int bits) {
        return i32x4_splat(bits);
    }

    public static V128 v128_load64_splat(long bits) {
        return new V128(bits, bits);
    }

    public static V128 v128_load32_zero(int bits) {
        return new V128(bits & 0xFFFFFFFFL, 0);
    }

    public static V128 v128_load64_zero(long bits) {
        return new V128(bits, 0);
    }

    // Bitwise.

    public static V128 v128_not(V128 a) {
        return new V128(~a.low(), ~a.high());
    }

    public static V128 v128_and(V128 a, V128 b) {
        return new V128(a.low() & b.low(), a.high() & b.high());
    }

    public static V128 v128_andnot(V128 a, V128 b) {
        return new V128(a.low() & ~b.low(), a.high() & ~b.high());
    }

    public static V128 v128_or(V128 a, V128 b) {
        return new V128(a.low() | b.low(), a.high() | b.high());
    }

    public static V128 v128_xor(V128 a, V128 b) {
        return new V128(a.low() ^ b.low(), a.high() ^ b.high());
    }

    public static V128 v128_bitselect(V128 a, V128 b, V128 c) {
        return new V128(
                SimdSwar.select(c.low(), a.low(), b.low()),
                SimdSwar.select(c.high(), a.high(), b.high()));
    }

    public static int v128_any_true(V128 a) {
        return (a.low() | a.high()) != 0 ? 1 : 0;
    }

    // Splats.

    public static V128 i8x16_splat(int x) {
        return new V128(Simd.splat8(x), Simd.splat8(x));
    }

    public static V128 i16x8_splat(int x) {
        return new V128(Simd.splat16(x), Simd.splat16(x));
    }

    public static V128 i32x4_splat(int x) {
        return new V128(Simd.splat32(x), Simd.splat32(x));
    }

    public static V128 i64x2_splat(long x) {
        return new V128(x, x);
    }

    public static V128 f32x4_splat(float x) {
        return i32x4_splat(Float.floatToRawIntBits(x));
    }

    public static V128 f64x2_splat(double x) {
        return i64x2_splat(Double.doubleToRawLongBits(x));
    }

    // Lanes.

    public static int i8x16_extract_lane_s(V128 a, int lane) {
        return (byte) lane(a.low(), a.high(), lane << 3);
    }

    public static int i8x16_extract_lane_u(V128 a, int lane) {
        return (int) lane(a.low(), a.high(), lane << 3) & 0xFF;
    }

    public static int i16x8_extract_lane_s(V128 a, int lane) {
        return (short) lane(a.low(), a.high(), lane << 4);
    }

    public static int i16x8_extract_lane_u(V128 a, int lane) {
        return (int) lane(a.low(), a.high(), lane << 4) & 0xFFFF;
    }

    public static int i32x4_extract_lane(V128 a, int lane) {
        return (int) lane(a.low(), a.high(), lane << 5);
    }

    public static long i64x2_extract_lane(V128 a, int lane) {
        return lane(a.low(), a.high(), lane << 6);
    }

    public static float f32x4_extract_lane(V128 a, int lane) {
        return Float.intBitsToFloat((int) lane(a.low(), a.high(), lane << 5));
    }

    public static double f64x2_extract_lane(V128 a, int lane) {
        return Double.longBitsToDouble(lane(a.low(), a.high(), lane << 6));
    }

    public static V128 i8x16_replace_lane(V128 a, int x, int lane) {
        return new V128(
                insert(a.low(), x, 0xFF, lane << 3), insert(a.high(), x, 0xFF, (lane << 3) - 64));
    }

    public static V128 i16x8_replace_lane(V128 a, int x, int lane) {
        return new V128(
                insert(a.low(), x, 0xFFFF, lane << 4),
                insert(a.high(), x, 0xFFFF, (lane << 4) - 64));
    }

    public static V128 i32x4_replace_lane(V128 a, int x, int lane) {
        return new V128(
                insert(a.low(), x, 0xFFFFFFFFL, lane << 5),
                insert(a.high(), x, 0xFFFFFFFFL, (lane << 5) - 64));
    }

    public static V128 i64x2_replace_lane(V128 a, long x, int lane) {
        return new V128(
                insert(a.low(), x, -1, lane << 6), insert(a.high(), x, -1, (lane << 6) - 64));
    }

    public static V128 f32x4_replace_lane(V128 a, float x, int lane) {
        return i32x4_replace_lane(a, Float.floatToRawIntBits(x), lane);
    }

    public static V128 f64x2_replace_lane(V128 a, double x, int lane) {
        return i64x2_replace_lane(a, Double.doubleToRawLongBits(x), lane);
    }

    /** The half that holds the given bit, shifted so that this bit is lowest. */
    public static long lane(long low, long high, int bit) {
        return (bit < 64 ? low : high) >>> bit;
    }

    /** One half with a lane replaced, or as it was if the lane's lowest bit is not in this half. */
    public static long insert(long half, long value, long mask, int bit) {
        return (bit & -64) != 0 ? half : SimdSwar.select(mask << bit, value << bit, half);
    }

    // Choosing bytes.

    public static V128 i8x16_swizzle(V128 a, V128 b) {
        return new V128(
                Simd.swizzle(a.low(), a.high(), b.low()),
                Simd.swizzle(a.low(), a.high(), b.high()));
    }

    public static V128 i8x16_relaxed_swizzle(V128 a, V128 b) {
        return i8x16_swizzle(a, b);
    }

    /** The mask is the instruction's sixteen immediate bytes. */
    public static V128 i8x16_shuffle(V128 a, V128 b, long maskLow, long maskHigh) {
        return new V128(
                shuffle(a.low(), a.high(), b.low(), b.high(), maskLow),
                shuffle(a.low(), a.high(), b.low(), b.high(), maskHigh));
    }

    /**
     * Half of a shuffle. The mask is constant where this is inlined, and so is which way is taken.
     */
    public static long shuffle(long a0, long a1, long b0, long b1, long mask) {
        var first = (int) mask;
        var second = (int) (mask >>> 32);
        if (!isRun(first) || !isRun(second)) {
            return Simd.shuffle(a0, a1, b0, b1, mask);
        }
        return (run(a0, a1, b0, b1, first & 0xFF) & 0xFFFFFFFFL)
                | run(a0, a1, b0, b1, second & 0xFF) << 32;
    }

    /** Whether four indices follow each other, as they do when lanes of 32 bits are moved. */
    private static boolean isRun(int indices) {
        return indices - (indices & 0xFF) * 0x01010101 == 0x03020100;
    }

    /** The four bytes from the given one of thirty-two on, below whatever comes next. */
    private static long run(long a0, long a1, long b0, long b1, int start) {
        var bits = word(a0, a1, b0, b1, start) >>> (start << 3);
        return (start & 7) <= 4 ? bits : bits | word(a0, a1, b0, b1, start + 8) << -(start << 3);
    }

    private static long word(long a0, long a1, long b0, long b1, int start) {
        var a = (start & 8) == 0 ? a0 : a1;
        var b = (start & 8) == 0 ? b0 : b1;
        return (start & 16) == 0 ? a : b;
    }
}
