// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.SharedMemory;
import io.nacelle.wasm.syntax.MemType;

import java.util.Objects;
import java.util.Optional;

/** The one implementation of {@link Engine}. */
public final class EngineImpl implements Engine {
    private final EngineConfig config;

    /** What all memories off the heap may reserve. */
    final AddressSpace space = AddressSpace.ofEngine();

    public EngineImpl(EngineConfig config) {
        this.config = Objects.requireNonNull(config);
    }

    @Override
    public EngineConfig config() {
        return config;
    }

    @Override
    public SharedMemory newSharedMemory(MemType type) {
        StoreImpl.checkType(type);
        if (!type.isShared()) {
            throw new IllegalArgumentException("not the type of a shared memory: " + type);
        }
        return new SharedHandle(SharedStorage.of(this, type, Optional.empty()));
    }

    public boolean countsFuel() {
        return config.metering() == EngineConfig.Metering.FUEL;
    }
}
