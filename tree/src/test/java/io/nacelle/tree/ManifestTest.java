// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.ExhaustedException;
import io.nacelle.wasm.syntax.FeatureSet;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Manifests and lock files. */
final class ManifestTest {
    private static final String ANSWER =
            "(module (func (export \"answer\") (result i32) (i32.const 42)))";

    @TempDir private Path directory;

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private Manifest manifest(String text) throws IOException {
        return Manifest.read(write("app.toml", text), Manifest.Outside.nothing());
    }

    private ModuleTree link(String text) throws IOException {
        return ModuleTree.link(Trees.engine(), manifest(text));
    }

    private static final String TREE =
            """
            module = "app.wat"
            imports.other = { from = "child:lib", only = ["answer"] }
            [child.lib]
            module = "lib.wat"
            """;

    private static final String ASKS =
            """
            (module (import "other" "answer" (func $a (result i32)))
              (func (export "ask") (result i32) (call $a)))
            """;

    @Test
    void aTreeIsReadAndLinked() throws Exception {
        write("app.wat", ASKS);
        write("lib.wat", ANSWER);
        try (var tree = link(TREE)) {
            assertEquals(42, Trees.call(tree, "app", "ask"));
            assertEquals(42, Trees.call(tree, "app/lib", "answer"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    modul = "x" | 1:1 | unknown key 'modul' in the manifest; there are name, module
                    name = "x" | 1:1 | 'x' needs module = "FILE"
                    module = 1 | 1:1 | 'module' must be a string, not an integer
                    module = "" | 1:1 | the path is empty
                    name = "a/b"~module = "x" | 1:1 | 'a/b' is no name for a place in a tree
                    name = "a\\u001b"~module = "x" | 1:1 | 'a\\u{1b}' is no name
                    module = "x"~child = 1 | 2:1 | 'child' must be a table, not an integer
                    module = "x"~[child.a] | 2:8 | 'a' needs module
                    module = "x"~[child.a]~module = "y"~grant = 1 | 4:1 | unknown key 'grant'
                    module = "x"~[child.a]~module = "y"~grants.clock = true | 4:8 | unknown key 'clock'
                    module = "x"~[child.a]~module = "y"~grants.clocks = 1 | 4:8 | true or false
                    module = "x"~[child.a]~module = "y"~grants.directories = [{ host = "/" }] | 4:23 | only the root
                    module = "x"~[child.a]~module = "y"~grants.directories = [{ from = "/a/.." }] | 4:8 | leads upwards
                    module = "x"~[child.a]~module = "y"~grants.stdio = ["out"] | 4:8 | 'out' is not stdin
                    module = "x"~[child.a]~module = "y"~grants.tolerate = ["threads"] | 4:8 | 'threads' is not
                    module = "x"~[child.a]~module = "y"~grants.channels = { a = "all" } | 4:21 | "send", "receive" or "both"
                    module = "x"~imports.a = "b" | 2:9 | 'b' is not child:NAME
                    module = "x"~imports.a = { from = "child:" } | 2:15 | 'child:' is not child:NAME
                    module = "x"~imports.a = { late = true } | 2:9 | it needs from
                    module = "x"~limits.memory = "1 TB" | 2:8 | is no number of B, KiB, MiB or GiB
                    module = "x"~limits.memory = "999999999999 GiB" | 2:8 | is no number of B
                    module = "x"~limits.fuel = -1 | 2:8 | -1 is not between
                    module = "x"~buffer.a = {} | 2:8 | a buffer needs a size
                    module = "x"~buffer.a.size = "9 GiB" | 2:10 | is not between
                    module = "x"~[[child]] | 2:3 | 'child' must be a table
                    """)
    void saysWhereAManifestIsWrong(String text, String place, String message) throws Exception {
        var file = write("app.toml", text.strip().replace('~', '\n'));
        var fault =
                assertThrows(
                        ManifestException.class,
                        () -> Manifest.read(file, Manifest.Outside.nothing()));
        assertTrue(
                fault.getMessage().startsWith(file + ":" + place.strip() + ": "),
                fault::getMessage);
        assertTrue(fault.getMessage().contains(message.strip()), fault::getMessage);
    }

    @Test
    void hostileManifestsEndInOneMessage() throws Exception {
        var nested = new StringBuilder("module = 'x'\n");
        var path = new StringBuilder("child.a");
        for (int i = 0; i < 500; i++) {
            path.append(".child.a");
            nested.append('[').append(path).append("]\nmodule = 'x'\n");
        }
        assertThrows(ManifestException.class, () -> manifest(nested.toString()));
        assertThrows(ManifestException.class, () -> manifest("#".repeat(2 << 20)));
        assertThrows(ManifestException.class, () -> manifest("a = " + "[".repeat(1 << 19)));
        var file = directory.resolve("app.toml");
        Files.write(file, new byte[] {'a', (byte) 0xff});
        assertEquals(
                file + ": not UTF-8",
                assertThrows(
                                ManifestException.class,
                                () -> Manifest.read(file, Manifest.Outside.nothing()))
                        .getMessage());
        var escape = assertThrows(ManifestException.class, () -> manifest("\"\\u001b[2J\" = 1"));
        assertTrue(escape.getMessage().contains("unknown key '\\u{1b}[2J'"), escape::getMessage);
    }

    @Test
    void modulesThatCannotBeReadAreAllNamed() throws Exception {
        write("app.wat", "(module (func (result i32)))");
        var fault = assertThrows(TreeLinkException.class, () -> link(TREE));
        assertEquals(2, fault.problems().size());
        assertTrue(fault.getMessage().contains("app (app.wat): the module is no valid module: "));
        assertTrue(
                fault.getMessage()
                        .contains("app/lib (lib.wat): the module cannot be read: no such file"));
    }

    @Test
    void whoIsNamedAndNotThereIsAnError() throws Exception {
        write("app.wat", ASKS);
        write("lib.wat", ANSWER);
        for (var wrong :
                Map.of(
                                "child:nobody", "there is no child `nobody`",
                                "sibling:lib", "there is no sibling `lib`",
                                "parent", "the root has no parent",
                                "inherited:x", "was given no module \"x\"")
                        .entrySet()) {
            var text = TREE.replace("child:lib", wrong.getKey());
            var fault = assertThrows(TreeLinkException.class, () -> link(text));
            assertTrue(fault.getMessage().contains(wrong.getValue()), fault::getMessage);
        }
    }

    @Test
    void theHostGivesFunctionsByName() throws Exception {
        write(
                "app.wat",
                """
                (module (import "log" "twice" (func $t (param i32) (result i32)))
                  (func (export "go") (result i32) (call $t (i32.const 21))))
                """);
        var type = FuncType.of(List.of(NumType.I32), List.of(NumType.I32));
        var outside =
                new Manifest.Outside(
                        List.of(),
                        Map.of(),
                        Map.of(
                                "log",
                                (linker, module) ->
                                        linker.define(
                                                module,
                                                "twice",
                                                type,
                                                f -> f.setI32(0, f.i32(0) * 2))));
        var file = write("app.toml", "module = 'app.wat'\ngrants.hosts = ['log']\n");
        try (var tree = ModuleTree.link(Trees.engine(), Manifest.read(file, outside))) {
            assertEquals(42, Trees.call(tree, "app", "go"));
        }
        var none = Manifest.read(file, Manifest.Outside.nothing());
        var fault =
                assertThrows(ManifestException.class, () -> ModuleTree.link(Trees.engine(), none));
        assertTrue(fault.getMessage().endsWith(":2:8: the host has no functions named 'log'"));
    }

    @Test
    void fuelIsOfAllTogether() throws Exception {
        write("app.wat", "(module (func (export \"go\") (loop $l (br $l))))");
        var engine = Engine.create(EngineConfig.defaults().withFuel());
        var manifest = manifest("module = 'app.wat'\nlimits.fuel = 1000\n");
        try (var tree = ModuleTree.link(engine, manifest)) {
            assertThrows(ExhaustedException.class, () -> tree.root().func("go").call());
        }
    }

    private LockFile lock(String text) throws IOException {
        var file = directory.resolve("app.lock");
        LockFile.of(manifest(text), FeatureSet.STANDARD).write(file);
        return LockFile.read(file);
    }

    private String refused(LockFile lock) throws IOException {
        var manifest = manifest(TREE);
        return assertThrows(
                        TreeLinkException.class,
                        () ->
                                ModuleTree.link(
                                                Trees.engine(),
                                                manifest,
                                                Optional.of(lock),
                                                _ -> {})
                                        .close())
                .getMessage();
    }

    private void accepted(LockFile lock) throws IOException {
        ModuleTree.link(Trees.engine(), manifest(TREE), Optional.of(lock), _ -> {}).close();
    }

    @Test
    void aModuleThatImportsMoreThanWasLockedIsRefused() throws Exception {
        write("app.wat", ASKS);
        write("lib.wat", ANSWER);
        var lock = lock(TREE);
        accepted(lock);
        accepted(lock.withStrictness(LockFile.Strictness.EXACT));

        // Other code, the same imports.
        write("lib.wat", ANSWER.replace("42", "43"));
        accepted(lock);
        assertEquals(List.of("app/lib"), lock.changed(manifest(TREE), FeatureSet.STANDARD));
        assertTrue(
                refused(lock.withStrictness(LockFile.Strictness.EXACT))
                        .startsWith(
                                "app/lib (lib.wat): is another module than was locked: expected"
                                        + " SHA-256 "));

        // The wallet stealer.
        write(
                "lib.wat",
                ANSWER.replace(
                        "(module",
                        """
                        (module (import "wasi_snapshot_preview1" "path_open" (func
                          (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
                        """));
        assertEquals(
                "app/lib (lib.wat): import wasi_snapshot_preview1.path_open is not locked:"
                        + " expected nothing, found func [i32 i32 i32 i32 i32 i64 i64 i32 i32] ->"
                        + " [i32]",
                refused(lock));

        // The same import with another type; fewer imports are fine.
        write("lib.wat", ANSWER);
        write(
                "app.wat",
                ASKS.replace("(result i32)))", "(param i64) (result i32)))")
                        .replace("(call $a)", "(call $a (i64.const 1))"));
        assertEquals(
                "app (app.wat): import other.answer is not locked: expected func [] -> [i32],"
                        + " found func [i64] -> [i32]",
                refused(lock));
        write("app.wat", "(module)");
        accepted(lock);
    }

    @Test
    void aModuleThatIsNotInTheLockFileIsRefused() throws Exception {
        write("app.wat", ASKS);
        write("lib.wat", ANSWER);
        var lock = lock("module = \"app.wat\"\n");
        assertEquals("app/lib (lib.wat): is not in the lock file", refused(lock));
    }

    @Test
    void lockFilesAreDeterministicAndSurviveHostileNames() throws Exception {
        write(
                "app.wat",
                """
                (module (import "z\\22\\0a]" "\\u{1b}\\\\" (func (param externref)))
                  (import "a" "m" (memory 1 2)) (import "a" "g" (global (mut i64)))
                  (import "a" "t" (table 1 funcref)))
                """);
        var text = "module = \"app.wat\"\n";
        var first = LockFile.of(manifest(text), FeatureSet.STANDARD).text();
        assertEquals(first, lock(text).text(), "read back, it is the same");
        assertEquals(first, LockFile.of(manifest(text), FeatureSet.STANDARD).text());
        assertTrue(first.indexOf('\u001b') < 0);
        assertTrue(first.contains("[\"a\", \"m\", \"memory 1 2\"]"), first);
        try (var files = Files.list(directory)) {
            assertEquals(3, files.count(), "nothing temporary is left");
        }
    }

    @Test
    void brokenLockFilesSayWhere() throws Exception {
        for (var wrong :
                Map.of(
                                "", ":1:1: no version",
                                "version = 2", ":1:1: the version is not 1",
                                "version = 1\n[a]\nx = 1", ":3:1: unknown key 'x'",
                                "version = 1\n[a]\nmodule = 'x'\nsha256 = ''\nimports = [['a']]",
                                        ":5:12: an import has a module, a name and a type")
                        .entrySet()) {
            var file = write("app.lock", wrong.getKey());
            var fault = assertThrows(ManifestException.class, () -> LockFile.read(file));
            assertTrue(fault.getMessage().contains(wrong.getValue()), fault::getMessage);
        }
    }
}
