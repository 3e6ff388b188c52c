// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.jit.vector;

import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.AND_NOT;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.NOT;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.UGT;
import static jdk.incubator.vector.VectorOperators.XOR;

import io.nacelle.runtime.code.ScalarOps;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * Vector instructions on {@link ByteVector}s of 128 bits: the methods of {@link ScalarOps} once
 * more, for a JVM that runs with module {@code jdk.incubator.vector}. Compiled code has them in
 * place, by {@link VectorCode}.
 *
 * <p>They are made of what HotSpot has machine instructions for on AVX2, and allocate nothing once
 * it has compiled them; masks become vectors where they are made. Before that, or with other
 * arguments than constants where those are immediates, they take hundreds of times as long.
 */
public final class VectorOps extends VectorFloats {
    private VectorOps() {}

    // Halves, constants and memory.

    public static ByteVector of(long low, long high) {
        return LongVector.broadcast(LongVector.SPECIES_128, low)
                .withLane(1, high)
                .reinterpretAsBytes();
    }

    public static long low(ByteVector a) {
        return a.reinterpretAsLongs().lane(0);
    }

    public static long high(ByteVector a) {
        return a.reinterpretAsLongs().lane(1);
    }

    public static ByteVector v128_const(long low, long high) {
        return of(low, high);
    }

    /** Reads sixteen bytes; the index is known to leave room for them. */
    public static ByteVector load(byte[] memory, int index) {
        return ByteVector.fromArray(ByteVector.SPECIES_128, memory, index);
    }

    /** Writes sixteen bytes; the index is known to leave room for them. */
    public static void store(byte[] memory, int index, ByteVector a) {
        a.intoArray(memory, index);
    }

    /** The same off the heap. */
    public static ByteVector loadNative(MemorySegment memory, long address) {
        return ByteVector.fromMemorySegment(
                ByteVector.SPECIES_128, memory, address, ByteOrder.LITTLE_ENDIAN);
    }

