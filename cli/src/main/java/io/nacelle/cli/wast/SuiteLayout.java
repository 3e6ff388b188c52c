// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli.wast;

import io.nacelle.wasm.syntax.Feature;
import io.nacelle.wasm.valid.Validator;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * What the layout of the official test suite says of a script: one in {@code proposals/NAME} is
 * about the proposal of that name, and is written against the language as that proposal knows it.
 */
public final class SuiteLayout {
    private static final String PROPOSALS = "proposals";

    private SuiteLayout() {}

    /** The features that a script's modules may use. */
    public static Set<Feature> features(Path script) {
        var features = EnumSet.copyOf(Validator.STANDARD);
        var folder = script.toAbsolutePath().normalize().getParent();
        if (folder == null
                || folder.getNameCount() < 2
                || !folder.getName(folder.getNameCount() - 2).toString().equals(PROPOSALS)) {
            return features;
        }
        var name = folder.getFileName().toString();
        Arrays.stream(Feature.values()).filter(f -> f.label().equals(name)).forEach(features::add);
        if (name.equals(Feature.THREADS.label())) {
            // Its scripts are older than these, and assert that their modules are rejected.
            features.remove(Feature.MULTI_MEMORY);
            features.remove(Feature.MEMORY64);
            features.remove(Feature.REFERENCE_TYPES);
        }
        return features;
    }
}
