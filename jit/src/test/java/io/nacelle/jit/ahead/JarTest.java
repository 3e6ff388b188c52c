// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit.ahead;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Precompiled;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.code.Origin;
import io.nacelle.wasm.valid.ValidModule;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.module.ModuleFinder;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is in the jar of a module, and where it can be used. */
class JarTest {
    private static final String TEXT =
            """
            (module
              (import "host" "twice" (func $twice (param i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "f") (param i32) (result i32) (i32.load (local.get 0)))
              (func (export "vector") (result v128)
                (i32x4.add (v128.const i32x4 1 2 3 4) (v128.load (i32.const 0))))
              (func (export "pair") (result i32 i64) (i32.const 1) (i64.const 2)))
            """;

    private static final String SMALL = "(module (func (export \"two\") (result i32) i32.const 2))";

    private static Linker linker() {
        return Linker.create(Store.create(Engine.create()));
    }

    @Test
    void isTheSameEachTime() {
        assertArrayEquals(Built.jar(TEXT, Built.OPTIONS), Built.jar(TEXT, Built.OPTIONS));
    }

    @Test
    void needsNoCompiler() {
        var many = "(func (i32.const 1) (drop))".repeat(1200);
        for (var text : List.of(TEXT, SMALL, "(module " + many + ")")) {
            Built.of(text)
                    .files
                    .forEach(
                            (name, bytes) ->
                                    assertFalse(
                                            new String(bytes, StandardCharsets.ISO_8859_1)
                                                    .contains("io/nacelle/jit"),
                                            name));
        }
    }

    @Test
    void holdsManyFunctions() {
        var text = new StringBuilder("(module");
        for (int i = 0; i < 1201; i++) {
            text.append("(func (export \"f").append(i).append("\") (result i32) (i32.const ");
            text.append(i).append("))");
        }
        var app = Built.of(text.append(")").toString()).instantiate(linker());
        for (int i : new int[] {0, 499, 500, 1199, 1200}) {
            assertEquals(i, app.call("f" + i));
            assertEquals(i, app.instance().func("f" + i).call()[0]);
        }
    }

    @Test
    void mayBeWithoutFunctions() {
        var app = Built.of("(module (memory (export \"m\") 1))").instantiate(linker());
        app.call("m");
        Built.of("(module)").instantiate(linker());
    }

    @Test
    void worksOnAClassPath(@TempDir Path directory) throws Exception {
        var file = write(directory);
        try (var loader =
                new URLClassLoader(
                        new URL[] {file.toUri().toURL()}, JarTest.class.getClassLoader())) {
            var type = loader.loadClass("com.example.app.App");
            var app = Built.invoke(type, null, "instantiate", linker());
            assertEquals(2, Built.invoke(type, app, "two"));
        }
    }

    @Test
    void worksAsAModule(@TempDir Path directory) throws Exception {
        var boot = ModuleLayer.boot();
        var configuration =
                boot.configuration()
                        .resolve(
                                ModuleFinder.of(write(directory)),
                                ModuleFinder.of(),
                                Set.of("com.example.app"));
        var layer = boot.defineModulesWithOneLoader(configuration, JarTest.class.getClassLoader());
        var type = layer.findLoader("com.example.app").loadClass("com.example.app.App");
        assertTrue(type.getModule().isNamed());
        var runtime = Precompiled.class.getModule();
        assertFalse(runtime.isExported("io.nacelle.runtime.exec", type.getModule()));
        var app = Built.invoke(type, null, "instantiate", linker());
        assertEquals(2, Built.invoke(type, app, "two"));
        assertTrue(runtime.isExported("io.nacelle.runtime.exec", type.getModule()));
        var descriptor = type.getModule().getDescriptor();
        assertEquals(Set.of("com.example.app"), exported(descriptor));
    }

    private static Set<String> exported(java.lang.module.ModuleDescriptor descriptor) {
        var names = new java.util.HashSet<String>();
        descriptor.exports().forEach(export -> names.add(export.source()));
        return names;
    }

    private static Path write(Path directory) throws IOException {
        return Files.write(directory.resolve("app.jar"), Built.jar(SMALL, Built.OPTIONS));
    }

