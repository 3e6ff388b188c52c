// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.wasi.Wasi;
import io.nacelle.wasi.WasiConfig;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;

/**
 * A large module in the classic interpreter keeps less than twice its file's size on the heap, the
 * bytes of the file included, and little more than nothing when the file is mapped.
 */
@Tag("programs")
final class FootprintTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int COLLECTIONS = 4;
    private static final int PAUSE_MILLIS = 50;

    private final Engine engine = Engine.create(EngineConfig.defaults().withMode(Mode.CLASSIC));

    /** Bytes of the heap in use after everything unreachable has been collected. */
    private static long retained() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            Thread.sleep(PAUSE_MILLIS);
            var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
            least = Math.min(least, heap.getUsed());
        }
        return least;
    }

    private static void version(Module module) throws IOException {
        var out = new ByteArrayOutputStream();
        var config = WasiConfig.empty().withArguments("python", "-V").withStdout(out);
        try (var wasi = Wasi.create(config);
                var store = Store.create(module.engine(), StoreKind.HEAP);
                var _ = new Deadline(LIMIT, store, wasi)) {
            var linker = Linker.create(store);
            wasi.define(linker);
            assertEquals(0, wasi.run(linker.instantiate(module)));
        }
        var text = out.toString(StandardCharsets.UTF_8);
        assertTrue(text.startsWith("Python 3.12"), text);
    }

    @Test
    void moduleFromAnArray() throws Exception {
        var file = Programs.find("python.wasm");
        long most = 2 * Files.size(file);
        long before = retained();
        var module = Module.load(engine, Files.readAllBytes(file));
        long loaded = retained() - before;
        version(module);
        long run = retained() - before;
        Reference.reachabilityFence(module);
        assertTrue(loaded < most, "loading keeps " + loaded + " bytes");
        assertTrue(run < most, "after a run " + run + " bytes are kept");
        assertTrue(loaded > Files.size(file), "the array is part of what is measured");
    }

    @Test
    void moduleFromAMappedFile() throws Exception {
        var file = Programs.find("python.wasm");
        long most = Files.size(file);
        long before = retained();
        var module = Module.load(engine, file);
        version(module);
        long run = retained() - before;
        Reference.reachabilityFence(module);
        assertTrue(run < most, "after a run " + run + " bytes are kept");
    }
}
