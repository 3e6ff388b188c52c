// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.processor;

import io.nacelle.runtime.Engine;
import io.nacelle.wasm.text.TextParser;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

/** Compiles programs against the runtime, as its users do, and runs them. */
final class Sources {
    /** Where the runtime and what it needs are, as jars or directories. */
    static final List<Path> RUNTIME = List.of(place(Engine.class), place(TextParser.class));

    private static final Path PROCESSOR = place(HostModuleProcessor.class);
    private static final int LIMIT_SECONDS = 120;

    private Sources() {}

    private static Path place(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    static String path(List<Path> of) {
        return of.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    /** Compiles sources, by their file names; gives the errors and warnings. */
    static List<String> compile(Path directory, Map<String, String> sources) throws IOException {
        var from = Files.createDirectories(directory.resolve("src"));
        var to = Files.createDirectories(directory.resolve("classes"));
        var compiler = ToolProvider.getSystemJavaCompiler();
        var found = new DiagnosticCollector<JavaFileObject>();
        try (var manager = compiler.getStandardFileManager(found, null, StandardCharsets.UTF_8)) {
            var files = new ArrayList<Path>();
            for (var source : sources.entrySet()) {
                var file = from.resolve(source.getKey());
                Files.createDirectories(file.getParent());
                files.add(Files.writeString(file, source.getValue()));
            }
            var options = new ArrayList<>(List.of("-d", to.toString(), "-Xlint:all", "-proc:full"));
            options.add(sources.containsKey("module-info.java") ? "--module-path" : "--class-path");
            options.add(path(RUNTIME));
            options.addAll(List.of("--processor-path", PROCESSOR.toString()));
            var log = new StringWriter();
            var task =
                    compiler.getTask(
                            log,
                            manager,
                            found,
                            options,
                            null,
                            manager.getJavaFileObjectsFromPaths(files));
            boolean good = task.call();
            var messages =
                    found.getDiagnostics().stream()
                            .filter(d -> d.getKind() != Diagnostic.Kind.NOTE)
                            .map(d -> d.getLineNumber() + ": " + d.getMessage(null))
                            .toList();
            if (!good && messages.isEmpty()) {
                throw new AssertionError(log);
            }
            return messages;
        }
    }

    /** Runs a program in a process of its own; gives what it has printed. */
    static String run(Path directory, List<String> arguments) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--illegal-native-access=deny");
        command.addAll(arguments);
        var out = directory.resolve("out");
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("it does not end");
        }
        return Files.readString(out, StandardCharsets.UTF_8);
    }
}
