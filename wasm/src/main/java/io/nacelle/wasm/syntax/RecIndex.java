// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

/** A type named by its place in the recursive group that is being described (spec 3.1.2). */
public record RecIndex(int index) implements TypeUse {
    @Override
    public String toString() {
        return "rec." + index;
    }
}
