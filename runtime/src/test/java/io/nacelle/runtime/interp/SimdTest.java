// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.syntax.Immediate;
import io.nacelle.wasm.syntax.Opcode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Random;
import java.util.stream.Stream;

/** Every vector instruction against {@link SimdReference}, destination over operands included. */
final class SimdTest {
    private static final int ROUNDS = 1500;

    static Stream<Opcode> withoutImmediate() {
        return vectors(Immediate.NONE);
    }

    static Stream<Opcode> ofLanes() {
        return vectors(Immediate.LANE);
    }

    static Stream<Opcode> accesses() {
        return Stream.of(Opcode.values())
                .filter(op -> op.prefix() == 0xFD && op.widthLog2() >= 0)
                .filter(op -> op != Opcode.V128_LOAD && op != Opcode.V128_STORE);
    }

    private static Stream<Opcode> vectors(Immediate immediate) {
        return Stream.of(Opcode.values())
                .filter(op -> op.prefix() == 0xFD && op.immediate() == immediate);
    }

    @Test
    void coversTheWholeTable() {
        var special = 4; // load, store, const, shuffle
        var all = Stream.of(Opcode.values()).filter(op -> op.prefix() == 0xFD).count();
        assertEquals(256, all);
        assertEquals(
                all - special, withoutImmediate().count() + ofLanes().count() + accesses().count());
    }

    private static void fill(Random random, Opcode op, long[] s, long[] h) {
        var mnemonic = op.mnemonic();
        // Lanes of the operands' width meet the edges; another width now and then.
        var widths = new int[] {8, 16, 32, 64};
        var width = SimdReference.operandWidth(mnemonic);
        if (width == 128 || random.nextInt(8) == 0) {
            width = widths[random.nextInt(4)];
        }
        for (var i = 0; i < s.length; i++) {
            s[i] = half(random, width);
            h[i] = half(random, width);
        }
        if (random.nextInt(4) == 0) {
            s[1] = s[0]; // equal lanes are rare otherwise
        }
        if (mnemonic.contains("swizzle") && random.nextBoolean()) {
            s[1] &= 0x1F1F1F1F1F1F1F1FL;
            h[1] &= 0x1F1F1F1F1F1F1F1FL;
        }
    }

    private static long half(Random random, int width) {
        var result = 0L;
        for (var shift = 0; shift < 64; shift += width) {
            result |= NumericReference.sample(random, width) << shift;
        }
        return result;
    }

    @ParameterizedTest
    @MethodSource("withoutImmediate")
    void agreesWithTheReference(Opcode op) {
        var random = new Random(op.code());
        for (var round = 0; round < ROUNDS; round++) {
            var s = new long[4];
            var h = new long[4];
            fill(random, op, s, h);
            var before = new SimdReference.Vec[3];
            for (var i = 0; i < 3; i++) {
                before[i] = new SimdReference.Vec(s[i], h[i]);
            }
            var d = round % 4;
            Simd.exec(op.sub(), s, h, 0, 1, 2, d);
            check(op, before, s[d], h[d]);
            for (var i = 0; i < 3; i++) {
                if (i != d) {
                    assertEquals(before[i], new SimdReference.Vec(s[i], h[i]), "operand kept");
                }
            }
        }
    }

    private static void check(Opcode op, SimdReference.Vec[] operands, long lo, long hi) {
        var expected = SimdReference.eval(op.mnemonic(), operands[0], operands[1], operands[2]);
        var what = "%s %s %s %s".formatted(op.mnemonic(), operands[0], operands[1], operands[2]);
        if (op.signature().endsWith(":i")) {
            assertEquals(expected.lo(), lo, what);
            return;
        }
        var actual = new SimdReference.Vec(lo, hi);
        var name = op.mnemonic().substring(op.mnemonic().indexOf('.') + 1);
        if (op.mnemonic().charAt(0) != 'f' || !NumericReference.isArithmetic(name)) {
            assertEquals(expected, actual, what);
            return;
        }
        var width = op.mnemonic().startsWith("f32") ? 32 : 64;
        var from = SimdReference.operandWidth(op.mnemonic());
        var arity = op.signature().indexOf(':');
        for (var i = 0; i < 128 / width; i++) {
            var want = expected.lane(i, width);
            var got = actual.lane(i, width);
            if (!NumericReference.isNaN(want, width)) {
                assertEquals(want, got, what);
                continue;
            }
            assertTrue(NumericReference.isNaN(got, width), what);
            assertTrue(NumericReference.isQuiet(got, width), what);
            var canonical = true;
            for (var k = 0; k < arity; k++) {
                var lane = operands[k].lane(i, from);
                canonical &=
                        !NumericReference.isNaN(lane, from)
                                || NumericReference.isCanonical(lane, from);
            }
            assertTrue(!canonical || NumericReference.isCanonical(got, width), what);
        }
    }

