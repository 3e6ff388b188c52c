// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

/**
 * A defined type, named in one of three ways: by its index in a module, by its place in its own
 * recursive group (inside canonical groups only), or closed, as the canonical type itself.
 */
public sealed interface TypeUse extends HeapType permits TypeIndex, RecIndex, DefType {}
