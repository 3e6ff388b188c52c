// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Objects;

/**
 * One clause of {@code try_table} (spec 2.4.11).
 *
 * @param tag the tag index; 0 for the clauses that catch everything
 * @param label the relative label, counted from outside the {@code try_table}
 */
public record CatchClause(Kind kind, int tag, int label) {
    /** What is caught and what is passed on; the order is that of the binary format. */
    public enum Kind {
        CATCH("catch"),
        CATCH_REF("catch_ref"),
        CATCH_ALL("catch_all"),
        CATCH_ALL_REF("catch_all_ref");

        private final String keyword;

        Kind(String keyword) {
            this.keyword = keyword;
        }

        public String keyword() {
            return keyword;
        }

        public boolean hasTag() {
            return this == CATCH || this == CATCH_REF;
        }

        public boolean passesReference() {
            return this == CATCH_REF || this == CATCH_ALL_REF;
        }
    }

    public CatchClause {
        Objects.requireNonNull(kind);
    }
}
