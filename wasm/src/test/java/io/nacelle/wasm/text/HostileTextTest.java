// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.WasmModule;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

/** Text made to break the parser: nothing but the documented exception comes out, and soon. */
final class HostileTextTest {
    private static void rejected(String text) {
        assertThrows(MalformedException.class, () -> TextParser.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(func ",
                "(block ",
                "block ",
                "(if (then ",
                "(i32.eqz ",
                "(try (do ",
                "(@a ",
                "(; "
            })
    void nestingWithoutEnd(String part) {
        rejected("(func " + part.repeat(500_000));
        rejected(part.repeat(500_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"(ref null ", "(mut ", "(exact ", "(type (func (param ", "(rec "})
    void nestingInTypes(String part) {
        rejected("(type " + part.repeat(100_000));
    }

    @Test
    void nestingThatIsTooDeep() {
        int depth = 200_000;
        rejected("(func " + "block ".repeat(depth) + "end ".repeat(depth) + ")");
        rejected("(func " + "(i32.eqz ".repeat(depth) + ")".repeat(depth) + ")");
    }

    @Test
    void everyPrefix() {
        var text = TextPrinterTest.EVERYTHING;
        for (int end = 1; end < text.length() - 2; end++) {
            var part = text.substring(0, end);
            if (!part.isBlank()) {
                rejected(part);
            }
        }
    }

    @Test
    void collidingNames() {
        // Strings of these two blocks all have the same hash.
        var text = new StringBuilder();
        for (int i = 0; i < 1 << 15; i++) {
            text.append("(func $");
            for (int bit = 0; bit < 15; bit++) {
                text.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            text.append(")\n");
        }
        assertTimeout(Duration.ofSeconds(20), () -> TextParser.parse(text.toString()));
    }

    @Test
    void labelsFarAway() {
        int depth = 40_000;
        var text =
                "(func block $far "
                        + "block $near ".repeat(depth)
                        + "br $far ".repeat(depth)
                        + "end ".repeat(depth + 1)
                        + ")";
        assertTimeout(Duration.ofSeconds(10), () -> TextParser.parse(text));
    }

    @Test
    void longNumbers() {
        var digits = "9".repeat(1_000_000);
        rejected("(func i32.const " + digits + ")");
        rejected("(func f64.const " + digits + ")");
        rejected("(func f64.const 1e" + digits + ")");
        rejected("(func f32.const 0x1p" + digits + ")");
        TextParser.parse("(func f64.const 0." + "0".repeat(1_000_000) + "1)");
        TextParser.parse("(func f64.const 0x1p-" + digits + ")");
    }

    @Test
    void mutations() {
        var random = new Random(20_240_229);
        var seed = TextPrinterTest.EVERYTHING.getBytes(StandardCharsets.UTF_8);
        var words =
                (String.join(" ", Arrays.stream(Opcode.values()).map(Opcode::mnemonic).toList())
                                + " ( ) (param (result (type (field then else do i32 (ref null $x"
                                + " $\"a\" \"a\" (@name (@custom nan:0x1 0x1p-1 -1 99999999999"
                                + " offset=1 align=0 (; ;) (import (export (elem (data (mut")
                        .split(" ");
        int parsed = 0;
        for (int i = 0; i < 3_000; i++) {
            var text = mutate(seed, random, words);
            WasmModule module;
            try {
                module = TextParser.parse(text);
            } catch (MalformedException e) {
                continue;
            }
            parsed++;
            var bytes = BinaryEncoder.encode(module);
            var decoded = BinaryDecoder.decodeFully(ByteSource.of(bytes));
            for (var style : PrintStyle.values()) {
                var printed = TextPrinter.print(decoded, style);
                assertArrayEquals(bytes, BinaryEncoder.encode(TextParser.parse(printed)));
            }
        }
        assertTrue(parsed > 100, parsed + " parsed");
    }

    private static byte[] mutate(byte[] seed, Random random, String[] words) {
        int at = random.nextInt(seed.length);
        if (random.nextInt(3) == 0) {
            var text = seed.clone();
            text[at] =
                    (byte) (random.nextBoolean() ? random.nextInt(256) : '0' + random.nextInt(10));
            return text;
        }
        int until = Math.min(seed.length, at + random.nextInt(8));
        var word =
                (" " + words[random.nextInt(words.length)] + " ").getBytes(StandardCharsets.UTF_8);
        if (random.nextBoolean()) {
            word = new byte[0];
        }
        var text = new byte[seed.length - (until - at) + word.length];
        System.arraycopy(seed, 0, text, 0, at);
        System.arraycopy(word, 0, text, at, word.length);
        System.arraycopy(seed, until, text, at + word.length, seed.length - until);
        return text;
    }
}
