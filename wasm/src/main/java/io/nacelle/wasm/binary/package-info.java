// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The binary format (spec 5): {@link io.nacelle.wasm.binary.BinaryDecoder} and {@link
 * io.nacelle.wasm.binary.BinaryEncoder} for modules, {@link io.nacelle.wasm.binary.InstrReader} and
 * {@link io.nacelle.wasm.binary.CodeWriter} for code. What comes from a file is hostile until shown
 * otherwise: nothing is allocated on the word of a declared count, and {@link
 * io.nacelle.wasm.binary.ImplementationLimits} bounds the rest.
 */
package io.nacelle.wasm.binary;
