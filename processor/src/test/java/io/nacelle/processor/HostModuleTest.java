// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.ref.WeakReference;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Host modules and interfaces in programs, on the class path, on the module path and in loaders.
 */
final class HostModuleTest {
    private static final int LOADERS = Integer.getInteger("nacelle.redeployments", 500);
    private static final int COLLECTIONS = 100;

    private static final String SHOP =
            """
            package com.example.shop;

            import io.nacelle.runtime.*;
            import java.io.IOException;

            @HostModule("shop")
            final class Shop {
                record Price(int amount, double rate, boolean taxed) {}

                private final StringBuilder log;
                private MemoryView kept;

                Shop(StringBuilder log) {
                    this.log = log;
                }

                @WasmFunction
                void log(String text) {
                    log.append(text).append(';');
                }

                @WasmFunction("price-of")
                Price price(byte[] name, float factor, boolean twice) {
                    return new Price(name.length * (twice ? 2 : 1), factor * 2, twice);
                }

                @WasmFunction
                static long scale(long a, double b, int c) {
                    return (long) (a * b) + c;
                }

                @WasmFunction
                boolean shout(MemoryView text, @ReadOnly MemoryView same, Instance caller) {
                    kept = same;
                    for (long i = 0; i < text.size(); i++) {
                        text.writeI8(i, (byte) Character.toUpperCase(text.readI8(i)));
                    }
                    try {
                        same.writeI8(0, (byte) 0);
                        return false;
                    } catch (UnsupportedOperationException e) {
                        return caller.memory("memory") == text.memory();
                    }
                }

                @WasmFunction
                Object order(StringBuilder item, Func call, HostFrame frame) throws IOException {
                    if (item == null) {
                        throw new IOException("nothing ordered");
                    }
                    return item.append(call.call(3)[0]);
                }

                @WasmFunction
                V128 twice(V128 value) {
                    return new V128(value.low() * 2, value.high() * 2);
                }

                boolean hasEnded() {
                    try {
                        kept.readI8(0);
                        return false;
                    } catch (IllegalStateException e) {
                        return true;
                    }
                }
            }
            """;

    private static final String MAIN =
            """
            package com.example.shop;

            import io.nacelle.runtime.*;
            import io.nacelle.runtime.Module;
            import io.nacelle.wasm.text.TextParser;
            import java.lang.invoke.MethodHandles;
            import java.util.function.IntUnaryOperator;

            public final class Main implements Runnable {
                interface Guest {
                    void greet();

                    Shop.Price price(float factor);

                    boolean shout(int at, int length);

                    Object order(Object item);

                    @Export("twice")
                    V128 twiceOf(V128 value);

                    long scale();
                }

                @Override
                public void run() {
                    System.out.print(result(StoreKind.HEAP, Mode.FAST));
                }

                static String result(StoreKind kind, Mode mode) {
                    var engine = Engine.create(EngineConfig.defaults().withMode(mode));
                    var module = Module.of(engine, TextParser.parse(\"\"\"
                        (module
                          (import "shop" "log" (func $log (param i32 i32)))
                          (import "shop" "price-of"
                            (func $price (param i32 i32 f32 i32) (result i32 f64 i32)))
                          (import "shop" "scale" (func $scale (param i64 f64 i32) (result i64)))
                          (import "shop" "shout" (func $shout (param i32 i32 i32 i32) (result i32)))
                          (import "shop" "order"
                            (func $order (param externref funcref) (result externref)))
                          (import "shop" "twice" (func $twice (param v128) (result v128)))
                          (memory (export "memory") 1)
                          (data (i32.const 8) "apples")
                          (func $square (export "square") (param i32) (result i32)
                            (i32.mul (local.get 0) (local.get 0)))
                          (func (export "greet") (call $log (i32.const 8) (i32.const 6)))
                          (func (export "price") (param f32) (result i32 f64 i32)
                            (call $price (i32.const 8) (i32.const 6) (local.get 0) (i32.const 1)))
                          (func (export "scale") (result i64)
                            (call $scale (i64.const 3) (f64.const 1.5) (i32.const -1)))
                          (func (export "shout") (param i32 i32) (result i32)
                            (call $shout (local.get 0) (local.get 1) (i32.const 8) (i32.const 1)))
                          (func (export "order") (param externref) (result externref)
                            (call $order (local.get 0) (ref.func $square)))
                          (func (export "twice") (param v128) (result v128)
                            (call $twice (local.get 0))))
                        \"\"\"));
                    var log = new StringBuilder();
                    var shop = new Shop(log);
                    try (var store = Store.create(engine, kind)) {
                        var linker = Shop_Module.define(Linker.create(store), shop);
                        var instance = linker.instantiate(module);
                        var guest = instance.as(MethodHandles.lookup(), Guest.class);
                        guest.greet();
                        log.append(guest.price(0.25f)).append(guest.scale());
                        log.append(guest.shout(8, 3)).append(shop.hasEnded());
                        guest.greet();
                        log.append(guest.order(new StringBuilder("n")));
                        log.append(guest.twiceOf(new V128(2, 3)));
                        try {
                            guest.order(null);
                        } catch (HostException e) {
                            log.append(e.getCause().getMessage());
                        }
                        for (int[] range : new int[][] {{65536, 1}, {-1, 1}, {0, -1}, {65535, 2}}) {
                            try {
                                guest.shout(range[0], range[1]);
                            } catch (Trap e) {
                                log.append(e.kind().ordinal());
                            }
                        }
                        var square = instance.func("square")
                                .as(MethodHandles.lookup(), IntUnaryOperator.class);
                        return log.append(square.applyAsInt(9)).toString();
                    }
                }

                public static void main(String[] arguments) {
                    for (var mode : new Mode[] {Mode.CLASSIC, Mode.FAST}) {
                        for (var kind : StoreKind.values()) {
                            if (kind != StoreKind.NATIVE || arguments.length > 0) {
                                System.out.println(result(kind, mode));
                            }
                        }
                    }
                }
            }
            """;

