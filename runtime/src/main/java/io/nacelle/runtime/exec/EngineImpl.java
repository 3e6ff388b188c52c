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

    /** Made when memories that come and go are first made off the heap. */
    private MemoryPool pool;

    private Object untilUnreachable;

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

    /** What memories off the heap leave for others. */
    synchronized MemoryPool pool() {
        if (pool == null) {
            var made = new MemoryPool();
            untilUnreachable = MemoryPool.whenUnreachable(made::close);
            pool = made;
        }
        return pool;
    }

    public boolean countsCalls() {
        return config.depth() == EngineConfig.Depth.COUNTED;
    }

    public boolean countsFuel() {
        return config.metering() == EngineConfig.Metering.FUEL;
    }
}
