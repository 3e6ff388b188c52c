// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.syntax.Opcode;

/** Takes instructions one by one and lays them out as text. */
sealed interface Layout permits FlatLayout, FoldedLayout {
    /**
     * An instruction that is no part of a block.
     *
     * @param text the instruction with its immediates
     * @param operands how many values it takes
     * @param results how many values it leaves
     */
    void plain(String text, int operands, int results);

    /** The opening of a block. */
    void open(Opcode op, String text, int results);

    /** {@code else}, {@code catch} or {@code catch_all}. */
    void part(Opcode op, String text);

    /** {@code end}, or a {@code delegate} that stands for it. */
    void close(Opcode op, String text);

    /** Writes out what is still held back. */
    void finish();
}
