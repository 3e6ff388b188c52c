// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.jit.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.V128;
import io.nacelle.runtime.code.ScalarOps;
import io.nacelle.runtime.interp.Simd;
import io.nacelle.wasm.syntax.Immediate;
import io.nacelle.wasm.syntax.Opcode;

import jdk.incubator.vector.ByteVector;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Every vector instruction of {@link ScalarOps} and {@link VectorOps}, and of the latter as {@link
 * VectorCode} emits it, against the interpreters'.
 */
final class OpsTest {
    private static final int ROUNDS = Integer.getInteger("nacelle.vector.rounds", 1500);

    /** Instructions of floats whose NaN results are any that the specification allows. */
    private static final Set<String> ARITHMETIC =
            Set.of(
                    "add",
                    "sub",
                    "mul",
                    "div",
                    "sqrt",
                    "min",
                    "max",
                    "ceil",
                    "floor",
                    "trunc",
                    "nearest",
                    "relaxed_min",
                    "relaxed_max",
                    "relaxed_madd",
                    "relaxed_nmadd",
                    "demote_f64x2_zero",
                    "promote_low_f32x4");

    static Stream<Arguments> withoutImmediate() {
        return both(op -> op.immediate() == Immediate.NONE);
    }

    static Stream<Arguments> ofLanes() {
        return both(op -> op.immediate() == Immediate.LANE);
    }

    static Stream<Arguments> loads() {
        return both(op -> op.immediate() == Immediate.MEMARG && !isWhole(op));
    }

    private static boolean isWhole(Opcode op) {
        return op == Opcode.V128_LOAD || op == Opcode.V128_STORE;
    }

    private static Stream<Arguments> both(Predicate<Opcode> which) {
        return Stream.of(Opcode.values())
                .filter(op -> op.prefix() == 0xFD && which.test(op))
                .flatMap(op -> Stream.of(Ops.values()).map(ops -> Arguments.of(op, ops)));
    }

    @Test
    void coversTheWholeTable() {
        // Loads and stores of lanes are composed; load, store, const and shuffle have tests apart.
        var composed = both(op -> op.immediate() == Immediate.MEMARG_LANE).count();
        var apart = 4 * Ops.values().length;
        assertEquals(8 * Ops.values().length, composed);
        assertEquals(
                both(op -> true).count(),
                composed
                        + apart
                        + Stream.of(withoutImmediate(), ofLanes(), loads())
                                .mapToLong(Stream::count)
                                .sum());
    }

    @ParameterizedTest
    @MethodSource("withoutImmediate")
    void agreesWithTheInterpreter(Opcode op, Ops ops) {
        var random = new Random(op.code());
        var method = ops.method(op);
        var samples = new Samples(random, op.mnemonic());
        var arity = op.signature().indexOf(':');
        for (var round = 0; round < ROUNDS; round++) {
            var s = new long[4];
            var h = new long[4];
            samples.fill(s, h);
            var operands = new V128[arity];
            var arguments = new Object[arity];
            for (var i = 0; i < arity; i++) {
                operands[i] = new V128(s[i], h[i]);
                arguments[i] = argument(ops, op.signature().charAt(i), s[i], h[i]);
            }
            var result = Ops.call(method, arguments);
            Simd.exec(op.sub(), s, h, 0, 1, 2, 3);
            check(ops, op, operands, new V128(s[3], h[3]), result);
        }
    }

    private static boolean isArithmetic(String mnemonic) {
        return mnemonic.charAt(0) == 'f' && ARITHMETIC.contains(mnemonic.substring(6));
    }

    private static Object argument(Ops ops, char type, long low, long high) {
        return switch (type) {
            case 'v' -> ops.of(low, high);
            case 'i' -> (int) low;
            case 'l' -> low;
            case 'f' -> Float.intBitsToFloat((int) low);
            case 'd' -> Double.longBitsToDouble(low);
            default -> throw new AssertionError(type);
        };
    }

