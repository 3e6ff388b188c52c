// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.jit.vector;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The shapes of vectors where they are not those of the operands. */
public final class Species {
    // The JVM's compiler on x86 knows no masks of two lanes, but of four.
    private static final boolean WIDE = VectorShape.preferredShape().vectorBitSize() >= 256;

    /** The shape for comparing lanes of 64 bits. */
    public static final VectorSpecies<Long> MASKED_LONGS =
            WIDE ? LongVector.SPECIES_256 : LongVector.SPECIES_128;

    /** The same for floats. */
    public static final VectorSpecies<Double> MASKED_DOUBLES =
            WIDE ? DoubleVector.SPECIES_256 : DoubleVector.SPECIES_128;

    private Species() {}
}
