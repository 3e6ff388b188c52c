// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Does what the README, the documents and the examples tell the reader to do. Commands run with the
 * launcher and the application that the build has made, in a directory that looks like the tree.
 *
 * <p>Blocks of commands that use {@code ./nacelle} and blocks of Java are run, those of one
 * document one after the other in one directory; each must succeed, and print what the block marked
 * {@code text} right after it says. The mark {@code programs} tells that fetched programs are used.
 */
final class ExamplesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path APP = ROOT.resolve("cli").resolve("target").resolve("app");
    private static final Path SHELL = Path.of("/bin/sh");
    private static final int LIMIT_SECONDS = 180;

    /** What the commands at the top of the examples print. */
    private static final Map<String, String> EXAMPLES =
            Map.of(
                    "cat.wat", "some text\n",
                    "echo.wat", "one\ntwo and three\n",
                    "fib.wast", "5 passed, 0 failed, 0 skipped\n",
                    "fib.wat", "6765\n",
                    "hello.wat", "Hello from Nacelle!\n");

    private static final Pattern COMMAND = Pattern.compile("(?m)^;; {3}(.*\\./nacelle .*)$");
    private static final Pattern IMPORT = Pattern.compile("(?m)^import .*;\n");

    /** Names in the documents, and the programs that they stand for. */
    private static final Map<String, String> PROGRAMS =
            Map.of(
                    "hello.wasm", "hello-c.wasm",
                    "python.wasm", "python.wasm",
                    "yosys.wasm", "yosys.wasm",
                    "yosys-share", "yosys-share");

    @TempDir private Path directory;

    private record Outcome(int exitCode, String out, String err) {}

    @BeforeEach
    void needsTheApplication() {
        assumeTrue(Files.isExecutable(SHELL), "needs a POSIX shell");
        assumeTrue(
                Files.exists(APP.resolve("complete")),
                "the application is not built; mvn verify builds it before these tests");
    }

    @TestFactory
    List<DynamicTest> examples() throws IOException {
        var tree = tree("examples-of-the-tree");
        try (var files = Files.list(ROOT.resolve("examples"))) {
            var names =
                    files.filter(Files::isRegularFile)
                            .map(f -> f.getFileName().toString())
                            .sorted()
                            .toList();
            assertTrue(names.containsAll(EXAMPLES.keySet()), names::toString);
            return names.stream()
                    .map(name -> DynamicTest.dynamicTest(name, () -> example(name, tree)))
                    .toList();
        }
    }

    private void example(String name, Path tree) throws Exception {
        var text = Files.readString(ROOT.resolve("examples").resolve(name));
        var command = COMMAND.matcher(text);
        assertTrue(command.find(), "says at its top how it is run");
        assertTrue(EXAMPLES.containsKey(name), "what it prints is not known here");
        var outcome = shell(command.group(1), tree);
        assertEquals(new Outcome(0, EXAMPLES.get(name), ""), outcome);
    }

    /** The project of a plugin: its source and its guest, as Maven would compile and run them. */
    @Test
    void plugin() throws Exception {
        var project = ROOT.resolve("examples").resolve("plugin");
        var pom = Files.readString(project.resolve("pom.xml"));
        assertEquals(2, pom.split("<dependency>", -1).length, "one dependency is all it takes");
        var source = project.resolve("src").resolve("main").resolve("java").resolve("Plugin.java");
        assertTrue(
                Files.readAllLines(source).stream().filter(l -> !l.isBlank()).count() <= 12,
                "twelve lines are all it takes");
        var bin = Path.of(System.getProperty("java.home"), "bin");
        var path =
                APP.resolve("nacelle-runtime.jar")
                        + File.pathSeparator
                        + APP.resolve("nacelle-wasm.jar");
        var classes = directory.resolve("classes");
        var compiled =
                process(
                        List.of(
                                bin.resolve("javac").toString(),
                                "-cp",
                                path,
                                "-d",
                                classes.toString(),
                                source.toString()),
                        project);
        assertEquals(new Outcome(0, "", ""), compiled);
        var outcome =
                process(
                        List.of(
                                bin.resolve("java").toString(),
                                "--illegal-native-access=deny",
                                "-cp",
                                path + File.pathSeparator + classes,
                                "Plugin"),
                        project);
        assertEquals(new Outcome(0, "1080\n", ""), outcome);
    }

    @TestFactory
    List<DynamicContainer> documents() throws IOException {
        return run(Predicate.not(Fence::needsPrograms));
    }

    @Tag("programs")
    @TestFactory
    List<DynamicContainer> documentsWithPrograms() throws IOException {
        return run(Fence::needsPrograms);
    }

    private List<DynamicContainer> run(Predicate<Fence> which) throws IOException {
        var documents = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (var files = Files.list(ROOT.resolve("docs"))) {
            files.filter(f -> f.toString().endsWith(".md")).sorted().forEach(documents::add);
        }
        var containers = new ArrayList<DynamicContainer>();
        for (var document : documents) {
            var name = ROOT.relativize(document).toString();
            var fences =
                    Fence.readAll(document).stream()
                            .filter(which)
                            .filter(f -> f.usesLauncher() || f.isJava())
                            .toList();
            if (!fences.isEmpty()) {
                var tree = tree(name.replace('/', '-'));
                containers.add(
                        DynamicContainer.dynamicContainer(
                                name, fences.stream().map(f -> test(f, name, tree))));
            }
        }
        assertFalse(containers.isEmpty(), "no document has such a block");
        return containers;
    }

    private DynamicTest test(Fence fence, String document, Path tree) {
        return DynamicTest.dynamicTest(
                document + ":" + fence.line(),
                () -> {
                    if (fence.needsPrograms()) {
                        for (var program : PROGRAMS.entrySet()) {
                            link(tree.resolve(program.getKey()), Programs.find(program.getValue()));
                        }
                    }
                    var outcome =
                            fence.isJava() ? java(fence.text(), tree) : shell(fence.text(), tree);
                    assertEquals(0, outcome.exitCode, outcome::toString);
                    fence.output().ifPresent(o -> assertEquals(o, outcome.out, outcome.err));
                });
    }

    /** A directory in which the commands of a document find what they name. */
    private Path tree(String name) throws IOException {
        var tree = Files.createDirectory(directory.resolve(name));
        link(tree.resolve("nacelle"), ROOT.resolve("nacelle"));
        link(tree.resolve("examples"), ROOT.resolve("examples"));
        return tree;
    }

    private static void link(Path link, Path target) throws IOException {
        if (!Files.exists(link)) {
            Files.createSymbolicLink(link, target);
        }
    }

    private Outcome shell(String script, Path tree) throws Exception {
        return process(List.of(SHELL.toString(), "-e", "-c", script), tree);
    }

    /** Runs a block of Java: a whole source file, or the lines of its main method. */
    private Outcome java(String text, Path tree) throws Exception {
        var source = text;
        if (!text.contains("void main(")) {
            var imports = IMPORT.matcher(text).results().map(m -> m.group());
            source =
                    imports.collect(Collectors.joining())
                            + "void main() throws Exception {\n"
                            + IMPORT.matcher(text).replaceAll("")
                            + "}\n";
        }
        var file = Files.writeString(tree.resolve("Snippet.java"), source);
        return process(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--module-path",
                        APP.toString(),
                        "--add-modules",
                        "io.nacelle.wasi",
                        "--enable-native-access=io.nacelle.runtime,io.nacelle.wasi",
                        file.getFileName().toString()),
                tree);
    }

    private Outcome process(List<String> command, Path tree) throws Exception {
        var out = directory.resolve("out");
        var err = directory.resolve("err");
        var builder = new ProcessBuilder(command).directory(tree.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        var process =
                builder.redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        return new Outcome(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }
}
