// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A composite type with its place in the subtype order (spec 2.3.10). {@code describes} and {@code
 * descriptor} are the clauses of the custom-descriptors proposal.
 */
public record SubType(
        Finality finality,
        List<TypeUse> supers,
        Optional<TypeUse> describes,
        Optional<TypeUse> descriptor,
        CompType comp) {
    /** Whether the type may have subtypes. */
    public enum Finality {
        OPEN,
        FINAL
    }

    public SubType {
        Objects.requireNonNull(finality);
        supers = List.copyOf(supers);
        Objects.requireNonNull(describes);
        Objects.requireNonNull(descriptor);
        Objects.requireNonNull(comp);
    }

    // Written out, like those of all records that every module has: what the JDK derives at run
    // time
    // takes its time at each start.
    @Override
    public boolean equals(Object other) {
        return other instanceof SubType that
                && finality == that.finality
                && supers.equals(that.supers)
                && describes.equals(that.describes)
                && descriptor.equals(that.descriptor)
                && comp.equals(that.comp);
    }

    @Override
    public int hashCode() {
        return 31
                        * (31
                                        * (31 * (31 * finality.hashCode() + supers.hashCode())
                                                + describes.hashCode())
                                + descriptor.hashCode())
                + comp.hashCode();
    }

    /** A final type without supertypes: what a bare composite type abbreviates. */
    public static SubType of(CompType comp) {
        return new SubType(Finality.FINAL, List.of(), Optional.empty(), Optional.empty(), comp);
    }

    public boolean isFinal() {
        return finality == Finality.FINAL;
    }
}
