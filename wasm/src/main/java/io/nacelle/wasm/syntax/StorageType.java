// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

/** What a field of a structure or array holds (spec 2.3.8). */
public sealed interface StorageType permits ValType, PackedType {}
