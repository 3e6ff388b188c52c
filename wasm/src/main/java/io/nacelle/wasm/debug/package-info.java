// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Where instructions come from in the source of a program: the debugging information that compilers
 * put into custom sections (DWARF 2 to 5, as "DWARF for WebAssembly" says), read as far as lines
 * and inlined functions need it.
 */
package io.nacelle.wasm.debug;
