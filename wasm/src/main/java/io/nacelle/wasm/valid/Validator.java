// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import io.nacelle.wasm.syntax.Feature;
import io.nacelle.wasm.syntax.FeatureSet;
import io.nacelle.wasm.syntax.WasmModule;

import java.util.Set;

/**
 * Validates modules (spec 3): a module that passes cannot go wrong in any way that its own types do
 * not allow.
 *
 * <p>Bodies are decoded here for the first time, so a module may turn out to be malformed too. Of
 * several faults, the first in the order of sections, then of functions, is reported, however the
 * work is spread.
 */
public final class Validator {
    /** What is on unless told otherwise. */
    public static final FeatureSet STANDARD = FeatureSet.STANDARD;

    private Validator() {}

    /**
     * Validates a module in the calling thread, with the {@link #STANDARD} features.
     *
     * @throws io.nacelle.wasm.syntax.InvalidException when the module breaks a rule
     * @throws io.nacelle.wasm.syntax.MalformedException when its code cannot be decoded
     */
    public static ValidModule validate(WasmModule m) {
        return validate(m, Parallelism.NONE);
    }

    /** As {@link #validate(WasmModule)}, with the bodies spread over several threads. */
    public static ValidModule validate(WasmModule m, Parallelism p) {
        return validate(m, STANDARD, p);
    }

    /**
     * As {@link #validate(WasmModule, Parallelism)} with chosen features. A module that uses
     * another is refused, and the message names the feature: instructions count as unknown opcodes,
     * types and all else as invalid. {@link Feature#CUSTOM_DESCRIPTORS} also lets {@code
     * br_on_cast} go between any types of one hierarchy.
     *
     * @param features best a {@link FeatureSet}, which is consistent in itself
     */
    public static ValidModule validate(WasmModule m, Set<Feature> features, Parallelism p) {
        var valid = new ValidModule(new ModuleValidator(m, features).validate());
        new BodyValidation(valid).run(p);
        return valid;
    }
}
