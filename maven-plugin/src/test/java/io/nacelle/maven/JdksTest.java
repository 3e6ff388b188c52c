// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.maven;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

final class JdksTest {
    @TempDir private Path directory;

    private Path jdk(String release) throws IOException {
        var java = directory.resolve("bin/java");
        Files.createDirectories(java.getParent());
        if (!Files.exists(java)) {
            Files.createFile(java);
        }
        assertTrue(java.toFile().setExecutable(true));
        Files.writeString(directory.resolve("release"), release);
        return java;
    }

    @Test
    void versionsAreRead() throws IOException {
        var java = jdk("IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"25.0.3\"\n");
        assertEquals(Optional.of(java), Jdks.java(directory, 25));
        assertEquals(Optional.empty(), Jdks.java(directory, 26));
        jdk("JAVA_VERSION=\"1.8.0_400\"\n");
        assertEquals(Optional.empty(), Jdks.java(directory, 25));
        jdk("JAVA_VERSION=\"26-ea\"\n");
        assertEquals(Optional.of(java), Jdks.java(directory, 25));
        jdk("");
        assertEquals(Optional.empty(), Jdks.java(directory, 25));
        assertEquals(Optional.empty(), Jdks.java(directory.resolve("none"), 25));
    }

    @Test
    void theJdkOfTheTestsIsFound() {
        assertTrue(Jdks.find(25).isPresent());
        assertEquals(Optional.empty(), Jdks.find(1000));
    }
}
