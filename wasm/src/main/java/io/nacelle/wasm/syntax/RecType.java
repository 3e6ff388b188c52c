// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.List;

/** A group of types that may refer to one another (spec 2.3.10). */
public record RecType(List<SubType> types) {
    public RecType {
        types = List.copyOf(types);
    }

    // Written out, like those of all records that every module has: what the JDK derives at run
    // time
    // takes its time at each start.
    @Override
    public boolean equals(Object other) {
        return other instanceof RecType that && types.equals(that.types);
    }

    @Override
    public int hashCode() {
        return types.hashCode();
    }

    public static RecType of(CompType comp) {
        return new RecType(List.of(SubType.of(comp)));
    }
}
