// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which features a module may use. Immutable and thread-safe.
 *
 * <p>A set is always consistent: adding a feature adds what it builds upon ({@link Feature#GC}
 * needs {@link Feature#FUNCTION_REFERENCES}, and that {@link Feature#REFERENCE_TYPES}), and taking
 * one away takes away what builds upon it. The first version of the standard is in every set.
 *
 * <pre>{@code
 * FeatureSet.WASM2.with(Feature.THREADS).without(Feature.SIMD)
 * FeatureSet.parse("wasm2,+threads,-simd")
 * }</pre>
 */
public final class FeatureSet extends AbstractSet<Feature> {
    /**
     * The first version of the standard. Importing and exporting mutable globals, a proposal once,
     * is part of it.
     */
    public static final FeatureSet WASM1 = closure(EnumSet.of(Feature.MUTABLE_GLOBALS));

    /** The second version of the standard. */
    public static final FeatureSet WASM2 =
            WASM1.with(
                    Feature.SIGN_EXTENSION,
                    Feature.SATURATING_CONVERSIONS,
                    Feature.MULTI_VALUE,
                    Feature.REFERENCE_TYPES,
                    Feature.BULK_MEMORY,
                    Feature.SIMD);

    /** The third version of the standard. */
    public static final FeatureSet WASM3 =
            WASM2.with(
                    Feature.EXTENDED_CONST,
                    Feature.TAIL_CALL,
                    Feature.MULTI_MEMORY,
                    Feature.MEMORY64,
                    Feature.FUNCTION_REFERENCES,
                    Feature.GC,
                    Feature.EXCEPTIONS,
                    Feature.RELAXED_SIMD);

    /** Everything implemented. */
    public static final FeatureSet ALL = closure(EnumSet.allOf(Feature.class));

    /**
     * What is on unless told otherwise: everything but custom descriptors, which change what {@code
     * br_on_cast} accepts.
     */
    public static final FeatureSet STANDARD = ALL.without(Feature.CUSTOM_DESCRIPTORS);

    private static final Map<String, FeatureSet> PRESETS = presets();

    private final Set<Feature> features;

    private FeatureSet(EnumSet<Feature> features) {
        this.features = Collections.unmodifiableSet(features);
    }

    private static Map<String, FeatureSet> presets() {
        var map = new LinkedHashMap<String, FeatureSet>();
        map.put("wasm1", WASM1);
        map.put("wasm2", WASM2);
        map.put("wasm3", WASM3);
        map.put("default", STANDARD);
        map.put("all", ALL);
        return Collections.unmodifiableMap(map);
    }

    private static FeatureSet closure(Collection<Feature> some) {
        var closed = EnumSet.of(Feature.WASM1);
        for (var feature : some) {
            for (var f = Optional.of(feature); f.isPresent(); f = base(f.get())) {
                closed.add(f.get());
            }
        }
        return new FeatureSet(closed);
    }

    /** What a feature cannot be without. */
    private static Optional<Feature> base(Feature feature) {
        return switch (feature) {
            case RELAXED_SIMD -> Optional.of(Feature.SIMD);
            case FUNCTION_REFERENCES, EXCEPTIONS -> Optional.of(Feature.REFERENCE_TYPES);
            case GC -> Optional.of(Feature.FUNCTION_REFERENCES);
            case CUSTOM_DESCRIPTORS -> Optional.of(Feature.GC);
            default -> Optional.empty();
        };
    }

    /** The set of these features, and of what they build upon. */
    public static FeatureSet of(Feature... features) {
        return closure(Arrays.asList(features));
    }

    /** The set of these features, and of what they build upon. */
    public static FeatureSet of(Collection<Feature> features) {
        return features instanceof FeatureSet set ? set : closure(features);
    }

    /** The names that {@link #parse} knows for whole sets, with what they stand for. */
    public static Map<String, FeatureSet> named() {
        return PRESETS;
    }

    /**
     * Reads a list of words with commas between, from left to right. {@code wasm1}, {@code wasm2},
     * {@code wasm3}, {@code default} and {@code all} stand for the whole sets of these names; the
     * label of a feature, with or without {@code +}, adds it, and with {@code -} takes it away. A
     * list that does not begin with a whole set starts from {@link #STANDARD}.
     *
     * @throws IllegalArgumentException when a word is not known; the message names it
     */
    public static FeatureSet parse(String text) {
        var set = STANDARD;
        for (var part : text.split(",", -1)) {
            var word = part.strip().toLowerCase(Locale.ROOT);
            char sign = word.isEmpty() ? ' ' : word.charAt(0);
            if (sign != '+' && sign != '-') {
                var preset = PRESETS.get(word);
                set = preset != null ? preset : set.with(feature(word));
            } else {
                var feature = feature(word.substring(1));
                set = sign == '+' ? set.with(feature) : set.minus(feature);
            }
        }
        return set;
    }

    private static Feature feature(String label) {
        if (label.equals(Feature.WASM1.label())) {
            return Feature.WASM1;
        }
        return Arrays.stream(Feature.values())
                .filter(f -> f.label().equals(label))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "unknown feature '"
                                                + label
                                                + "'; there are "
                                                + String.join(", ", PRESETS.keySet())
                                                + ", and by themselves "
                                                + ALL));
    }

    private FeatureSet minus(Feature feature) {
        if (feature == Feature.WASM1) {
            throw new IllegalArgumentException("'wasm1' cannot be taken away");
        }
        return without(feature);
    }

    /** This set with these features, and with what they build upon. */
    public FeatureSet with(Feature... more) {
        var sum = EnumSet.copyOf(features);
        sum.addAll(Arrays.asList(more));
        return closure(sum);
    }

    /**
     * This set without these features, and without what builds upon them. {@link Feature#WASM1}
     * stays.
     */
    public FeatureSet without(Feature... fewer) {
        var gone = EnumSet.noneOf(Feature.class);
        gone.addAll(Arrays.asList(fewer));
        var left = EnumSet.of(Feature.WASM1);
        for (var feature : features) {
            var f = Optional.of(feature);
            while (f.isPresent() && !gone.contains(f.get())) {
                f = base(f.get());
            }
            if (f.isEmpty()) {
                left.add(feature);
            }
        }
        return new FeatureSet(left);
    }

    /** The first of the versions of the standard that has all of these features. */
    public Optional<String> level() {
        return PRESETS.entrySet().stream()
                .filter(e -> e.getKey().startsWith("wasm"))
                .filter(e -> e.getValue().containsAll(this))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    @Override
    public boolean contains(Object feature) {
        return features.contains(feature);
    }

    @Override
    public Iterator<Feature> iterator() {
        return features.iterator();
    }

    @Override
    public int size() {
        return features.size();
    }

    /** The labels in order, the first version of the standard left out. */
    @Override
    public String toString() {
        return features.stream()
                .filter(f -> f != Feature.WASM1)
                .map(Feature::label)
                .collect(Collectors.joining(", "));
    }
}
