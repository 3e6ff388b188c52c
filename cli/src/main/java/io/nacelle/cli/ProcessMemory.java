// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What this process takes, in bytes.
 *
 * @param heap of live objects in Java's heap
 * @param resident of memory as the system counts it, the heap's included; empty where the system
 *     does not tell
 * @param pageTables that the system keeps for it, which it does not count as resident
 * @param mappings how many there are
 */
record ProcessMemory(
        long heap, Optional<Long> resident, Optional<Long> pageTables, Optional<Long> mappings) {
    private static final int KIBIBYTE = 1024;
    private static final int MOST_COLLECTIONS = 10;

    /** Collects garbage until nothing more is found, and looks. */
    static ProcessMemory now() {
        long heap = Long.MAX_VALUE;
        for (int i = 0; i < MOST_COLLECTIONS; i++) {
            System.gc();
            long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
            if (used >= heap - heap / KIBIBYTE) {
                heap = Math.min(used, heap);
                break;
            }
            heap = used;
        }
        return new ProcessMemory(
                heap,
                kibibytes("/proc/self/status", "VmRSS:"),
                kibibytes("/proc/self/status", "VmPTE:"),
                lines("/proc/self/maps"));
    }

    private static Optional<Long> kibibytes(String file, String field) {
        try (var lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(field))
                    .findFirst()
                    .map(line -> line.substring(field.length()).replace("kB", "").strip())
                    .map(number -> KIBIBYTE * Long.parseLong(number));
        } catch (IOException | NumberFormatException _) {
            return Optional.empty();
        }
    }

    private static Optional<Long> lines(String file) {
        try (var lines = Files.lines(Path.of(file))) {
            return Optional.of(lines.count());
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
