// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/** What {@code nacelle wast} prints, and how it ends. */
final class WastCommandTest {
    private static final String ONE =
            "(module (func (export \"one\") (result i32) (i32.const 1)))\n";

    @TempDir private Path directory;

    private record Outcome(int exitCode, List<String> lines) {}

    private Path script(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private static Outcome wast(Object... args) {
        var line = new String[args.length + 1];
        line[0] = "wast";
        for (int i = 0; i < args.length; i++) {
            line[i + 1] = args[i].toString();
        }
        var bytes = new ByteArrayOutputStream();
        var before = System.out;
        try (var out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
            System.setOut(out);
            return new Outcome(Main.execute(line), lines(out, bytes));
        } finally {
            System.setOut(before);
        }
    }

    private static List<String> lines(PrintStream out, ByteArrayOutputStream bytes) {
        out.flush();
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void commandsAreCounted() throws Exception {
        var good = script("good.wast", ONE + "(assert_return (invoke \"one\") (i32.const 1))");
        for (var mode : List.of("classic", "fast")) {
            for (var store : List.of("heap", "native", "auto")) {
                assertEquals(
                        new Outcome(ExitCode.OK, List.of("4 passed, 0 failed, 0 skipped")),
                        wast("--mode", mode, "--store", store, good, good));
            }
        }
    }

    @Test
    void failuresAreNamedByFileAndLine() throws Exception {
        var bad = script("bad.wast", ONE + "\n(assert_return (invoke \"one\") (i32.const 2))");
        var outcome = wast(bad);
        assertEquals(ExitCode.FAILURE, outcome.exitCode());
        assertEquals(2, outcome.lines().size());
        assertTrue(outcome.lines().getFirst().startsWith(bad + ":3: "), outcome::toString);
        assertEquals("1 passed, 1 failed, 0 skipped", outcome.lines().getLast());
    }

    @Test
    void filesThatCannotBeReadFail() throws Exception {
        var missing = directory.resolve("missing.wast");
        assertEquals(
                new Outcome(
                        ExitCode.FAILURE,
                        List.of(missing + ": no such file", "0 passed, 1 failed, 0 skipped")),
                wast(missing));
        var outcome = wast(script("torn.wast", "(module"));
        assertEquals(ExitCode.FAILURE, outcome.exitCode());
        assertEquals("0 passed, 1 failed, 0 skipped", outcome.lines().getLast());
    }

    @Test
    void directoriesStandForTheirScripts() throws Exception {
        var below = Files.createDirectories(directory.resolve("suite/below"));
        Files.writeString(below.resolve("one.wast"), ONE);
        Files.writeString(below.resolveSibling("two.wast"), ONE);
        Files.writeString(below.resolve("readme.txt"), "no script");
        assertEquals(
                new Outcome(ExitCode.OK, List.of("2 passed, 0 failed, 0 skipped")),
                wast(below.getParent()));
        assertEquals(
                ExitCode.FAILURE,
                wast(Files.createDirectory(directory.resolve("empty"))).exitCode());
    }

    @Test
    void whatIsAboutStackSwitchingIsSkipped() throws Exception {
        var suspends = script("s.wast", ONE + "(assert_suspension (invoke \"one\") \"unhandled\")");
        assertEquals(
                new Outcome(
                        ExitCode.OK,
                        List.of(
                                suspends + ": 1 passed, 0 failed, 1 skipped",
                                "1 skipped: stack switching is not supported",
                                "1 passed, 0 failed, 1 skipped")),
                wast("-v", suspends));
    }

    @Test
    void featuresCanBeSwitched() throws Exception {
        var two = script("two.wast", "(module (memory 1) (memory 1))");
        assertEquals(ExitCode.OK, wast(two).exitCode());
        assertEquals(ExitCode.FAILURE, wast("--disable", "multi-memory", two).exitCode());
        assertEquals(ExitCode.USAGE, wast("--disable", "nonsense", two).exitCode());
        var exact =
                script(
                        "descriptor.wast",
                        "(module (rec (type $a (descriptor $b) (struct)) (type $b (describes $a)"
                                + " (struct))) (func (param (ref null (exact $b))) (result (ref (exact $a)))"
                                + " (struct.new_desc $a (local.get 0))))");
        assertEquals(ExitCode.FAILURE, wast(exact).exitCode());
        assertEquals(ExitCode.OK, wast("--enable", "custom-descriptors", exact).exitCode());
    }

    /** A line of a list of contradictions. */
    private static String entry(Path script, String line) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(script));
        var hex = HexFormat.of().formatHex(digest);
        return script.getFileName() + "\t" + hex + "\t" + line + "\t1.1: one is one\n";
    }

    @Test
    void contradictionsAreCountedApart() throws Exception {
        var bad = script("bad.wast", ONE + "(assert_return (invoke \"one\") (i32.const 2))");
        var list = script("list.tsv", "# a comment\n" + entry(bad, "2"));
        assertEquals(
                new Outcome(
                        ExitCode.OK,
                        List.of(
                                "1 passed, 0 failed, 0 skipped,"
                                        + " 1 contradicting the standard")),
                wast("--contradictions", list, bad));
        var said = wast("-v", "--contradictions", list, bad).lines();
        assertTrue(said.getFirst().startsWith(bad + ":2: "), said::toString);
        assertTrue(said.getFirst().endsWith(": 1.1: one is one"), said::toString);
    }

    @Test
    void whatIsListedMustFail() throws Exception {
        var good = script("good.wast", ONE + "(assert_return (invoke \"one\") (i32.const 1))");
        for (var line : List.of("2", "7")) {
            var list = script("list.tsv", entry(good, line));
            var outcome = wast("--contradictions", list, good);
            assertEquals(ExitCode.FAILURE, outcome.exitCode());
            assertTrue(outcome.lines().getFirst().startsWith(good + ":" + line + ": listed"));
        }
        var other = script("list.tsv", entry(script("other.wast", "(module)"), "2"));
        assertEquals(ExitCode.OK, wast("--contradictions", other, good).exitCode());
    }

    @Test
    void listsThatCannotBeReadAreRefused() throws Exception {
        var good = script("good.wast", ONE);
        for (var text : List.of("a.wast\t1\tb", "a.wast\t0\tx\ty", "a\t0\t1\tb\na\t0\t1\tc")) {
            var outcome = wast("--contradictions", script("list.tsv", text), good);
            assertEquals(new Outcome(ExitCode.FAILURE, List.of()), outcome);
        }
    }

    @Test
    void totalsAreByScriptWhenAskedFor() throws Exception {
        var good = script("good.wast", ONE);
        assertEquals(
                List.of(good + ": 1 passed, 0 failed, 0 skipped", "1 passed, 0 failed, 0 skipped"),
                wast("-v", "--mode", "fast,classic", good).lines());
    }
}
