// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import io.nacelle.runtime.StoreLimits;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * A tree of modules as it is to be: its nodes, what the root holds, and the limits of all together.
 * Immutable. The format of manifest files is described in {@code docs/grants.md}.
 */
public final class Manifest {
    /**
     * What a manifest's root can be granted that comes from outside of it.
     *
     * @param arguments what {@code arguments = true} gives: the program's name is the first
     * @param environment what {@code environment = ["NAME"]} takes from
     * @param hosts what {@code hosts = ["name"]} takes from
     */
    public record Outside(
            List<String> arguments,
            Map<String, String> environment,
            Map<String, HostModule> hosts) {
        public Outside {
            arguments = List.copyOf(arguments);
            environment = Map.copyOf(environment);
            hosts = Map.copyOf(hosts);
        }

        /** Nothing. */
        public static Outside nothing() {
            return new Outside(List.of(), Map.of(), Map.of());
        }
    }

    /** Makes the grants of the root when a tree is linked, so that reading opens nothing. */
    @FunctionalInterface
    interface RootGrants {
        Grants make();
    }

    private final Node root;
    private final RootGrants grants;
    private final StoreLimits limits;
    private final OptionalLong fuel;

    Manifest(Node root, RootGrants grants, StoreLimits limits, OptionalLong fuel) {
        this.root = Objects.requireNonNull(root);
        this.grants = grants;
        this.limits = Objects.requireNonNull(limits);
        this.fuel = fuel;
    }

    /** A tree whose root holds these grants. */
    public static Manifest of(Node root, Grants grants) {
        Objects.requireNonNull(grants);
        return new Manifest(root, () -> grants, StoreLimits.defaults(), OptionalLong.empty());
    }

    /** Sets the limits of all modules together. */
    public Manifest withLimits(StoreLimits some) {
        return new Manifest(root, grants, some, fuel);
    }

    /** Sets the fuel of all modules together; it needs an engine that counts it. */
    public Manifest withFuel(long units) {
        return new Manifest(root, grants, limits, OptionalLong.of(units));
    }

    /**
     * Reads a manifest. Modules and directories are not touched yet.
     *
     * @throws IOException when the file cannot be read
     * @throws ManifestException when it is not as it should be; the message has line and column
     */
    public static Manifest read(Path file, Outside outside) throws IOException {
        return ManifestReader.read(file, outside);
    }

    public Node root() {
        return root;
    }

    public StoreLimits limits() {
        return limits;
    }

    public OptionalLong fuel() {
        return fuel;
    }

    Grants rootGrants() {
        return grants.make();
    }
}
