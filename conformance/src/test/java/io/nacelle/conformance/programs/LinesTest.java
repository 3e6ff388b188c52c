// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.GuestFrame;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.Trap;
import io.nacelle.wasi.Wasi;
import io.nacelle.wasi.WasiConfig;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** A C program with debugging information tells which line of which file has failed. */
@Tag("programs")
final class LinesTest {
    private static Trap trap(int version, Mode mode, String how) throws IOException {
        var engine = Engine.create(EngineConfig.defaults().withMode(mode));
        var module = Module.load(engine, Programs.find("lines-c-" + version + ".wasm"));
        var config = WasiConfig.empty().withArguments("shop", how);
        try (var wasi = Wasi.create(config);
                var store = Store.create(engine)) {
            var linker = Linker.create(store);
            wasi.define(linker);
            var instance = linker.instantiate(module);
            return assertThrows(Trap.class, () -> wasi.run(instance));
        }
    }

    private static List<String> places(Trap trap, int count) {
        return trap.guestFrames().stream()
                .limit(count)
                .flatMap(f -> f.lines().stream())
                .map(line -> line.function().orElse("?") + " " + line)
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void trapsHaveLinesInEveryVersionOfDwarf(Mode mode) throws IOException {
        for (int version = 2; version <= 5; version++) {
            assertEquals(
                    List.of(
                            "share /shop/prices.h:5",
                            "price /shop/prices.c:7",
                            "main /shop/shop.c:17"),
                    places(trap(version, mode, "parts"), 2));
            var far = trap(version, mode, "far");
            assertEquals(
                    List.of(
                            "share /shop/prices.h:6",
                            "price /shop/prices.c:7",
                            "main /shop/shop.c:17"),
                    places(far, 2));
            var first = far.getStackTrace()[0];
            assertEquals("share", first.getMethodName());
            assertEquals("prices.h", first.getFileName());
            assertEquals(6, first.getLineNumber());
            assertEquals(
                    List.of("price", "main"),
                    GuestFrame.of(far).stream()
                            .limit(2)
                            .map(f -> f.funcName().orElseThrow())
                            .toList());
            assertTrue(
                    Arrays.stream(far.getStackTrace())
                            .anyMatch(e -> e.getClassName().equals(LinesTest.class.getName())));
        }
    }
}
