// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import java.util.Objects;

/**
 * How an engine compiles and runs. Immutable; each {@code with} method gives a changed copy.
 *
 * @param mode how instances run unless told otherwise
 * @param metering whether fuel is counted
 */
public record EngineConfig(Mode mode, Metering metering) {
    /** Whether code counts fuel as it runs. */
    public enum Metering {
        OFF,
        FUEL
    }

    private static final EngineConfig DEFAULTS = new EngineConfig(Mode.FAST, Metering.OFF);

    public EngineConfig {
        Objects.requireNonNull(mode);
        Objects.requireNonNull(metering);
    }

    public static EngineConfig defaults() {
        return DEFAULTS;
    }

    public EngineConfig withMode(Mode mode) {
        return new EngineConfig(mode, metering);
    }

    /** Makes stores count fuel: each instruction costs one unit, bulk operations by length. */
    public EngineConfig withFuel() {
        return new EngineConfig(mode, Metering.FUEL);
    }
}
