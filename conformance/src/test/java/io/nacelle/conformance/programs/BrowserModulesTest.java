// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.interp.Preparation;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;

/**
 * Large modules that are made for browsers, and import far too much to be run here: every function
 * of them is validated and prepared for both interpreters. Between them they use 128-bit vectors,
 * atomics and 300,000 instructions of legacy exceptions.
 */
@Tag("programs")
final class BrowserModulesTest {
    @ParameterizedTest
    @CsvSource({"oxc-parser.wasm", "onnxruntime.wasm", "duckdb-eh.wasm"})
    void everyFunctionCanBePrepared(String name) throws IOException {
        var module = Module.of(Engine.create(), Programs.load(name));
        int functions = module.valid().syntax().funcs().size();
        assertTrue(functions > 1000, "only " + functions + " functions");
        assertEquals(functions, Preparation.fast(module), "fast");
        assertEquals(functions, Preparation.classic(module), "classic");
    }
}
