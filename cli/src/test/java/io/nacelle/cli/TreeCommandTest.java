// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Manifests on the command line. */
final class TreeCommandTest {
    private static final Path EXAMPLES = Path.of("..", "examples");

    private static final String LIB =
            """
            (module (memory (export "memory") 1) (func (export "f") (result i32) (i32.const 1)))
            """;

    private static final String STEALER =
            """
            (module (import "wasi_snapshot_preview1" "random_get"
                (func (param i32 i32) (result i32)))
              (memory (export "memory") 1) (func (export "f") (result i32) (i32.const 1)))
            """;

    private static final String APP =
            """
            (module (import "lib" "f" (func $f (result i32)))
              (func (export "_start") (if (i32.ne (call $f) (i32.const 1)) (then unreachable))))
            """;

    private static final String MANIFEST =
            """
            module = "app.wat"
            imports.lib = "child:lib"
            grants.random = true
            [child.lib]
            module = "lib.wat"
            grants.random = true
            """;

    @TempDir private Path directory;

    private record Outcome(int exitCode, String err) {}

    private static Outcome nacelle(Object... args) {
        var words = new String[args.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = args[i].toString();
        }
        var before = System.err;
        var bytes = new ByteArrayOutputStream();
        try {
            System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
            int code = Main.execute(words);
            return new Outcome(code, bytes.toString(StandardCharsets.UTF_8));
        } finally {
            System.setErr(before);
        }
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private Path tree() throws IOException {
        write("lib.wat", LIB);
        write("app.wat", APP);
        return write("app.toml", MANIFEST);
    }

    @Test
    void treesRunAndLock() throws Exception {
        var manifest = tree();
        assertEquals(new Outcome(0, ""), nacelle("run", "--mode", "fast", manifest));
        assertEquals(1, nacelle("run", "--locked", manifest).exitCode, "there is no lock file");
        assertEquals(new Outcome(0, ""), nacelle("lock", manifest));
        assertEquals(new Outcome(0, ""), nacelle("run", "--locked", manifest));
        assertEquals(new Outcome(0, ""), nacelle("run", "--locked-exact", manifest));

        write("lib.wat", LIB + ";; changed");
        assertEquals(
                new Outcome(0, "nacelle: note: app/lib has other code than when it was locked\n"),
                nacelle("run", "--locked", manifest));
        assertEquals(1, nacelle("run", "--locked-exact", manifest).exitCode);

        write("lib.wat", STEALER);
        assertEquals(new Outcome(0, ""), nacelle("run", manifest));
        var refused = nacelle("run", "--locked", manifest);
        assertEquals(1, refused.exitCode);
        assertTrue(
                refused.err.contains(
                        "app/lib (lib.wat): import wasi_snapshot_preview1.random_get is not locked:"
                                + " expected nothing, found func [i32 i32] -> [i32]"),
                refused.err);
    }

    @Test
    void theExampleIsLocked() throws Exception {
        var lock = directory.resolve("lock");
        assertEquals(
                new Outcome(0, ""), nacelle("lock", EXAMPLES.resolve("tree/app.toml"), "-o", lock));
        assertEquals(Files.readString(EXAMPLES.resolve("tree/app.lock")), Files.readString(lock));
    }

    @Test
    void failuresAreOneMessage() throws Exception {
        var manifest = tree();
        write("app.toml", MANIFEST.replace("random", "rndom"));
        var unknown = nacelle("run", manifest);
        assertEquals(1, unknown.exitCode);
        assertTrue(
                unknown.err.startsWith("nacelle: " + manifest + ":6:8: unknown key 'rndom'"),
                unknown.err);
        write("app.toml", MANIFEST.replace("grants.random = true\n[", "["));
        assertEquals(
                new Outcome(
                        1,
                        "nacelle: "
                                + manifest
                                + ": app/lib: the grant random cannot be handed down: `app` does"
                                + " not hold it\n"),
                nacelle("run", manifest));
        assertEquals(
                new Outcome(1, "nacelle: none.toml: no such file\n"), nacelle("run", "none.toml"));
        assertEquals(
                new Outcome(1, "nacelle: none.toml: no such file\n"), nacelle("lock", "none.toml"));
    }

    @Test
    void whatTheManifestSaysIsNotSaidByOptions() throws Exception {
        var manifest = tree();
        assertEquals(
                new Outcome(
                        ExitCode.USAGE,
                        "nacelle: --env is for modules; the manifest says what a tree is given\n"),
                nacelle("run", "--env", "A=1", manifest));
        assertEquals(
                ExitCode.USAGE, nacelle("run", "--locked", EXAMPLES.resolve("fib.wat")).exitCode);
    }

    @Test
    void limitsAndTimeoutsHold() throws Exception {
        tree();
        write("app.wat", "(module (func (export \"_start\") (loop $l (br $l))))");
        var manifest = write("app.toml", "module = 'app.wat'");
        assertEquals(ExitCode.TIME, nacelle("run", "--timeout", "0.2", manifest).exitCode);
        assertEquals(ExitCode.FUEL, nacelle("run", "--fuel", "1000", manifest).exitCode);
        write("app.toml", "module = 'app.wat'\nlimits.fuel = 1000");
        assertEquals(ExitCode.FUEL, nacelle("run", manifest).exitCode);
        assertEquals(ExitCode.FUEL, nacelle("run", "--fuel", "100000000", manifest).exitCode);
        write("app.wat", "(module (func $f (export \"_start\") (call $f)))");
        write("app.toml", "module = 'app.wat'");
        assertEquals(
                ExitCode.CALL_DEPTH, nacelle("run", "--max-call-depth", "9", manifest).exitCode);
        write("app.toml", "module = 'app.wat'\nlimits.calls = 9");
        assertEquals(ExitCode.CALL_DEPTH, nacelle("run", manifest).exitCode);
        write("app.wat", "(module (func $l (loop $l (br $l))) (start $l))");
        write("app.toml", "module = 'app.wat'");
        assertEquals(ExitCode.TIME, nacelle("run", "--timeout", "0.2", manifest).exitCode);
    }

    @Test
    void deniedGuestsEndLikeTraps() throws Exception {
        write(
                "app.wat",
                """
                (module (import "wasi_snapshot_preview1" "proc_exit" (func $e (param i32)))
                  (func (export "_start") (call $e (i32.const 3))))
                """);
        var manifest = write("app.toml", "module = 'app.wat'");
        var denied = nacelle("run", manifest);
        assertEquals(ExitCode.TRAP, denied.exitCode);
        assertTrue(
                denied.err.startsWith(
                        "nacelle: denied: app: proc_exit is not granted: `app` was given no exit"
                                + " by the host\n    at "),
                denied.err);
        write("app.toml", "module = 'app.wat'\ngrants.exit = true");
        assertEquals(new Outcome(3, ""), nacelle("run", manifest));
    }

    @Test
    void theQuickParserLeavesManifestsAlone() {
        assertTrue(QuickRun.parse("run", "app.toml").isEmpty());
        assertTrue(QuickRun.parse("run", "--locked", "app.toml", "x").isEmpty());
        assertFalse(QuickRun.parse("run", "app.wasm", "app.toml").isEmpty());
    }
}
