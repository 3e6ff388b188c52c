// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.List;
import java.util.Objects;

/** An element segment (spec 2.5.8). */
public record Elem(RefType type, Init init, Mode mode) {
    public Elem {
        Objects.requireNonNull(type);
        Objects.requireNonNull(init);
        Objects.requireNonNull(mode);
    }

    /** What the segment holds. */
    public sealed interface Init {
        int size();
    }

    /** References to these functions; the array is not copied and not to be changed. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Funcs(int[] indices) implements Init {
        @Override
        public int size() {
            return indices.length;
        }
    }

    /** Constant expressions, each with its {@code end}. */
    public record Exprs(List<Span> exprs) implements Init {
        public Exprs {
            exprs = List.copyOf(exprs);
        }

        @Override
        public int size() {
            return exprs.size();
        }
    }

    /** What becomes of the segment at instantiation. */
    public sealed interface Mode {}

    /** Kept for {@code table.init}. */
    public enum Passive implements Mode {
        PASSIVE
    }

    /** Dropped: it only declares functions that {@code ref.func} names. */
    public enum Declarative implements Mode {
        DECLARATIVE
    }

    /** Copied into a table, at an offset given by a constant expression. */
    public record Active(int table, Span offset) implements Mode {}
}
