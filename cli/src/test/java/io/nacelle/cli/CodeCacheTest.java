// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs of the command that leave compiled code to each other. */
final class CodeCacheTest {
    private static final String TEXT =
            """
            (module (func (export "f") (param i32) (result i32) (local $s i32)
              (loop $l
                (local.set $s (i32.add (local.get $s) (local.get 0)))
                (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
              (local.get $s)))
            """;

    @TempDir private Path directory;
    private Path cache;
    private Path module;
    private int runs;

    @BeforeEach
    void write() throws IOException {
        cache = directory.resolve("xdg").resolve("nacelle").resolve("code");
        module = Files.writeString(directory.resolve("m.wat"), TEXT);
    }

    /**
     * A run that is going on.
     *
     * @param classes the file that has a line for each class that is loaded
     */
    private record Run(Process process, Path out, Path err, Path classes) {
        /** Waits for its end, which is as it should be; tells whether it compiled something. */
        boolean compiles() throws Exception {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the command hangs");
            assertEquals("", Files.readString(err));
            assertEquals("500500\n", Files.readString(out));
            assertEquals(0, process.exitValue());
            try (var lines = Files.lines(classes)) {
                return lines.anyMatch(line -> line.contains(" io.nacelle.jit.FunctionCompiler "));
            }
        }
    }

    private Run start(String... options) throws IOException {
        var name = "run" + runs++;
        var classes = directory.resolve(name + ".classes");
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-Xlog:class+load:file=" + classes,
                                "--enable-native-access=io.nacelle.runtime,io.nacelle.wasi",
                                "--module-path",
                                System.getProperty("jdk.module.path"),
                                "--module",
                                "io.nacelle.cli/io.nacelle.cli.Main",
                                "run",
                                "--mode",
                                "jit"));
        command.addAll(List.of(options));
        command.addAll(List.of("--invoke", "f", module.toString(), "1000"));
        var out = directory.resolve(name + ".out");
        var err = directory.resolve(name + ".err");
        var builder = new ProcessBuilder(command);
        builder.environment().put("XDG_CACHE_HOME", directory.resolve("xdg").toString());
        var process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        return new Run(process, out, err, classes);
    }

    private boolean compiles(String... options) throws Exception {
        return start(options).compiles();
    }

    private Path entry() throws IOException {
        try (var files = Files.list(cache)) {
            var all = files.filter(file -> !file.endsWith("key")).toList();
            assertEquals(1, all.size(), all::toString);
            return all.getFirst();
        }
    }

    @Test
    void theSecondRunCompilesNothing() throws Exception {
        assertTrue(compiles());
        byte[] kept = Files.readAllBytes(entry());
        assertFalse(compiles());
        assertArrayEquals(kept, Files.readAllBytes(entry()));

        // What is damaged is made again, and nobody is told.
        Files.write(entry(), Arrays.copyOf(kept, kept.length - 7));
        assertTrue(compiles());
        assertFalse(compiles());
    }

    @Test
    void anotherDirectory() throws Exception {
        var other = directory.resolve("other");
        assertTrue(compiles("--cache-dir", other.toString()));
        assertFalse(Files.exists(cache));
        assertFalse(compiles("--cache-dir", other.toString()));
        assertTrue(compiles());
    }

    @Test
    void noCache() throws Exception {
        assertTrue(compiles("--no-cache"));
        assertFalse(Files.exists(cache));
        assertTrue(compiles());
        assertTrue(compiles("--no-cache"));
        assertFalse(compiles());
    }

    @Test
    void whereNothingCanBeWritten() throws Exception {
        var below = module.resolve("below").toString();
        assertTrue(compiles("--cache-dir", below));
        assertTrue(compiles("--cache-dir", below));
        assertTrue(compiles("--cache-dir", "/proc/nacelle"));
    }

    @Test
    void manyAtOnce() throws Exception {
        var all = new ArrayList<Run>();
        for (int i = 0; i < 4; i++) {
            all.add(start());
        }
        for (var run : all) {
            run.compiles();
        }
        entry();
        assertFalse(compiles());
    }
}
