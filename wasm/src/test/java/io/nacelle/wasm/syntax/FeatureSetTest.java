// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.EnumSet;
import java.util.Optional;

final class FeatureSetTest {
    @Test
    void theStandardsVersionsHoldWhatTheyBrought() {
        assertEquals(EnumSet.of(Feature.WASM1, Feature.MUTABLE_GLOBALS), FeatureSet.WASM1);
        var second = EnumSet.copyOf(FeatureSet.WASM2);
        second.removeAll(FeatureSet.WASM1);
        assertEquals(
                EnumSet.of(
                        Feature.SIGN_EXTENSION,
                        Feature.SATURATING_CONVERSIONS,
                        Feature.MULTI_VALUE,
                        Feature.REFERENCE_TYPES,
                        Feature.BULK_MEMORY,
                        Feature.SIMD),
                second);
        var beyond = EnumSet.complementOf(EnumSet.copyOf(FeatureSet.WASM3));
        assertEquals(
                EnumSet.of(
                        Feature.THREADS,
                        Feature.WIDE_ARITHMETIC,
                        Feature.CUSTOM_PAGE_SIZES,
                        Feature.CUSTOM_DESCRIPTORS,
                        Feature.LEGACY_EXCEPTIONS),
                beyond);
        assertEquals(EnumSet.allOf(Feature.class), FeatureSet.ALL);
        assertFalse(FeatureSet.STANDARD.contains(Feature.CUSTOM_DESCRIPTORS));
        assertEquals(FeatureSet.ALL.size() - 1, FeatureSet.STANDARD.size());
    }

    @Test
    void wordsAreReadFromLeftToRight() {
        assertEquals(
                FeatureSet.WASM2.with(Feature.THREADS).without(Feature.SIMD),
                FeatureSet.parse("wasm2,+threads,-simd"));
        assertEquals(FeatureSet.WASM2.with(Feature.THREADS), FeatureSet.parse("wasm2, Threads"));
        assertEquals(FeatureSet.STANDARD.without(Feature.SIMD), FeatureSet.parse("-simd"));
        assertEquals(FeatureSet.WASM1, FeatureSet.parse("all,wasm1"));
        assertEquals(FeatureSet.ALL, FeatureSet.parse("default,custom-descriptors"));
        assertTrue(FeatureSet.parse("-simd,+simd").contains(Feature.SIMD));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "wasm4", "+", "wasm2,,simd", "-all", "+wasm3", "-wasm1", "simd+"})
    void unknownWordsAreNamed(String text) {
        assertThrows(IllegalArgumentException.class, () -> FeatureSet.parse(text));
    }

    @Test
    void aWordThatIsNotKnownIsInTheMessage() {
        var e = assertThrows(IllegalArgumentException.class, () -> FeatureSet.parse("wasm2,+simt"));
        assertTrue(e.getMessage().contains("'simt'"), e.getMessage());
        assertTrue(e.getMessage().contains("wasm3"), e.getMessage());
        assertTrue(e.getMessage().contains("relaxed-simd"), e.getMessage());
    }

    @Test
    void whatAFeatureBuildsUponComesAndGoesWithIt() {
        var gc = FeatureSet.of(Feature.GC);
        assertEquals(
                EnumSet.of(
                        Feature.WASM1,
                        Feature.GC,
                        Feature.FUNCTION_REFERENCES,
                        Feature.REFERENCE_TYPES),
                gc);
        var without = FeatureSet.ALL.without(Feature.REFERENCE_TYPES);
        assertFalse(without.contains(Feature.GC));
        assertFalse(without.contains(Feature.EXCEPTIONS));
        assertFalse(without.contains(Feature.CUSTOM_DESCRIPTORS));
        assertTrue(without.contains(Feature.LEGACY_EXCEPTIONS));
        assertFalse(FeatureSet.WASM3.without(Feature.SIMD).contains(Feature.RELAXED_SIMD));
        assertTrue(FeatureSet.WASM1.with(Feature.RELAXED_SIMD).contains(Feature.SIMD));
    }

    @ParameterizedTest
    @EnumSource
    void everyLabelCanBeParsed(Feature feature) {
        assertTrue(FeatureSet.parse("wasm1," + feature.label()).contains(feature));
    }

    @Test
    void setsDoNotChange() {
        assertThrows(UnsupportedOperationException.class, () -> FeatureSet.WASM1.add(Feature.SIMD));
        var iterator = FeatureSet.WASM2.iterator();
        iterator.next();
        assertThrows(UnsupportedOperationException.class, iterator::remove);
    }

    @Test
    void theLevelIsTheFirstThatSuffices() {
        assertEquals(Optional.of("wasm1"), FeatureSet.of(Feature.MUTABLE_GLOBALS).level());
        assertEquals(Optional.of("wasm2"), FeatureSet.of(Feature.SIMD).level());
        assertEquals(Optional.of("wasm3"), FeatureSet.of(Feature.RELAXED_SIMD).level());
        assertEquals(Optional.empty(), FeatureSet.of(Feature.THREADS).level());
    }
}