    @ParameterizedTest
    @MethodSource("ofLanes")
    void lanesAreExtractedAndReplaced(Opcode op) {
        var random = new Random(op.code());
        var mnemonic = op.mnemonic();
        var width = SimdReference.operandWidth(mnemonic);
        for (var round = 0; round < ROUNDS; round++) {
            var s = random.longs(3).toArray();
            var h = random.longs(3).toArray();
            var vector = new SimdReference.Vec(s[0], h[0]);
            var scalar = s[1];
            var lane = random.nextInt(128 / width);
            var d = round % 3;
            Simd.lane(op.sub(), s, h, 0, 1, lane, d);
            if (mnemonic.contains("replace")) {
                var lanes = vector.lanes(width);
                lanes[lane] = scalar & NumericReference.mask(width);
                assertEquals(SimdReference.Vec.of(lanes, width), new SimdReference.Vec(s[d], h[d]));
            } else {
                var bits = vector.lane(lane, width);
                var isSigned = !mnemonic.endsWith("_u");
                assertEquals(
                        isSigned ? NumericReference.signed(bits, width).longValue() : bits,
                        s[d],
                        mnemonic);
            }
        }
    }

    @Test
    void shufflePicksBytesOfBothOperands() {
        var random = new Random(13);
        for (var round = 0; round < ROUNDS; round++) {
            var s = random.longs(3).toArray();
            var h = random.longs(3).toArray();
            var x = new SimdReference.Vec(s[0], h[0]).lanes(8);
            var y = new SimdReference.Vec(s[1], h[1]).lanes(8);
            var mask = new long[16];
            var expected = new long[16];
            for (var i = 0; i < 16; i++) {
                var index = random.nextInt(32);
                mask[i] = index;
                expected[i] = index < 16 ? x[index] : y[index - 16];
            }
            var packed = SimdReference.Vec.of(mask, 8);
            var d = round % 3;
            Simd.shuffle(packed.lo(), packed.hi(), s, h, 0, 1, d);
            assertEquals(SimdReference.Vec.of(expected, 8), new SimdReference.Vec(s[d], h[d]));
        }
    }

    @ParameterizedTest
    @MethodSource("accesses")
    void memoryAccessesAreFinished(Opcode op) {
        var random = new Random(op.code());
        var name = op.mnemonic().substring("v128.".length());
        var digits = name.replaceFirst("^(load|store)(\\d+).*", "$2");
        var width = Integer.parseInt(digits);
        for (var round = 0; round < ROUNDS; round++) {
            var s = random.longs(2).toArray();
            var h = random.longs(2).toArray();
            var value = half(random, width);
            var vector = new SimdReference.Vec(s[0], h[0]);
            var lane = random.nextInt(128 / width);
            var d = round % 2;
            if (name.startsWith("store")) {
                assertEquals(vector.lane(lane, width), Simd.laneStore(op.sub(), s, h, 0, lane));
                continue;
            }
            SimdReference.Vec expected;
            if (name.endsWith("_splat")) {
                expected = SimdReference.splat(value, width);
                Simd.splatLoad(op.sub(), value, s, h, d);
            } else if (name.endsWith("_zero")) {
                expected = new SimdReference.Vec(value & NumericReference.mask(width), 0);
                Simd.zeroLoad(op.sub(), value, s, h, d);
            } else if (name.endsWith("_lane")) {
                var lanes = vector.lanes(width);
                lanes[lane] = value & NumericReference.mask(width);
                expected = SimdReference.Vec.of(lanes, width);
                Simd.laneLoad(op.sub(), value, s, h, 0, lane, d);
            } else {
                var isSigned = name.endsWith("_s");
                expected =
                        SimdReference.extend(new SimdReference.Vec(value, 0), width, 0, isSigned);
                Simd.extendLoad(op.sub(), value, s, h, d);
            }
            assertEquals(expected, new SimdReference.Vec(s[d], h[d]), op.mnemonic());
        }
    }

    @Test
    void opcodesOfNoInstructionAreRefused() {
        var s = new long[4];
        var h = new long[4];
        for (var op = -1; op < 0x180; op++) {
            var number = op;
            var known = op >= 0 ? Opcode.ofPrefixed(0xFD, op) : null;
            if (known == null || known.immediate() != Immediate.NONE) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Simd.exec(number, s, h, 0, 1, 2, 3),
                        () -> Integer.toHexString(number));
            }
        }
    }
}
