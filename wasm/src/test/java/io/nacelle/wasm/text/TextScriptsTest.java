// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.BranchHints;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.InvalidException;
import io.nacelle.wasm.syntax.MalformedException;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The official scripts, when their directory is given by the system property {@code
 * nacelle.testsuite}: every command is read, every module parses and survives printing, and every
 * malformed text is rejected for the reason that the script states.
 */
final class TextScriptsTest {
    private static final int COMMANDS = 67_119;

    /**
     * Texts that an older script calls malformed and a newer one merely invalid: limits have 64
     * bits since memories can.
     */
    private static final Set<String> INVALID_BY_NOW =
            Set.of(
                    "(memory 0x1_0000_0000)",
                    "(memory 0x1_0000_0000 0x1_0000_0000)",
                    "(memory 0 0x1_0000_0000)");

    private final List<String> failures = new ArrayList<>();
    private int count;
    private int binaries;

    @Test
    void official() throws Exception {
        var directory = System.getProperty("nacelle.testsuite");
        assumeTrue(directory != null, "the system property nacelle.testsuite is not set");
        List<Path> scripts;
        try (var files = Files.walk(Path.of(directory))) {
            scripts = files.filter(f -> f.toString().endsWith(".wast")).sorted().toList();
        }
        for (var script : scripts) {
            for (var command : ScriptReader.read(Files.readAllBytes(script))) {
                count++;
                check(command, script + ":" + command.line() + ": ");
            }
        }
        assertEquals(List.of(), failures);
        assertEquals(COMMANDS, count);
        assertTrue(binaries > 100, binaries + " modules in the binary format");
    }

    private void check(Command command, String where) {
        if (command instanceof Command.Unreadable unreadable) {
            failures.add(where + unreadable.reason());
        }
        boolean malformed =
                command instanceof Command.AssertRejected rejected
                        && (rejected.fault() == Command.Fault.MALFORMED
                                || rejected.fault() == Command.Fault.MALFORMED_CUSTOM);
        var source = source(command);
        if (source.isEmpty()) {
            return;
        }
        if (source.get() instanceof ModuleSource.Binary binary) {
            if (!malformed) {
                stable(binary, where);
            }
            return;
        }
        try {
            if (malformed) {
                rejects((Command.AssertRejected) command, where);
            } else {
                roundTrip(source.get(), where);
                hints(command, source.get(), where);
            }
        } catch (RuntimeException e) {
            failures.add(where + e);
        }
    }

    private static Optional<ModuleSource> source(Command command) {
        return switch (command) {
            case Command.DefineAndInstantiate c -> Optional.of(c.source());
            case Command.Define c -> Optional.of(c.source());
            case Command.AssertInstantiationTrap c -> Optional.of(c.source());
            case Command.AssertRejected c -> Optional.of(c.source());
            default -> Optional.empty();
        };
    }

    private void rejects(Command.AssertRejected command, String where) {
        try {
            command.source().read();
            var quote = (ModuleSource.Quote) command.source();
            var text = new String(quote.text(), StandardCharsets.UTF_8).strip();
            if (!INVALID_BY_NOW.contains(text)) {
                failures.add(where + "accepted, not \"" + command.message() + "\"");
            }
        } catch (MalformedException e) {
            if (!e.reason().startsWith(command.message())) {
                failures.add(where + e.getMessage() + ", not \"" + command.message() + "\"");
            }
        }
    }

    private void hints(Command command, ModuleSource source, String where) {
        var reason = "";
        try {
            BranchHints.check(source.read());
        } catch (InvalidException e) {
            reason = e.reason();
        }
        var expected =
                command instanceof Command.AssertRejected rejected
                                && rejected.fault() == Command.Fault.INVALID_CUSTOM
                        ? rejected.message()
                        : "";
        if (!reason.equals(expected)) {
            failures.add(where + "\"" + reason + "\", not \"" + expected + "\"");
        }
    }

    /** Other encoders' bytes need not come back, but what is printed of them does. */
    private void stable(ModuleSource.Binary source, String where) {
        binaries++;
        for (var style : PrintStyle.values()) {
            var text =
                    TextPrinter.print(
                            BinaryDecoder.decodeFully(ByteSource.of(source.bytes())), style);
            var bytes = BinaryEncoder.encode(TextParser.parse(text));
            var again = TextPrinter.print(BinaryDecoder.decodeFully(ByteSource.of(bytes)), style);
            if (!again.equals(text)) {
                failures.add(where + style + " prints differently when read back");
            }
        }
    }

    private void roundTrip(ModuleSource source, String where) {
        var bytes = BinaryEncoder.encode(source.read());
        var decoded = BinaryDecoder.decodeFully(ByteSource.of(bytes));
        for (var style : PrintStyle.values()) {
            var text = TextPrinter.print(decoded, style);
            var again = BinaryEncoder.encode(TextParser.parse(text));
            if (!Arrays.equals(bytes, again)) {
                failures.add(where + style + " reads back differently");
            }
        }
    }
}
