// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import io.nacelle.wasm.syntax.MalformedException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Reads the basic values of the binary format (spec 5.2) from a window of a module's source. Every
 * read checks the window's end.
 *
 * <p>Not thread-safe.
 */
public class ByteReader {
    static final String UNEXPECTED_END = "unexpected end of section or function";
    static final String LENGTH_OUT_OF_BOUNDS = "length out of bounds";

    protected final byte[] bytes;
    protected final int end;
    protected final int origin;
    protected int pos;

    /** How many bytes of the source come after the window. */
    private final int following;

    public ByteReader(ByteSource.Window window) {
        this(window.bytes(), window.start(), window.end(), window.origin(), window.following());
    }

    public ByteReader(byte[] bytes, int start, int end, int origin) {
        this(bytes, start, end, origin, bytes.length - end);
    }

    private ByteReader(byte[] bytes, int start, int end, int origin, int following) {
        this.following = following;
        this.bytes = bytes;
        this.pos = start;
        this.end = end;
        this.origin = origin;
    }

    /** The offset in the source of the byte that comes next. */
    public final int offset() {
        return pos + origin;
    }

    /** The offset in the source of the window's end. */
    public final int endOffset() {
        return end + origin;
    }

    /** Moves to an offset in the source, which must be within the window. */
    public final void seek(int offset) {
        int to = offset - origin;
        if (to < 0 || to > end) {
            throw new IndexOutOfBoundsException(offset);
        }
        pos = to;
    }

    public final boolean atEnd() {
        return pos >= end;
    }

    public final int remaining() {
        return end - pos;
    }

    /** An exception about the bytes at the current position. */
    public final MalformedException malformed(String reason) {
        return MalformedException.at(offset(), reason);
    }

    /** The next byte, unsigned, without moving; -1 at the end. */
    public final int peek() {
        return pos < end ? bytes[pos] & 0xFF : -1;
    }

    /** The next byte, unsigned. */
    public final int readByte() {
        if (pos >= end) {
            throw malformed(UNEXPECTED_END);
        }
        return bytes[pos++] & 0xFF;
    }

    public final void skip(int count) {
        if (count < 0 || count > end - pos) {
            throw malformed(UNEXPECTED_END);
        }
        pos += count;
    }

    /** An unsigned 32-bit number, as its bits. */
    public final int readU32() {
        if (pos < end) {
            int first = bytes[pos];
            if (first >= 0) {
                pos++;
                return first;
            }
            if (pos + 1 < end) {
                int second = bytes[pos + 1];
                if (second >= 0) {
                    pos += 2;
                    return first & 0x7F | second << 7;
                }
            }
        }
        return (int) readUnsigned(32);
    }

    /** An unsigned 64-bit number, as its bits. */
    public final long readU64() {
        if (pos < end) {
            int first = bytes[pos];
            if (first >= 0) {
                pos++;
                return first;
            }
        }
        return readUnsigned(64);
    }

    /** A signed 32-bit number. */
    public final int readS32() {
        if (pos < end) {
            int first = bytes[pos];
            if (first >= 0) {
                pos++;
                return (first << 25) >> 25;
            }
            if (pos + 1 < end) {
                int second = bytes[pos + 1];
                if (second >= 0) {
                    pos += 2;
                    return (first & 0x7F | second << 7) << 18 >> 18;
                }
            }
        }
        return (int) readSigned(32);
    }

    /** A signed 33-bit number. */
    public final long readS33() {
        return readSigned(33);
    }

    /** A signed 64-bit number. */
    public final long readS64() {
        return readSigned(64);
    }

    private long readUnsigned(int bits) {
        long result = 0;
        int start = pos;
        for (int shift = 0; ; shift += 7) {
            int at = pos;
            if (at >= end) {
                throw cutOff(r -> r.readUnsigned(bits), start);
            }
            int b = readByte();
            int left = bits - shift;
            if (left < 7) {
                if ((b & 0x7F) >>> left != 0) {
                    pos = at;
                    throw malformed("integer too large");
                }
                if ((b & 0x80) != 0) {
                    throw malformed("integer representation too long");
                }
            }
            result |= (long) (b & 0x7F) << shift;
            if ((b & 0x80) == 0) {
                return result;
            }
        }
    }

