// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.debug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.WasmModule;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Lines of what clang has made of {@code conformance/src/test/programs/c/lines/prices.c} with each
 * version of DWARF ({@code -O1 -g -nostdlib -Wl,--no-entry -Wl,--export=price}).
 */
final class DebugInfoTest {
    /** Where the body of the only function begins, counted in the code section. */
    private static final int FIRST_ADDRESS = 2;

    private static byte[] bytes(int version) throws IOException {
        try (var in = DebugInfoTest.class.getResourceAsStream("prices-" + version + ".wasm")) {
            return in.readAllBytes();
        }
    }

    private static WasmModule decode(byte[] bytes) {
        return BinaryDecoder.decode(ByteSource.of(bytes));
    }

    private static int codeStart(WasmModule module) {
        return module.funcs().getFirst().code().offset() - FIRST_ADDRESS;
    }

    private static SourceLine line(String function, String file, int line, int column) {
        return new SourceLine(Optional.of(function), file, line, column);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5})
    void instructionsHaveTheLinesOfInlinedFunctionsToo(int version) throws IOException {
        var bytes = bytes(version);
        var module = decode(bytes);
        var info = DebugInfo.of(module).orElseThrow();
        int code = codeStart(module);
        assertEquals(0x00, bytes[code + 9], "unreachable");
        assertEquals(
                List.of(
                        line("share", "/shop/prices.h", 5, 21),
                        line("price", "/shop/prices.c", 7, 17)),
                info.at(code + 9));
        assertEquals(0x6D, bytes[code + 0x12], "i32.div_s");
        assertEquals(
                List.of(
                        line("share", "/shop/prices.h", 6, 19),
                        line("price", "/shop/prices.c", 7, 17)),
                info.at(code + 0x12));
        assertEquals(List.of(line("price", "/shop/prices.c", 8, 18)), info.at(code + 0x15));
        assertEquals(List.of(), info.at(code + 0x0A), "the compiler names no line");
        assertEquals(List.of(), info.at(code), "before the function");
        assertEquals(List.of(), info.at(code + 0x17), "behind it");
        assertEquals(List.of(), info.at(0));
        assertEquals(List.of(), info.at(-1));
        assertEquals(List.of(), info.at(Integer.MAX_VALUE));
        assertEquals("prices.h", info.at(code + 9).getFirst().fileName());
        assertEquals("/shop/prices.h:5", info.at(code + 9).getFirst().toString());
    }

    @Test
    void modulesWithoutLinesHaveNone() {
        var text = TextParser.parse("(module (func))");
        assertTrue(DebugInfo.of(text).isEmpty());
        assertTrue(DebugInfo.of(decode(BinaryEncoder.encode(text))).isEmpty());
    }

    private static int lines(byte[] bytes) {
        var module = decode(bytes);
        int found = 0;
        var info = DebugInfo.of(module);
        for (int at = 0; info.isPresent() && at < bytes.length; at++) {
            found += info.get().at(at).size();
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5})
    void malformedInformationIsAsGoodAsNone(int version) throws IOException {
        var original = bytes(version);
        int all = lines(original);
        var debug =
                decode(original).customs().stream()
                        .filter(c -> c.name().startsWith(".debug"))
                        .toList();
        var random = new SplittableRandom(version);
        int fewer = 0;
        for (int i = 0; i < 2000; i++) {
            var bytes = original.clone();
            for (int change = random.nextInt(1, 4); change > 0; change--) {
                var span = debug.get(random.nextInt(debug.size())).bytes();
                int at = span.offset() + random.nextInt(span.length());
                bytes[at] = (byte) (random.nextBoolean() ? random.nextInt() : -1);
            }
            fewer += lines(bytes) < all ? 1 : 0;
        }
        assertTrue(fewer > 100, "changes are noticed: " + fewer);
    }

    /** Every byte of each section in turn is the last that is there. */
    @ParameterizedTest
    @ValueSource(ints = {2, 5})
    void informationThatBreaksOffIsReadAsFarAsItGoes(int version) throws IOException {
        var original = bytes(version);
        int all = lines(original);
        for (var section : decode(original).customs()) {
            var span = section.bytes();
            for (int length = 0; length < span.length(); length++) {
                var bytes = original.clone();
                Arrays.fill(bytes, span.offset() + length, span.end(), (byte) 0);
                assertTrue(lines(bytes) <= all + original.length, section.name());
            }
        }
        assertTrue(all > 0);
    }

    /** Sizes that are lies: whatever they claim, only what is there is read. */
    @Test
    void declaredSizesAreNotBelieved() {
        var lies =
                new String[] {
                    // A unit of 4 GiB, and one of 2^64 - 1 bytes.
                    "\\fe\\ff\\ff\\ff\\05\\00\\04\\00",
                    "\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\05\\00\\04\\00",
                    // Version 5, one form of directories, 2^63 of them without a byte each.
                    "\\30\\00\\00\\00\\05\\00\\04\\00\\20\\00\\00\\00\\01\\01\\01\\fb\\0e\\01"
                            + "\\00\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\7f"
                };
        for (var lie : lies) {
            var text =
                    """
                    (module (@custom ".debug_line" "%s")
                      (@custom ".debug_info" "\\ff\\ff\\ff\\7f\\05\\00\\01\\04")
                      (func (export "f") unreachable))
                    """
                            .formatted(lie);
            var bytes = BinaryEncoder.encode(TextParser.parse(text));
            assertEquals(0, lines(bytes), lie);
        }
    }
}
