// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.syntax.Opcode;

/** One instruction a line. */
final class FlatLayout implements Layout {
    private final StringBuilder out;
    private int depth;

    FlatLayout(StringBuilder out, int depth) {
        this.out = out;
        this.depth = depth;
    }

    @Override
    public void plain(String text, int operands, int results) {
        line(text);
    }

    @Override
    public void open(Opcode op, String text, int results) {
        line(text);
        depth++;
    }

    @Override
    public void part(Opcode op, String text) {
        depth--;
        line(text);
        depth++;
    }

    @Override
    public void close(Opcode op, String text) {
        depth--;
        line(text);
    }

    @Override
    public void finish() {}

    private void line(String text) {
        TextPrinter.newLine(out, depth);
        out.append(text);
    }
}
