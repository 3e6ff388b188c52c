// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.aotc.obj;

import java.util.Map;

/**
 * Code that can run wherever it is put, at any multiple of a page: it refers to nothing but itself.
 *
 * @param code instructions and the constants that they use
 * @param functions by their symbols
 * @param lines which line of the source each instruction comes from
 */
public record LinkedCode(byte[] code, Map<String, Function> functions, LineTable lines) {
    /**
     * A function.
     *
     * @param offset where it begins in the code
     * @param size its bytes
     */
    public record Function(int offset, int size) {}
}
