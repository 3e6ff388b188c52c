// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.wasi.Wasi;
import io.nacelle.wasi.WasiConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.jar.JarFile;

final class CompileCommandTest {
    private static final Path EXAMPLES = Path.of("..", "examples");

    @TempDir private Path directory;

    private int compile(String... words) {
        var all = new ArrayList<>(List.of("compile"));
        all.addAll(List.of(words));
        return Main.execute(all.toArray(String[]::new));
    }

    private Path compiled(String example, String... options) {
        var jar = directory.resolve("app.jar");
        var words = new ArrayList<>(List.of(EXAMPLES.resolve(example).toString()));
        words.addAll(List.of("--target", "jvm", "-o", jar.toString()));
        words.addAll(List.of(options));
        assertEquals(ExitCode.OK, compile(words.toArray(String[]::new)));
        return jar;
    }

    /** What a program writes, and its exit code. */
    private static String run(Engine engine, Module module) throws Exception {
        var out = new ByteArrayOutputStream();
        var config =
                WasiConfig.empty()
                        .withArguments("program", "one", "two and three")
                        .withStdin(
                                new ByteArrayInputStream("in\n".getBytes(StandardCharsets.UTF_8)))
                        .withStdout(out);
        try (var wasi = Wasi.create(config);
                var store = Store.create(engine)) {
            var linker = Linker.create(store);
            wasi.define(linker);
            int code = wasi.run(linker.instantiate(module));
            return out.toString(StandardCharsets.UTF_8) + code;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "echo", "cat"})
    void programsRunAsElsewhere(String example) throws Exception {
        var jar = compiled(example + ".wat", "--package", "com.example.app");
        var className = example.substring(0, 1).toUpperCase(Locale.ROOT) + example.substring(1);
        try (var loader = new URLClassLoader(new URL[] {jar.toUri().toURL()})) {
            var type = loader.loadClass("com.example.app." + className);
            var engine = Engine.create();
            var module = (Module) type.getMethod("module", Engine.class).invoke(null, engine);
            var fast = Engine.create(EngineConfig.defaults().withMode(Mode.FAST));
            var wasm = directory.resolve("app.wasm");
            assertEquals(
                    ExitCode.OK,
                    Main.execute(
                            "parse",
                            EXAMPLES.resolve(example + ".wat").toString(),
                            "-o",
                            wasm.toString()));
            var expected = run(fast, Module.load(fast, wasm));
            assertFalse(expected.isEmpty());
            assertEquals(expected, run(engine, module));
        }
    }

    @Test
    void functionsAreMethods() throws Exception {
        var jar = compiled("fib.wat");
        try (var loader = new URLClassLoader(new URL[] {jar.toUri().toURL()});
                var store = Store.create(Engine.create())) {
            var type = loader.loadClass("fib.Fib");
            var app =
                    type.getMethod("instantiate", Linker.class).invoke(null, Linker.create(store));
            assertEquals(832040L, type.getMethod("fib", int.class).invoke(app, 30));
        }
    }

    @Test
    void theJarIsWholeAndTheSameEachTime() throws IOException {
        var first = Files.readAllBytes(compiled("fib.wat"));
        var jar = compiled("fib.wat");
        assertArrayEquals(first, Files.readAllBytes(jar));
        try (var file = new JarFile(jar.toFile())) {
            assertNotNull(file.getManifest());
            assertNotNull(file.getEntry("module-info.class"));
            assertNotNull(file.getEntry("fib/Fib.wasm"));
        }
    }

    @Test
    void aFailureLeavesWhatWasThere() throws IOException {
        var jar = compiled("fib.wat");
        var before = Files.readAllBytes(jar);
        var bad = Files.writeString(directory.resolve("bad.wat"), "(module (func (result i32)))");
        assertEquals(ExitCode.FAILURE, compile(bad.toString(), "-o", jar.toString()));
        assertArrayEquals(before, Files.readAllBytes(jar));
        try (var left = Files.list(directory)) {
            assertEquals(2, left.count(), "nothing else is left behind");
        }
    }

    @Test
    void optionsAreChecked() {
        var file = EXAMPLES.resolve("fib.wat").toString();
        assertEquals(ExitCode.USAGE, compile(file, "--package", "a-b", "-o", "x.jar"));
        assertEquals(ExitCode.USAGE, compile(file, "--class-name", "1", "-o", "x.jar"));
        assertEquals(ExitCode.USAGE, compile(file, "--target", "moon", "-o", "x.jar"));
        assertEquals(ExitCode.USAGE, compile(file, "--store", "none", "-o", "x.jar"));
        assertEquals(
                ExitCode.FAILURE, compile(directory.resolve("no.wasm").toString(), "-o", "x.jar"));
        assertTrue(Files.notExists(Path.of("x.jar")));
    }

    @Test
    void codeKnowsTheVersionOfTheBuild() throws IOException {
        var jar = compiled("fib.wat");
        var properties = new Properties();
        try (var in = VersionCommand.class.getResourceAsStream("version.properties")) {
            properties.load(in);
        }
        try (var file = new JarFile(jar.toFile())) {
            assertEquals(
                    "nacelle " + properties.getProperty("version"),
                    file.getManifest().getMainAttributes().getValue("Created-By"));
        }
    }
}
