// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.Span;

import java.util.Arrays;

/**
 * Finds the end of expressions, and the faults of code that validation does not look at: what is
 * malformed rather than invalid.
 *
 * <p>Not thread-safe; reusable.
 */
final class ExprScanner {
    /** What may come next in a block, besides its {@code end}. */
    private static final byte NOTHING_ELSE = 0;

    private static final byte ELSE = 1;
    private static final byte CATCH_OR_DELEGATE = 2;
    private static final byte CATCH = 3;

    private byte[] blocks = new byte[64];
    private int depth;
    private int dataUse = -1;

    /** Reads a constant expression up to and including its {@code end}. */
    Span constant(InstrReader in) {
        int start = in.offset();
        begin();
        do {
            step(in);
        } while (depth > 0);
        return new Span(start, in.offset() - start);
    }

    /**
     * Reads a function body, its locals included.
     *
     * @param in a window on exactly the body
     * @param source what the window is on
     */
    void body(InstrReader in, ByteSource source) {
        begin();
        in.readLocals((_, _) -> {});
        do {
            if (in.atEnd()) {
                throw in.unterminated(source);
            }
            step(in);
        } while (depth > 0);
        if (!in.atEnd()) {
            throw in.malformed(
                    "section size mismatch: " + in.remaining() + " bytes after the function's end");
        }
    }

    /** The offset of an instruction in the last body that names a data segment, or -1. */
    int dataUse() {
        return dataUse;
    }

    private void begin() {
        depth = 0;
        dataUse = -1;
        push(NOTHING_ELSE, 0);
    }

    private void step(InstrReader in) {
        var op = in.next();
        switch (op) {
            case BLOCK, LOOP, TRY_TABLE -> push(NOTHING_ELSE, in.start());
            case IF -> push(ELSE, in.start());
            case TRY -> push(CATCH_OR_DELEGATE, in.start());
            case Opcode.ELSE -> {
                require(top() == ELSE, in);
                blocks[depth - 1] = NOTHING_ELSE;
            }
            case Opcode.CATCH -> {
                require(top() >= CATCH_OR_DELEGATE, in);
                blocks[depth - 1] = CATCH;
            }
            case CATCH_ALL -> {
                require(top() >= CATCH_OR_DELEGATE, in);
                blocks[depth - 1] = NOTHING_ELSE;
            }
            case DELEGATE -> {
                require(top() == CATCH_OR_DELEGATE, in);
                depth--;
            }
            case END -> depth--;
            case MEMORY_INIT, DATA_DROP, ARRAY_NEW_DATA, ARRAY_INIT_DATA -> dataUse = in.start();
            default -> {}
        }
    }

    private byte top() {
        return blocks[depth - 1];
    }

    private void push(byte kind, int at) {
        if (depth > ImplementationLimits.MAX_NESTING) {
            throw MalformedException.at(
                    at,
                    "too many nested blocks (the limit is "
                            + ImplementationLimits.MAX_NESTING
                            + ")");
        }
        if (depth == blocks.length) {
            blocks = Arrays.copyOf(blocks, 2 * depth);
        }
        blocks[depth++] = kind;
    }

    private static void require(boolean inPlace, InstrReader in) {
        if (!inPlace) {
            throw MalformedException.at(
                    in.start(), "END opcode expected: found " + in.op().mnemonic());
        }
    }
}
