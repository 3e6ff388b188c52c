// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

/** How {@link TextPrinter} writes instructions. */
public enum PrintStyle {
    /** One instruction a line, blocks closed by {@code end}. */
    FLAT,
    /** Operands within the parentheses of the instruction that takes them. */
    FOLDED
}
