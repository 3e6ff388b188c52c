// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The text format (spec 6): {@link io.nacelle.wasm.text.TextParser} reads modules, {@link
 * io.nacelle.wasm.text.TextPrinter} writes them, and {@link io.nacelle.wasm.text.ScriptReader}
 * reads the scripts that tests are written in.
 */
package io.nacelle.wasm.text;
