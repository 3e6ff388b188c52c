// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.jit.vector;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** What the methods of {@link VectorOps} need and compiled code must reach too. */
public final class VectorConstants {
    /** A zero that the compiler does not see through. */
    public static final LongVector ZERO = of(0, 0);

    // Orders of bytes.

    /** Bytes 0, 2, 4 and so on, then 1, 3, 5 and so on. */
    public static final LongVector EVEN_BYTES_FIRST = of(0x0E0C0A0806040200L, 0x0F0D0B0907050301L);

    /** The same of pairs of bytes. */
    public static final LongVector EVEN_SHORTS_FIRST = of(0x0D0C090805040100L, 0x0F0E0B0A07060302L);

    /** The upper eight bytes, each twice. */
    public static final LongVector HIGH_BYTES = of(0x0B0B0A0A09090808L, 0x0F0F0E0E0D0D0C0CL);

    /** The upper four pairs of bytes, each twice. */
    public static final LongVector HIGH_SHORTS = of(0x0B0A0B0A09080908L, 0x0F0E0F0E0D0C0D0CL);

    /** The upper half twice. */
    public static final LongVector HIGH_LONG = of(0x0F0E0D0C0B0A0908L, 0x0F0E0D0C0B0A0908L);

    // Shapes for comparing lanes of 64 bits. The JVM's compiler on x86 knows no masks of two lanes,
    // but of four.

    private static final boolean WIDE = VectorShape.preferredShape().vectorBitSize() >= 256;

    public static final VectorSpecies<Long> MASKED_LONGS =
            WIDE ? LongVector.SPECIES_256 : LongVector.SPECIES_128;

    public static final VectorSpecies<Double> MASKED_DOUBLES =
            WIDE ? DoubleVector.SPECIES_256 : DoubleVector.SPECIES_128;

    private VectorConstants() {}

    /**
     * A vector that does not change. It has lanes of 64 bits as HotSpot takes it that whatever is
     * written to a memory might be what vectors of bytes hold, and would read those again and again
     * in loops that write.
     */
    public static LongVector of(long low, long high) {
        return LongVector.broadcast(LongVector.SPECIES_128, low).withLane(1, high);
    }
}
