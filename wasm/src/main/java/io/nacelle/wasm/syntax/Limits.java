// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.OptionalLong;

/** The least and the most size of a memory or table, in pages or elements, unsigned. */
public record Limits(long min, OptionalLong max) {
    public static Limits atLeast(long min) {
        return new Limits(min, OptionalLong.empty());
    }

    public static Limits between(long min, long max) {
        return new Limits(min, OptionalLong.of(max));
    }

    /** Whether everything within these limits is within the other's (spec 3.3.10). */
    public boolean matches(Limits other) {
        if (Long.compareUnsigned(min, other.min) < 0) {
            return false;
        }
        if (other.max.isEmpty()) {
            return true;
        }
        return max.isPresent() && Long.compareUnsigned(max.getAsLong(), other.max.getAsLong()) <= 0;
    }

    @Override
    public String toString() {
        var low = Long.toUnsignedString(min);
        return max.isPresent() ? low + " " + Long.toUnsignedString(max.getAsLong()) : low;
    }
}
