// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Where a command writes what it makes: a file, or standard output. */
final class Output {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write; standard output if not given.")
    private Optional<Path> file = Optional.empty();

    void write(byte[] bytes) {
        if (file.isEmpty()) {
            new StandardOutput().write(bytes, 0, bytes.length);
            return;
        }
        try {
            Files.write(file.get(), bytes);
        } catch (NoSuchFileException _) {
            throw new Failure(file.get() + ": no such directory");
        } catch (IOException e) {
            throw ModuleFile.unreadable(file.get(), e);
        }
    }
}
