// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.wasm.syntax.FeatureSet;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import java.util.Optional;

/** The option that says what modules may use. */
final class FeatureOption {
    /** Words as {@link FeatureSet#parse} reads them. */
    static final class Converter implements ITypeConverter<FeatureSet> {
        @Override
        public FeatureSet convert(String words) {
            try {
                return FeatureSet.parse(words);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    @Option(
            names = "--features",
            paramLabel = "LIST",
            converter = Converter.class,
            description = {
                "What modules may use: a version of the standard (wasm1, wasm2, wasm3), 'default' or"
                        + " 'all', and features to add or take away, as in wasm2,+threads,-simd."
            })
    Optional<FeatureSet> features = Optional.empty();

    /** What is asked for, if anything is. */
    Optional<FeatureSet> requested() {
        return features;
    }

    FeatureSet features() {
        return features.orElse(FeatureSet.STANDARD);
    }
}
