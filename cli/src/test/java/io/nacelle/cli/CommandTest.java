// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The command as a process of its own: exit codes, and what goes to which stream. */
final class CommandTest {
    private static final Path EXAMPLES = Path.of("..", "examples");

    @TempDir private Path directory;

    private record Outcome(int exitCode, String out, String err) {}

    private Outcome nacelle(Object... args) throws IOException, InterruptedException {
        return fed("", args);
    }

    private Outcome fed(String input, Object... args) throws IOException, InterruptedException {
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "--enable-native-access=io.nacelle.runtime,io.nacelle.wasi",
                                "--module-path",
                                System.getProperty("jdk.module.path"),
                                "--module",
                                "io.nacelle.cli/io.nacelle.cli.Main"));
        for (var arg : args) {
            command.add(arg.toString());
        }
        var in = directory.resolve("in");
        var out = directory.resolve("out");
        var err = directory.resolve("err");
        Files.writeString(in, input);
        var process =
                new ProcessBuilder(command)
                        .redirectInput(in.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the command hangs");
        return new Outcome(
                process.exitValue(),
                Files.readString(out, StandardCharsets.ISO_8859_1),
                Files.readString(err));
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(directory.resolve(name), bytes);
    }

    @Test
    void aDashIsAStandardStream() throws Exception {
        var text = "(module (func (export \"f\") (result i32) (i32.const 7)))";
        assertEquals(new Outcome(0, "7\n", ""), fed(text, "run", "--invoke", "f", "-"));
        var parsed = fed(text, "parse", "-", "-o", "-");
        assertTrue(parsed.out().startsWith("\0asm"), parsed::toString);
        assertEquals(
                new Outcome(
                        1,
                        "",
                        "nacelle: standard input: invalid module: unknown local 0 (at line 1, column 7,"
                                + " in function 0)\n"),
                fed("(func local.get 0)", "validate", "-"));
    }

    @Test
    void choicesAreToldAsTheyAreWritten() throws Exception {
        var outcome = nacelle("run", "--mode", "quick", "m.wasm");
        assertEquals(2, outcome.exitCode());
        assertTrue(
                outcome.err()
                        .contains("expected one of [classic, fast, jit, auto] but was 'quick'"),
                outcome::err);
    }

    @Test
    void versionIsPrinted() throws Exception {
        var outcome = nacelle("version");
        assertEquals(0, outcome.exitCode());
        assertTrue(
                outcome.out().matches("nacelle \\d+\\.\\d+\\.\\d+.*\njava \\d+.*\n"),
                outcome.out());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--bogus",
                "bogus",
                "validate",
                "validate --bogus",
                "validate --features wasm4 f",
                "run --mode bogus f",
                "explain",
                "strip a b"
            })
    void misuseExits2(String line) throws Exception {
        var outcome = nacelle((Object[]) line.split(" ", -1));
        assertEquals(ExitCode.USAGE, outcome.exitCode());
        assertTrue(outcome.err().startsWith("nacelle: "), outcome.err());
        assertTrue(outcome.err().contains("\nUsage: nacelle"), outcome.err());
        assertTrue(outcome.err().lines().count() <= 4, outcome.err());
        assertEquals("", outcome.out());
    }

    @Test
    void withoutACommandTheHelpIsShown() throws Exception {
        var outcome = nacelle();
        assertEquals(ExitCode.USAGE, outcome.exitCode());
        assertTrue(outcome.err().contains("objdump"), outcome.err());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--fuel -1",
                "--max-memory -1",
                "--max-stack -1",
                "--max-instances -1",
                "--max-call-depth 0",
                "--max-threads -1",
                "--timeout 0",
                "--timeout -1",
                "--env =x"
            })
    void meaninglessOptionsAreNamed(String option) throws Exception {
        var words = option.split(" ", -1);
        var outcome = nacelle("run", words[0], words[1], EXAMPLES.resolve("hello.wat"));
        assertEquals(ExitCode.USAGE, outcome.exitCode());
        assertTrue(outcome.err().startsWith("nacelle: " + words[0]), outcome.err());
        assertEquals(1, outcome.err().lines().count(), outcome.err());
        assertEquals("", outcome.out());
    }

    @Test
    void directoriesThatCannotBeGivenAreNamed() throws Exception {
        var hello = EXAMPLES.resolve("hello.wat");
        var missing = directory.resolve("missing");
        assertEquals(
                new Outcome(
                        ExitCode.FAILURE,
                        "",
                        "nacelle: --dir " + missing + ": no such directory\n"),
                nacelle("run", "--dir", missing, hello));
        assertEquals(
                new Outcome(
                        ExitCode.FAILURE, "", "nacelle: --dir " + hello + ": not a directory\n"),
                nacelle("run", "--dir", hello, hello));
    }

    @Test
    void outputThatCannotBeWrittenIsAFailure() throws Exception {
        var hello = EXAMPLES.resolve("hello.wat");
        assertEquals(
                new Outcome(
                        ExitCode.FAILURE,
                        "",
                        "nacelle: " + directory.resolve("no/file") + ": no such directory\n"),
                nacelle("parse", hello, "-o", directory.resolve("no/file")));
        var outcome = nacelle("parse", hello, "-o", directory);
        assertEquals(ExitCode.FAILURE, outcome.exitCode());
        assertTrue(
                outcome.err().matches("nacelle: " + Pattern.quote(directory.toString()) + ": .+\n"),
                outcome.err());
        assertEquals(9, outcome.err().lastIndexOf(directory.toString()), outcome.err());
    }

    @Test
    void fileThatIsNoModuleAtAllIsCalledSo() throws Exception {
        var notes = file("notes.md", "# Notes\n");
        var outcome = nacelle("run", notes);
        assertEquals(ExitCode.FAILURE, outcome.exitCode());
        assertTrue(
                outcome.err().startsWith("nacelle: " + notes + ": not a module: "), outcome.err());
    }

    @Test
    void faultsInTextHaveLineAndColumnAndThoseInBinaryTheOffsetThatObjdumpShows() throws Exception {
        var bad = file("bad.wat", "(module (func\n (result i32) i64.const 1))");
        assertEquals(
                "nacelle: "
                        + bad
                        + ": invalid module: type mismatch: instruction requires [i32] but stack"
                        + " has [i64] (at line 2, column 26, in function 0)\n",
                nacelle("validate", bad).err());
        var binary = directory.resolve("bad.wasm");
        assertEquals(0, nacelle("parse", bad, "-o", binary).exitCode());
        var outcome = nacelle("validate", binary);
        var offset = Pattern.compile("at offset 0x([0-9a-f]+)").matcher(outcome.err());
        assertTrue(offset.find(), outcome.err());
        var line = "0x" + "0".repeat(8 - offset.group(1).length()) + offset.group(1) + ": ";
        var dump = nacelle("objdump", "-d", binary).out();
        assertTrue(dump.contains(line + "end"), line + "\nin\n" + dump);
    }

    @Test
    void featuresThatAreOffAreNamedForEachFile() throws Exception {
        var vector = file("vector.wat", "(module (func (param v128)))");
        var plain = file("plain.wat", "(module (func (param i32)))");
        var two = file("two.wat", "(module (memory 0) (memory 0))");
        assertEquals(new Outcome(0, "", ""), nacelle("validate", vector, plain, two));
        var outcome = nacelle("validate", "--features", "wasm3,-simd", vector, plain);
        assertEquals(ExitCode.FAILURE, outcome.exitCode());
        assertEquals(
                "nacelle: "
                        + vector
                        + ": invalid module: v128: needs the feature simd, which is off (in type"
                        + " 0)\n",
                outcome.err());
        outcome = nacelle("validate", "--features=wasm1", vector, plain, two);
        assertEquals(2, outcome.err().lines().count(), outcome.err());
        outcome = nacelle("run", "--features", "wasm2", "--invoke", "f", two);
        assertEquals(ExitCode.FAILURE, outcome.exitCode());
        assertTrue(outcome.err().contains("the feature multi-memory,"), outcome.err());
    }

    @Test
    void modulesAreExplained() throws Exception {
        var outcome = nacelle("explain", EXAMPLES.resolve("hello.wat"));
        assertEquals(0, outcome.exitCode(), outcome.err());
        assertTrue(outcome.out().contains("A command"), outcome.out());
        assertTrue(outcome.out().contains("fd_write"), outcome.out());
        outcome = nacelle("explain", "--json", "--top", "0", EXAMPLES.resolve("hello.wat"));
        assertTrue(outcome.out().contains("\"kind\": \"command\""), outcome.out());
        assertTrue(outcome.out().contains("\"largestFunctions\": []"), outcome.out());
        outcome = nacelle("explain", "--top", "-1", EXAMPLES.resolve("hello.wat"));
        assertEquals(ExitCode.USAGE, outcome.exitCode());
    }

    @Test
    void objdumpShowsCustomSections() throws Exception {
        var text =
                file(
                        "custom.wat",
                        """
                        (module $m
                          (tag $t (param i32)) (table 1 funcref) (elem (i32.const 0) $f)
                          (data $d (memory $m) (i32.const 1) "x") (memory $m 1) (start $s)
                          (func $s)
                          (func $f (param $p i32)
                            (@metadata.code.branch_hint "\\00") (if (local.get $p) (then)))
                          (@custom "producers" "\\01\\03sdk\\01\\01a\\01b")
                          (@custom "target_features" "\\02+\\02aa-\\02bb")
                          (@custom "dylink.0" "\\01\\04\\08\\02\\03\\00")
                          (@custom "sourceMappingURL" "\\03a.b")
                          (@custom "broken" "\\ff")
                          (@custom "build_id" "\\05a"))
                        """);
        var out = nacelle("objdump", "-x", text).out();
        for (var expected :
                List.of(
                        "tag[0] <t>: type[",
                        "elem[0]: 1 of ",
                        "    [0] func[1] <f>\n",
                        "data[0] <d>: 1 bytes at ",
                        "Start\n  func[0] <s>",
                        "  \"name\": ",
                        "    module \"m\"\n    functions: 2\n    locals: 1\n",
                        "    sdk: a b\n",
                        "    +aa -bb\n",
                        ": unlikely\n",
                        "    memory: 8 bytes, alignment 2^2; table: 3 elements, alignment 2^0\n",
                        "    \"a.b\"\n",
                        "  \"broken\": 1 bytes at ",
                        "    malformed: ")) {
            assertTrue(out.contains(expected), expected + "\nin\n" + out);
        }
    }

    @Test
    void programWithoutAMemoryIsToldWhatItLacks() throws Exception {
        var text =
                file(
                        "m.wat",
                        "(module (import \"wasi_snapshot_preview1\" \"random_get\""
                                + " (func $r (param i32 i32) (result i32)))"
                                + " (func (export \"_start\")"
                                + " (drop (call $r (i32.const 0) (i32.const 8)))))");
        var outcome = nacelle("run", text);
        assertEquals(ExitCode.FAILURE, outcome.exitCode());
        assertTrue(outcome.err().startsWith("nacelle: " + text + ": "), outcome.err());
        assertTrue(outcome.err().contains("\"memory\""), outcome.err());
        assertTrue(outcome.err().contains("\n    at "), outcome.err());
    }

    @Test
    void initializeMustBeAPlainFunction() throws Exception {
        var text =
                file(
                        "init.wat",
                        "(module (func (export \"_initialize\") (param i32))"
                                + " (func (export \"f\")))");
        var outcome = nacelle("run", "--invoke", "f", text);
        assertEquals(ExitCode.FAILURE, outcome.exitCode());
        assertTrue(outcome.err().contains("_initialize has the type"), outcome.err());
        assertEquals(1, outcome.err().lines().count(), outcome.err());
    }

    @Test
    void validModulesAreSilent() throws Exception {
        var outcome =
                nacelle("validate", EXAMPLES.resolve("hello.wat"), EXAMPLES.resolve("fib.wat"));
        assertEquals(new Outcome(0, "", ""), outcome);
    }

    @Test
    void invalidModuleSaysWhereAndWhat() throws Exception {
        var bad = file("bad.wat", "(module (func (result i32)))");
        var outcome = nacelle("validate", EXAMPLES.resolve("hello.wat"), bad);
        assertEquals(ExitCode.FAILURE, outcome.exitCode());
        assertTrue(
                outcome.err().startsWith("nacelle: " + bad + ": invalid module: type mismatch"),
                outcome.err());
    }

    @Test
    void damagedFileSaysWhereAndWhat() throws Exception {
        var bad = file("bad.wasm", new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 99});
        var outcome = nacelle("validate", bad);
        assertEquals(ExitCode.FAILURE, outcome.exitCode());
        assertTrue(
                outcome.err().startsWith("nacelle: " + bad + ": malformed module: "),
                outcome.err());
        assertTrue(outcome.err().contains("offset 0x"), outcome.err());
    }

    @Test
    void emptyBinaryIsNoModule() throws Exception {
        assertEquals(
                ExitCode.FAILURE, nacelle("validate", file("empty.wasm", new byte[0])).exitCode());
    }

    @Test
    void missingFileIsNamed() throws Exception {
        var missing = directory.resolve("missing.wat");
        for (var command :
                List.of("run", "validate", "parse", "print", "objdump", "explain", "strip")) {
            var outcome = nacelle(command, missing);
            assertEquals(
                    new Outcome(ExitCode.FAILURE, "", "nacelle: " + missing + ": no such file\n"),
                    outcome);
        }
    }

    @Test
    void textToBinaryToText() throws Exception {
        var text =
                file("m.wat", "(module (memory 1) (func (export \"f\") (result i32) i32.const 7))");
        var wasm = directory.resolve("m.wasm");
        assertEquals(new Outcome(0, "", ""), nacelle("parse", text, "-o", wasm));
        var bytes = Files.readAllBytes(wasm);
        assertArrayEquals(
                new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0}, java.util.Arrays.copyOf(bytes, 8));

        var printed = nacelle("print", wasm);
        assertEquals(0, printed.exitCode());
        assertTrue(printed.out().contains("i32.const 7"), printed.out());
        var again = nacelle("parse", file("again.wat", printed.out()));
        assertEquals(new String(bytes, StandardCharsets.ISO_8859_1), again.out());
    }

    @Test
    void objdumpShowsOffsetsAndNames() throws Exception {
        var text =
                file(
                        "m.wat",
                        """
                        (module
                          (import "env" "host" (func $host (param i32)))
                          (memory $heap (export "mem") 1 2)
                          (func $work (param $x i32) (local i64 i64)
                            (block (br_if 0 (local.get $x)) (call $host (i32.const -5)))))
                        """);
        var outcome = nacelle("objdump", text);
        assertEquals(0, outcome.exitCode());
        for (var expected :
                List.of(
                        "  type       0x0000000a ",
                        "  code       ",
                        "func[0] <host>: \"env\" \"host\" type[0] (func (param i32))",
                        "\"mem\": memory[0] <heap>",
                        "memory[0] <heap>: 1 2",
                        "func[1] <work>: type[0] (func (param i32))",
                        "local[1..2]: i64",
                        ":   block\n",
                        ":     local.get 0 <x>\n",
                        ":     br_if 0\n",
                        ":     i32.const -5\n",
                        ":     call 0 <host>\n",
                        ":   end\n",
                        ": end\n")) {
            assertTrue(outcome.out().contains(expected), expected + "\nin\n" + outcome.out());
        }
        var sections = nacelle("objdump", "--sections", text).out();
        assertTrue(!sections.contains("local.get") && sections.contains("code"), sections);
    }

    @Test
    void namesCannotReachTheTerminal() throws Exception {
        var text = file("m.wat", "(module (func (export \"\\1b[2J\")))");
        var outcome = nacelle("objdump", text);
        assertEquals(0, outcome.exitCode());
        assertTrue(outcome.out().contains("\\u{1b}[2J"), outcome.out());
        assertEquals(-1, outcome.out().indexOf('\033'));
    }

    @Test
    void helloPrintsItsGreeting() throws Exception {
        for (var mode : List.of("fast", "classic")) {
            for (var store : List.of("heap", "native")) {
                assertEquals(
                        new Outcome(0, "Hello from Nacelle!\n", ""),
                        nacelle(
                                "run",
                                "--mode",
                                mode,
                                "--store",
                                store,
                                EXAMPLES.resolve("hello.wat")));
            }
        }
    }

    @Test
    void argumentsBelongToTheProgram() throws Exception {
        assertEquals(
                new Outcome(0, "--mode\n-h\n--\n@file\n", ""),
                nacelle("run", EXAMPLES.resolve("echo.wat"), "--mode", "-h", "--", "@file"));
    }

    @Test
    void standardInputReachesTheProgram() throws Exception {
        var text = "a line\n".repeat(20_000);
        assertEquals(new Outcome(0, text, ""), fed(text, "run", EXAMPLES.resolve("cat.wat")));
    }

    @Test
    void functionsAreCalledByName() throws Exception {
        assertEquals(
                new Outcome(0, "6765\n", ""),
                nacelle("run", "--invoke", "fib", EXAMPLES.resolve("fib.wat"), "20"));
        var negative =
                file(
                        "neg.wat",
                        "(module (func (export \"neg\") (param i32 f64) (result f64 i32)"
                                + " (f64.neg (local.get 1)) (local.get 0)))");
        assertEquals(
                new Outcome(0, "-1.5\n-3\n", ""),
                nacelle("run", "--invoke", "neg", negative, "-3", "1.5"));
    }

    @Test
    void unknownFunctionAndWrongArguments() throws Exception {
        var fib = EXAMPLES.resolve("fib.wat");
        var unknown = nacelle("run", "--invoke", "fob", fib);
        assertEquals(ExitCode.FAILURE, unknown.exitCode());
        assertTrue(unknown.err().contains("fob"), unknown.err());
        assertEquals(ExitCode.USAGE, nacelle("run", "--invoke", "fib", fib).exitCode());
        assertEquals(ExitCode.USAGE, nacelle("run", "--invoke", "fib", fib, "x").exitCode());
    }

    @Test
    void exitCodeOfTheProgram() throws Exception {
        var text =
                file(
                        "exit.wat",
                        "(module (import \"wasi_snapshot_preview1\" \"proc_exit\""
                                + " (func $exit (param i32)))"
                                + " (memory (export \"memory\") 1)"
                                + " (func (export \"_start\") (call $exit (i32.const 42))))");
        assertEquals(new Outcome(42, "", ""), nacelle("run", text));
    }

    @Test
    void trapPrintsReasonAndStack() throws Exception {
        var text =
                file(
                        "trap.wat",
                        "(module $m (func $inner unreachable) (func $outer call $inner)"
                                + " (func (export \"_start\") call $outer))");
        for (var mode : List.of("fast", "classic")) {
            var outcome = nacelle("run", "--mode", mode, text);
            assertEquals(ExitCode.TRAP, outcome.exitCode());
            var lines = outcome.err().lines().toList();
            assertEquals("nacelle: trap: unreachable", lines.get(0));
            assertTrue(lines.get(1).contains("m!inner + 0x1 @ 0x"), lines.get(1));
            assertTrue(lines.get(2).contains("m!outer + 0x1 @ 0x"), lines.get(2));
            assertEquals(4, lines.size(), outcome.err());
        }
    }

    @Test
    void uncaughtExceptionsAreToldWithTheirValues() throws Exception {
        var text =
                file(
                        "throw.wat",
                        "(module $m (tag $oops (param i32 f64 externref))"
                                + " (func $inner (throw $oops (i32.const 7) (f64.const 0.5)"
                                + " (ref.null extern)))"
                                + " (func (export \"_start\") call $inner))");
        for (var mode : List.of("fast", "classic")) {
            var outcome = nacelle("run", "--mode", mode, text);
            assertEquals(ExitCode.TRAP, outcome.exitCode());
            var lines = outcome.err().lines().toList();
            assertEquals("nacelle: uncaught exception oops (7, 0.5, null)", lines.get(0));
            assertTrue(lines.get(1).contains("m!inner + 0xe @ 0x"), lines.get(1));
            assertEquals(3, lines.size(), outcome.err());
        }
        var exported =
                file(
                        "exported.wat",
                        "(module (tag (export \"a\\1b[2Jb\")) (func (export \"_start\") (throw 0)))");
        assertEquals(
                "nacelle: uncaught exception a\\u{1b}[2Jb",
                nacelle("run", exported).err().lines().toList().getFirst());
    }

    @Test
    void endlessRecursionIsATrap() throws Exception {
        var text = file("deep.wat", "(module (func $f (export \"_start\") call $f nop))");
        for (var mode : List.of("fast", "classic")) {
            var outcome = nacelle("run", "--mode", mode, text);
            assertEquals(ExitCode.CALL_STACK, outcome.exitCode());
            assertTrue(
                    outcome.err().startsWith("nacelle: trap: call stack exhausted"), outcome.err());
            assertTrue(outcome.err().lines().count() < 100, "the stack is abridged");
        }
    }

    @Test
    void endlessLoopsCanBeStopped() throws Exception {
        var text = file("loop.wat", "(module (func (export \"_start\") (loop br 0)))");
        for (var mode : List.of("fast", "classic")) {
            var byFuel = nacelle("run", "--mode", mode, "--fuel", "100000", text);
            assertEquals(ExitCode.FUEL, byFuel.exitCode());
            assertTrue(byFuel.err().contains("fuel"), byFuel.err());
            var byTime = nacelle("run", "--mode", mode, "--timeout", "0.5", text);
            assertEquals(ExitCode.TIME, byTime.exitCode());
            assertTrue(byTime.err().contains("timeout"), byTime.err());
        }
    }

    @Test
    void everyLimitHasItsOwnExitCode() throws Exception {
        var memory = file("memory.wat", "(module (memory 20) (func (export \"_start\")))");
        var table =
                file(
                        "table.wat",
                        "(module (table 9000000 funcref) (table 9000000 funcref)"
                                + " (table 9000000 funcref) (func (export \"_start\")))");
        var object =
                file(
                        "object.wat",
                        "(module (type $a (array (mut i64)))"
                                + " (func (export \"_start\")"
                                + " (drop (array.new_default $a (i32.const 100000000)))))");
        var deep =
                file(
                        "deep.wat",
                        "(module (func $f (param i32) (if (local.get 0)"
                                + " (then (call $f (i32.sub (local.get 0) (i32.const 1))))))"
                                + " (func (export \"_start\") (call $f (i32.const 98))))");
        var loop = file("loop.wat", "(module (func (export \"_start\") (loop br 0)))");
        for (var mode : List.of("fast", "classic", "jit", "auto")) {
            assertLimit(ExitCode.MEMORY, "memory limit", mode, "--max-memory", "1MiB", memory);
            assertLimit(ExitCode.TABLE, "table limit", mode, "--max-memory", "1GB", table);
            assertLimit(ExitCode.OBJECTS, "object limit", mode, "--max-memory", "64MB", object);
            assertLimit(ExitCode.CALL_DEPTH, "call depth", mode, "--max-call-depth", "99", deep);
            assertLimit(ExitCode.INSTANCES, "instance limit", mode, "--max-instances", "0", loop);
            assertLimit(ExitCode.TIME, "timeout", mode, "--timeout", "300ms", loop);
        }
        assertEquals(0, nacelle("run", "--max-memory", "1280KiB", memory).exitCode());
        assertEquals(0, nacelle("run", "--max-instances", "1", memory).exitCode());
        assertEquals(0, nacelle("run", "--max-call-depth", "100", deep).exitCode());
    }

    private void assertLimit(
            int code, String message, String mode, String option, String value, Path file)
            throws Exception {
        var outcome = nacelle("run", "--mode", mode, option, value, file);
        assertEquals(code, outcome.exitCode(), outcome.err());
        assertTrue(outcome.err().startsWith("nacelle: trap: "), outcome.err());
        assertTrue(outcome.err().contains(message), outcome.err());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--max-memory 64XB",
                "--max-memory 1.5",
                "--max-memory 9999999TiB",
                "--max-memory MiB",
                "--max-stack 4GiB",
                "--timeout 2d",
                "--timeout NaN",
                "--timeout ms",
                "--max-call-depth deep",
                "--max-instances many"
            })
    void unitsThatAreNoneAreRefused(String option) throws Exception {
        var words = option.split(" ", -1);
        var outcome = nacelle("run", words[0], words[1], EXAMPLES.resolve("hello.wat"));
        assertEquals(ExitCode.USAGE, outcome.exitCode());
        assertTrue(outcome.err().contains(words[0]), outcome.err());
        assertTrue(outcome.err().contains("'" + words[1] + "'"), outcome.err());
    }

    @Test
    void missingImportsAreAllNamed() throws Exception {
        var text =
                file(
                        "imports.wat",
                        "(module (import \"env\" \"one\" (func)) (import \"env\" \"two\" (memory"
                                + " 1)))");
        var outcome = nacelle("run", text);
        assertEquals(ExitCode.FAILURE, outcome.exitCode());
        assertTrue(
                outcome.err().contains("\"one\"") && outcome.err().contains("\"two\""),
                outcome.err());
    }

    @Test
    void stringsAreThereForWhoImportsThem() throws Exception {
        var main =
                file(
                        "strings.wat",
                        """
                        (module
                          (import "wasm:js-string" "length"
                            (func $length (param externref) (result i32)))
                          (import "text" "four" (global $four (ref extern)))
                          (func (export "f") (result i32) (call $length (global.get $four))))
                        """);
        assertEquals(
                new Outcome(0, "4\n", ""),
                nacelle("run", "--string-constants", "text", "--invoke", "f", main));
        var without = nacelle("run", "--invoke", "f", main);
        assertTrue(without.err().contains("unknown import: \"text\" \"four\""), without.err());
        assertTrue(!without.err().contains("length"), without.err());
    }

    @Test
    void preloadedModuleSatisfiesImports() throws Exception {
        var lib = file("lib.wat", "(module (func (export \"seven\") (result i32) i32.const 7))");
        var main =
                file(
                        "main.wat",
                        "(module (import \"lib\" \"seven\" (func $s (result i32)))"
                                + " (func (export \"f\") (result i32)"
                                + " (i32.add (call $s) (i32.const 1))))");
        assertEquals(
                new Outcome(0, "8\n", ""),
                nacelle("run", "--preload", "lib=" + lib, "--invoke", "f", main));
    }
}
