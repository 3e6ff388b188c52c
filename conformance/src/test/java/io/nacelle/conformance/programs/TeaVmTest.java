// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;

/**
 * Runs a Java program that TeaVM has compiled, and compares what it prints with what Java prints.
 */
@Tag("programs")
final class TeaVmTest {
    @ParameterizedTest
    @CsvSource({"FAST, HEAP", "CLASSIC, HEAP", "FAST, NATIVE"})
    void printsWhatJavaPrints(Mode mode, StoreKind kind) throws IOException {
        var engine = Engine.create(EngineConfig.defaults().withMode(mode));
        var module = Module.of(engine, Programs.load("warehouse-java.wasm"));
        var host = new TeaVmHost();
        try (var store = Store.create(engine, kind)) {
            host.instantiate(Linker.create(store), module);
            host.main("a", "b c", "ü");
        }
        assertEquals(Files.readString(Programs.SOURCES.resolve("expected/teavm.out")), host.out());
        assertEquals("done\n", host.err());
    }
}
