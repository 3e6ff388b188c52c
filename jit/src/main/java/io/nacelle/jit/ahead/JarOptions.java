// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit.ahead;

import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.StoreKind;
import io.nacelle.wasm.syntax.FeatureSet;

import java.util.List;
import java.util.Objects;

/**
 * What a module is compiled to. Immutable; each {@code with} method gives a changed copy.
 *
 * @param packageName the package of the class that programs use, and the name of the Java module
 * @param className its simple name
 * @param store where memories live: {@link StoreKind#AUTO} stands for what a store that is free to
 *     choose would choose
 * @param metering whether code counts fuel
 * @param profile which behaviours are possible
 * @param features what the module may use
 */
public record JarOptions(
        String packageName,
        String className,
        StoreKind store,
        EngineConfig.Metering metering,
        EngineConfig.Profile profile,
        FeatureSet features) {
    /**
     * @throws IllegalArgumentException when a name is not one that Java allows; the message says
     *     which
     */
    public JarOptions {
        Objects.requireNonNull(store);
        Objects.requireNonNull(metering);
        Objects.requireNonNull(profile);
        Objects.requireNonNull(features);
        for (var part : List.of(packageName.split("\\.", -1))) {
            if (!JavaNames.isName(part)) {
                throw new IllegalArgumentException(
                        "\"" + packageName + "\" is no name of a package in Java");
            }
        }
        if (!JavaNames.isName(className)) {
            throw new IllegalArgumentException(
                    "\"" + className + "\" is no name of a class in Java");
        }
    }

    /** The options of a module that has no particular wishes. */
    public static JarOptions of(String packageName, String className) {
        return new JarOptions(
                packageName,
                className,
                StoreKind.AUTO,
                EngineConfig.Metering.OFF,
                EngineConfig.Profile.FULL,
                FeatureSet.STANDARD);
    }

    /** Has the code made for another kind of store. */
    public JarOptions withStore(StoreKind kind) {
        return new JarOptions(packageName, className, kind, metering, profile, features);
    }

    /** Has the code count fuel. */
    public JarOptions withFuel() {
        return new JarOptions(
                packageName, className, store, EngineConfig.Metering.FUEL, profile, features);
    }

    /** Makes floating-point instructions give the same bits everywhere. */
    public JarOptions withDeterminism() {
        return new JarOptions(
                packageName,
                className,
                store,
                metering,
                EngineConfig.Profile.DETERMINISTIC,
                features);
    }

    /** Lets the module use these features and no others. */
    public JarOptions withFeatures(FeatureSet some) {
        return new JarOptions(packageName, className, store, metering, profile, some);
    }

    EngineConfig config() {
        var config = EngineConfig.defaults().withFeatures(features);
        if (metering == EngineConfig.Metering.FUEL) {
            config = config.withFuel();
        }
        return profile == EngineConfig.Profile.DETERMINISTIC ? config.withDeterminism() : config;
    }
}
