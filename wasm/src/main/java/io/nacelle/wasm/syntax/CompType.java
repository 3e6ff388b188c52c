// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

/** A composite type (spec 2.3.9). */
public sealed interface CompType permits FuncType, StructType, ArrayType {}
