// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.StoreKind;

import java.util.Objects;

/** The one implementation of {@link Engine}. */
public final class EngineImpl implements Engine {
    private final EngineConfig config;

    public EngineImpl(EngineConfig config) {
        this.config = Objects.requireNonNull(config);
    }

    @Override
    public EngineConfig config() {
        return config;
    }

    public boolean countsFuel() {
        return config.metering() == EngineConfig.Metering.FUEL;
    }

    /** What runs the functions of an instance in a mode, over memories of a kind. */
    Executor executor(Mode mode, StoreKind kind) {
        return Executors.of(mode, kind);
    }
}