    private static final String EXPECTED =
            "apples;Price[amount=12, rate=0.5, taxed=true]3truetrueAPPles;n9"
                    + "0x00000000000000060000000000000004nothing ordered444481";

    private static final Map<String, String> PROGRAM =
            Map.of("com/example/shop/Shop.java", SHOP, "com/example/shop/Main.java", MAIN);

    @TempDir private Path directory;

    @Test
    void aProgramOnTheClassPath() throws Exception {
        assertEquals(List.of(), Sources.compile(directory, PROGRAM));
        var path = new ArrayList<>(Sources.RUNTIME);
        path.add(directory.resolve("classes"));
        assertEquals(
                (EXPECTED + "\n").repeat(4),
                Sources.run(
                        directory, List.of("-cp", Sources.path(path), "com.example.shop.Main")));
        assertEquals(
                (EXPECTED + "\n").repeat(6),
                Sources.run(
                        directory,
                        List.of(
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                Sources.path(path),
                                "com.example.shop.Main",
                                "native")));
    }

    @Test
    void aNamedModuleThatExportsAndOpensNothing() throws Exception {
        var sources = new HashMap<>(PROGRAM);
        sources.put("module-info.java", "module com.example.shop { requires io.nacelle.runtime; }");
        assertEquals(List.of(), Sources.compile(directory, sources));
        var path = new ArrayList<>(Sources.RUNTIME);
        path.add(directory.resolve("classes"));
        assertEquals(
                (EXPECTED + "\n").repeat(4),
                Sources.run(
                        directory,
                        List.of(
                                "-p",
                                Sources.path(path),
                                "-m",
                                "com.example.shop/com.example.shop.Main")));
    }

    @Test
    void theGuideIsRight() throws Exception {
        var guide = Files.readString(Path.of("..", "docs", "embedding.md"));
        var blocks =
                Pattern.compile("(?s)\n```java processor\n(.*?)```\n\n```text\n(.*?)```\n")
                        .matcher(guide);
        assertTrue(blocks.find());
        do {
            var place = Files.createTempDirectory(directory, "guide");
            assertEquals(List.of(), Sources.compile(place, Map.of("Main.java", blocks.group(1))));
            var path = new ArrayList<>(Sources.RUNTIME);
            path.add(place.resolve("classes"));
            assertEquals(
                    blocks.group(2),
                    Sources.run(place, List.of("-cp", Sources.path(path), "Main")));
        } while (blocks.find());
    }

    private WeakReference<ClassLoader> deploy() throws Exception {
        var urls = new java.net.URL[] {directory.resolve("classes").toUri().toURL()};
        try (var loader = new URLClassLoader(urls, HostModuleTest.class.getClassLoader())) {
            var main = loader.loadClass("com.example.shop.Main");
            var result =
                    main.getDeclaredMethod(
                            "result",
                            loader.loadClass("io.nacelle.runtime.StoreKind"),
                            loader.loadClass("io.nacelle.runtime.Mode"));
            result.setAccessible(true);
            assertEquals(
                    EXPECTED,
                    result.invoke(
                            null, io.nacelle.runtime.StoreKind.HEAP, io.nacelle.runtime.Mode.FAST));
            return new WeakReference<>(loader);
        }
    }

