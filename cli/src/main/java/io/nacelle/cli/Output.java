// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import picocli.CommandLine.Option;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
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
        try {
            if (file.isPresent()) {
                Files.write(file.get(), bytes);
            } else {
                // Not closed: the descriptor belongs to the process. System.out would hide errors.
                new FileOutputStream(FileDescriptor.out).write(bytes);
            }
        } catch (IOException e) {
            throw ModuleFile.unreadable(file.orElse(Path.of("standard output")), e);
        }
    }
}
