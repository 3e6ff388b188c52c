// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.wasm.syntax.FeatureSet;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * How an engine compiles and runs. Immutable; each {@code with} method gives a changed copy.
 *
 * @param mode how instances run unless told otherwise
 * @param metering whether fuel is counted
 * @param depth whether calls within calls are counted
 * @param features what modules may use: {@link Module#load} refuses those that use more
 * @param profile which of the behaviours that the specification allows are possible
 * @param tiering when {@link Mode#AUTO} compiles
 * @param codeCache the directory that keeps compiled code between processes, if any
 */
public record EngineConfig(
        Mode mode,
        Metering metering,
        Depth depth,
        FeatureSet features,
        Profile profile,
        Tiering tiering,
        Optional<Path> codeCache) {
    /** Whether code counts fuel as it runs. */
    public enum Metering {
        OFF,
        FUEL
    }

    /** Whether code counts how many calls are open. */
    public enum Depth {
        OFF,
        COUNTED
    }

    /** The profiles of the specification (appendix "Profiles"). */
    public enum Profile {
        /** All that is allowed: the bits of a NaN can depend on the processor and the compiler. */
        FULL,

        /**
         * One result for every instruction, on every machine and in every mode: NaNs that
         * floating-point instructions generate are the canonical positive one. Growing a memory or
         * table can still fail when its limit or the machine's memory does not allow it.
         */
        DETERMINISTIC
    }

    /**
     * When {@link Mode#AUTO} compiles.
     *
     * @param threshold about how many instructions a function or loop has executed before it is
     *     compiled; 1 compiles each at its first call. With 10,000 or more, nothing of a module is
     *     compiled before the module has executed about 200 times as many
     * @param threads how many threads compile in the background, for all engines together: the
     *     first that needs one decides; 0 compiles at once, in the thread that runs the guest, so
     *     that what runs where does not depend on time
     */
    public record Tiering(int threshold, int threads) {
        /** What is right for most: see docs/rationale.md for what was measured. */
        public static final Tiering DEFAULT = new Tiering(50_000, 1);

        public Tiering {
            if (threshold < 1 || threads < 0) {
                throw new IllegalArgumentException(
                        "a threshold of at least 1 and no negative number of threads, not "
                                + threshold
                                + " and "
                                + threads);
            }
        }
    }

    private static final EngineConfig DEFAULTS =
            new EngineConfig(
                    Mode.AUTO,
                    Metering.OFF,
                    Depth.OFF,
                    FeatureSet.STANDARD,
                    Profile.FULL,
                    Tiering.DEFAULT,
                    Optional.empty());

    public EngineConfig {
        Objects.requireNonNull(mode);
        Objects.requireNonNull(metering);
        Objects.requireNonNull(depth);
        Objects.requireNonNull(features);
        Objects.requireNonNull(profile);
        Objects.requireNonNull(tiering);
        Objects.requireNonNull(codeCache);
    }

    public static EngineConfig defaults() {
        return DEFAULTS;
    }

    public EngineConfig withMode(Mode mode) {
        return new EngineConfig(mode, metering, depth, features, profile, tiering, codeCache);
    }

    /** Makes stores count fuel: each instruction costs one unit, bulk operations by length. */
    public EngineConfig withFuel() {
        return new EngineConfig(mode, Metering.FUEL, depth, features, profile, tiering, codeCache);
    }

    /**
     * Makes stores count how many calls are open, so that {@link StoreLimits#callDepth} can limit
     * them. Compiled code then takes a few nanoseconds more for each call.
     */
    public EngineConfig withCallDepth() {
        return new EngineConfig(
                mode, metering, Depth.COUNTED, features, profile, tiering, codeCache);
    }

    /** Lets modules use these features and no others. */
    public EngineConfig withFeatures(FeatureSet some) {
        return new EngineConfig(mode, metering, depth, some, profile, tiering, codeCache);
    }

    /**
     * Makes floating-point instructions give the same bits everywhere ({@link
     * Profile#DETERMINISTIC}), which costs those that can generate a NaN a few nanoseconds each.
     */
    public EngineConfig withDeterminism() {
        return new EngineConfig(
                mode, metering, depth, features, Profile.DETERMINISTIC, tiering, codeCache);
    }

    /** Sets when {@link Mode#AUTO} compiles. */
    public EngineConfig withTiering(Tiering some) {
        return new EngineConfig(mode, metering, depth, features, profile, some, codeCache);
    }

    /**
     * Keeps compiled code in a directory, for engines of this and of later processes. It is host
     * code: the directory, which is made when it is not there, must belong to the user who runs the
     * process and be writable by nobody else; else nothing is read or written.
     */
    public EngineConfig withCodeCache(Path directory) {
        return new EngineConfig(
                mode, metering, depth, features, profile, tiering, Optional.of(directory));
    }

    /** Keeps no compiled code. */
    public EngineConfig withoutCodeCache() {
        return new EngineConfig(
                mode, metering, depth, features, profile, tiering, Optional.empty());
    }
}