    private static void check(Ops ops, Opcode op, V128[] operands, V128 expected, Object result) {
        Supplier<String> what = () -> op.mnemonic() + " " + Arrays.toString(operands);
        if (isArithmetic(op.mnemonic())) {
            FloatLanes.check(op.mnemonic(), operands, expected, ops.halves(result), what);
            return;
        }
        switch (op.signature().charAt(op.signature().length() - 1)) {
            case 'v' -> assertEquals(expected, ops.halves(result), what);
            case 'i' -> assertEquals((int) expected.low(), result, what);
            case 'l' -> assertEquals(expected.low(), result, what);
            case 'f' ->
                    assertEquals(
                            (int) expected.low(), Float.floatToRawIntBits((float) result), what);
            case 'd' ->
                    assertEquals(expected.low(), Double.doubleToRawLongBits((double) result), what);
            default -> throw new AssertionError(op);
        }
    }

    @ParameterizedTest
    @MethodSource("ofLanes")
    void lanesAreExtractedAndReplaced(Opcode op, Ops ops) {
        var random = new Random(op.code());
        var method = ops.method(op);
        var lanes = Integer.parseInt(op.mnemonic().replaceFirst(".*?x(\\d+)\\..*", "$1"));
        var replaces = op.signature().indexOf(':') == 2;
        for (var round = 0; round < ROUNDS; round++) {
            var s = random.longs(4).toArray();
            var h = random.longs(4).toArray();
            var lane = round % lanes;
            var vector = ops.of(s[0], h[0]);
            var result =
                    replaces
                            ? Ops.call(
                                    method,
                                    vector,
                                    argument(ops, op.signature().charAt(1), s[1], 0),
                                    lane)
                            : Ops.call(method, vector, lane);
            Simd.lane(op.sub(), s, h, 0, 1, lane, 3);
            var operands = new V128[] {new V128(s[0], h[0]), new V128(s[1], lane)};
            check(ops, op, operands, new V128(s[3], h[3]), result);
        }
    }

