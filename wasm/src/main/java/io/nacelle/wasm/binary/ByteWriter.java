// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.BlockType;
import io.nacelle.wasm.syntax.ExactType;
import io.nacelle.wasm.syntax.HeapType;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.Span;
import io.nacelle.wasm.syntax.TypeIndex;
import io.nacelle.wasm.syntax.TypeUse;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Writes the values and types of the binary format (spec 5.2 and 5.3) to a buffer that grows. Every
 * number is written in its shortest form. The counterpart of {@link ByteReader} and {@link
 * TypeReader}.
 *
 * <p>Every writing method throws {@link MalformedException} when the buffer would pass {@link
 * ImplementationLimits#MAX_MODULE_SIZE}.
 *
 * <p>Not thread-safe.
 */
public class ByteWriter {
    private static final int CONTINUES = 0x80;
    private static final int PAYLOAD = 0x7F;

    private byte[] buffer;
    private int size;

    public ByteWriter() {
        this(64);
    }

    /**
     * A writer with room for some bytes.
     *
     * @param capacity a guess at the final size, in bytes
     */
    public ByteWriter(int capacity) {
        this.buffer = new byte[Math.max(16, capacity)];
    }

    /** The number of bytes written: the position of the next one. */
    public final int size() {
        return size;
    }

    /** A copy of what was written. */
    public final byte[] toByteArray() {
        return Arrays.copyOf(buffer, size);
    }

    /** Forgets all that was written after a position. */
    public final void truncate(int position) {
        Objects.checkIndex(position, size + 1);
        size = position;
    }

    private void need(int count) {
        if (count > buffer.length - size) {
            grow(count);
        }
    }

    private void grow(int count) {
        long needed = (long) size + count;
        if (needed > ImplementationLimits.MAX_MODULE_SIZE) {
            throw new MalformedException(
                    "module too large",
                    "the limit is " + ImplementationLimits.MAX_MODULE_SIZE + " bytes");
        }
        long doubled = Math.min(2L * buffer.length, ImplementationLimits.MAX_MODULE_SIZE);
        buffer = Arrays.copyOf(buffer, (int) Math.max(needed, doubled));
    }

    /** The low eight bits. */
    public final void writeByte(int value) {
        need(1);
        buffer[size++] = (byte) value;
    }

    public final void writeBytes(byte[] bytes) {
        writeBytes(bytes, 0, bytes.length);
    }

    public final void writeBytes(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        need(length);
        System.arraycopy(bytes, offset, buffer, size, length);
        size += length;
    }

    /** A part of a module's source. */
    public final void writeSpan(ByteSource source, Span span) {
        need(span.length());
        source.copy(span.offset(), buffer, size, span.length());
        size += span.length();
    }

    /** All that another writer holds. */
    public final void writeAll(ByteWriter other) {
        writeBytes(other.buffer, 0, other.size);
    }

    /** Appends what another writer holds from a position on; it is forgotten there. */
    public final void takeFrom(ByteWriter other, int from) {
        Objects.checkIndex(from, other.size + 1);
        writeBytes(other.buffer, from, other.size - from);
        other.size = from;
    }

    /** All that another writer holds, with its length in front. */
    public final void writeSized(ByteWriter other) {
        writeU32(other.size);
        writeAll(other);
    }

    /**
     * Puts the length of what was written since a position in front of it; what was written moves
     * on by the length's own length.
     */
    public final void insertSize(int from) {
        Objects.checkIndex(from, size + 1);
        int length = size - from;
        int width = u32Length(length);
        need(width);
        System.arraycopy(buffer, from, buffer, from + width, length);
        size = from;
        writeU32(length);
        size = from + width + length;
    }

    /** How many bytes an unsigned 32-bit number takes. */
    public static int u32Length(int value) {
        return Math.max(1, (32 - Integer.numberOfLeadingZeros(value) + 6) / 7);
    }

    /** An unsigned 32-bit number, given by its bits. */
    public final void writeU32(int value) {
        need(5);
        int rest = value;
        while ((rest & ~PAYLOAD) != 0) {
            buffer[size++] = (byte) (rest & PAYLOAD | CONTINUES);
            rest >>>= 7;
        }
        buffer[size++] = (byte) rest;
    }

    /** An unsigned 64-bit number, given by its bits. */
    public final void writeU64(long value) {
        need(10);
        long rest = value;
        while ((rest & ~(long) PAYLOAD) != 0) {
            buffer[size++] = (byte) (rest & PAYLOAD | CONTINUES);
            rest >>>= 7;
        }
        buffer[size++] = (byte) rest;
    }

    /** A signed 32-bit number. */
    public final void writeS32(int value) {
        writeS64(value);
    }

    /** A type index where a negative number would be something else: a signed 33-bit number. */
    public final void writeS33(int unsigned) {
        writeS64(unsigned & 0xFFFF_FFFFL);
    }

    /** A signed 64-bit number. */
    public final void writeS64(long value) {
        need(10);
        long rest = value;
        while (rest < -64 || rest > 63) {
            buffer[size++] = (byte) (rest & PAYLOAD | CONTINUES);
            rest >>= 7;
        }
        buffer[size++] = (byte) (rest & PAYLOAD);
    }

    /** Four bytes, little-endian. */
    public final void writeFixed32(int value) {
        need(4);
        for (int shift = 0; shift < 32; shift += 8) {
            buffer[size++] = (byte) (value >>> shift);
        }
    }

    /** Eight bytes, little-endian. */
    public final void writeFixed64(long value) {
        need(8);
        for (int shift = 0; shift < 64; shift += 8) {
            buffer[size++] = (byte) (value >>> shift);
        }
    }

    /** A name: UTF-8 with its length in front (spec 5.2.4). */
    public final void writeName(String name) {
        var bytes = name.getBytes(StandardCharsets.UTF_8);
        writeU32(bytes.length);
        writeBytes(bytes);
    }

    public final void writeValType(ValType type) {
        switch (type) {
            case NumType num -> writeByte(code(num));
            case VecType _ -> writeByte(TypeCodes.V128);
            case RefType ref -> writeRefType(ref);
        }
    }

    /** A vector of value types. */
    public final void writeValTypes(List<ValType> types) {
        writeU32(types.size());
        types.forEach(this::writeValType);
    }

    /** A reference type, in its short form when it has one. */
    public final void writeRefType(RefType type) {
        if (type.isNullable() && type.heap() instanceof AbsHeapType abs) {
            writeByte(abs.code());
        } else {
            writeByte(type.isNullable() ? TypeCodes.REF_NULL : TypeCodes.REF);
            writeHeapType(type.heap());
        }
    }

    /**
     * A heap type.
     *
     * @throws IllegalArgumentException when it names a type other than by index
     */
    public final void writeHeapType(HeapType type) {
        switch (type) {
            case AbsHeapType abs -> writeByte(abs.code());
            case ExactType exact -> {
                writeByte(TypeCodes.EXACT);
                writeS33(index(exact.type()));
            }
            case TypeUse use -> writeS33(index(use));
        }
    }

    public final void writeBlockType(BlockType type) {
        switch (type) {
            case BlockType.Empty _ -> writeByte(TypeCodes.EMPTY_BLOCK);
            case BlockType.Value value -> writeValType(value.type());
            case BlockType.Index index -> writeS33(index.index());
        }
    }

    /** The index by which a type is named. */
    static int index(TypeUse use) {
        if (use instanceof TypeIndex named) {
            return named.index();
        }
        throw new IllegalArgumentException("a module names types by index, not by " + use);
    }

    private static int code(NumType type) {
        return switch (type) {
            case I32 -> TypeCodes.I32;
            case I64 -> TypeCodes.I64;
            case F32 -> TypeCodes.F32;
            case F64 -> TypeCodes.F64;
        };
    }
}
