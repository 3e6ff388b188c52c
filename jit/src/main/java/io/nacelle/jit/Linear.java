// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import java.util.Map;
import java.util.TreeMap;

/**
 * A sum of 32-bit locals, as they are when a round of a loop begins, and a constant.
 *
 * @param factors by local; none is 0
 */
record Linear(Map<Integer, Integer> factors, int constant) {
    static Linear of(int constant) {
        return new Linear(Map.of(), constant);
    }

    static Linear local(int local) {
        return new Linear(Map.of(local, 1), 0);
    }

    Linear plus(Linear other) {
        var sum = new TreeMap<>(factors);
        other.factors.forEach((local, factor) -> sum.merge(local, factor, Integer::sum));
        sum.values().removeIf(factor -> factor == 0);
        return new Linear(sum, constant + other.constant);
    }

    Linear negate() {
        var negated = new TreeMap<Integer, Integer>();
        factors.forEach((local, factor) -> negated.put(local, -factor));
        return new Linear(negated, -constant);
    }

    Linear plus(int more) {
        return new Linear(factors, constant + more);
    }

    /** Whether it is the same sum up to the constant. */
    boolean isParallel(Linear other) {
        return factors.equals(other.factors);
    }
}
