// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import java.util.List;
import java.util.Objects;

/** What a result is compared with. */
public sealed interface ResultPattern {
    /** This value and no other; floats by their bits. */
    record Exactly(ScriptValue value) implements ResultPattern {
        public Exactly {
            Objects.requireNonNull(value);
        }
    }

    /** The NaNs that are meant when not one is. */
    enum Nan {
        /** Only the highest bit of the payload is set; any sign. */
        CANONICAL,
        /** At least the highest bit of the payload is set; any sign. */
        ARITHMETIC;

        /** Whether the bits of a 32-bit float are such a NaN. */
        public boolean matches(int bits) {
            return this == CANONICAL
                    ? (bits & 0x7FFF_FFFF) == 0x7FC0_0000
                    : (bits & 0x7FC0_0000) == 0x7FC0_0000;
        }

        /** Whether the bits of a 64-bit float are such a NaN. */
        public boolean matches(long bits) {
            return this == CANONICAL
                    ? (bits & 0x7FFF_FFFF_FFFF_FFFFL) == 0x7FF8_0000_0000_0000L
                    : (bits & 0x7FF8_0000_0000_0000L) == 0x7FF8_0000_0000_0000L;
        }
    }

    /** A 32-bit NaN. */
    record F32Nan(Nan nan) implements ResultPattern {}

    /** A 64-bit NaN. */
    record F64Nan(Nan nan) implements ResultPattern {}

    /** A vector with at least one lane that may be one of several NaNs. */
    record Lanes(LaneShape shape, List<Lane> lanes) implements ResultPattern {
        public Lanes {
            lanes = List.copyOf(lanes);
        }

        /** Whether a vector, given by its halves, matches in every lane. */
        public boolean matches(long low, long high) {
            int perHalf = shape.lanes() / 2;
            for (int i = 0; i < shape.lanes(); i++) {
                long half = i < perHalf ? low : high;
                long bits = half >>> (i % perHalf * shape.bits());
                if (shape.bits() < 64) {
                    bits &= (1L << shape.bits()) - 1;
                }
                if (!matches(lanes.get(i), bits)) {
                    return false;
                }
            }
            return true;
        }

        private boolean matches(Lane lane, long bits) {
            return switch (lane) {
                case BitsLane exact -> exact.bits() == bits;
                case NanLane nan ->
                        shape == LaneShape.F32X4
                                ? nan.nan().matches((int) bits)
                                : nan.nan().matches(bits);
            };
        }
    }

    /** What one lane is compared with. */
    sealed interface Lane {}

    /** Exactly these bits. */
    record BitsLane(long bits) implements Lane {}

    /** A NaN. */
    record NanLane(Nan nan) implements Lane {}

    /** A reference of a kind, whichever. */
    record AnyOf(RefKind kind) implements ResultPattern {}

    /** The kinds of references that scripts tell apart. */
    enum RefKind {
        /** A null of any type. */
        NULL("ref.null"),
        ANY("ref.any"),
        EQ("ref.eq"),
        I31("ref.i31"),
        STRUCT("ref.struct"),
        ARRAY("ref.array"),
        FUNC("ref.func"),
        EXTERN("ref.extern"),
        EXN("ref.exn"),
        HOST("ref.host");

        private final String keyword;

        RefKind(String keyword) {
            this.keyword = keyword;
        }

        /** The keyword in scripts. */
        public String keyword() {
            return keyword;
        }
    }

    /** One of several. */
    record Either(List<ResultPattern> patterns) implements ResultPattern {
        public Either {
            patterns = List.copyOf(patterns);
        }
    }
}
