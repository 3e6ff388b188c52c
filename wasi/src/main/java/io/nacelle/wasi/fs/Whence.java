// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.fs;

/** Where a seek counts from; the ordinal of a constant is WASI's {@code whence}. */
public enum Whence {
    SET,
    CUR,
    END
}
