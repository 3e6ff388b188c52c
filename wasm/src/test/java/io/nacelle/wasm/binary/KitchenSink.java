// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.ArrayType;
import io.nacelle.wasm.syntax.BlockType;
import io.nacelle.wasm.syntax.CustomSection;
import io.nacelle.wasm.syntax.Data;
import io.nacelle.wasm.syntax.Elem;
import io.nacelle.wasm.syntax.ExactType;
import io.nacelle.wasm.syntax.Export;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.FieldType;
import io.nacelle.wasm.syntax.Func;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.Global;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.Import;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.Mut;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.PackedType;
import io.nacelle.wasm.syntax.RecType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.Span;
import io.nacelle.wasm.syntax.StructType;
import io.nacelle.wasm.syntax.SubType;
import io.nacelle.wasm.syntax.Table;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.TagType;
import io.nacelle.wasm.syntax.TypeIndex;
import io.nacelle.wasm.syntax.VecType;
import io.nacelle.wasm.syntax.WasmModule;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** A module with every kind of thing that the format can say. Well-formed, not valid. */
final class KitchenSink {
    private final CodeWriter code = new CodeWriter();

    private Span span(Consumer<CodeWriter> writer) {
        int start = code.size();
        writer.accept(code);
        return new Span(start, code.size() - start);
    }

    private Span zero() {
        return span(
                w -> {
                    w.i32(0);
                    w.op(Opcode.END);
                });
    }

    private Span func(int index) {
        return span(
                w -> {
                    w.index(Opcode.REF_FUNC, index);
                    w.op(Opcode.END);
                });
    }

    private Span body() {
        return span(
                w -> {
                    w.locals(
                            List.of(
                                    NumType.I32,
                                    NumType.I32,
                                    NumType.F64,
                                    VecType.V128,
                                    RefType.ANYREF));
                    w.block(Opcode.BLOCK, BlockType.Empty.EMPTY);
                    w.block(Opcode.LOOP, new BlockType.Index(300));
                    w.block(Opcode.IF, new BlockType.Value(NumType.I64));
                    w.op(Opcode.ELSE);
                    w.op(Opcode.END);
                    w.op(Opcode.END);
                    w.op(Opcode.END);
                    w.block(Opcode.TRY, BlockType.Empty.EMPTY);
                    w.index(Opcode.CATCH, 0);
                    w.index(Opcode.CATCH, 1);
                    w.op(Opcode.CATCH_ALL);
                    w.op(Opcode.END);
                    w.block(Opcode.TRY, BlockType.Empty.EMPTY);
                    w.index(Opcode.DELEGATE, 0);
                    w.indices(Opcode.MEMORY_INIT, 0, 0);
                    w.op(Opcode.END);
                });
    }

