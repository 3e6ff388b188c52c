// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Objects;

/** An export (spec 2.5.10). */
public record Export(String name, Kind kind, int index) {
    /** What is exported; the order is that of the binary format. */
    public enum Kind {
        FUNC("func"),
        TABLE("table"),
        MEMORY("memory"),
        GLOBAL("global"),
        TAG("tag");

        private final String keyword;

        Kind(String keyword) {
            this.keyword = keyword;
        }

        public String keyword() {
            return keyword;
        }
    }

    public Export {
        Objects.requireNonNull(name);
        Objects.requireNonNull(kind);
    }
}
