// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.wasi.Wasi;
import io.nacelle.wasi.WasiConfig;

import org.junit.jupiter.api.BeforeEach;
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
import java.util.ArrayList;
import java.util.List;

final class SnapshotCommandTest {
    private static final String MODULE =
            """
            (module
              (import "wasi_snapshot_preview1" "fd_write"
                (func $write (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") 1)
              (data (i32.const 100) "resumed\\n")
              (global $count (mut i32) (i32.const 0))
              (func (export "_initialize") (global.set $count (i32.const 5)))
              (func (export "wizer.initialize")
                (drop (memory.grow (i32.const 1)))
                (i32.store (i32.const 70000) (i32.const 10))
                (global.set $count (i32.add (global.get $count) (i32.const 37))))
              (func (export "more")
                (global.set $count (i32.add (global.get $count) (i32.const 1))))
              (func (export "count") (result i32) (global.get $count))
              (func (export "far") (result i32) (i32.load (i32.const 70000)))
              (func (export "trap") (unreachable))
              (func (export "leave") (call $exit (i32.const 0)))
              (func (export "for ever") (loop $l (br $l)))
              (func (export "resume")
                (i32.store (i32.const 0) (i32.const 100))
                (i32.store (i32.const 4) (i32.const 8))
                (drop (call $write
                  (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
            """;

    @TempDir private Path directory;
    private Path file;
    private Path made;

    @BeforeEach
    void writeModule() throws IOException {
        file = Files.writeString(directory.resolve("m.wat"), MODULE);
        made = directory.resolve("made.wasm");
    }

    private int snapshot(String... options) {
        var words = new ArrayList<>(List.of("snapshot", file.toString(), "-o", made.toString()));
        words.addAll(List.of(options));
        return Main.execute(words.toArray(String[]::new));
    }

    private int call(String name) throws IOException {
        var engine = Engine.create();
        try (var wasi = Wasi.create(WasiConfig.empty());
                var store = Store.create(engine)) {
            var linker = Linker.create(store);
            wasi.define(linker);
            var instance = linker.instantiate(Module.load(engine, made));
            assertFalse(instance.export("_initialize").isPresent());
            assertFalse(instance.export("wizer.initialize").isPresent());
            return (int) instance.func(name).call()[0];
        }
    }

    @Test
    void theModuleBeginsWhereItsInitializerEnded() throws IOException {
        assertEquals(ExitCode.OK, snapshot());
        assertEquals(42, call("count"));
        assertEquals(10, call("far"));
    }

    @Test
    void otherFunctionsAreCalledByNameInTheirOrder() throws IOException {
        assertEquals(ExitCode.OK, snapshot("--call", "more", "--call", "more", "--mode", "fast"));
        assertEquals(7, call("count"));
    }

    @Test
    void anExportBecomesTheProgram() throws IOException {
        assertEquals(ExitCode.OK, snapshot("--rename", "_start=resume"));
        var engine = Engine.create();
        var out = new ByteArrayOutputStream();
        try (var wasi = Wasi.create(WasiConfig.empty().withStdout(out));
                var store = Store.create(engine)) {
            var linker = Linker.create(store);
            wasi.define(linker);
            var instance = linker.instantiate(Module.load(engine, made));
            assertFalse(instance.export("resume").isPresent());
            assertEquals(0, wasi.run(instance));
        }
        assertEquals("resumed\n", out.toString(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--call nix|1|no exported function \"nix\"",
                "--call count|1|\"count\" has the type [] -> [i32] instead of [] -> []",
                "--call memory|1|no exported function \"memory\"",
                "--call leave|1|it exited, with code 0, instead of returning",
                "--rename a=nix|1|no export \"nix\"",
                "--call trap|134|trap: unreachable",
                "--call,for ever,--timeout,0.1|124|trap: stopped by the timeout",
                "--timeout 0|2|--timeout 0.0 is not positive",
            })
    void whatFailsLeavesNoFile(String optionsCodeAndMessage) throws IOException {
        var parts = optionsCodeAndMessage.split("\\|");
        var err = System.err;
        var said = new ByteArrayOutputStream();
        int code;
        try (var to = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            System.setErr(to);
            code = snapshot(parts[0].split(parts[0].contains(",") ? "," : " "));
        } finally {
            System.setErr(err);
        }
        var text = said.toString(StandardCharsets.UTF_8);
        assertEquals(Integer.parseInt(parts[1]), code, text);
        assertTrue(text.startsWith("nacelle: ") && text.contains(parts[2]), text);
        try (var list = Files.list(directory)) {
            assertEquals(List.of(file), list.toList());
        }
    }

    @Test
    void whatAModuleCannotHoldIsNamed() throws IOException {
        Files.writeString(
                file,
                "(module (memory (export \"m\") 1 1 shared) (func (export \"wizer.initialize\")))");
        assertEquals(ExitCode.FAILURE, snapshot());
        Files.writeString(file, "(module (func (export \"f\")))");
        assertEquals(ExitCode.FAILURE, snapshot());
        assertFalse(Files.exists(made));
    }
}
