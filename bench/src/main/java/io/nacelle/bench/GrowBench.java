// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench;

import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Module;
import io.nacelle.wasm.text.TextParser;

import java.io.IOException;
import java.util.Set;

/**
 * Grows a memory page by page to 512 MiB and writes to each page, by the guest's own {@code
 * memory.grow}. Wall time, since the system's and the collector's part belongs to it.
 *
 * <p>{@code GrowBench [--modes …] [--stores …] [--check]}. With {@code --check} the status is 1
 * when it takes more than 2 s. Wants a heap of 2 GB.
 */
final class GrowBench {
    private static final int PAGES = 512 << 4;
    private static final double MOST = 2;

    private GrowBench() {}

    public static void main(String[] args) throws IOException {
        var options = Options.parse(args, Set.of("--check"), Set.of("--modes", "--stores"));
        boolean met = true;
        for (var candidate :
                Candidate.parse(
                        options.get("--modes", "fast,classic"),
                        options.get("--stores", "heap,native"))) {
            try (var store = candidate.store()) {
                var module =
                        Module.of(store.engine(), TextParser.parse(Resources.text("grow.wat")));
                var instance = Linker.create(store).instantiate(module);
                long start = System.nanoTime();
                int pages = (int) instance.func("grow").call(PAGES)[0];
                double seconds = (System.nanoTime() - start) / 1e9;
                if (pages != PAGES || instance.memory("memory").size() != (long) PAGES << 16) {
                    throw new IllegalStateException("grew to " + pages + " pages");
                }
                System.out.printf(
                        "%-16s %8.3f s%s%n",
                        candidate, seconds, seconds <= MOST ? "" : "  TOO LONG");
                met &= seconds <= MOST;
            }
        }
        System.exit(options.has("--check") && !met ? 1 : 0);
    }
}
