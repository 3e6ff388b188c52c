// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.runtime.EngineConfig;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Optional;

/** Where compiled code is kept. */
final class CacheOption {
    @Option(
            names = "--cache-dir",
            paramLabel = "DIR",
            description =
                    "Keep compiled code in DIR. Default: nacelle/code in the user's cache"
                            + " directory.")
    Optional<Path> directory = Optional.empty();

    @Option(names = "--no-cache", description = "Neither use nor keep compiled code.")
    boolean off;

    EngineConfig apply(EngineConfig config) {
        if (off) {
            return config.withoutCodeCache();
        }
        return directory.or(CacheOption::standard).map(config::withCodeCache).orElse(config);
    }

    private static Optional<Path> standard() {
        // The launcher knows already; Java takes some milliseconds to bring up the environment.
        var known = System.getProperty("nacelle.cacheHome");
        if (known != null) {
            return known.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Path.of(known, "nacelle", "code"));
        }
        var base = System.getenv("XDG_CACHE_HOME");
        if (base != null && !base.isEmpty()) {
            return Optional.of(Path.of(base, "nacelle", "code"));
        }
        var home = System.getenv("HOME");
        return home == null || home.isEmpty()
                ? Optional.empty()
                : Optional.of(Path.of(home, ".cache", "nacelle", "code"));
    }
}
