// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

/**
 * A module that cannot be accepted. The message begins with the specification's own words and ends
 * with where the fault is.
 */
public abstract sealed class WasmException extends RuntimeException
        permits MalformedException, InvalidException {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String where;

    WasmException(String reason, String where) {
        super(where.isEmpty() ? reason : reason + " (" + where + ")", null);
        this.reason = reason;
        this.where = where;
    }

    /** What is wrong, without the place. */
    public String reason() {
        return reason;
    }

    /** Where it is wrong: byte offset and section, or line and column. */
    public String where() {
        return where;
    }
}