    @Test
    void onlyModulesThemselvesOpenIt() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Precompiled.open(MethodHandles.publicLookup(), ""));
        var reduced = MethodHandles.lookup().dropLookupMode(MethodHandles.Lookup.MODULE);
        assertThrows(IllegalArgumentException.class, () -> Precompiled.open(reduced, ""));
    }

    @Test
    void otherVersionsAreRefused() {
        var text =
                Origin.of("00", Optional.empty(), Built.OPTIONS.metering(), Built.OPTIONS.profile())
                        .text();
        assertEquals("00", Origin.parse("App", text).sha256());
        for (var other :
                List.of(
                        text.replace("version=" + Origin.VERSION, "version=9.9"),
                        text.replace("format=" + Origin.FORMAT, "format=9999"))) {
            var failure =
                    assertThrows(IllegalStateException.class, () -> Origin.parse("App", other));
            assertTrue(
                    failure.getMessage().contains("this is version " + Origin.VERSION),
                    failure.getMessage());
        }
        for (var broken : List.of("", "format=1", text.replace("metering=off", "metering=x"))) {
            assertThrows(IllegalStateException.class, () -> Origin.parse("App", broken));
        }
    }

    @Test
    void modulesMustBeTheirOwn() {
        var built = Built.of(SMALL);
        var resource = built.files.get("com/example/app/App.wasm");
        resource[resource.length - 1] ^= 1;
        var failure =
                assertThrows(IllegalStateException.class, () -> built.module(Engine.create()));
        assertTrue(failure.getMessage().contains("com.example.app.App"), failure.getMessage());
        built.files.remove("com/example/app/App.wasm");
        assertThrows(IllegalStateException.class, () -> built.module(Engine.create()));
    }

    @Test
    void instancesMustBeOfTheModule() {
        var built = Built.of(SMALL);
        var other = Built.of(SMALL);
        var instance = built.instantiate(linker()).instance();
        built.of(instance);
        assertThrows(IllegalArgumentException.class, () -> other.of(instance));
    }

    @Test
    void namesAreMadeValid() {
        var names =
                JavaNames.methods(
                        List.of(
                                "a-b",
                                "a_b",
                                "a.b",
                                "class",
                                "toString",
                                "",
                                "1x",
                                "grüße",
                                "_",
                                "instance",
                                "wasi:cli/run@0.2.0#run",
                                "\0"));
        assertEquals(
                List.of(
                        "a_b_2",
                        "a_b",
                        "a_b_3",
                        "class_",
                        "toString_",
                        "__",
                        "_1x",
                        "grüße",
                        "___2",
                        "instance_",
                        "wasi_cli_run_0_2_0_run",
                        "___3"),
                names);
        assertEquals(names.size(), Set.copyOf(names).size());
        assertEquals("Hello_world", JavaNames.ofClass("hello-world"));
    }

    @Test
    void recordsHaveNamesOfTheirOwn() {
        var type = "(result i32 i32) (i32.const 1) (i32.const 2))";
        var built =
                Built.of(
                        "(module (func (export \"add\") "
                                + type
                                + "(func (export \"Add\") "
                                + type
                                + "(func (export \"ADD\") "
                                + type
                                + ")");
        var app = built.instantiate(linker());
        assertEquals(
                List.of("AddResult", "AddResult2", "ADDResult3"),
                Arrays.asList("add", "Add", "ADD").stream()
                        .map(name -> app.call(name).getClass().getSimpleName())
                        .toList());
    }

    @Test
    void wrongNamesAreRefused() {
        for (var name : List.of("", "a..b", "a.class", "1", "a-b", ".a", "a.")) {
            assertThrows(IllegalArgumentException.class, () -> JarOptions.of(name, "App"), name);
        }
        assertThrows(IllegalArgumentException.class, () -> JarOptions.of("a", "x.y"));
    }

    @Test
    void exportsCanBeTooMany() {
        var text = new StringBuilder("(module (func $f)");
        for (int i = 0; i < 5001; i++) {
            text.append("(export \"").append(i).append("\" (func $f))");
        }
        ValidModule valid = Built.valid(text.append(")").toString(), Built.OPTIONS);
        var failure =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> ModuleJar.compile(valid, Built.OPTIONS));
        assertTrue(failure.getMessage().contains("5001 exports"), failure.getMessage());
    }
}
