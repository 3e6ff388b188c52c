// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** How a vector is cut into lanes. */
public enum LaneShape {
    I8X16(16),
    I16X8(8),
    I32X4(4),
    I64X2(2),
    F32X4(4),
    F64X2(2);

    private final int lanes;

    LaneShape(int lanes) {
        this.lanes = lanes;
    }

    /** How many lanes there are. */
    public int lanes() {
        return lanes;
    }

    /** The width of a lane in bits. */
    public int bits() {
        return 128 / lanes;
    }

    /** Whether the lanes are floats. */
    public boolean isFloat() {
        return this == F32X4 || this == F64X2;
    }

    static Optional<LaneShape> of(String word) {
        for (var shape : values()) {
            if (shape.toString().equals(word)) {
                return Optional.of(shape);
            }
        }
        return Optional.empty();
    }

    /** The bits of one lane from its literal; empty when it does not fit. */
    OptionalLong parse(byte[] text, int start, int stop) {
        return switch (this) {
            case F32X4 -> {
                var bits = Numbers.f32(text, start, stop);
                yield bits.isPresent()
                        ? OptionalLong.of(bits.getAsInt() & 0xFFFF_FFFFL)
                        : OptionalLong.empty();
            }
            case F64X2 -> Numbers.f64(text, start, stop);
            default -> Numbers.integer(text, start, stop, bits());
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
