// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.fs;

/** How a guest means to use a file; the ordinal of a constant is WASI's {@code advice}. */
public enum Advice {
    NORMAL,
    SEQUENTIAL,
    RANDOM,
    WILLNEED,
    DONTNEED,
    NOREUSE
}