    /** The same off the heap. */
    public static void storeNative(MemorySegment memory, long address, ByteVector a) {
        a.intoMemorySegment(memory, address, ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * The same vector, as one that the compiler may keep in a register. For vectors that come from
     * elsewhere (parameters, results of calls, globals) and that are handed out: where such an
     * object meets the vectors of a loop in a variable, HotSpot allocates them all.
     */
    public static ByteVector fresh(ByteVector a) {
        return a.lanewise(OR, VectorConstants.ZERO.reinterpretAsBytes());
    }

    // What memory instructions do with the bits they have read.

    public static ByteVector v128_load8x8_s(long bits) {
        return lowBytesS(LongVector.broadcast(LongVector.SPECIES_128, bits).reinterpretAsBytes())
                .reinterpretAsBytes();
    }

    public static ByteVector v128_load8x8_u(long bits) {
        return lowBytesU(LongVector.broadcast(LongVector.SPECIES_128, bits).reinterpretAsBytes())
                .reinterpretAsBytes();
    }

    public static ByteVector v128_load16x4_s(long bits) {
        return lowShortsS(LongVector.broadcast(LongVector.SPECIES_128, bits).reinterpretAsShorts())
                .reinterpretAsBytes();
    }

    public static ByteVector v128_load16x4_u(long bits) {
        return lowShortsU(LongVector.broadcast(LongVector.SPECIES_128, bits).reinterpretAsShorts())
                .reinterpretAsBytes();
    }

    public static ByteVector v128_load32x2_s(long bits) {
        return lowIntsS(LongVector.broadcast(LongVector.SPECIES_128, bits).reinterpretAsInts())
                .reinterpretAsBytes();
    }

    public static ByteVector v128_load32x2_u(long bits) {
        return lowIntsU(LongVector.broadcast(LongVector.SPECIES_128, bits).reinterpretAsInts())
                .reinterpretAsBytes();
    }

    public static ByteVector v128_load8_splat(int bits) {
        return i8x16_splat(bits);
    }

    public static ByteVector v128_load16_splat(int bits) {
        return i16x8_splat(bits);
    }

    public static ByteVector v128_load32_splat(int bits) {
        return i32x4_splat(bits);
    }

    public static ByteVector v128_load64_splat(long bits) {
        return i64x2_splat(bits);
    }

    public static ByteVector v128_load32_zero(int bits) {
        return IntVector.zero(IntVector.SPECIES_128).withLane(0, bits).reinterpretAsBytes();
    }

    public static ByteVector v128_load64_zero(long bits) {
        return LongVector.zero(LongVector.SPECIES_128).withLane(0, bits).reinterpretAsBytes();
    }

    // Bitwise.

    public static ByteVector v128_not(ByteVector a) {
        return a.lanewise(NOT);
    }

    public static ByteVector v128_and(ByteVector a, ByteVector b) {
        return a.lanewise(AND, b);
    }

    public static ByteVector v128_andnot(ByteVector a, ByteVector b) {
        return a.lanewise(AND_NOT, b);
    }

    public static ByteVector v128_or(ByteVector a, ByteVector b) {
        return a.lanewise(OR, b);
    }

    public static ByteVector v128_xor(ByteVector a, ByteVector b) {
        return a.lanewise(XOR, b);
    }

    public static ByteVector v128_bitselect(ByteVector a, ByteVector b, ByteVector c) {
        return i8x16_relaxed_laneselect(a, b, c);
    }

    public static int v128_any_true(ByteVector a) {
        return a.compare(NE, (byte) 0).anyTrue() ? 1 : 0;
    }

    // Splats.

    public static ByteVector i8x16_splat(int x) {
        return ByteVector.broadcast(ByteVector.SPECIES_128, (byte) x);
    }

    public static ByteVector i16x8_splat(int x) {
        return ShortVector.broadcast(ShortVector.SPECIES_128, (short) x).reinterpretAsBytes();
    }

    public static ByteVector i32x4_splat(int x) {
        return IntVector.broadcast(IntVector.SPECIES_128, x).reinterpretAsBytes();
    }

    public static ByteVector i64x2_splat(long x) {
        return LongVector.broadcast(LongVector.SPECIES_128, x).reinterpretAsBytes();
    }

    public static ByteVector f32x4_splat(float x) {
        return FloatVector.broadcast(FloatVector.SPECIES_128, x).reinterpretAsBytes();
    }

    public static ByteVector f64x2_splat(double x) {
        return DoubleVector.broadcast(DoubleVector.SPECIES_128, x).reinterpretAsBytes();
    }

    // Lanes.

    public static int i8x16_extract_lane_s(ByteVector a, int lane) {
        return a.lane(lane);
    }

    public static int i8x16_extract_lane_u(ByteVector a, int lane) {
        return a.lane(lane) & 0xFF;
    }

    public static int i16x8_extract_lane_s(ByteVector a, int lane) {
        return a.reinterpretAsShorts().lane(lane);
    }

    public static int i16x8_extract_lane_u(ByteVector a, int lane) {
        return a.reinterpretAsShorts().lane(lane) & 0xFFFF;
    }

    public static int i32x4_extract_lane(ByteVector a, int lane) {
        return a.reinterpretAsInts().lane(lane);
    }

    public static long i64x2_extract_lane(ByteVector a, int lane) {
        return a.reinterpretAsLongs().lane(lane);
    }

    public static float f32x4_extract_lane(ByteVector a, int lane) {
        return a.reinterpretAsFloats().lane(lane);
    }

    public static double f64x2_extract_lane(ByteVector a, int lane) {
        return a.reinterpretAsDoubles().lane(lane);
    }

    public static ByteVector i8x16_replace_lane(ByteVector a, int x, int lane) {
        return a.withLane(lane, (byte) x);
    }

    public static ByteVector i16x8_replace_lane(ByteVector a, int x, int lane) {
        return a.reinterpretAsShorts().withLane(lane, (short) x).reinterpretAsBytes();
    }

    public static ByteVector i32x4_replace_lane(ByteVector a, int x, int lane) {
        return a.reinterpretAsInts().withLane(lane, x).reinterpretAsBytes();
    }

    public static ByteVector i64x2_replace_lane(ByteVector a, long x, int lane) {
        return a.reinterpretAsLongs().withLane(lane, x).reinterpretAsBytes();
    }

    public static ByteVector f32x4_replace_lane(ByteVector a, float x, int lane) {
        return a.reinterpretAsFloats().withLane(lane, x).reinterpretAsBytes();
    }

    public static ByteVector f64x2_replace_lane(ByteVector a, double x, int lane) {
        return a.reinterpretAsDoubles().withLane(lane, x).reinterpretAsBytes();
    }

    // Choosing bytes.

    public static ByteVector i8x16_swizzle(ByteVector a, ByteVector b) {
        return b.selectFrom(a).blend((byte) 0, b.compare(UGT, (byte) 15));
    }

    public static ByteVector i8x16_relaxed_swizzle(ByteVector a, ByteVector b) {
        return i8x16_swizzle(a, b);
    }

    /** The mask is the instruction's sixteen immediate bytes. */
    public static ByteVector i8x16_shuffle(
            ByteVector a, ByteVector b, long maskLow, long maskHigh) {
        return shuffle(a, b, of(maskLow, maskHigh));
    }

    /** A shuffle whose mask is a vector. */
    public static ByteVector shuffle(ByteVector a, ByteVector b, ByteVector mask) {
        return mask.selectFrom(a, b);
    }

    /** A shuffle that takes from one operand; bits of the mask that say which are not looked at. */
    public static ByteVector shuffleOne(ByteVector a, ByteVector mask) {
        return mask.selectFrom(a);
    }
}
