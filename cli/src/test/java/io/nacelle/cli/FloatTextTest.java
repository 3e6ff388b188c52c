// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FloatTextTest {
    @ParameterizedTest
    @CsvSource({
        "0.0, 0",
        "-0.0, -0",
        "1.0, 1",
        "-1.5, -1.5",
        "0.1, 0.1",
        "100000000.0, 100000000",
        "1e300, 1e+300",
        "4.9e-324, 4.9e-324",
        "Infinity, inf",
        "-Infinity, -inf",
        "NaN, nan"
    })
    void doublesAreWrittenShort(double value, String text) {
        assertEquals(text, FloatText.of(value));
    }

    @ParameterizedTest
    @CsvSource({"0.1, 0.1", "16777216, 16777216", "-0.0, -0", "NaN, nan", "1e-45, 1.4e-45"})
    void floatsAreWrittenShort(float value, String text) {
        assertEquals(text, FloatText.of(value));
    }

    @Test
    void payloadsOfNansAreWritten() {
        assertEquals("-nan", FloatText.of(Float.intBitsToFloat(0xFFC0_0000)));
        assertEquals("nan:0x200001", FloatText.of(Float.intBitsToFloat(0x7FA0_0001)));
        assertEquals("-nan:0x4", FloatText.of(Double.longBitsToDouble(0xFFF0_0000_0000_0004L)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "1.5",
                "1e+300",
                "4.9e-324",
                "inf",
                "-inf",
                "nan",
                "-nan",
                "nan:0x1",
                "-nan:0xfffffffffffff"
            })
    void whatIsWrittenCanBeRead(String text) {
        assertEquals(text, FloatText.of(FloatText.parseDouble(text)));
    }

    @Test
    void signsOfNansSurviveInSinglePrecision() {
        assertEquals(0xFFC0_0000, Float.floatToRawIntBits(FloatText.parseFloat("-nan")));
        assertEquals(0x7FC0_0000, Float.floatToRawIntBits(FloatText.parseFloat("nan")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "--1",
                "nanx",
                "banana:nan",
                "nan:0x",
                "nan:0x0",
                "nan:0x10000000000000",
                "nan:0x10000000000000000",
                "nan:1",
                "1f",
                "1d",
                " 1"
            })
    void othersAreNoNumbers(String text) {
        assertThrows(NumberFormatException.class, () -> FloatText.parseDouble(text));
        assertThrows(NumberFormatException.class, () -> FloatText.parseFloat(text));
    }

    @Test
    void payloadsOfNansAreRead() {
        assertEquals(0xFFA0_0001, Float.floatToRawIntBits(FloatText.parseFloat("-nan:0x20_0001")));
        assertThrows(NumberFormatException.class, () -> FloatText.parseFloat("nan:0x800000"));
    }
}
