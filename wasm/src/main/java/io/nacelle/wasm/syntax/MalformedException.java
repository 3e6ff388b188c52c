// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

/** Bytes or text that are no module at all (spec 5 and 6). */
public final class MalformedException extends WasmException {
    private static final long serialVersionUID = 1L;

    public MalformedException(String reason, String where) {
        super(reason, where);
    }

    /** A fault at a byte offset, in something that has a name or a number. */
    public MalformedException(String reason, long offset, String place) {
        super(reason, offset, at(offset) + ", in " + place);
    }

    private MalformedException(String reason, long offset) {
        super(reason, offset, at(offset));
    }

    /** A fault in the binary format at a byte offset. */
    public static MalformedException at(long offset, String reason) {
        return new MalformedException(reason, offset);
    }
}
