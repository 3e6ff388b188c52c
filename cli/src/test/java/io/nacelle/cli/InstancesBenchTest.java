// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

final class InstancesBenchTest {
    @TempDir private Path directory;

    private record Outcome(int code, String out, String err) {}

    private static Outcome bench(String... words) {
        var all = new String[words.length + 2];
        all[0] = "bench";
        all[1] = "instances";
        System.arraycopy(words, 0, all, 2, words.length);
        var out = System.out;
        var err = System.err;
        var said = new ByteArrayOutputStream();
        var warned = new ByteArrayOutputStream();
        int code;
        try (var to = new PrintStream(said, true, StandardCharsets.UTF_8);
                var toErr = new PrintStream(warned, true, StandardCharsets.UTF_8)) {
            System.setOut(to);
            System.setErr(toErr);
            code = Main.execute(all);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return new Outcome(
                code,
                said.toString(StandardCharsets.UTF_8),
                warned.toString(StandardCharsets.UTF_8));
    }

    private static double number(String json, String object, String field) {
        var found =
                Pattern.compile("\"" + object + "\": \\{[^}]*\"" + field + "\": (-?[0-9.]+)")
                        .matcher(json);
        assertTrue(found.find(), json);
        return Double.parseDouble(found.group(1));
    }

    /** A page of a heap store is there from the beginning, that of a native one is not. */
    @ParameterizedTest
    @ValueSource(strings = {"heap", "native"})
    void figuresAreThoseOfTheStore(String kind) {
        var outcome = bench("--count", "2000", "--store", kind, "--json");
        assertEquals(ExitCode.OK, outcome.code, outcome.err);
        double heap = number(outcome.out, "bytes_per_instance", "heap");
        double page = 1 << 16;
        assertTrue(
                kind.equals("heap") ? heap > page && heap < page + 8192 : heap < 8192, outcome.out);
        assertTrue(number(outcome.out, "bytes_left_per_instance", "heap") < 200, outcome.out);
        double median = number(outcome.out, "instantiation_us", "median");
        assertTrue(median > 0 && median <= number(outcome.out, "instantiation_us", "worst"));
        assertTrue(number(outcome.out, "first_answer_us", "median") > 0);
    }

    @Test
    void textTellsTheSame() {
        var outcome = bench("--count", "10", "--one-store", "--mode", "fast");
        assertEquals(ExitCode.OK, outcome.code, outcome.err);
        assertTrue(
                outcome.out.startsWith(
                        "10 instances of the built-in module in 1 heap stores, mode fast"),
                outcome.out);
        assertTrue(outcome.out.contains("start to first answer   median "), outcome.out);
    }

    @Test
    void oneIsPreparedForAll() throws IOException {
        var file =
                Files.writeString(
                        directory.resolve("m.wat"),
                        "(module (memory 1) (global $g (mut i32) (i32.const 0))"
                                + " (func (export \"prepare\") (global.set $g (i32.const 1)))"
                                + " (func (export \"run\")"
                                + "   (if (i32.eqz (global.get $g)) (then (unreachable)))))");
        assertEquals(134, bench("--count", "10", file.toString()).code);
        assertEquals(0, bench("--count", "10", "--prepare", "prepare", file.toString()).code);
        var wrong = bench("--count", "10", "--prepare", "nix", file.toString());
        assertEquals(1, wrong.code);
        assertTrue(wrong.err.contains("no exported function \"nix\""), wrong.err);
    }

    @Test
    void whatCannotBeMeasuredIsTold() throws IOException {
        var file =
                Files.writeString(
                        directory.resolve("m.wat"), "(module (import \"a\" \"b\" (func)))");
        var imports = bench(file.toString());
        assertEquals(1, imports.code);
        assertTrue(imports.err.contains("it imports something"), imports.err);
        assertEquals(2, bench("--count", "0").code);
        assertEquals(1, bench(directory.resolve("nix.wat").toString()).code);
        assertEquals(ExitCode.USAGE, Main.execute("bench"));
    }
}
