// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import io.nacelle.wasm.syntax.Feature;
import io.nacelle.wasm.syntax.InvalidException;
import io.nacelle.wasm.syntax.MalformedException;

import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** Refuses what needs a feature that is off. */
final class FeatureGate extends FeatureRules {
    private final Set<Feature> features;
    private final BiFunction<String, Supplier<String>, InvalidException> refusal;
    private Supplier<String> place = () -> "";

    /**
     * A gate for these features.
     *
     * @param refusal makes an exception of a reason and a place
     */
    FeatureGate(
            Set<Feature> features, BiFunction<String, Supplier<String>, InvalidException> refusal) {
        this.features = features;
        this.refusal = refusal;
    }

    @Override
    void at(Supplier<String> where) {
        place = where;
    }

    @Override
    void need(Feature feature, Object construct) {
        if (!features.contains(feature)) {
            throw refuse(feature, construct);
        }
    }

    @Override
    void needOne(Feature feature, Feature other, Object construct) {
        if (!features.contains(feature) && !features.contains(other)) {
            throw refuse(feature, construct);
        }
    }

    @Override
    void bound(long bound) {
        if (bound >>> 32 != 0 && !features.contains(Feature.MEMORY64)) {
            throw new MalformedException(
                    "i32 constant out of range: the bound "
                            + Long.toUnsignedString(bound)
                            + " needs the feature "
                            + Feature.MEMORY64.label()
                            + ", which is off",
                    place.get());
        }
    }

    private InvalidException refuse(Feature feature, Object construct) {
        return refusal.apply(
                construct + ": needs the feature " + feature.label() + ", which is off", place);
    }
}
