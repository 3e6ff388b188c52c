// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

/** Whether a global or a field can be written after it is made. */
public enum Mut {
    CONST,
    VAR
}
