// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/** Finds a JDK of some version on this machine, in the places where the launcher looks too. */
final class Jdks {
    /** Directories of JDKs, of which the last part may have asterisks; "~" is the user's home. */
    private static final List<String> PLACES =
            List.of(
                    "/usr/lib/jvm/*",
                    "/usr/java/*",
                    "/usr/local/lib/jvm/*",
                    "/opt/java/*",
                    "/opt/jdk*",
                    "~/.sdkman/candidates/java/*",
                    "~/.jdks/*",
                    "~/.jdk/*",
                    "~/.asdf/installs/java/*",
                    "~/.local/share/mise/installs/java/*",
                    "~/.gradle/jdks/*");

    /** The same of systems that have the JDK itself further down. */
    private static final List<String> MAC_PLACES =
            List.of("/Library/Java/JavaVirtualMachines/*", "~/Library/Java/JavaVirtualMachines/*");

    private static final List<String> WINDOWS_PLACES =
            List.of(
                    "C:/Program Files/Java/*",
                    "C:/Program Files/Eclipse Adoptium/*",
                    "C:/Program Files/Microsoft/*");

    private Jdks() {}

    /** The java of the first JDK that is recent enough. */
    static Optional<Path> find(int least) {
        for (var home : candidates()) {
            var found = java(home, least);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static List<Path> candidates() {
        var homes = new ArrayList<Path>();
        add(homes, System.getenv("JAVA_HOME"));
        add(homes, System.getProperty("java.home"));
        System.getenv()
                .forEach(
                        (name, value) -> {
                            // As on machines of some build services: JAVA_HOME_25_X64.
                            if (name.startsWith("JAVA_HOME_") || name.matches("JDK_?\\d+.*")) {
                                add(homes, value);
                            }
                        });
        var path = System.getenv("PATH");
        for (var entry : path == null ? new String[0] : path.split(File.pathSeparator)) {
            if (entry.endsWith("bin")) {
                add(homes, entry + "/..");
            }
            ofLink(entry).ifPresent(homes::add);
        }
        PLACES.forEach(place -> list(homes, place, ""));
        MAC_PLACES.forEach(place -> list(homes, place, "Contents/Home"));
        list(homes, "/opt/homebrew/opt/openjdk*", "libexec/openjdk.jdk/Contents/Home");
        WINDOWS_PLACES.forEach(place -> list(homes, place, ""));
        return homes;
    }

    private static void add(List<Path> homes, String home) {
        if (home != null && !home.isEmpty()) {
            try {
                homes.add(Path.of(home));
            } catch (InvalidPathException e) {
                // No such place, then.
            }
        }
    }

    /** What the path offers may be a link into a place that is not listed. */
    private static Optional<Path> ofLink(String entry) {
        try {
            var java = Path.of(entry, "java").toRealPath();
            return Optional.ofNullable(java.getParent()).map(Path::getParent);
        } catch (IOException | InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static void list(List<Path> homes, String place, String below) {
        try {
            var pattern = Path.of(place.replace("*", "%"));
            var parent = place.substring(0, place.lastIndexOf('/'));
            var directory =
                    Path.of(
                            parent.startsWith("~")
                                    ? System.getProperty("user.home") + parent.substring(1)
                                    : parent);
            var glob = pattern.getFileName().toString().replace('%', '*');
            try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, glob)) {
                found.forEach(home -> homes.add(home.resolve(below)));
            }
        } catch (IOException | InvalidPathException e) {
            // Nothing is there.
        }
    }

    /** The java of a JDK, if it is one and recent enough, as its file "release" says. */
    static Optional<Path> java(Path home, int least) {
        var java = home.resolve("bin").resolve("java");
        if (!Files.isExecutable(java)) {
            java = home.resolve("bin").resolve("java.exe");
        }
        if (!Files.isExecutable(java) || feature(home.resolve("release")) < least) {
            return Optional.empty();
        }
        return Optional.of(java);
    }

    private static int feature(Path release) {
        var properties = new Properties();
        try (var in = Files.newInputStream(release)) {
            properties.load(in);
            var version = properties.getProperty("JAVA_VERSION", "").replace("\"", "");
            return Integer.parseInt(version.split("[^0-9]")[0]);
        } catch (IOException | IllegalArgumentException e) {
            return 0;
        }
    }
}
