// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.maven;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The classes of a jar among those of a project. A list of them is kept, with the options they were
 * made by: it is written when all are there, and tells when they have to be made again, and which
 * ones are to go then.
 */
final class UnpackedJar {
    private final Path output;
    private final Path jar;
    private final Path list;

    /**
     * @param work a directory for the jar and the list
     * @param output where classes go
     */
    UnpackedJar(Path work, Path output) {
        this.output = output;
        this.jar = work.resolve("module.jar");
        this.list = work.resolve("classes.list");
    }

    /** Where the jar is to be. */
    Path jar() {
        return jar;
    }

    /** Whether the classes are there, by these options, and newer than what they are made of. */
    boolean isUpToDate(Path module, List<String> options, List<Path> compiler) throws IOException {
        if (!Files.exists(list)) {
            return false;
        }
        var lines = Files.readAllLines(list, StandardCharsets.UTF_8);
        if (lines.isEmpty() || !lines.get(0).equals(head(options))) {
            return false;
        }
        var made = Files.getLastModifiedTime(list);
        if (!isOlder(module, made)) {
            return false;
        }
        for (var part : compiler) {
            if (!isOlder(part, made)) {
                return false;
            }
        }
        return lines.stream().skip(1).map(output::resolve).allMatch(Files::exists);
    }

    private static boolean isOlder(Path file, FileTime than) throws IOException {
        return Files.getLastModifiedTime(file).compareTo(than) < 0;
    }

    private String head(List<String> options) {
        return output + " " + String.join(" ", options);
    }

    /** Puts the classes of the jar among the others; gives their number. */
    int unpack(List<String> options) throws IOException {
        removeOld();
        var lines = new ArrayList<>(List.of(head(options)));
        int classes = 0;
        try (var zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                var name = entry.getName();
                if (name.equals("module-info.class") || name.equals("META-INF/MANIFEST.MF")) {
                    // The project has its own.
                    continue;
                }
                var file = output.resolve(name);
                Files.createDirectories(file.getParent());
                try (var in = zip.getInputStream(entry)) {
                    Files.write(file, in.readAllBytes());
                }
                lines.add(name);
                classes += name.endsWith(".class") ? 1 : 0;
            }
        }
        Files.write(list, lines, StandardCharsets.UTF_8);
        return classes;
    }

    private void removeOld() throws IOException {
        if (!Files.exists(list)) {
            return;
        }
        var lines = Files.readAllLines(list, StandardCharsets.UTF_8);
        // Before the classes: a list promises that all of them are there.
        Files.delete(list);
        for (var name : lines.subList(Math.min(1, lines.size()), lines.size())) {
            Files.deleteIfExists(output.resolve(name));
        }
    }
}
