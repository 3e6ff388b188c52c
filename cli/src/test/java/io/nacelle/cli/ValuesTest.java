// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nacelle.runtime.V128;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.VecType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

final class ValuesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-1, -1",
        "4294967295, -1",
        "0xFFFF_FFFF, -1",
        "-2147483648, -2147483648",
        "-0x80000000, -2147483648",
        "+7, 7",
        "1_000, 1000"
    })
    void thirtyTwoBitsSignedOrUnsigned(String text, int value) {
        assertEquals(value, Values.parse(NumType.I32, text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "x",
                "4294967296",
                "-2147483649",
                "1.5",
                "0x",
                "--1",
                "0x-1",
                "+-1",
                "_1",
                "1_",
                "1__0",
                "0x_1",
                "\u0663"
            })
    void othersDoNotFit(String text) {
        var failure = assertThrows(Failure.class, () -> Values.parse(NumType.I32, text));
        assertEquals(ExitCode.USAGE, failure.exitCode());
    }

    @Test
    void widerValues() {
        assertEquals(-1L, Values.parse(NumType.I64, "18446744073709551615"));
        assertEquals(1.5f, Values.parse(NumType.F32, "1.5"));
        assertEquals(Double.NEGATIVE_INFINITY, Values.parse(NumType.F64, "-inf"));
        assertEquals(
                new V128(0x0706_0504_0302_0100L, 0x0F0E_0D0C_0B0A_0908L),
                Values.parse(VecType.V128, "0x0f0e0d0c0b0a09080706050403020100"));
    }

    @Test
    void argumentsAreCounted() {
        var type = FuncType.of(List.of(NumType.I32, NumType.F64), List.of());
        assertArrayEquals(new Object[] {1, 2.0}, Values.parse("f", type, List.of("1", "2")));
        assertThrows(Failure.class, () -> Values.parse("f", type, List.of("1")));
        assertThrows(Failure.class, () -> Values.parse("f", type, List.of("1", "2", "3")));
    }

    @Test
    void results() {
        assertEquals("-1", Values.format(-1));
        assertEquals("0.5", Values.format(0.5f));
        assertEquals("null", Values.format(null));
        assertEquals("extern", Values.format("anything"));
    }
}
