// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.syntax.Feature;
import io.nacelle.wasm.syntax.FeatureSet;
import io.nacelle.wasm.syntax.WasmException;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class EngineConfigTest {
    @TempDir private Path directory;

    @Test
    void modulesThatUseMoreThanTheEngineAllowsAreRefused() throws IOException {
        var syntax = TextParser.parse("(module (memory 1) (memory 1))");
        var bytes = BinaryEncoder.encode(syntax);
        var file = Files.write(directory.resolve("m.wasm"), bytes);
        var any = Engine.create(EngineConfig.defaults());
        assertEquals(any, Module.load(any, bytes).engine());
        assertEquals(any, Module.load(any, file).engine());
        var config = EngineConfig.defaults().withFeatures(FeatureSet.WASM2).withFuel();
        assertEquals(FeatureSet.WASM2, config.withMode(Mode.CLASSIC).features());
        var strict = Engine.create(config);
        refused(() -> Module.load(strict, bytes));
        refused(() -> Module.of(strict, syntax));
        refused(() -> Module.load(strict, file));
    }

    private static void refused(Executable load) {
        var e = assertThrows(WasmException.class, load);
        assertTrue(e.reason().contains(Feature.MULTI_MEMORY.label()), e.getMessage());
    }
}
