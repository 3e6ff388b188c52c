// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.StoreKind;
import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.text.PrintStyle;
import io.nacelle.wasm.text.TextPrinter;
import io.nacelle.wasm.valid.ValidModule;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** wasm-tools prints, parses and validates itself and others, byte by byte as it does elsewhere. */
@Tag("programs")
final class WasmToolsTest {
    private static final Pattern ENTRY =
            Pattern.compile("(?m)^((?:print|parse|validate) [a-z]+): ");

    private final ValidModule valid = Programs.load("wasm-tools.core.wasm");
    private final byte[] self = bytes("wasm-tools.core.wasm");
    private final Map<String, String> expected = expected();

    WasmToolsTest() throws IOException {}

    private static byte[] bytes(String name) throws IOException {
        return Files.readAllBytes(Programs.find(name));
    }

    /** What each step answers, by its name. */
    private static Map<String, String> expected() throws IOException {
        var text = Files.readString(Programs.SOURCES.resolve("expected").resolve("wasm-tools.out"));
        var answers = new LinkedHashMap<String, String>();
        var entry = ENTRY.matcher(text);
        var name = "";
        int from = 0;
        while (entry.find()) {
            answers.put(name, text.substring(from, entry.start()).strip());
            name = entry.group(1);
            from = entry.end();
        }
        answers.put(name, text.substring(from).strip());
        answers.remove("");
        return answers;
    }

    private WasmTools tools(Mode mode, StoreKind kind) throws IOException {
        var engine = Engine.create(EngineConfig.defaults().withMode(mode));
        return new WasmTools(Module.of(engine, valid), kind);
    }

    private byte[] check(String step, WasmTools.Answer answer) {
        var told =
                answer.failed()
                        ? "error: " + new String(answer.bytes(), StandardCharsets.UTF_8).strip()
                        : answer.bytes().length + " " + sha256(answer.bytes());
        assertEquals(expected.get(step), told, step);
        return answer.bytes();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"CLASSIC, HEAP", "FAST, NATIVE"})
    void printsItself(Mode mode, StoreKind kind) throws IOException {
        try (var tools = tools(mode, kind)) {
            check("print self", tools.print(self));
        }
    }

    /** In the fast interpreter alone: the classic one takes more than a minute. */
    @Test
    void printsItselfAndReadsThat() throws IOException {
        try (var tools = tools(Mode.FAST, StoreKind.HEAP)) {
            var text = check("print self", tools.print(self));
            var again = check("parse that", tools.parse(text));
            check("print that", tools.print(again));
        }
    }

    @ParameterizedTest
    @CsvSource({"FAST, HEAP", "CLASSIC, HEAP", "CLASSIC, NATIVE"})
    void validatesItself(Mode mode, StoreKind kind) throws IOException {
        try (var tools = tools(mode, kind)) {
            var adapter = bytes("wasi-adapter.reactor.wasm");
            check("validate self", tools.componentNew(self, adapter));
        }
    }

    @ParameterizedTest
    @EnumSource
    void validatesPython(Mode mode) throws IOException {
        try (var tools = tools(mode, StoreKind.HEAP)) {
            var adapter = bytes("wasi-adapter.command.wasm");
            check("validate python", tools.componentNew(bytes("python.wasm"), adapter));
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysWhatIsWrong(Mode mode) throws IOException {
        try (var tools = tools(mode, StoreKind.HEAP)) {
            check(
                    "parse valid",
                    tools.parse("(module (func (export \"f\") (result i32) i32.const 1))"));
            check("parse malformed", tools.parse("(module (func"));
            check("print truncated", tools.print(HexFormat.of().parseHex("0061736d010000000105")));
            var invalid = tools.parse("(module (func (result i32)))");
            assertFalse(invalid.failed());
            check("validate invalid", tools.componentNew(invalid.bytes()));
        }
    }

    /** Both print one module; what ours printed, the other reads as the very same module. */
    @Test
    void readsWhatOurPrinterWrites() throws IOException {
        try (var tools = tools(Mode.FAST, StoreKind.HEAP)) {
            for (var name : new String[] {"hello-as.wasm", "hello-rust.wasm"}) {
                var binary = bytes(name);
                var module = BinaryDecoder.decode(ByteSource.of(binary));
                var ours = tools.parse(TextPrinter.print(module, PrintStyle.FLAT));
                assertFalse(ours.failed(), () -> name + ": " + text(ours.bytes()));
                var theirs = tools.parse(tools.print(binary).bytes());
                assertFalse(theirs.failed(), () -> name + ": " + text(theirs.bytes()));
                assertEquals(sha256(theirs.bytes()), sha256(ours.bytes()), name);
            }
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