    @ParameterizedTest
    @MethodSource("loads")
    void whatIsReadBecomesAVector(Opcode op, Ops ops) {
        var random = new Random(op.code());
        var method = ops.method(op);
        for (var round = 0; round < ROUNDS; round++) {
            var bits = random.nextLong();
            var result =
                    Ops.call(method, op.widthLog2() == 3 ? (Object) bits : (Object) (int) bits);
            var s = new long[1];
            var h = new long[1];
            if (op.mnemonic().endsWith("splat")) {
                Simd.splatLoad(op.sub(), bits, s, h, 0);
            } else if (op.mnemonic().endsWith("zero")) {
                Simd.zeroLoad(op.sub(), bits, s, h, 0);
            } else {
                Simd.extendLoad(op.sub(), bits, s, h, 0);
            }
            check(ops, op, new V128[] {new V128(bits, 0)}, new V128(s[0], h[0]), result);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shuffleTakesFromTwo(Ops ops) {
        var random = new Random(1);
        var method = ops.method(Opcode.I8X16_SHUFFLE);
        for (var round = 0; round < ROUNDS; round++) {
            var s = random.longs(3).toArray();
            var h = random.longs(3).toArray();
            var mask = Samples.shuffleMask(random);
            var result =
                    Ops.call(
                            method,
                            ops.of(s[0], h[0]),
                            ops.of(s[1], h[1]),
                            mask.low(),
                            mask.high());
            Simd.shuffle(mask.low(), mask.high(), s, h, 0, 1, 2);
            assertEquals(new V128(s[2], h[2]), ops.halves(result), mask::toString);
        }
    }

    @Test
    void shuffleOfAConstantMaskTakesFromTwo() throws ReflectiveOperationException {
        var random = new Random(5);
        var masks = Stream.generate(() -> Samples.shuffleMask(random)).limit(200).toList();
        var shuffles = InPlace.shuffles(masks);
        for (var i = 0; i < masks.size(); i++) {
            var method = shuffles.getMethod("s" + i, ByteVector.class, ByteVector.class);
            var s = random.longs(3).toArray();
            var h = random.longs(3).toArray();
            var result = Ops.call(method, VectorOps.of(s[0], h[0]), VectorOps.of(s[1], h[1]));
            Simd.shuffle(masks.get(i).low(), masks.get(i).high(), s, h, 0, 1, 2);
            assertEquals(new V128(s[2], h[2]), Ops.VECTOR.halves(result), masks.get(i)::toString);
        }
    }

    @ParameterizedTest
    @EnumSource
    void halvesMakeAConstant(Ops ops) {
        var method = ops.method(Opcode.V128_CONST);
        var random = new Random(2);
        for (var round = 0; round < ROUNDS; round++) {
            var value = new V128(random.nextLong(), random.nextLong());
            assertEquals(value, ops.halves(Ops.call(method, value.low(), value.high())));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SCALAR")
    void freshVectorsAreTheSame(Ops ops) {
        var vector = ops.of(0x0123456789ABCDEFL, 0xFEDCBA9876543210L);
        assertEquals(ops.halves(vector), ops.halves(Ops.call(ops.method("fresh"), vector)));
    }

    @ParameterizedTest
    @EnumSource
    void memoryIsLittleEndianAndNeedNotBeAligned(Ops ops) {
        var load = ops.method("load");
        var store = ops.method("store");
        var loadNative = ops.method("loadNative");
        var storeNative = ops.method("storeNative");
        var random = new Random(3);
        for (var round = 0; round < ROUNDS; round++) {
            var memory = new byte[40];
            random.nextBytes(memory);
            var from = random.nextInt(memory.length - 15);
            var to = random.nextInt(memory.length - 15);
            var expected = memory.clone();
            System.arraycopy(memory, from, expected, to, 16);
            var low = 0L;
            for (var i = 7; i >= 0; i--) {
                low = low << 8 | memory[from + i] & 0xFF;
            }
            var value = Ops.call(load, memory, from);
            assertEquals(low, ops.halves(value).low());
            var copy = memory.clone();
            Ops.call(store, copy, to, value);
            assertArrayEquals(expected, copy);
            var segment = MemorySegment.ofArray(memory);
            var same = Ops.call(loadNative, segment, (long) from);
            assertEquals(ops.halves(value), ops.halves(same));
            Ops.call(storeNative, segment, (long) to, same);
            assertArrayEquals(expected, memory);
        }
    }

    @ParameterizedTest
    @EnumSource
    void nansAreMadeCanonical(Ops ops) {
        nansAreMadeCanonical(ops, ops.method("canonical_f32x4"), "f32x4", 0x7FC00000L);
        nansAreMadeCanonical(ops, ops.method("canonical_f64x2"), "f64x2", 0x7FF8000000000000L);
    }

    private static void nansAreMadeCanonical(Ops ops, Method method, String shape, long canonical) {
        var samples = new Samples(new Random(4), shape + ".abs");
        var width = FloatLanes.width(shape);
        var met = 0;
        for (var round = 0; round < ROUNDS; round++) {
            var s = new long[4];
            var h = new long[4];
            samples.fill(s, h);
            var before = new V128(s[0], h[0]);
            var after = ops.halves(Ops.call(method, ops.of(s[0], h[0])));
            for (var i = 0; i < 128 / width; i++) {
                var lane = FloatLanes.lane(before, i, width);
                var isNaN = FloatLanes.isNaN(lane, width);
                met += isNaN ? 1 : 0;
                assertEquals(isNaN ? canonical : lane, FloatLanes.lane(after, i, width));
            }
        }
        assertTrue(met > ROUNDS / 10, "few NaNs met");
    }
}
