// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

/** The type of addresses into a memory or table (spec 2.3.11). */
public enum AddrType {
    I32(NumType.I32),
    I64(NumType.I64);

    private final NumType numType;

    AddrType(NumType numType) {
        this.numType = numType;
    }

    public NumType numType() {
        return numType;
    }

    /** The narrower of two: the type of a length in a copy between them. */
    public AddrType min(AddrType other) {
        return this == I32 ? this : other;
    }

    @Override
    public String toString() {
        return numType.toString();
    }
}
