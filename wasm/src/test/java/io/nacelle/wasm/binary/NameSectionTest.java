// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.nacelle.wasm.syntax.Names;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Names are kept, and garbage in their section does no harm. */
final class NameSectionTest {
    private static final Names SOME =
            new Names(
                    Optional.of("a module"),
                    Map.of(0, "f", 300, "g", 7, "h"),
                    Map.of(1, Map.of(0, "x", 1, "y"), 0, Map.of(2, "z")),
                    Map.of(3, Map.of(0, "loop")),
                    Map.of(0, "type"),
                    Map.of(1, "table"),
                    Map.of(2, "memory"),
                    Map.of(3, "global"),
                    Map.of(4, "elem"),
                    Map.of(5, "data"),
                    Map.of(6, Map.of(0, "field")),
                    Map.of(7, "tag"));

    private static Names read(byte[] contents) {
        var section = new ByteWriter();
        section.writeName(NameSection.NAME);
        section.writeBytes(contents);
        var out = new ByteWriter();
        out.writeBytes(Bytes.module(""));
        out.writeByte(SectionId.CUSTOM.id());
        out.writeSized(section);
        return NameSection.read(BinaryDecoder.decode(ByteSource.of(out.toByteArray())));
    }

    @Test
    void everyKindSurvives() {
        assertEquals(SOME, read(NameSection.write(SOME)));
    }

    @Test
    void indicesAscend() {
        var names = read(NameSection.write(SOME));
        assertEquals(List.of(0, 7, 300), List.copyOf(names.funcs().keySet()));
        assertEquals(List.of(0, 1), List.copyOf(names.locals().keySet()));
    }

    @Test
    void nothingIsNothing() {
        assertEquals(0, NameSection.write(Names.NONE).length);
        assertEquals(Names.NONE, read(new byte[0]));
        var bare = BinaryDecoder.decode(ByteSource.of(Bytes.module("")));
        assertSame(Names.NONE, NameSection.read(bare));
    }

    @Test
    void badSubsectionsCountAsAbsent() {
        // Functions with bad UTF-8, an unknown subsection, then good globals.
        var names = read(Bytes.hex("01 04 01 00 01 ff  55 01 00  07 04 01 00 01 67"));
        assertEquals(Map.of(), names.funcs());
        assertEquals(Map.of(0, "g"), names.globals());
        // A size beyond the section's end stops the reading.
        assertEquals(Names.NONE, read(Bytes.hex("01 7f 01 00 01 66")));
        assertEquals(Names.NONE, read(Bytes.hex("01 80")));
    }

    @Test
    void theFirstNameHolds() {
        var names = read(Bytes.hex("01 07 02 00 01 61 00 01 62  01 04 01 00 01 63"));
        assertEquals(Map.of(0, "a"), names.funcs());
    }

    @Test
    void truncatedNamesDoNoHarm() {
        var contents = NameSection.write(SOME);
        for (int length = 0; length <= contents.length; length++) {
            var names = read(Arrays.copyOf(contents, length));
            if (names.module().isPresent()) {
                assertEquals("a module", names.module().get());
            }
        }
    }
}
