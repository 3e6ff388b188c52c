// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.conformance.Scripts;
import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.StoreKind;
import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.text.ModuleSource;
import io.nacelle.wasm.text.PrintStyle;
import io.nacelle.wasm.text.TextParser;
import io.nacelle.wasm.text.TextPrinter;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The parser, the encoder and the printer agree with those of wasm-tools on every module of the
 * official test suite that both accept. Where they do not is on record, case by case with the
 * reason, in {@code agreement.tsv}; what is on record and does not occur fails too.
 */
@Tag("programs")
final class WasmToolsAgreementTest {
    private static final Pattern DEFINITION = Pattern.compile("^\\(\\s*module\\s+definition\\b");

    /** What is compared. */
    private enum Check {
        /** Whether a text is a module at all. */
        ACCEPTS,
        /** The module that a text is, names included. */
        PARSES,
        /** What wasm-tools makes of our print of a module, and of its own. */
        PRINTS,
        /** What we make of the print of wasm-tools, and wasm-tools makes of it. */
        READS
    }

    private final Module program =
            Module.of(
                    Engine.create(EngineConfig.defaults().withMode(Mode.FAST)),
                    Programs.load("wasm-tools.core.wasm"));
    private final Map<String, String> differences = new TreeMap<>();
    private int texts;
    private int identical;
    private int printed;
    private int rejected;
    private int left;

    WasmToolsAgreementTest() throws IOException {}

    private static Map<String, String> record() throws IOException {
        var record = new TreeMap<String, String>();
        for (var line : Files.readAllLines(Scripts.resource("/agreement.tsv"))) {
            if (!line.startsWith("#")) {
                var columns = line.split("\t");
                assertEquals(4, columns.length, line);
                record.put(columns[0] + ":" + columns[1] + " " + columns[2], columns[3]);
            }
        }
        return record;
    }

    @Test
    void everyModuleOfTheSuite() throws IOException {
        for (var script : Scripts.official()) {
            try (var tools = new WasmTools(program, StoreKind.HEAP)) {
                for (var module : script.modules()) {
                    check(tools, script.name() + ":" + module.line(), module.source());
                }
            }
        }
        System.out.println(
                texts
                        + " texts that both parse, "
                        + identical
                        + " of them to the same bytes; "
                        + rejected
                        + " texts that neither does; "
                        + printed
                        + " modules printed by both; "
                        + left
                        + " left out: no UTF-8, or no module in the binary format; "
                        + differences.size()
                        + " differences");
        var record = record();
        differences.forEach(
                (place, what) -> {
                    if (!record.containsKey(place)) {
                        System.out.println(place + ": " + what);
                    }
                });
        assertEquals(record.keySet(), differences.keySet());
        assertEquals(5_680, texts);
        assertTrue(identical > 5_430, "identical: " + identical);
        assertEquals(5_838, printed);
    }

    private void check(WasmTools tools, String place, ModuleSource source) {
        var ours = ours(source);
        if (!(source instanceof ModuleSource.Binary)) {
            var text = text(source);
            if (text.isEmpty()) {
                // The component's interface takes strings, which are Unicode.
                left++;
                return;
            }
            if (!parses(tools, place, text.get(), ours)) {
                return;
            }
        }
        if (ours.isEmpty()) {
            left++;
            return;
        }
        prints(tools, place, ours.get());
    }

    private static Optional<byte[]> ours(ModuleSource source) {
        try {
            return Optional.of(
                    source instanceof ModuleSource.Binary binary
                            ? canonical(binary.bytes())
                            : BinaryEncoder.encode(source.read()));
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    /** The same module with our encoder's choices where the format leaves one. */
    private static byte[] canonical(byte[] bytes) {
        return BinaryEncoder.encode(BinaryDecoder.decodeFully(ByteSource.of(bytes)));
    }

    /** A module's text, when it is text at all. */
    private static Optional<String> text(ModuleSource source) {
        var bytes =
                source instanceof ModuleSource.Quote quote
                        ? quote.text()
                        : ((ModuleSource.Text) source).text();
        try {
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            // A word of scripts, which wasm-tools does not know.
            return Optional.of(DEFINITION.matcher(text).replaceFirst("(module"));
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** In escapes whatever is not ASCII; the same text when it is all in strings. */
    private static String escape(String text) {
        var out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= 0) {
                out.append((char) b);
            } else {
                out.append(String.format("\\%02x", b));
            }
        }
        return out.toString();
    }

    private void differs(String place, Check check, String what) {
        differences.put(place + " " + check.name().toLowerCase(Locale.ROOT), what);
    }

    /** Whether both parse the text. */
    private boolean parses(WasmTools tools, String place, String text, Optional<byte[]> ours) {
        var theirs = tools.parse(text);
        if (ours.isPresent() && theirs.failed()) {
            // It refuses characters that may confuse readers, but not their escapes.
            theirs = tools.parse(escape(text));
        }
        if (ours.isEmpty() || theirs.failed()) {
            rejected += ours.isEmpty() && theirs.failed() ? 1 : 0;
            if (ours.isEmpty() != theirs.failed()) {
                differs(place, Check.ACCEPTS, theirs.failed() ? "by us" : "by wasm-tools");
            }
            // What only we accept can be printed and read as everything else.
            return ours.isPresent();
        }
        texts++;
        if (Arrays.equals(ours.get(), theirs.bytes())) {
            identical++;
        } else if (!Arrays.equals(ours.get(), canonical(theirs.bytes()))) {
            differs(place, Check.PARSES, hex(ours.get()) + " " + hex(theirs.bytes()));
        }
        return true;
    }

    private void prints(WasmTools tools, String place, byte[] module) {
        var print = tools.print(module);
        if (print.failed()) {
            differs(place, Check.ACCEPTS, string(print));
            return;
        }
        printed++;
        var theirs = tools.parse(print.bytes());
        if (theirs.failed()) {
            differs(place, Check.READS, "wasm-tools not its own print: " + string(theirs));
            return;
        }
        try {
            var read = BinaryEncoder.encode(TextParser.parse(print.bytes()));
            if (!Arrays.equals(read, canonical(theirs.bytes()))) {
                differs(place, Check.READS, hex(read) + " " + hex(theirs.bytes()));
            }
        } catch (MalformedException e) {
            differs(place, Check.READS, e.getMessage());
        }
        var syntax = BinaryDecoder.decodeFully(ByteSource.of(module));
        for (var style : PrintStyle.values()) {
            var again = tools.parse(TextPrinter.print(syntax, style));
            if (again.failed()) {
                differs(place, Check.PRINTS, style + ": " + string(again));
            } else if (!Arrays.equals(again.bytes(), theirs.bytes())) {
                differs(
                        place,
                        Check.PRINTS,
                        style + ": " + hex(again.bytes()) + " " + hex(theirs.bytes()));
            }
        }
    }

    private static String hex(byte[] module) {
        return HexFormat.of().formatHex(module);
    }

    private static String string(WasmTools.Answer answer) {
        return new String(answer.bytes(), StandardCharsets.UTF_8).strip().replaceAll("\\s+", " ");
    }
}
