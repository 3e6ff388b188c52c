// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/** The WebAssembly language: types and modules, binary and text format, validation. */
module io.nacelle.wasm {
    exports io.nacelle.wasm.syntax;
    exports io.nacelle.wasm.binary;
    exports io.nacelle.wasm.debug;
    exports io.nacelle.wasm.text;
    exports io.nacelle.wasm.valid;
}
