// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.compare;

/**
 * A kernel in one of the ways to build it.
 *
 * @param source the name of its source
 * @param simd whether WebAssembly has vectors
 */
record Subject(String source, boolean simd) {
    String name() {
        return simd ? source + "-simd" : source;
    }
}
