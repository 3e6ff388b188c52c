// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.Span;

import java.util.function.Function;

/**
 * Reads a section piece by piece through a window that moves, so that a mapped module is never
 * copied as a whole.
 *
 * <p>A piece is read from a window that may be too short for it. When the window's end is met
 * before the section's, the piece is read again from a longer window; reading has no effects before
 * it succeeds.
 */
final class SectionReader {
    private static final int WINDOW = 1 << 16;

    private final ByteSource source;
    private final int end;
    private InstrReader in;

    SectionReader(ByteSource source, Span contents) {
        this.source = source;
        this.end = contents.end();
        move(contents.offset(), WINDOW);
    }

    private void move(int offset, int length) {
        int left = end - offset;
        in =
                new InstrReader(
                        source.window(offset, source.inPlace() ? left : Math.min(left, length)));
    }

    int offset() {
        return in.offset();
    }

    boolean atEnd() {
        return in.offset() == end;
    }

    /** Reads a piece; what {@code piece} returns must depend on nothing but the bytes. */
    <T> T read(Function<InstrReader, T> piece) {
        int at = in.offset();
        for (int length = WINDOW; ; length = Math.min(end - at, 2 * length)) {
            try {
                return piece.apply(in);
            } catch (MalformedException e) {
                if (in.endOffset() == end || !mayBeShort(e.reason())) {
                    throw e;
                }
                // The first time, the window may just have begun well before the piece.
                move(at, length);
            }
        }
    }

    private static boolean mayBeShort(String reason) {
        return reason.equals(ByteReader.UNEXPECTED_END)
                || reason.equals(ByteReader.LENGTH_OUT_OF_BOUNDS)
                || reason.startsWith(TypeReader.MORE_THAN_FOLLOWS);
    }

    int readU32() {
        return read(ByteReader::readU32);
    }

    /** The length of a vector whose elements take a byte each at least. */
    int readCount(int limit, String what) {
        int at = in.offset();
        int count = readU32();
        checkLength(at, count);
        if (count > limit) {
            throw MalformedException.at(
                    at, "too many " + what + " (" + count + ", the limit is " + limit + ")");
        }
        return count;
    }

    /** A run of bytes with its length in front; they are passed over. */
    Span readSized() {
        int at = in.offset();
        int length = readU32();
        checkLength(at, length);
        int start = in.offset();
        skipTo(start + length);
        return new Span(start, length);
    }

    private void checkLength(int at, int length) {
        if (Integer.compareUnsigned(length, end - in.offset()) > 0) {
            throw MalformedException.at(at, ByteReader.lengthFault(length, end - at));
        }
    }

    private void skipTo(int offset) {
        if (offset <= in.endOffset()) {
            in.seek(offset);
        } else {
            move(offset, WINDOW);
        }
    }

    /** What is left of the section. */
    Span rest() {
        return new Span(in.offset(), end - in.offset());
    }

    /** Makes sure that nothing is left. */
    void finish() {
        if (!atEnd()) {
            throw MalformedException.at(
                    in.offset(),
                    "section size mismatch: " + (end - in.offset()) + " bytes too many");
        }
    }
}
