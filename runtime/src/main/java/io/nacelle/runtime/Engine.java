// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.EngineImpl;
import io.nacelle.wasm.syntax.MemType;

/**
 * Makes modules ready to run and holds what they share. Immutable and thread-safe; one is enough
 * for a process.
 */
public sealed interface Engine permits EngineImpl {
    static Engine create() {
        return create(EngineConfig.defaults());
    }

    static Engine create(EngineConfig config) {
        return new EngineImpl(config);
    }

    EngineConfig config();

    /**
     * Makes a memory for several stores. It counts for the limits of no store: its type's maximum
     * bounds it. (One that a store makes counts for that store's limits, whoever grows it.)
     *
     * @param type a shared one, which has a maximum
     * @throws IllegalArgumentException when the type is not shared or its limits are out of range
     * @throws ExhaustedException when the system has no memory for it
     */
    SharedMemory newSharedMemory(MemType type);
}
