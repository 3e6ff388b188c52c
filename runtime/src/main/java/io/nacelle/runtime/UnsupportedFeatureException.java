// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.wasm.syntax.Feature;

import java.util.Objects;

/** A valid module uses a part of the language that the chosen engine does not execute. */
public final class UnsupportedFeatureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Feature feature;

    public UnsupportedFeatureException(Feature feature, String what) {
        super(what + " is not executed yet (" + feature.label() + ")");
        this.feature = Objects.requireNonNull(feature);
    }

    public Feature feature() {
        return feature;
    }
}
