// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;

/** The values of numbers, and where they end. */
final class NumbersTest {
    private static OptionalLong integer(String text, int bits) {
        var b = text.getBytes(StandardCharsets.US_ASCII);
        return Numbers.integer(b, 0, b.length, bits);
    }

    private static OptionalInt f32(String text) {
        var b = text.getBytes(StandardCharsets.US_ASCII);
        return Numbers.f32(b, 0, b.length);
    }

    private static OptionalLong f64(String text) {
        var b = text.getBytes(StandardCharsets.US_ASCII);
        return Numbers.f64(b, 0, b.length);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 32, 0",
        "4294967295, 32, 4294967295",
        "-1, 32, 4294967295",
        "-2147483648, 32, 2147483648",
        "0x8000_0000, 32, 2147483648",
        "-0x80, 8, 128",
        "18446744073709551615, 64, -1",
        "0xffffffffffffffff, 64, -1",
        "-9223372036854775808, 64, -9223372036854775808"
    })
    void integers(String text, int bits, long value) {
        assertEquals(OptionalLong.of(value), integer(text, bits));
    }

    @ParameterizedTest
    @CsvSource({
        "4294967296, 32",
        "-2147483649, 32",
        "0x1_0000_0000, 32",
        "256, 8",
        "-129, 8",
        "18446744073709551616, 64",
        "99999999999999999999999999, 64",
        "0x1_0000_0000_0000_0000, 64",
        "-9223372036854775809, 64",
        "1.5, 32",
        "1e3, 32",
        "nan, 32"
    })
    void integersThatDoNotFit(String text, int bits) {
        assertTrue(integer(text, bits).isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "0x0p0, 00000000",
        "-0x0p99999999999999999999, 80000000",
        "0x1p0, 3f800000",
        "0x1p-149, 00000001",
        "0x1p-150, 00000000",
        "0x1.000001p-150, 00000001",
        "0x1.8p-149, 00000002",
        "0x1.fffffep127, 7f7fffff",
        "0x1.fffffefp127, 7f7fffff",
        "0x1.000001p0, 3f800000",
        "0x1.000003p0, 3f800002",
        "0x1.00000100000000000000000000001p0, 3f800001",
        "0x0.00000000000000000000001p+100, 43800000",
        "0x100000000000000000000000p-92, 3f800000",
        "0x1.fffffcp-127, 007fffff",
        "0x1.ffffffp-127, 00800000",
        "0x1p-99999999999999999999, 00000000",
        "1e-46, 00000000",
        "340282356779733623858607532500980858880, 7f7fffff",
        "nan, 7fc00000",
        "-nan:0x1, ff800001",
        "nan:0x7f_ffff, 7fffffff",
        "-inf, ff800000",
        "1_0.5_0e0_1, 42d20000"
    })
    void singles(String text, String bits) {
        assertEquals(OptionalInt.of(Integer.parseUnsignedInt(bits, 16)), f32(text));
    }

    @Test
    void singlesAreRoundedOnce() {
        // Through a double, this would become a tie and round down.
        assertEquals(OptionalInt.of(0x3f80_0001), f32("1.00000005960464477540"));
        assertEquals(OptionalInt.of(0x3f80_0001), f32("0x1.0000010000000001p0"));
    }

    @ParameterizedTest
    @CsvSource({
        "0x1p128",
        "0x1.ffffffp127",
        "340282356779733661637539395458142568448",
        "1e39",
        "nan:0x0",
        "nan:0x80_0000",
        "nan:0x1_0000_0000_0000_0000_0000"
    })
    void singlesThatDoNotFit(String text) {
        assertTrue(f32(text).isEmpty());
    }

    @Test
    void doubles() {
        assertEquals(OptionalLong.of(1), f64("0x1p-1074"));
        assertEquals(OptionalLong.of(0x7fef_ffff_ffff_ffffL), f64("0x1.fffffffffffffp1023"));
        assertEquals(OptionalLong.of(0x7fff_ffff_ffff_ffffL), f64("nan:0xf_ffff_ffff_ffff"));
        assertEquals(OptionalLong.of(0x3ff0_0000_0000_0001L), f64("0x1.00000000000008000001p0"));
        assertFalse(f64("0x1.fffffffffffff7p1023").isEmpty());
        assertTrue(f64("0x1.fffffffffffff8p1023").isEmpty());
        assertTrue(f64("1e309").isEmpty());
    }

    @Test
    void hexadecimalAgreesWithDecimal() {
        var random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            long bits = random.nextLong() & Long.MAX_VALUE;
            double value = Double.longBitsToDouble(bits);
            if (!Double.isFinite(value)) {
                continue;
            }
            assertEquals(OptionalLong.of(bits), f64(Double.toHexString(value)));
            assertEquals(OptionalLong.of(bits), f64(FloatText.f64(bits)));
            float narrow = (float) value;
            if (Float.isFinite(narrow)) {
                // The narrowing of a double is rounded once, as the literal is.
                assertEquals(
                        OptionalInt.of(Float.floatToRawIntBits(narrow)),
                        f32(Double.toHexString(value)));
                assertEquals(
                        OptionalInt.of(Float.floatToRawIntBits(narrow)),
                        f32(new BigDecimal(value).toString().replace("E+", "e")));
            }
        }
    }

    @Test
    void printedFloatsReadBack() {
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            int single = random.nextInt();
            assertEquals(OptionalInt.of(single), f32(FloatText.f32(single)));
            long wide = random.nextLong() | (i % 3 == 0 ? 0x7ff0_0000_0000_0000L : 0);
            if ((wide & 0x7fff_ffff_ffff_ffffL) != 0x7ff0_0000_0000_0000L) {
                assertEquals(OptionalLong.of(wide), f64(FloatText.f64(wide)));
            }
        }
        assertEquals("-0", FloatText.f32(0x8000_0000));
        assertEquals("1e10", FloatText.f64(Double.doubleToLongBits(1e10)));
        assertEquals("1.5e-10", FloatText.f64(Double.doubleToLongBits(1.5e-10)));
        assertEquals("-inf", FloatText.f64(0xfff0_0000_0000_0000L));
        assertEquals("nan:0x200000", FloatText.f32(0x7fa0_0000));
        assertEquals("-nan", FloatText.f32(0xffc0_0000));
    }

    /** Unlike the digits and the exponent's letter, the prefix has one spelling. */
    @ParameterizedTest
    @ValueSource(strings = {"0X1", "-0X1", "0X1p1", "nan:0X1"})
    void thePrefixOfHexadecimalNumbersIsSmall(String text) {
        var b = text.getBytes(StandardCharsets.US_ASCII);
        assertEquals(Lexer.Token.RESERVED, Numbers.classify(b, 0, b.length));
    }
}
