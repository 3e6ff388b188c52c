// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nacelle.wasm.syntax.CustomSection;
import io.nacelle.wasm.syntax.Data;
import io.nacelle.wasm.syntax.Elem;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.Func;
import io.nacelle.wasm.syntax.Global;
import io.nacelle.wasm.syntax.Import;
import io.nacelle.wasm.syntax.RecIndex;
import io.nacelle.wasm.syntax.RecType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.Span;
import io.nacelle.wasm.syntax.Table;
import io.nacelle.wasm.syntax.WasmModule;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** What is encoded and decoded is the same. */
final class BinaryRoundTripTest {
    /** A module without its spans: what they hold in their place. */
    private static List<Object> describe(WasmModule m) {
        var hex = HexFormat.of();
        Function<Span, String> text = span -> hex.formatHex(m.source().copy(span));
        return List.of(
                m.types(),
                m.imports(),
                m.funcs().stream().map(f -> f.type() + " " + text.apply(f.code())).toList(),
                m.tables().stream().map(t -> t.type() + " " + t.init().map(text)).toList(),
                m.memories(),
                m.tags(),
                m.globals().stream().map(g -> g.type() + " " + text.apply(g.init())).toList(),
                m.exports(),
                m.start(),
                m.elems().stream().map(e -> describe(e, text)).toList(),
                m.datas().stream().map(d -> describe(d, text)).toList(),
                m.dataCount(),
                m.customs().stream()
                        .map(c -> c.name() + " " + c.after() + " " + text.apply(c.bytes()))
                        .toList());
    }

    private static String describe(Elem e, Function<Span, String> text) {
        var init =
                switch (e.init()) {
                    case Elem.Funcs funcs -> List.of(Arrays.toString(funcs.indices()));
                    case Elem.Exprs exprs -> exprs.exprs().stream().map(text).toList();
                };
        var mode =
                e.mode() instanceof Elem.Active(int table, Span offset)
                        ? table + " " + text.apply(offset)
                        : e.mode().toString();
        return e.type() + " " + init + " " + mode;
    }

    private static String describe(Data d, Function<Span, String> text) {
        var mode =
                d.mode() instanceof Data.Active(int memory, Span offset)
                        ? memory + " " + text.apply(offset)
                        : d.mode().toString();
        return text.apply(d.bytes()) + " " + mode;
    }

    @Test
    void everythingSurvives() {
        var module = new KitchenSink().module();
        var bytes = BinaryEncoder.encode(module);
        var decoded = BinaryDecoder.decodeFully(ByteSource.of(bytes));
        assertEquals(describe(module), describe(decoded));
        assertArrayEquals(bytes, BinaryEncoder.encode(decoded));
    }

    @Test
    void formsOfElementSegmentsAreTheShortest() {
        var module = BinaryDecoder.decode(ByteSource.of(KitchenSink.bytes()));
        var section =
                BinaryDecoder.sections(module.source()).stream()
                        .filter(s -> s.id() == SectionId.ELEMENT)
                        .findFirst()
                        .orElseThrow();
        // Count, then the first segment: flags 0, offset, two indices.
        var head = new Span(section.contents().offset(), 9);
        assertEquals(
                "09" + "00" + "41000b" + "02" + "00" + "c801",
                HexFormat.of().formatHex(module.source().copy(head)));
        // The sixth is active on table 0, but its type has to be written.
        assertInstanceOf(Elem.Active.class, module.elems().get(5).mode());
        assertEquals("externref", module.elems().get(5).type().toString());
    }

    @Test
    void indicesUnderAnotherTypeBecomeExpressions() {
        var base = BinaryDecoder.decode(ByteSource.of(Bytes.module("")));
        var elem = new Elem(RefType.FUNCREF, new Elem.Funcs(new int[] {5}), Elem.Passive.PASSIVE);
        var module = with(base, List.of(), List.of(), List.of(elem));
        assertArrayEquals(Bytes.module("09 07 01 05 70 01 d2 05 0b"), BinaryEncoder.encode(module));
    }

    private static WasmModule with(
            WasmModule base, List<RecType> types, List<Import> imports, List<Elem> elems) {
        return new WasmModule(
                base.source(),
                types,
                imports,
                List.<Func>of(),
                List.<Table>of(),
                List.of(),
                List.of(),
                List.<Global>of(),
                List.of(),
                OptionalInt.empty(),
                elems,
                List.<Data>of(),
                OptionalInt.empty(),
                List.<CustomSection>of());
    }

