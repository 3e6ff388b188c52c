// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

/** A type of a value: number, vector or reference (spec 2.3.5). */
public sealed interface ValType extends StorageType permits NumType, VecType, RefType {}
