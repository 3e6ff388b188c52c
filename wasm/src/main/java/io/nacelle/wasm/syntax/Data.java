// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Objects;

/**
 * A data segment (spec 2.5.7).
 *
 * @param bytes where its bytes are
 */
public record Data(Span bytes, Mode mode) {
    public Data {
        Objects.requireNonNull(bytes);
        Objects.requireNonNull(mode);
    }

    /** What becomes of the segment at instantiation. */
    public sealed interface Mode {}

    /** Kept for {@code memory.init}. */
    public enum Passive implements Mode {
        PASSIVE
    }

    /** Copied into a memory, at an offset given by a constant expression. */
    public record Active(int memory, Span offset) implements Mode {}
}
