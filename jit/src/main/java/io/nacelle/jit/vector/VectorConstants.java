// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.jit.vector;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** What the methods of {@link VectorOps} need and compiled code must reach too. */
public final class VectorConstants {
    /** A zero that the compiler does not see through. */
    public static final ByteVector ZERO = ByteVector.zero(ByteVector.SPECIES_128);

    // Orders of bytes.

    /** Bytes 0, 2, 4 and so on, then 1, 3, 5 and so on. */
    public static final VectorShuffle<Byte> EVEN_BYTES_FIRST =
            shuffle(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);

    /** The same of pairs of bytes. */
    public static final VectorShuffle<Byte> EVEN_SHORTS_FIRST =
            shuffle(0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15);

    /** The upper eight bytes, each twice. */
    public static final VectorShuffle<Byte> HIGH_BYTES =
            shuffle(8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15);

    /** The upper four pairs of bytes, each twice. */
    public static final VectorShuffle<Byte> HIGH_SHORTS =
            shuffle(8, 9, 8, 9, 10, 11, 10, 11, 12, 13, 12, 13, 14, 15, 14, 15);

    /** The upper half twice. */
    public static final VectorShuffle<Byte> HIGH_LONG =
            shuffle(8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);

    // Shapes for comparing lanes of 64 bits. The JVM's compiler on x86 knows no masks of two lanes,
    // but of four.

    private static final boolean WIDE = VectorShape.preferredShape().vectorBitSize() >= 256;

    public static final VectorSpecies<Long> MASKED_LONGS =
            WIDE ? LongVector.SPECIES_256 : LongVector.SPECIES_128;

    public static final VectorSpecies<Double> MASKED_DOUBLES =
            WIDE ? DoubleVector.SPECIES_256 : DoubleVector.SPECIES_128;

    private VectorConstants() {}

    private static VectorShuffle<Byte> shuffle(int... sources) {
        return VectorShuffle.fromValues(ByteVector.SPECIES_128, sources);
    }
}
