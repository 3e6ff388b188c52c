// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.wasm.syntax.FeatureSet;

import java.util.Objects;

/**
 * How an engine compiles and runs. Immutable; each {@code with} method gives a changed copy.
 *
 * @param mode how instances run unless told otherwise
 * @param metering whether fuel is counted
 * @param features what modules may use: {@link Module#load} refuses those that use more
 */
public record EngineConfig(Mode mode, Metering metering, FeatureSet features) {
    /** Whether code counts fuel as it runs. */
    public enum Metering {
        OFF,
        FUEL
    }

    private static final EngineConfig DEFAULTS =
            new EngineConfig(Mode.FAST, Metering.OFF, FeatureSet.STANDARD);

    public EngineConfig {
        Objects.requireNonNull(mode);
        Objects.requireNonNull(metering);
        Objects.requireNonNull(features);
    }

    public static EngineConfig defaults() {
        return DEFAULTS;
    }

    public EngineConfig withMode(Mode mode) {
        return new EngineConfig(mode, metering, features);
    }

    /** Makes stores count fuel: each instruction costs one unit, bulk operations by length. */
    public EngineConfig withFuel() {
        return new EngineConfig(mode, Metering.FUEL, features);
    }

    /** Lets modules use these features and no others. */
    public EngineConfig withFeatures(FeatureSet some) {
        return new EngineConfig(mode, metering, some);
    }
}
