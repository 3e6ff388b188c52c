// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.syntax.MalformedException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Random;
import java.util.function.Function;

/** Numbers and names, read and written. */
final class ByteReaderTest {
    private static ByteReader reader(byte[] bytes) {
        return new ByteReader(bytes, 0, bytes.length, 0);
    }

    private static Object read(String type, ByteReader in) {
        Function<ByteReader, Object> reader =
                switch (type) {
                    case "u32" -> r -> Integer.toUnsignedString(r.readU32());
                    case "u64" -> r -> Long.toUnsignedString(r.readU64());
                    case "s32" -> r -> Integer.toString(r.readS32());
                    case "s33" -> r -> Long.toString(r.readS33());
                    case "s64" -> r -> Long.toString(r.readS64());
                    default -> throw new IllegalArgumentException(type);
                };
        return reader.apply(in);
    }

    @ParameterizedTest
    @CsvSource({
        "u32, 00, 0",
        "u32, 7f, 127",
        "u32, 80 01, 128",
        "u32, ff 7f, 16383",
        "u32, 80 00, 0",
        "u32, ff ff ff ff 0f, 4294967295",
        "u32, 80 80 80 80 00, 0",
        "u64, ff ff ff ff ff ff ff ff ff 01, 18446744073709551615",
        "u64, 7f, 127",
        "s32, 40, -64",
        "s32, 3f, 63",
        "s32, ff 00, 127",
        "s32, 80 7f, -128",
        "s32, 80 40, -8192",
        "s32, ff 3f, 8191",
        "s32, 80 80 80 80 78, -2147483648",
        "s32, ff ff ff ff 07, 2147483647",
        "s32, ff ff ff ff 7f, -1",
        "s33, ff ff ff ff 0f, 4294967295",
        "s33, 80 80 80 80 70, -4294967296",
        "s33, 40, -64",
        "s64, 80 80 80 80 80 80 80 80 80 7f, -9223372036854775808",
        "s64, ff ff ff ff ff ff ff ff ff 00, 9223372036854775807",
        "s64, 80 40, -8192"
    })
    void numbers(String type, String bytes, String value) {
        var in = reader(Bytes.hex(bytes));
        assertEquals(value, read(type, in));
        assertTrue(in.atEnd());
    }

    @ParameterizedTest
    @CsvSource({
        "u32, '', unexpected end",
        "u32, 80, unexpected end",
        "u32, ff ff ff ff, unexpected end",
        "u32, ff ff ff ff 1f, integer too large",
        "u32, ff ff ff ff ff, integer too large",
        "u32, 80 80 80 80 80 00, integer representation too long",
        "u64, ff ff ff ff ff ff ff ff ff 02, integer too large",
        "u64, 80 80 80 80 80 80 80 80 80 80 00, integer representation too long",
        "s32, ff ff ff ff 0f, integer too large",
        "s32, 80 80 80 80 70, integer too large",
        "s32, ff ff ff ff ff 7f, integer representation too long",
        "s33, ff ff ff ff 1f, integer too large",
        "s64, ff ff ff ff ff ff ff ff ff 7e, integer too large",
        "s64, 80 80 80 80 80 80 80 80 80 80 00, integer representation too long"
    })
    void badNumbers(String type, String bytes, String message) {
        var in = reader(Bytes.hex(bytes));
        var e = assertThrows(MalformedException.class, () -> read(type, in));
        assertTrue(e.reason().startsWith(message), e.getMessage());
    }

    @Test
    void whatIsWrittenIsReadBack() {
        var random = new Random(1);
        for (int i = 0; i < 50_000; i++) {
            long value = random.nextLong() >> random.nextInt(64);
            var out = new ByteWriter();
            out.writeU32((int) value);
            assertEquals(ByteWriter.u32Length((int) value), out.size());
            out.writeU64(value);
            out.writeS32((int) value);
            out.writeS33((int) value);
            out.writeS64(value);
            out.writeFixed32((int) value);
            out.writeFixed64(value);
            var in = reader(out.toByteArray());
            assertEquals((int) value, in.readU32());
            assertEquals(value, in.readU64());
            assertEquals((int) value, in.readS32());
            assertEquals((int) value & 0xFFFF_FFFFL, in.readS33());
            assertEquals(value, in.readS64());
            assertEquals((int) value, in.readFixed32());
            assertEquals(value, in.readFixed64());
            assertTrue(in.atEnd());
        }
    }

    @Test
    void names() {
        var out = new ByteWriter();
        out.writeName("");
        out.writeName("naïve ⌣ 𝄞");
        var in = reader(out.toByteArray());
        assertEquals("", in.readName());
        assertEquals("naïve ⌣ 𝄞", in.readName());
        // An overlong slash and a lone surrogate.
        for (var bytes : new String[] {"02 c0 af", "03 ed a0 80", "01 80", "04 f4 90 80 80"}) {
            var e =
                    assertThrows(
                            MalformedException.class, () -> reader(Bytes.hex(bytes)).readName());
            assertEquals("malformed UTF-8 encoding", e.reason());
        }
    }

    @Test
    void sizesAreInsertedInFront() {
        for (int length : new int[] {0, 1, 127, 128, 20_000}) {
            var out = new ByteWriter();
            out.writeByte(0xAA);
            int start = out.size();
            for (int i = 0; i < length; i++) {
                out.writeByte(i);
            }
            out.insertSize(start);
            out.writeByte(0xBB);
            var in = reader(out.toByteArray());
            assertEquals(0xAA, in.readByte());
            assertEquals(length, in.readU32());
            for (int i = 0; i < length; i++) {
                assertEquals(i & 0xFF, in.readByte());
            }
            assertEquals(0xBB, in.readByte());
            assertTrue(in.atEnd());
        }
    }

    @Test
    void offsetsAreThoseOfTheSource() {
        var in = new ByteReader(new byte[] {1, 2, 3, 4}, 1, 3, 100);
        assertEquals(101, in.offset());
        assertEquals(2, in.readByte());
        assertEquals(103, in.endOffset());
        in.seek(101);
        assertEquals(2, in.remaining());
        assertThrows(IndexOutOfBoundsException.class, () -> in.seek(104));
        in.seek(103);
        var e = assertThrows(MalformedException.class, in::readByte);
        assertEquals("at offset 0x67", e.where());
    }
}