    @Test
    void typesNotNamedByIndexCannotBeWritten() {
        var base = BinaryDecoder.decode(ByteSource.of(Bytes.module("")));
        var module =
                with(
                        base,
                        List.of(),
                        List.of(new Import("", "", ExternType.Func.of(new RecIndex(0)))),
                        List.of());
        assertThrows(IllegalArgumentException.class, () -> BinaryEncoder.encode(module));
    }

    @Test
    void longNumbersAndEmptySectionsAreNormalised() {
        var bytes = Bytes.module("01 02 80 00  05 87 80 00 01 01 81 80 00 82 00");
        var module = BinaryDecoder.decodeFully(ByteSource.of(bytes));
        assertArrayEquals(Bytes.module("05 04 01 01 01 02"), BinaryEncoder.encode(module));
    }

    @Test
    void customSectionsKeepTheirPlaceWhenTheirNeighbourIsEmpty() {
        var bytes = Bytes.module("01 01 00  00 02 01 61  05 03 01 00 01");
        var module = BinaryDecoder.decode(ByteSource.of(bytes));
        assertEquals(1, module.customs().getFirst().after());
        assertArrayEquals(
                Bytes.module("00 02 01 61  05 03 01 00 01"), BinaryEncoder.encode(module));
    }

    /** Sections longer than a window, read through one that moves. */
    @Test
    void mappedFilesAreReadTheSame(@TempDir Path directory) throws Exception {
        var out = new ByteWriter();
        out.writeBytes(Bytes.module("01 04 01 60 00 00"));
        int functions = 30_000;
        section(
                out,
                SectionId.IMPORT,
                () -> {
                    out.writeU32(3_000);
                    for (int i = 0; i < 3_000; i++) {
                        out.writeName("module " + "x".repeat(i % 90));
                        out.writeName("import " + i);
                        out.writeBytes(new byte[] {0, 0});
                    }
                });
        section(
                out,
                SectionId.FUNCTION,
                () -> {
                    out.writeU32(functions);
                    for (int i = 0; i < functions; i++) {
                        out.writeBytes(Bytes.hex("80 80 80 00"));
                    }
                });
        section(
                out,
                SectionId.GLOBAL,
                () -> {
                    out.writeU32(3);
                    for (int i = 0; i < 3; i++) {
                        out.writeBytes(Bytes.hex("7f 00"));
                        for (int j = 0; j < 60_000; j++) {
                            out.writeBytes(Bytes.hex("41 80 00 1a"));
                        }
                        out.writeBytes(Bytes.hex("41 00 0b"));
                    }
                });
        section(
                out,
                SectionId.ELEMENT,
                () -> {
                    out.writeU32(1);
                    out.writeBytes(Bytes.hex("01 00"));
                    out.writeU32(100_000);
                    for (int i = 0; i < 100_000; i++) {
                        out.writeU32(i);
                    }
                });
        section(
                out,
                SectionId.CODE,
                () -> {
                    out.writeU32(functions);
                    for (int i = 0; i < functions; i++) {
                        int body = out.size();
                        out.writeByte(0);
                        for (int j = 0; j < (i % 7000 == 5 ? 90_000 : i % 50); j++) {
                            out.writeByte(1);
                        }
                        out.writeByte(0x0B);
                        out.insertSize(body);
                    }
                });
        section(
                out,
                SectionId.DATA,
                () -> {
                    out.writeU32(10);
                    for (int i = 0; i < 10; i++) {
                        out.writeBytes(Bytes.hex("00 41 00 0b"));
                        out.writeU32(i * 20_000);
                        out.writeBytes(new byte[i * 20_000]);
                    }
                });
        var bytes = out.toByteArray();
        var file = directory.resolve("large.wasm");
        Files.write(file, bytes);
        var mapped = BinaryDecoder.decodeFully(ByteSource.map(file));
        var inArray = BinaryDecoder.decodeFully(ByteSource.of(bytes));
        assertEquals(functions, mapped.funcs().size());
        assertEquals(inArray.funcs(), mapped.funcs());
        assertEquals(inArray.imports(), mapped.imports());
        assertEquals(inArray.globals(), mapped.globals());
        assertEquals(inArray.datas(), mapped.datas());
        assertEquals(describe(inArray).get(9), describe(mapped).get(9));
        assertEquals(Optional.empty(), mapped.custom("name"));
    }

    private static void section(ByteWriter out, SectionId id, Runnable contents) {
        out.writeByte(id.id());
        int start = out.size();
        contents.run();
        out.insertSize(start);
    }
}
