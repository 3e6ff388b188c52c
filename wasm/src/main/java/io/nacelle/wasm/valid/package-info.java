// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Validation (spec 3): {@link io.nacelle.wasm.valid.Validator} checks a module, {@link
 * io.nacelle.wasm.valid.ValidModule} is one that has passed. Engines translate code in the same
 * walk, as {@link io.nacelle.wasm.valid.CodeVisitor}s, and {@link
 * io.nacelle.wasm.valid.FuelSegments} says what code costs.
 */
package io.nacelle.wasm.valid;
