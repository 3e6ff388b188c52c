// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.wasi.fs.FileSystem;
import io.nacelle.wasi.host.HostFileSystems;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** The file systems on which everything must behave alike. */
enum FileSystems {
    HOST_BY_KERNEL,
    HOST_STEPWISE,
    MEMORY;

    @FunctionalInterface
    interface Body {
        void run(Machine machine) throws Exception;
    }

    /** Runs a test with a fresh, empty file system as descriptor 3. */
    void run(Body body) throws Exception {
        run(1024, body);
    }

    void run(int descriptorLimit, Body body) throws Exception {
        Path directory = Files.createTempDirectory("nacelle-wasi");
        try (var machine = Machine.with(on(directory), descriptorLimit)) {
            body.run(machine);
        } finally {
            delete(directory);
        }
    }

    FileSystem on(Path directory) throws IOException {
        return switch (this) {
            case HOST_BY_KERNEL -> HostFileSystems.kernel(directory);
            case HOST_STEPWISE -> HostFileSystems.stepwise(directory);
            case MEMORY -> FileSystem.inMemory(16 << 20);
        };
    }

    static void delete(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
