// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance.programs;

import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.valid.ValidModule;
import io.nacelle.wasm.valid.Validator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The programs that {@code tools/fetch-programs} gathers. They lie where it puts them, or in the
 * directory that the property {@code nacelle.programs} names.
 */
final class Programs {
    /** The descriptions of the cases, their inputs and what they must give. */
    static final Path SOURCES = Path.of("src", "test", "programs").toAbsolutePath();

    private Programs() {}

    static Path directory() {
        var named = System.getProperty("nacelle.programs");
        if (named != null) {
            return Path.of(named);
        }
        var cache =
                Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                        .filter(name -> !name.isEmpty())
                        .map(Path::of)
                        .orElse(Path.of(System.getProperty("user.home"), ".cache"));
        return cache.resolve("nacelle").resolve("programs");
    }

    /** A program, or the directory of a program. Fails when it is not there. */
    static Path find(String name) {
        var path = directory().resolve(name);
        if (!Files.exists(path)) {
            throw new AssertionError(
                    path
                            + " is missing. tools/fetch-programs gets the programs; without"
                            + " -Pprograms the tests that need them are left out.");
        }
        return path;
    }

    static ValidModule load(String name) throws IOException {
        return Validator.validate(BinaryDecoder.decode(ByteSource.map(find(name))));
    }
}
