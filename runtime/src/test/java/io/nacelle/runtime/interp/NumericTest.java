// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Trap;
import io.nacelle.wasm.syntax.Opcode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.math.BigInteger;
import java.util.Random;
import java.util.stream.Stream;

/** Every scalar numeric instruction against {@link NumericReference}. */
final class NumericTest {
    private static final int ROUNDS = 4000;

    static Stream<Opcode> instructions() {
        return Stream.of(Opcode.values())
                .filter(
                        op ->
                                op.prefix() == 0 && op.sub() >= 0x45 && op.sub() <= 0xC4
                                        || op.prefix() == 0xFC && op.sub() <= 7);
    }

    private static int number(Opcode op) {
        return op.prefix() == 0 ? op.sub() : 0xFC00 | op.sub();
    }

    private static int width(char type) {
        return type == 'i' || type == 'f' ? 32 : 64;
    }

    @Test
    void coversTheWholeTable() {
        assertEquals(0xC4 - 0x45 + 1 + 8, instructions().count());
    }

    @ParameterizedTest
    @MethodSource("instructions")
    void agreesWithTheReference(Opcode op) {
        var random = new Random(op.code());
        var signature = op.signature();
        var operand = width(signature.charAt(0));
        var result = signature.charAt(signature.length() - 1);
        var trapped = 0;
        for (var round = 0; round < ROUNDS; round++) {
            var x = NumericReference.sample(random, operand);
            var y = NumericReference.sample(random, operand);
            var s = new long[] {dirty(random, x, operand), dirty(random, y, operand), 77, 99};
            var d = round % 4;
            String expectedTrap = null;
            var expected = 0L;
            try {
                expected = reference(op, x, y);
            } catch (ArithmeticException e) {
                expectedTrap = e.getMessage();
                trapped++;
            }
            String trap = null;
            try {
                assertTrue(Numeric.exec(number(op), s, 0, 1, d));
            } catch (Trap e) {
                trap = e.getMessage();
            }
            var what = "%s %x %x".formatted(op.mnemonic(), x, y);
            assertEquals(expectedTrap, trap, what);
            if (trap == null) {
                check(op, expected, s[d], x, y, width(result), what);
                if (result == 'i') {
                    assertEquals((int) s[d], s[d], what + " is sign-extended");
                }
            }
        }
        var name = op.mnemonic();
        var traps = name.matches("i.*\\.(div|rem|trunc)_.*") && !name.contains("sat");
        assertEquals(traps, trapped > 0, "traps met");
    }

    /** The value with noise above its width, which must not matter. */
    private static long dirty(Random random, long x, int width) {
        return width == 64 ? x : x | (long) random.nextInt() << 32;
    }

    private static void check(
            Opcode op, long expected, long slot, long x, long y, int width, String what) {
        var actual = slot & NumericReference.mask(width);
        var name = op.mnemonic().substring(op.mnemonic().indexOf('.') + 1);
        var isFloat = op.mnemonic().charAt(0) == 'f' && NumericReference.isArithmetic(name);
        if (!isFloat || !NumericReference.isNaN(expected, width)) {
            assertEquals(expected, actual, what);
            return;
        }
        var operand = width(op.signature().charAt(0));
        var binary = op.signature().indexOf(':') == 2;
        var canonical = canonicalOrNumber(x, operand) && (!binary || canonicalOrNumber(y, operand));
        assertTrue(NumericReference.isNaN(actual, width), what);
        assertTrue(NumericReference.isQuiet(actual, width), what);
        assertTrue(!canonical || NumericReference.isCanonical(actual, width), what);
    }

    private static boolean canonicalOrNumber(long x, int width) {
        return !NumericReference.isNaN(x, width) || NumericReference.isCanonical(x, width);
    }

    private static long reference(Opcode op, long x, long y) {
        var mnemonic = op.mnemonic();
        var type = mnemonic.substring(0, 3);
        var name = mnemonic.substring(4);
        var to = Integer.parseInt(type.substring(1));
        var from = width(op.signature().charAt(0));
        var isSigned = name.endsWith("_s");
        if (name.startsWith("trunc_sat_")) {
            return NumericReference.truncateSaturating(x, from, to, isSigned);
        }
        if (name.startsWith("trunc_")) {
            return NumericReference.truncate(x, from, to, isSigned);
        }
        if (name.startsWith("convert_")) {
            return NumericReference.convert(x, from, to, isSigned);
        }
        return switch (name) {
            case "wrap_i64" -> x & NumericReference.mask(32);
            case "extend_i32_s" -> NumericReference.signed(x, 32).longValue();
            case "extend_i32_u" -> x;
            case "extend8_s" -> NumericReference.bits(NumericReference.signed(x, 8), to);
            case "extend16_s" -> NumericReference.bits(NumericReference.signed(x, 16), to);
            case "extend32_s" -> NumericReference.bits(NumericReference.signed(x, 32), to);
            case "reinterpret_i32", "reinterpret_i64", "reinterpret_f32", "reinterpret_f64" -> x;
            case "demote_f64" -> NumericReference.fromDouble(Double.longBitsToDouble(x), 32);
            case "promote_f32" ->
                    Double.doubleToRawLongBits((double) Float.intBitsToFloat((int) x));
            default ->
                    type.charAt(0) == 'i'
                            ? NumericReference.integer(name, to, x, y)
                            : NumericReference.floating(name, from, x, y);
        };
    }

    @Test
    void leavesOtherOpcodesAlone() {
        var s = new long[] {1, 2, 3};
        for (var opcode : new int[] {0x00, 0x44, 0xC5, 0xFB, 0xFBFF, 0xFC08, 0xFC13, 0xFD00}) {
            assertFalse(Numeric.exec(opcode, s, 0, 1, 2));
        }
        assertEquals(3, s[2]);
    }

    @Test
    void wideArithmeticAgreesWithBigIntegers() {
        var random = new Random(128);
        var two64 = BigInteger.ONE.shiftLeft(64);
        for (var round = 0; round < ROUNDS; round++) {
            var operands = random.longs(4).toArray();
            for (var i = 0; i < 4; i++) {
                operands[i] = round % 2 == 0 ? operands[i] : NumericReference.sample(random, 64);
            }
            var x = wide(operands[0], operands[1]);
            var y = wide(operands[2], operands[3]);
            // The results lie over the operands, at every distance.
            var d = round % 5;
            var s = java.util.Arrays.copyOf(operands, 6);
            Numeric.add128(s, 0, 1, 2, 3, d);
            checkWide(x.add(y), s, d);
            s = java.util.Arrays.copyOf(operands, 6);
            Numeric.sub128(s, 0, 1, 2, 3, d);
            checkWide(x.subtract(y), s, d);
            s = java.util.Arrays.copyOf(operands, 6);
            Numeric.mulWideS(s, 0, 1, d);
            var first = BigInteger.valueOf(operands[0]);
            var second = BigInteger.valueOf(operands[1]);
            checkWide(first.multiply(second), s, d);
            s = java.util.Arrays.copyOf(operands, 6);
            Numeric.mulWideU(s, 0, 1, d);
            checkWide(first.mod(two64).multiply(second.mod(two64)), s, d);
        }
    }

    private static BigInteger wide(long low, long high) {
        return BigInteger.valueOf(high).shiftLeft(64).add(NumericReference.unsigned(low, 64));
    }

    private static void checkWide(BigInteger expected, long[] s, int d) {
        assertEquals(expected.longValue(), s[d]);
        assertEquals(expected.shiftRight(64).longValue(), s[d + 1]);
    }
}
