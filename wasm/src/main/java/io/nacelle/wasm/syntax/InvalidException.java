// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

/** A well-formed module that breaks a rule of validation (spec 3). */
public final class InvalidException extends WasmException {
    private static final long serialVersionUID = 1L;

    public InvalidException(String reason, String where) {
        super(reason, where);
    }

    /** A fault at a byte offset, in something that has a name or a number. */
    public InvalidException(String reason, long offset, String place) {
        super(reason, offset, at(offset) + ", in " + place);
    }

    private InvalidException(String reason, long offset) {
        super(reason, offset, at(offset));
    }

    /** A fault at a byte offset of the binary format. */
    public static InvalidException at(long offset, String reason) {
        return new InvalidException(reason, offset);
    }
}
