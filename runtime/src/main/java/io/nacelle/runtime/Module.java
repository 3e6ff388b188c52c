// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.ModuleImpl;
import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.WasmModule;
import io.nacelle.wasm.valid.Parallelism;
import io.nacelle.wasm.valid.ValidModule;
import io.nacelle.wasm.valid.Validator;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A validated module, ready to be instantiated in stores of its engine, any number of times.
 * Immutable and thread-safe.
 */
public sealed interface Module permits ModuleImpl {
    /**
     * Decodes and validates a module in the binary format.
     *
     * @param bytes given away: not to be changed any more
     * @throws io.nacelle.wasm.syntax.WasmException when the module is malformed or invalid
     */
    static Module load(Engine engine, byte[] bytes) {
        return of(engine, BinaryDecoder.decode(ByteSource.of(bytes)));
    }

    /**
     * Maps a file in the binary format, decodes and validates it. The file must not be truncated
     * while the module is in use.
     *
     * @throws IOException when the file cannot be read
     * @throws io.nacelle.wasm.syntax.WasmException when the module is malformed or invalid
     */
    static Module load(Engine engine, Path file) throws IOException {
        return of(engine, BinaryDecoder.decode(ByteSource.read(file)));
    }

    /**
     * Validates a module, with the features of the engine's configuration.
     *
     * @throws io.nacelle.wasm.syntax.WasmException when it is malformed or invalid
     */
    static Module of(Engine engine, WasmModule syntax) {
        return of(engine, Validator.validate(syntax, engine.config().features(), Parallelism.NONE));
    }

    /** Takes a module that has been validated, with whatever features. */
    static Module of(Engine engine, ValidModule valid) {
        return new ModuleImpl((io.nacelle.runtime.exec.EngineImpl) engine, valid);
    }

    Engine engine();

    /** The module with the types of its index spaces. */
    ValidModule valid();
}
