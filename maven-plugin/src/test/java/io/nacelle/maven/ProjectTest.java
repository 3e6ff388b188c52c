// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.maven;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Builds the project of docs/build-time.md, with a class that uses what the plugin has made, and
 * runs it. Maven runs offline, with the jars that this build has made before.
 */
final class ProjectTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String VERSION = System.getProperty("project.version");
    private static final int LIMIT_SECONDS = 180;

    private static final String MODULE =
            """
            (module $shop
              (memory (export "memory") 1)
              (func (export "divide") (param i32 i32) (result i32 i32)
                (i32.div_u (local.get 0) (local.get 1))
                (i32.rem_u (local.get 0) (local.get 1)))
              (func (export "load-price") (param i32) (result i64)
                (i64.load (local.get 0))))
            """;

    private static final String MAIN =
            """
            package com.example;

            import com.example.shop.Shop;
            import com.example.shop.ShopExports;
            import io.nacelle.runtime.Engine;
            import io.nacelle.runtime.Linker;
            import io.nacelle.runtime.Store;
            import io.nacelle.runtime.Trap;

            public final class Main {
                public static void main(String[] args) {
                    try (var store = Store.create(Engine.create())) {
                        ShopExports shop = Shop.instantiate(Linker.create(store));
                        ShopExports.DivideResult result = shop.divide(17, 5);
                        int quotient = result.r0();
                        shop.memory().writeI64(8, 1L << 40);
                        System.out.println(quotient + " " + result.r1() + " " + shop.load_price(8));
                        try {
                            shop.divide(1, 0);
                        } catch (Trap e) {
                            System.out.println(e.getMessage() + " " + e.getStackTrace()[0]);
                        }
                    }
                }
            }
            """;

    /** What the program prints. */
    private static final Pattern EXPECTED =
            Pattern.compile(
                    "3 2 1099511627776\\R.*divide by zero.* wasm@0x\\p{XDigit}+/shop.divide\\(.*\\R");

    /** As in the parent's pom, so that they are there without a network. */
    private static final String PLUGINS =
            """
            <pluginManagement>
              <plugins>
                <plugin>
                  <artifactId>maven-resources-plugin</artifactId>
                  <version>3.5.0</version>
                </plugin>
                <plugin>
                  <artifactId>maven-compiler-plugin</artifactId>
                  <version>3.15.0</version>
                </plugin>
              </plugins>
            </pluginManagement>
            """;

    @TempDir private Path directory;
    private Path project;
    private Path repository;

    private record Outcome(int exitCode, String output) {}

    @BeforeEach
    void makeProject() throws IOException {
        project = Files.createDirectory(directory.resolve("project"));
        write("pom.xml", pom());
        write("src/main/wasm/shop.wat", MODULE);
        write("src/main/java/com/example/Main.java", MAIN);
        makeRepository();
    }

    /** Links lead out of the directory, of which what removes that would warn. */
    @AfterEach
    void removeLinks() throws IOException {
        for (var place : List.of(repository, repository.resolve("io"))) {
            try (var entries = Files.list(place)) {
                for (var entry : entries.filter(Files::isSymbolicLink).toList()) {
                    Files.delete(entry);
                }
            }
        }
    }

    private Path write(String path, String text) throws IOException {
        var file = project.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static String pom() throws IOException {
        var text = Files.readString(ROOT.resolve("docs/build-time.md"));
        var from = text.indexOf("<project ");
        return text.substring(from, text.indexOf("```", from))
                .replace("<build>", "<build>\n" + PLUGINS);
    }

    /** A local repository with what the real one has, and our jars as this build has made them. */
    private void makeRepository() throws IOException {
        repository = Files.createDirectory(directory.resolve("repository"));
        var real = Path.of(System.getProperty("maven.repository"));
        link(real, repository, "io");
        if (Files.exists(real.resolve("io"))) {
            link(real.resolve("io"), Files.createDirectory(repository.resolve("io")), "nacelle");
        }
        install("nacelle-parent", ROOT, "pom.xml");
        for (var name : List.of("wasm", "runtime", "jit", "wasi", "tree", "cli", "maven-plugin")) {
            var artifact = "nacelle-" + name;
            var jar = "target/" + artifact + "-" + VERSION + ".jar";
            install(artifact, ROOT.resolve(name), "pom.xml", jar);
        }
    }

    private static void link(Path from, Path to, String except) throws IOException {
        try (var entries = Files.list(from)) {
            for (var entry : (Iterable<Path>) entries::iterator) {
                var name = entry.getFileName().toString();
                if (!name.equals(except)) {
                    Files.createSymbolicLink(to.resolve(name), entry.toAbsolutePath());
                }
            }
        }
    }

    private void install(String artifact, Path from, String... files) throws IOException {
        var to = repository.resolve("io/nacelle").resolve(artifact).resolve(VERSION);
        Files.createDirectories(to);
        for (var file : files) {
            var name =
                    file.equals("pom.xml")
                            ? artifact + "-" + VERSION + ".pom"
                            : from.resolve(file).getFileName().toString();
            Files.copy(from.resolve(file), to.resolve(name));
        }
    }

    private Outcome maven(String java, String... args) throws Exception {
        var windows = File.separatorChar == '\\';
        var mvn = Path.of(System.getProperty("maven.home"), "bin", windows ? "mvn.cmd" : "mvn");
        var command = new ArrayList<>(List.of(mvn.toString(), "-o", "-B", "-e"));
        command.add("-Dmaven.repo.local=" + repository);
        command.addAll(List.of(args));
        return process(command, java);
    }

    private Outcome process(List<String> command, String java) throws Exception {
        var out = directory.resolve("out").toFile();
        var builder = new ProcessBuilder(command).directory(project.toFile());
        builder.environment().put("JAVA_HOME", java);
        builder.environment().remove("MAVEN_PROJECTBASEDIR");
        var process = builder.redirectErrorStream(true).redirectOutput(out).start();
        assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), "it hangs");
        return new Outcome(process.exitValue(), Files.readString(out.toPath()));
    }

    private static String jar(String name) {
        return ROOT.resolve(name + "/target/nacelle-" + name + "-" + VERSION + ".jar").toString();
    }

    private void assertRuns(String... options) throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = new ArrayList<>(List.of(java));
        command.addAll(List.of(options));
        var outcome = process(command, System.getProperty("java.home"));
        assertEquals(0, outcome.exitCode, outcome::output);
        assertTrue(EXPECTED.matcher(outcome.output).matches(), outcome::output);
    }

    @Test
    void classesAreThoseOfTheProject() throws Exception {
        var java = System.getProperty("java.home");
        var path =
                List.of("target/classes", jar("runtime"), jar("wasm")).stream()
                        .collect(Collectors.joining(File.pathSeparator));
        var outcome = maven(java, "compile");
        assertEquals(0, outcome.exitCode, outcome::output);
        assertRuns("--enable-native-access=ALL-UNNAMED", "-cp", path, "com.example.Main");

        // The same as a module, after a change that all classes have to be compiled for again.
        write(
                "src/main/java/module-info.java",
                "module com.example.app { requires io.nacelle.runtime; }");
        outcome = maven(java, "compile");
        assertEquals(0, outcome.exitCode, outcome::output);
        assertTrue(outcome.output.contains("are up to date"), outcome::output);
        assertRuns(
                "--enable-native-access=io.nacelle.runtime",
                "-p",
                path,
                "-m",
                "com.example.app/com.example.Main");
    }

    @Test
    void runsOnTheJavaOfMavenAndSaysWhatIsWrong() throws Exception {
        var java = System.getProperty("maven.java.home");
        var outcome = maven(java, "process-resources");
        assertEquals(0, outcome.exitCode, outcome::output);
        assertTrue(outcome.output.contains("Compiled shop.wat to "), outcome::output);
        assertTrue(Files.exists(project.resolve("target/classes/com/example/shop/Shop.class")));

        write("src/main/wasm/shop.wat", "(module (func (result i32)))");
        outcome = maven(java, "process-resources", "-Dnacelle.fuel=true");
        assertEquals(1, outcome.exitCode, outcome::output);
        assertTrue(outcome.output.contains("shop.wat: invalid module"), outcome::output);
    }
}