    @Test
    void deploymentsThatAreGoneLeaveNothing() throws Exception {
        assertEquals(List.of(), Sources.compile(directory, PROGRAM));
        var loaders = new ArrayList<WeakReference<ClassLoader>>();
        for (int i = 0; i < LOADERS; i++) {
            loaders.add(deploy());
        }
        for (int i = 0; i < COLLECTIONS && left(loaders) > 0; i++) {
            System.gc();
            Thread.sleep(50);
        }
        assertEquals(0, left(loaders));
    }

    private static long left(List<WeakReference<ClassLoader>> loaders) {
        return loaders.stream().filter(loader -> !loader.refersTo(null)).count();
    }

    private List<String> errors(String members) throws Exception {
        return Sources.compile(
                Files.createTempDirectory(directory, "errors"),
                Map.of(
                        "Host.java",
                        "import io.nacelle.runtime.*; import java.util.*;\n"
                                + "@HostModule(\"h\") class Host {\n"
                                + members
                                + "\n}"));
    }

    private void assertError(String expected, String members) throws Exception {
        var errors = errors(members);
        assertTrue(
                errors.stream().anyMatch(e -> e.equals(expected)),
                () -> "expected " + expected + ", found " + errors);
    }

    @Test
    void errorsAreFoundWhenCompiling() throws Exception {
        assertEquals(List.of(), errors("@WasmFunction void f(int a) {}"));
        assertError(
                "3: a function of a host module must not be private",
                "@WasmFunction private void f() {}");
        assertError(
                "4: there is a function named \"f\" already: f()",
                "@WasmFunction void f() {}\n@WasmFunction(\"f\") void g(int a) {}");
        assertError(
                "4: there is a function named \"f\" already: f()",
                "@WasmFunction void f() {}\n@WasmFunction void f(int a) {}");
        assertError(
                "3: a parameter of type short is not supported: use int, long, float, double,"
                        + " boolean, V128, Func, an object for an externref, String, byte[],"
                        + " MemoryView, HostFrame or Instance",
                "@WasmFunction void f(short a) {}");
        assertError(
                "3: a result of type int[] is not supported: use int, long, float, double,"
                        + " boolean, V128, Func, an object for an externref, or a record of these",
                "@WasmFunction int[] f() { return null; }");
        for (var type : List.of("Integer", "int[]", "StructRef", "Memory", "char", "byte")) {
            assertTrue(
                    errors("@WasmFunction void f(" + type + " a) {}")
                            .toString()
                            .contains("is not supported"),
                    type);
        }
        for (var type : List.of("MemoryView", "HostFrame", "byte[]", "Instance", "Long")) {
            assertTrue(
                    errors("@WasmFunction " + type + " f() { return null; }")
                            .toString()
                            .contains("is not supported"),
                    type);
        }
        assertError(
                "3: a String cannot be a result: write it into a MemoryView, or return an Object"
                        + " for an externref",
                "@WasmFunction String f() { return null; }");
        assertError(
                "3: a function of a host module cannot have type parameters",
                "@WasmFunction <T> void f(T a) {}");
        assertError(
                "3: @ReadOnly is for parameters of type MemoryView",
                "@WasmFunction void f(@ReadOnly int a) {}");
        assertError(
                "3: a host module that is a nested class must be static",
                "@HostModule(\"n\") class Inner { @WasmFunction void f() {} }");
        assertError(
                "3: a host module must not be private: generated code beside it uses it",
                "@HostModule(\"n\") private static class Inner { @WasmFunction void f() {} }");
        assertError(
                "3: a host module cannot have type parameters",
                "@HostModule(\"n\") static class Inner<T> { @WasmFunction void f() {} }");
        assertError(
                "3: @WasmFunction is for methods of a class with @HostModule",
                "static class Inner { @WasmFunction void f() {} }");
        assertError(
                "3: the record of results must not be private",
                "private record R(int a, int b) {} @WasmFunction R f() { return null; }");
    }

    @Test
    void namesAreWhatTheyAre() throws Exception {
        assertEquals(
                List.of(),
                Sources.compile(
                        directory,
                        Map.of(
                                "Host.java",
                                """
                                import io.nacelle.runtime.*;
                                import io.nacelle.wasm.syntax.AddrType;
                                public class Host {
                                    @HostModule(
                                            value = "a\\"b\\\\",
                                            memory = "the \\"memory\\"",
                                            addresses = AddrType.I64)
                                    public static class Inner {
                                        @WasmFunction("\\n\\u00fc") public void f(String text) {}
                                    }
                                    static Linker define(Linker linker) {
                                        return Host_Inner_Module.define(linker, new Inner());
                                    }
                                }
                                """)));
    }
}
