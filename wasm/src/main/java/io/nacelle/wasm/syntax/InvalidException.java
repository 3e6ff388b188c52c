// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

/** A well-formed module that breaks a rule of validation (spec 3). */
public final class InvalidException extends WasmException {
    private static final long serialVersionUID = 1L;

    public InvalidException(String reason, String where) {
        super(reason, where);
    }

    /** A fault at a byte offset of the binary format. */
    public static InvalidException at(long offset, String reason) {
        return new InvalidException(reason, "at offset 0x" + Long.toHexString(offset));
    }
}
