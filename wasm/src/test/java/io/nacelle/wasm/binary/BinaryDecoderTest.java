// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.RefType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

/** Each way for a binary module to be malformed, with its message and its place. */
final class BinaryDecoderTest {
    private static MalformedException malformed(byte[] bytes) {
        return assertThrows(
                MalformedException.class, () -> BinaryDecoder.decodeFully(ByteSource.of(bytes)));
    }

    private static void malformed(String expected, byte[] bytes) {
        var e = malformed(bytes);
        assertTrue(e.reason().startsWith(expected), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                        | unexpected end",
                "00 61 73                  | unexpected end",
                "00 61 73 6d 01 00         | unexpected end",
                "7f 61 73 6d 01 00 00 00   | magic header not detected: found 7f61736d",
                "00 61 73 6d 02 00 00 00   | unknown binary version: found 02000000",
                "00 61 73 6d 0d 00 01 00   | unknown binary version: found 0d000100 (a component"
            })
    void header(String bytes, String message) {
        malformed(message, Bytes.hex(bytes));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0e 01 00             | malformed section id",
                "01                   | unexpected end",
                "01 05 00             | length out of bounds",
                "01 ff ff ff ff 7f    | integer too large",
                "01 80 80 80 80 80 00 | integer representation too long",
                "01 02 00 00          | section size mismatch: 1 bytes too many",
                "01 01 01             | unexpected end",
                "01 01 02             | length out of bounds",
                "01 01 00 01 01 00    | unexpected content after last section: a second type sec",
                "02 01 00 01 01 00    | unexpected content after last section: the type section a",
                "06 01 00 0d 01 00    | unexpected content after last section",
                "0a 01 00 0c 01 00    | unexpected content after last section",
                "01 02 01 61          | malformed definition type: 0x61",
                "01 03 01 50 00       | unexpected end",
                "01 04 01 5e 7a 00    | malformed storage type",
                "01 05 01 5e 64 40 00 | malformed storage type",
                "01 04 01 5e 78 02    | malformed mutability",
                "01 05 01 60 01 7a 00 | malformed value type",
                "01 06 01 60 01 64 40 00 | malformed heap type",
                "02 04 01 00 00 05    | malformed import kind",
                "02 05 01 01 ff 00 00 | malformed UTF-8 encoding",
                "02 06 01 00 00 04 01 00 | zero byte expected",
                "04 04 01 7f 00 00    | malformed reference type",
                "04 04 01 70 08 00    | malformed limits flags",
                "04 06 01 40 01 70 00 00 | zero byte expected",
                "05 03 01 10 00       | malformed limits flags",
                "05 04 01 08 00 40    | invalid custom page size",
                "05 0c 01 00 ff ff ff ff ff ff ff ff ff 7f | integer too large",
                "06 04 01 7f 02 0b    | malformed mutability",
                "06 05 01 7f 00 41 00 | unexpected end of section or function",
                "06 05 01 7f 00 05 0b | END opcode expected",
                "07 04 01 00 05 00    | malformed export kind",
                "09 02 01 08          | malformed elements segment kind",
                "09 04 01 01 01 00    | malformed element kind",
                "0c 01 01             | data count and data section have inconsistent lengths",
                "0b 02 01 03          | malformed data segment kind",
                "0b 03 01 01 02       | length out of bounds",
                "03 02 01 00          | function and code section have inconsistent lengths: 1 fu",
                "0a 04 01 02 00 0b    | function and code section have inconsistent lengths: 0 fu",
                "00 00                | unexpected end",
                "00 02 01 80          | malformed UTF-8 encoding",
                "00 02 05 61          | length out of bounds"
            })
    void sections(String sections, String message) {
        malformed(message, Bytes.module(sections));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                   | unexpected end",
                "00                   | unexpected end",
                "00 41 80             | unexpected end",
                "00 0b 0b             | section size mismatch: 1 bytes after",
                "00 02 40 0b          | unexpected end",
                "00 05 0b             | END opcode expected: found else",
                "00 02 40 05 0b 0b    | END opcode expected: found else",
                "00 04 40 05 05 0b 0b | END opcode expected: found else",
                "00 06 40 05 0b 0b    | END opcode expected: found else",
                "00 02 40 07 00 0b 0b | END opcode expected: found catch",
                "00 06 40 19 19 0b 0b | END opcode expected: found catch_all",
                "00 06 40 07 00 18 00 0b | END opcode expected: found delegate",
                "00 ff 0b             | illegal opcode ff",
                "00 27 0b             | illegal opcode 27",
                "00 fb 7f 0b          | illegal opcode fb 7f",
                "00 fc ff ff ff ff 0f 0b | illegal opcode fc ffffffff",
                "00 fe 03 01 0b       | zero byte expected",
                "00 02 7a 0b 0b       | malformed block type",
                "00 28 80 01 00 0b    | malformed memop flags",
                "00 1c 05 7f 0b       | length out of bounds",
                "00 fc 08 00 00 0b    | data count section required",
                "00 fc 09 00 0b       | data count section required",
                "02 ff ff ff ff 0f 7f 01 7f 0b | too many locals",
                "01 d1 86 03 7f 0b    | too many locals (the limit is 50000)",
                "01 01 40 0b          | malformed value type",
                "00 fb 18 04 00 6e 6e 0b | malformed cast flags",
                "00 1f 40 01 04 00 0b 0b | malformed catch clause",
                "00 41 80 80 80 80 70 1a 0b | integer too large",
                "00 41 80 80 80 80 80 00 1a 0b | integer representation too long"
            })
    void bodies(String body, String message) {
        var bytes = Bytes.body(body);
        malformed(message, bytes);
        // The structure is sound: only reading the body finds the fault.
        assertDoesNotThrow(() -> BinaryDecoder.decode(ByteSource.of(bytes)));
    }

    @Test
    void theWordsTellWhereABodyIsCutOff() {
        var two = "01 04 01 60 00 00  03 03 02 00 00  ";
        malformed("END opcode expected", Bytes.module(two + "0a 07 02  02 00 01  02 00 0b"));
        var one = "01 04 01 60 00 00  03 02 01 00  ";
        malformed("section size mismatch", Bytes.module(one + "0a 04 01 02 00 01  0b 01 00"));
        malformed("unexpected end", Bytes.module(one + "0a 04 01 02 00 01"));
    }

    @Test
    void faultsAreLocated() {
        var e = malformed(Bytes.module("01 04 01 5e 78 02"));
        assertEquals("malformed mutability: 0x2", e.reason());
        assertEquals("at offset 0xd, in the type section", e.where());
        assertEquals(
                "malformed mutability: 0x2 (at offset 0xd, in the type section)", e.getMessage());
        var inCode = malformed(Bytes.body("00 01 ff 0b"));
        assertEquals("at offset 0x18, in function 0, in the code section", inCode.where());
    }

    @Test
    void nestingIsLimited() {
        int limit = ImplementationLimits.MAX_NESTING;
        malformed("too many nested blocks", Bytes.body("00" + "0240".repeat(limit + 1)));
        assertDoesNotThrow(
                () ->
                        BinaryDecoder.decodeFully(
                                ByteSource.of(
                                        Bytes.body(
                                                "00"
                                                        + "0240".repeat(limit)
                                                        + "0b".repeat(limit + 1)))));
    }

    @Test
    void limitsAreNamed() {
        var names = new ByteWriter();
        names.writeU32(1);
        names.writeName("x".repeat(ImplementationLimits.MAX_NAME_LENGTH + 1));
        names.writeBytes(new byte[3]);
        malformed("name too long (the limit is 100000)", section(SectionId.IMPORT, names));

        var params = new ByteWriter();
        params.writeBytes(Bytes.hex("01 60"));
        params.writeU32(ImplementationLimits.MAX_PARAMS + 1);
        params.writeBytes(new byte[ImplementationLimits.MAX_PARAMS + 2]);
        malformed("too many parameters (1001, the limit is 1000)", section(SectionId.TYPE, params));

        var memories = new ByteWriter();
        memories.writeU32(ImplementationLimits.MAX_MEMORIES + 1);
        memories.writeBytes(new byte[2 * ImplementationLimits.MAX_MEMORIES + 2]);
        malformed("too many memories", section(SectionId.MEMORY, memories));

        var code = new ByteWriter();
        code.writeU32(1);
        code.writeU32(ImplementationLimits.MAX_FUNCTION_SIZE + 1);
        code.writeBytes(new byte[ImplementationLimits.MAX_FUNCTION_SIZE + 1]);
        malformed("function body too large", section(SectionId.CODE, code));

        var types = new ByteWriter();
        int half = ImplementationLimits.MAX_TYPES / 2;
        types.writeU32(3);
        for (int i = 0; i < 2; i++) {
            types.writeByte(TypeCodes.REC);
            types.writeU32(half);
            for (int j = 0; j < half; j++) {
                types.writeBytes(Bytes.hex("5f 00"));
            }
        }
        types.writeBytes(Bytes.hex("5f 00"));
        malformed("too many types", section(SectionId.TYPE, types));
    }

    private static byte[] section(SectionId id, ByteWriter contents) {
        var out = new ByteWriter();
        out.writeBytes(Bytes.module(""));
        out.writeByte(id.id());
        out.writeSized(contents);
        return out.toByteArray();
    }

    @Test
    void longForms() {
        var module =
                BinaryDecoder.decodeFully(
                        ByteSource.of(
                                Bytes.module(
                                        "04 0a 01 40 00 63 70 00 00 d0 70 0b"
                                                + "09 05 01 05 63 6e 00"
                                                + "0b 08 01 02 80 00 41 00 0b 00")));
        assertEquals(RefType.FUNCREF, module.tables().getFirst().type().element());
        assertTrue(module.tables().getFirst().init().isPresent());
        assertEquals(RefType.ANYREF, module.elems().getFirst().type());
        assertEquals(1, module.datas().size());
    }

    @Test
    void sectionsAreListed() {
        var sections =
                BinaryDecoder.sections(
                        ByteSource.of(Bytes.module("01 01 00  00 02 01 61  05 03 01 00 01")));
        assertEquals(
                List.of(SectionId.TYPE, SectionId.CUSTOM, SectionId.MEMORY),
                sections.stream().map(BinaryDecoder.Section::id).toList());
        assertEquals(15, sections.getLast().start());
        assertEquals(17, sections.getLast().contents().offset());
    }
}
