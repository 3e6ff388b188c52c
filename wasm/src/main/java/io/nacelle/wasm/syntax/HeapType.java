// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

/** What a reference refers to (spec 2.3.3). */
public sealed interface HeapType permits AbsHeapType, TypeUse, ExactType {}
