// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nacelle.cli.wast.SuiteLayout;
import io.nacelle.wasm.syntax.Feature;
import io.nacelle.wasm.text.Command;
import io.nacelle.wasm.text.ModuleSource;
import io.nacelle.wasm.text.ScriptReader;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The scripts that tests run: the project's own, and the official ones where they are at hand. */
public final class Scripts {
    private static final String PROPERTY = "nacelle.testsuite";

    /**
     * A script.
     *
     * @param name its path in its directory, with slashes
     */
    public record Script(String name, Path path) {
        public byte[] text() {
            try {
                return Files.readAllBytes(path);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** The modules that the script gives, those for which it wants a rejection included. */
        public List<Module> modules() {
            var modules = new ArrayList<Module>();
            for (var command : ScriptReader.read(text())) {
                var source =
                        switch (command) {
                            case Command.DefineAndInstantiate define -> define.source();
                            case Command.Define define -> define.source();
                            case Command.AssertRejected rejected -> rejected.source();
                            case Command.AssertInstantiationTrap trap -> trap.source();
                            default -> null;
                        };
                if (source != null) {
                    modules.add(new Module(command.line(), source));
                }
            }
            return modules;
        }

        /** What modules may use: a proposal's scripts hold to the standard that they amend. */
        Set<Feature> features() {
            return SuiteLayout.features(path);
        }
    }

    /**
     * A module in a script.
     *
     * @param line where the command begins that gives it
     */
    public record Module(int line, ModuleSource source) {}

    private Scripts() {}

    /** The project's own. */
    static List<Script> own() {
        return in(resource("/scripts"));
    }

    /** The official ones; without them the calling test is reported as skipped. */
    public static List<Script> official() {
        var scripts = officialIfThere();
        assumeTrue(
                scripts.isPresent(),
                "left out: -D" + PROPERTY + "=DIR names the official test suite's directory");
        return scripts.orElseThrow();
    }

    static Optional<List<Script>> officialIfThere() {
        return Optional.ofNullable(System.getProperty(PROPERTY)).map(d -> in(Path.of(d)));
    }

    public static Path resource(String name) {
        try {
            return Path.of(Scripts.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Script> in(Path directory) {
        try (var files = Files.walk(directory)) {
            return files.filter(f -> f.toString().endsWith(".wast"))
                    .map(f -> new Script(name(directory, f), f))
                    .sorted((a, b) -> a.name().compareTo(b.name()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Path directory, Path file) {
        return directory.relativize(file).toString().replace('\\', '/');
    }
}
