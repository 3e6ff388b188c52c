// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli.wast;

import io.nacelle.runtime.EngineConfig.Metering;
import io.nacelle.runtime.EngineConfig.Tiering;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.StoreKind;
import io.nacelle.wasm.syntax.Feature;
import io.nacelle.wasm.valid.Validator;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * How a script runs. Immutable; each {@code with} method gives a changed copy.
 *
 * @param modes the modes of the script's instances, which take them in turn
 * @param store where memories live
 * @param features what modules may use
 * @param metering whether fuel is counted; there is always enough
 * @param tiering when mode auto compiles
 */
public record ScriptConfig(
        List<Mode> modes,
        StoreKind store,
        Set<Feature> features,
        Metering metering,
        Tiering tiering) {
    private static final ScriptConfig DEFAULTS =
            new ScriptConfig(
                    List.of(Mode.FAST),
                    StoreKind.AUTO,
                    Validator.STANDARD,
                    Metering.OFF,
                    Tiering.DEFAULT);

    public ScriptConfig {
        modes = List.copyOf(modes);
        features = Set.copyOf(features);
        Objects.requireNonNull(store);
        Objects.requireNonNull(metering);
        Objects.requireNonNull(tiering);
        if (modes.isEmpty()) {
            throw new IllegalArgumentException("no mode");
        }
    }

    public static ScriptConfig defaults() {
        return DEFAULTS;
    }

    public ScriptConfig withModes(Mode... some) {
        return new ScriptConfig(List.of(some), store, features, metering, tiering);
    }

    public ScriptConfig withStore(StoreKind kind) {
        return new ScriptConfig(modes, kind, features, metering, tiering);
    }

    public ScriptConfig withFeatures(Set<Feature> some) {
        return new ScriptConfig(modes, store, some, metering, tiering);
    }

    public ScriptConfig withFuel() {
        return new ScriptConfig(modes, store, features, Metering.FUEL, tiering);
    }

    public ScriptConfig withTiering(Tiering some) {
        return new ScriptConfig(modes, store, features, metering, some);
    }
}
