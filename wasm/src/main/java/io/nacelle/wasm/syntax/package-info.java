// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The language (spec 2): types, the parts of a module, and {@link io.nacelle.wasm.syntax.Opcode},
 * the table of all instructions. Immutable. Nothing here is checked: that is for {@code
 * io.nacelle.wasm.valid}. Function bodies stay in the bytes they came from.
 */
package io.nacelle.wasm.syntax;
