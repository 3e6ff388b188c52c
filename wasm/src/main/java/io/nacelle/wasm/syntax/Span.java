// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

/**
 * A run of bytes in a module's source: a function body, a constant expression, the bytes of a data
 * segment.
 *
 * @param offset from the start of the source
 * @param length in bytes
 */
public record Span(int offset, int length) {
    public int end() {
        return offset + length;
    }
}
