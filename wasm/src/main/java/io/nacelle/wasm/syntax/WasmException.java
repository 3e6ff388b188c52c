// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.OptionalLong;

/**
 * A module that cannot be accepted. The message begins with the specification's own words and ends
 * with where the fault is.
 */
public abstract sealed class WasmException extends RuntimeException
        permits MalformedException, InvalidException {
    private static final long NOWHERE = -1;
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String where;
    private final long offset;

    WasmException(String reason, String where) {
        this(reason, NOWHERE, where);
    }

    WasmException(String reason, long offset, String where) {
        super(where.isEmpty() ? reason : reason + " (" + where + ")", null);
        this.reason = reason;
        this.offset = offset;
        this.where = where;
    }

    static String at(long offset) {
        return "at offset 0x" + Long.toHexString(offset);
    }

    /** What is wrong, without the place. */
    public String reason() {
        return reason;
    }

    /** The byte offset of what is wrong, where that is known: of an instruction mostly. */
    public OptionalLong offset() {
        return offset == NOWHERE ? OptionalLong.empty() : OptionalLong.of(offset);
    }

    /** Where it is wrong: byte offset and section, or line and column. */
    public String where() {
        return where;
    }
}