    private long readSigned(int bits) {
        long result = 0;
        int start = pos;
        for (int shift = 0; ; shift += 7) {
            int at = pos;
            if (at >= end) {
                throw cutOff(r -> r.readSigned(bits), start);
            }
            int b = readByte();
            int left = bits - shift;
            if (left < 7) {
                // The bits beyond the value must repeat its sign.
                int high = (b << 25) >> 25 >> (left - 1);
                if (high != 0 && high != -1) {
                    pos = at;
                    throw malformed("integer too large");
                }
                if ((b & 0x80) != 0) {
                    throw malformed("integer representation too long");
                }
            }
            result |= (long) (b & 0x7F) << shift;
            if ((b & 0x80) == 0) {
                int used = shift + 7;
                return used >= 64 ? result : (result << (64 - used)) >> (64 - used);
            }
        }
    }

    /**
     * What is wrong with a number that the window's end cuts: the number itself, when it is none
     * even with what follows in the source, else the end.
     */
    private MalformedException cutOff(Consumer<ByteReader> number, int start) {
        if (start < end && end < bytes.length) {
            try {
                number.accept(new ByteReader(bytes, start, bytes.length, origin));
            } catch (MalformedException e) {
                if (!e.reason().equals(UNEXPECTED_END)) {
                    return e;
                }
            }
        }
        return malformed(UNEXPECTED_END);
    }

    /** Four bytes, little-endian. */
    public final int readFixed32() {
        if (end - pos < 4) {
            pos = end;
            throw malformed(UNEXPECTED_END);
        }
        int b = pos;
        pos += 4;
        return bytes[b] & 0xFF
                | (bytes[b + 1] & 0xFF) << 8
                | (bytes[b + 2] & 0xFF) << 16
                | bytes[b + 3] << 24;
    }

    /** Eight bytes, little-endian. */
    public final long readFixed64() {
        long low = readFixed32() & 0xFFFF_FFFFL;
        return low | (long) readFixed32() << 32;
    }

    /** A length, of which as many bytes must follow in the window at least. */
    private int readLength() {
        int at = pos;
        if (at >= end) {
            throw lengthCutOff();
        }
        int length = readU32();
        if (Integer.compareUnsigned(length, end - pos) > 0) {
            var fault = lengthFault(length, end - at);
            pos = at;
            throw malformed(fault);
        }
        return length;
    }

    /**
     * What is wrong when a length should stand where the window ends. The specification's
     * interpreter looks at what comes next in the source before it notices the end.
     */
    private MalformedException lengthCutOff() {
        int length = 0;
        try {
            length = new ByteReader(bytes, pos, bytes.length, origin).readU32();
        } catch (MalformedException _) {
            // No number there either: the end is what is wrong.
        }
        return malformed(lengthFault(length, following));
    }

    /**
     * What is wrong with a length that is more than what follows it. The specification's
     * interpreter compares with what is left from the number itself on, and meets the end
     * afterwards when the difference is the number's own bytes.
     *
     * @param length unsigned
     * @param left the bytes left, the number's own included
     */
    static String lengthFault(int length, int left) {
        return Integer.compareUnsigned(length, left) > 0 ? LENGTH_OUT_OF_BOUNDS : UNEXPECTED_END;
    }

    /**
     * The length of a vector whose elements take a byte each at least.
     *
     * @param limit the implementation limit
     * @param what what is counted, for the message
     */
    public final int readCount(int limit, String what) {
        int at = pos;
        int count = readLength();
        if (count > limit) {
            pos = at;
            throw malformed("too many " + what + " (" + count + ", the limit is " + limit + ")");
        }
        return count;
    }

    /** A name: UTF-8 with its length in front (spec 5.2.4). */
    public final String readName() {
        int at = pos;
        int length = readLength();
        if (length > ImplementationLimits.MAX_NAME_LENGTH) {
            pos = at;
            throw malformed(
                    "name too long (the limit is " + ImplementationLimits.MAX_NAME_LENGTH + ")");
        }
        int start = pos;
        pos += length;
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, start, length))
                    .toString();
        } catch (CharacterCodingException e) {
            pos = start;
            throw malformed("malformed UTF-8 encoding");
        }
    }

    /** Eight bytes of an array, little-endian, unchecked against this window. */
    static long fixed64(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes, at, 8).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }
}
