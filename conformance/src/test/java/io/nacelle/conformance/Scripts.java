// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nacelle.cli.wast.SuiteLayout;
import io.nacelle.wasm.syntax.Feature;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The scripts that tests run: the project's own, and the official ones where they are at hand. */
final class Scripts {
    private static final String PROPERTY = "nacelle.testsuite";

    /**
     * A script.
     *
     * @param name its path in its directory, with slashes
     */
    record Script(String name, Path path) {
        byte[] text() {
            try {
                return Files.readAllBytes(path);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** What modules may use: a proposal's scripts hold to the standard that they amend. */
        Set<Feature> features() {
            return SuiteLayout.features(path);
        }
    }

    private Scripts() {}

    /** The project's own. */
    static List<Script> own() {
        return in(resource("/scripts"));
    }

    /** The official ones; without them the calling test is reported as skipped. */
    static List<Script> official() {
        var scripts = officialIfThere();
        assumeTrue(
                scripts.isPresent(),
                "left out: -D" + PROPERTY + "=DIR names the official test suite's directory");
        return scripts.orElseThrow();
    }

    static Optional<List<Script>> officialIfThere() {
        return Optional.ofNullable(System.getProperty(PROPERTY)).map(d -> in(Path.of(d)));
    }

    static Path resource(String name) {
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
