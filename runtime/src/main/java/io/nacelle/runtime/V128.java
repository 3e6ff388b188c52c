// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

/** A value of type v128: its low and its high 64 bits, lane 0 in the lowest bits. */
public record V128(long low, long high) {
    @Override
    public String toString() {
        return String.format("0x%016x%016x", high, low);
    }
}
