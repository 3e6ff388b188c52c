// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance.programs;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.runtime.Trap;
import io.nacelle.wasi.Wasi;
import io.nacelle.wasi.WasiConfig;
import io.nacelle.wasm.valid.ValidModule;

import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Runs every case of {@code cases.txt} in both interpreters on the heap, and those of {@link
 * #NATIVE} in native memories, and compares everything that the programs leave behind.
 */
@Tag("programs")
final class ProgramsTest {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int TRAPPED = 134;

    /** Enough to meet every toolchain's way with memory, and a large program. */
    private static final Set<String> NATIVE =
            Set.of(
                    "hello-c",
                    "hello-go",
                    "hello-rust",
                    "hello-as",
                    "files-c",
                    "trap-memory",
                    "trap-stack",
                    "setjmp-legacy",
                    "setjmp-final",
                    "pthreads",
                    "threads-c",
                    "kotlin",
                    "python-check",
                    "yosys-version");

    @TempDir private Path directory;

    private final Map<String, ValidModule> valid = new HashMap<>();
    private final Map<Mode, Engine> engines =
            Map.of(
                    Mode.CLASSIC,
                    engine(Mode.CLASSIC),
                    Mode.FAST,
                    engine(Mode.FAST),
                    Mode.AUTO,
                    engine(Mode.AUTO));
    private final Map<String, Module> modules = new HashMap<>();

    private record Outcome(int exitCode, byte[] out, byte[] err, String trap) {}

    private static Engine engine(Mode mode) {
        return Engine.create(EngineConfig.defaults().withMode(mode));
    }

    @TestFactory
    List<DynamicNode> programs() throws IOException {
        var cases = ProgramCase.readAll();
        var names = cases.stream().map(ProgramCase::name).collect(Collectors.toSet());
        assertTrue(names.containsAll(NATIVE), "a case for native memories does not exist");
        assertEquals(cases.size(), names.size(), "two cases have the same name");
        var byProgram = new LinkedHashMap<String, List<DynamicNode>>();
        for (var test : cases) {
            var nodes = byProgram.computeIfAbsent(test.program(), _ -> new ArrayList<>());
            nodes.add(node(test, Mode.FAST, StoreKind.HEAP));
            nodes.add(node(test, Mode.CLASSIC, StoreKind.HEAP));
            nodes.add(node(test, Mode.AUTO, StoreKind.HEAP));
            if (NATIVE.contains(test.name())) {
                nodes.add(node(test, Mode.FAST, StoreKind.NATIVE));
                nodes.add(node(test, Mode.CLASSIC, StoreKind.NATIVE));
                nodes.add(node(test, Mode.AUTO, StoreKind.NATIVE));
            }
        }
        return byProgram.entrySet().stream()
                .map(e -> (DynamicNode) DynamicContainer.dynamicContainer(e.getKey(), e.getValue()))
                .toList();
    }

    private DynamicNode node(ProgramCase test, Mode mode, StoreKind kind) {
        var name = test.name() + ", " + mode + ", " + kind;
        return DynamicTest.dynamicTest(name, () -> check(test, mode, kind));
    }

    private void check(ProgramCase test, Mode mode, StoreKind kind) throws IOException {
        var fresh = Files.createDirectory(directory.resolve(test.name() + "-" + mode + "-" + kind));
        var outcome = run(test, mode, kind, fresh);
        var checks = new ArrayList<Executable>();
        checks.add(() -> assertEquals(test.exitCode(), outcome.exitCode, "exit code"));
        for (var stream : List.of("stdout", "stderr")) {
            var expected = test.expected(stream);
            var actual = stream.equals("stdout") ? outcome.out : outcome.err;
            expected.ifPresent(bytes -> checks.add(() -> same(bytes, actual, stream)));
        }
        var left = names(fresh);
        test.left().ifPresent(n -> checks.add(() -> assertEquals(n, left, "names left")));
        for (var file : test.produced()) {
            checks.add(
                    () ->
                            same(
                                    Files.readAllBytes(file.expected()),
                                    Files.readAllBytes(fresh.resolve(file.name())),
                                    file.name()));
        }
        var said =
                test.name()
                        + (outcome.trap.isEmpty() ? "" : "\ntrap: " + outcome.trap)
                        + "\nstderr: "
                        + text(outcome.err);
        assertAll(said, checks);
    }

    private Outcome run(ProgramCase test, Mode mode, StoreKind kind, Path fresh)
            throws IOException {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var arguments = new ArrayList<>(List.of(test.program()));
        arguments.addAll(test.arguments());
        var config =
                WasiConfig.empty()
                        .withArguments(arguments)
                        .withStdin(new ByteArrayInputStream(test.stdin()))
                        .withStdout(out)
                        .withStderr(err);
        for (var variable : test.environment()) {
            int at = variable.indexOf('=');
            config = config.withEnvironment(variable.substring(0, at), variable.substring(at + 1));
        }
        for (var grant : test.grants(fresh)) {
            config = config.withDirectory(grant.host(), grant.guest(), grant.access());
        }
        var module = module(test.program(), mode);
        int exitCode;
        var trap = "";
        try (var wasi = Wasi.create(config);
                var store = Store.create(module.engine(), kind);
                var _ = new Deadline(LIMIT, store, wasi)) {
            var linker = Linker.create(store);
            wasi.define(linker, module);
            exitCode = run(test, wasi, linker.instantiate(module));
        } catch (Trap | ExhaustedException e) {
            exitCode = TRAPPED;
            trap = e.getMessage();
        }
        return new Outcome(exitCode, out.toByteArray(), err.toByteArray(), trap);
    }

    private static int run(ProgramCase test, Wasi wasi, Instance instance) {
        if (test.calls().isEmpty()) {
            return wasi.run(instance);
        }
        wasi.initialize(instance);
        for (var call : test.calls()) {
            instance.func(call.export()).call(Arrays.stream(call.arguments()).boxed().toArray());
        }
        return 0;
    }

    /** Decoded and validated once; run many times, as a server would. */
    private Module module(String program, Mode mode) throws IOException {
        var key = program + " " + mode;
        if (!modules.containsKey(key)) {
            if (!valid.containsKey(program)) {
                // The large ones need not be kept beside each other.
                valid.clear();
                modules.clear();
                valid.put(program, Programs.load(program));
            }
            modules.put(key, Module.of(engines.get(mode), valid.get(program)));
        }
        return modules.get(key);
    }

    private static String names(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.map(p -> p.getFileName().toString())
                    .sorted()
                    .collect(Collectors.joining(" "));
        }
    }

    private static void same(byte[] expected, byte[] actual, String what) {
        assertEquals(text(expected), text(actual), what);
    }

    /** One character for each byte, so that nothing is lost when bytes are compared as text. */
    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
