// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.jit.MethodSizes;
import io.nacelle.runtime.Engine;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.exec.MemoryForm;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;

/**
 * Every function of large real modules becomes methods that HotSpot compiles: those of 8,000 bytes
 * of bytecode and more run in Java's interpreter for ever. All functions are compiled, in the form
 * for memories on the heap and, of all but the largest module, in that for others.
 */
@Tag("programs")
final class MethodSizesTest {
    private static final int LIMIT = 8000;
    private static final int MANY_LOOPS = 100;

    @ParameterizedTest
    @CsvSource({
        "sqlite.wasm,   2000, true",
        "python.wasm,  10000, true",
        "esbuild.wasm,  5000, true",
        "yosys.wasm,   30000, true",
        "duckdb-eh.wasm, 50000, false"
    })
    void everyMethodCanBeCompiled(String name, int least, boolean offHeapToo) throws IOException {
        var module = Module.of(Engine.create(), Programs.load(name));
        for (var form : new MemoryForm[] {MemoryForm.HEAP, MemoryForm.NATIVE}) {
            if (form == MemoryForm.HEAP || offHeapToo) {
                var sizes = MethodSizes.of(module, form, MANY_LOOPS);
                assertTrue(sizes.functions() >= least, sizes.functions() + " functions");
                assertEquals(module.valid().syntax().funcs().size(), sizes.functions());
                assertTrue(sizes.methods() > sizes.functions());
                assertTrue(sizes.loops() > 0);
                assertTrue(
                        sizes.largest() < LIMIT,
                        () -> sizes.largestName() + ": " + sizes.largest() + " bytes");
            }
        }
    }
}
