// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi;

/** What a guest may do with the files it is given. */
public enum Access {
    /** Look and read; every change is refused with ROFS. */
    READ_ONLY,
    /** Everything. */
    READ_WRITE
}