    private Span bytes(String text) {
        return span(w -> w.writeBytes(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<RecType> types() {
        var cell =
                new SubType(
                        SubType.Finality.OPEN,
                        List.of(),
                        Optional.empty(),
                        Optional.of(new TypeIndex(2)),
                        new StructType(
                                List.of(
                                        new FieldType(Mut.VAR, PackedType.I8),
                                        new FieldType(Mut.CONST, PackedType.I16),
                                        new FieldType(
                                                Mut.VAR,
                                                RefType.nonNull(
                                                        new ExactType(new TypeIndex(1)))))));
        var descriptor =
                new SubType(
                        SubType.Finality.FINAL,
                        List.of(new TypeIndex(1)),
                        Optional.of(new TypeIndex(1)),
                        Optional.empty(),
                        new StructType(List.of()));
        return List.of(
                RecType.of(FuncType.of(List.of(NumType.I32, RefType.EXNREF), List.of(NumType.F32))),
                new RecType(List.of(cell, descriptor)),
                RecType.of(
                        new ArrayType(new FieldType(Mut.VAR, RefType.nullable(new TypeIndex(70))))),
                new RecType(List.of()));
    }

    private static List<Import> imports() {
        var type = new TypeIndex(0);
        return List.of(
                new Import("m", "f", ExternType.Func.of(type)),
                new Import("m", "g", new ExternType.Func(type, ExternType.Exactness.EXACT)),
                new Import(
                        "",
                        "täble",
                        new TableType(AddrType.I64, Limits.between(1, -1), RefType.EXTERNREF)),
                new Import(
                        "",
                        "",
                        new MemType(
                                AddrType.I64,
                                Limits.between(1, 2),
                                MemType.Sharing.SHARED,
                                MemType.DEFAULT_PAGE_SIZE_LOG2)),
                new Import("m", "x", new GlobalType(Mut.VAR, VecType.V128)),
                new Import("m", "t", new TagType(type)));
    }

    private List<Elem> elems() {
        var offset = zero();
        var funcs = new Elem.Funcs(new int[] {0, 200});
        var exprs = new Elem.Exprs(List.of(func(0), func(300)));
        var nonNull = RefType.nonNull(AbsHeapType.FUNC);
        var passive = Elem.Passive.PASSIVE;
        var declarative = Elem.Declarative.DECLARATIVE;
        return List.of(
                new Elem(nonNull, funcs, new Elem.Active(0, offset)),
                new Elem(nonNull, funcs, passive),
                new Elem(nonNull, funcs, new Elem.Active(1, offset)),
                new Elem(nonNull, funcs, declarative),
                new Elem(RefType.FUNCREF, exprs, new Elem.Active(0, offset)),
                new Elem(RefType.EXTERNREF, exprs, new Elem.Active(0, offset)),
                new Elem(RefType.FUNCREF, exprs, passive),
                new Elem(RefType.FUNCREF, exprs, new Elem.Active(1, offset)),
                new Elem(nonNull, exprs, declarative));
    }

    WasmModule module() {
        var body = body();
        var init = zero();
        var types = types();
        var elems = elems();
        var text = bytes("hello");
        var note = bytes("note");
        return new WasmModule(
                ByteSource.of(code.toByteArray()),
                types,
                imports(),
                List.of(new Func(0, body), new Func(3, body)),
                List.of(
                        new Table(
                                new TableType(AddrType.I32, Limits.atLeast(3), RefType.FUNCREF),
                                Optional.empty()),
                        new Table(
                                new TableType(
                                        AddrType.I32,
                                        Limits.between(0, 9),
                                        RefType.nonNull(AbsHeapType.I31)),
                                Optional.of(init))),
                List.of(
                        MemType.of(Limits.atLeast(1)),
                        new MemType(AddrType.I32, Limits.atLeast(1), MemType.Sharing.UNSHARED, 0)),
                List.of(new TagType(new TypeIndex(0))),
                List.of(new Global(new GlobalType(Mut.CONST, NumType.I32), init)),
                List.of(
                        new Export("f", Export.Kind.FUNC, 2),
                        new Export("t", Export.Kind.TABLE, 0),
                        new Export("m", Export.Kind.MEMORY, 1),
                        new Export("g", Export.Kind.GLOBAL, 0),
                        new Export("e", Export.Kind.TAG, 0)),
                OptionalInt.of(2),
                elems,
                List.of(
                        new Data(text, new Data.Active(0, init)),
                        new Data(text, new Data.Active(1, init)),
                        new Data(new Span(0, 0), Data.Passive.PASSIVE)),
                OptionalInt.of(3),
                List.of(
                        new CustomSection("first", note, 0),
                        new CustomSection("second", note, 0),
                        new CustomSection("after types", note, SectionId.TYPE.id()),
                        new CustomSection("before code", note, SectionId.DATA_COUNT.id()),
                        new CustomSection("last", note, SectionId.DATA.id())));
    }

    static byte[] bytes() {
        return BinaryEncoder.encode(new KitchenSink().module());
    }
}
