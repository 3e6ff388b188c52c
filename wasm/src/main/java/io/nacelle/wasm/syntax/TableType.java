// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Objects;

/** The type of a table (spec 2.3.14). */
public record TableType(AddrType addr, Limits limits, RefType element) implements ExternType {
    public TableType {
        Objects.requireNonNull(addr);
        Objects.requireNonNull(limits);
        Objects.requireNonNull(element);
    }

    @Override
    public String kind() {
        return "table";
    }

    @Override
    public String toString() {
        return (addr == AddrType.I64 ? "i64 " : "") + limits + " " + element;
    }
}
