// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.I31;
import io.nacelle.runtime.SnapshotException;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.binary.CodeWriter;
import io.nacelle.wasm.binary.ImplementationLimits;
import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.Data;
import io.nacelle.wasm.syntax.Elem;
import io.nacelle.wasm.syntax.Export;
import io.nacelle.wasm.syntax.Global;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.Span;
import io.nacelle.wasm.syntax.Table;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;
import io.nacelle.wasm.syntax.WasmModule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Writes a module that begins where a snapshot is: code stays as it is, byte for byte, and so do
 * the indices that it names.
 */
final class SnapshotWriter {
    /** Zeros that a segment is not interrupted for: another one costs about as many bytes. */
    private static final int FEWEST_ZEROS = 16;

    /** Segments of memory, which engines limit: 100,000 altogether. */
    private static final int MOST_SEGMENTS = 50_000;

    private final SnapshotImpl snapshot;
    private final WasmModule module;

    /** What the new module has that is not in the old one's bytes; its spans begin behind those. */
    private final CodeWriter added = new CodeWriter();

    /** What code does with segments and references. */
    private final TreeSet<Integer> referred = new TreeSet<>();

    private boolean usesElems;

    SnapshotWriter(SnapshotImpl snapshot) {
        this.snapshot = snapshot;
        this.module = snapshot.module().valid.syntax();
    }

    byte[] encode(UnaryOperator<List<Export>> exports) {
        scan();
        var tables = tables();
        var elems = elems();
        var datas = datas();
        var made =
                new WasmModule(
                        // Again, when everything has been added.
                        module.source(),
                        module.types(),
                        module.imports(),
                        module.funcs(),
                        tables,
                        memories(),
                        module.tags(),
                        globals(),
                        exports.apply(module.exports()),
                        OptionalInt.empty(),
                        elems,
                        datas,
                        module.dataCount().isPresent()
                                ? OptionalInt.of(datas.size())
                                : OptionalInt.empty(),
                        module.customs());
        try {
            return BinaryEncoder.encode(withSource(made));
        } catch (MalformedException e) {
            throw new SnapshotException("the module would be too large: " + e.getMessage());
        }
    }

    private WasmModule withSource(WasmModule made) {
        var source = module.source();
        long size = (long) source.size() + added.size();
        if (size > ImplementationLimits.MAX_MODULE_SIZE) {
            throw new SnapshotException("the module would be too large");
        }
        var bytes = new byte[(int) size];
        source.copy(0, bytes, 0, source.size());
        System.arraycopy(added.toByteArray(), 0, bytes, source.size(), added.size());
        return new WasmModule(
                ByteSource.of(bytes),
                made.types(),
                made.imports(),
                made.funcs(),
                made.tables(),
                made.memories(),
                made.tags(),
                made.globals(),
                made.exports(),
                made.start(),
                made.elems(),
                made.datas(),
                made.dataCount(),
                made.customs());
    }

    private void scan() {
        for (var func : module.funcs()) {
            var in = new InstrReader(module.source().window(func.code()));
            in.readLocals((_, _) -> {});
            while (!in.atEnd()) {
                switch (in.next()) {
                    case REF_FUNC -> referred.add(in.x());
                    case TABLE_INIT, ELEM_DROP, ARRAY_NEW_ELEM, ARRAY_INIT_ELEM -> usesElems = true;
                    default -> {}
                }
            }
        }
    }

    /** Adds something, and says where it is. */
    private Span add(Consumer<CodeWriter> content) {
        int start = added.size();
        content.accept(added);
        if ((long) module.source().size() + added.size() > ImplementationLimits.MAX_MODULE_SIZE) {
            throw new SnapshotException("the module would be too large");
        }
        return new Span(module.source().size() + start, added.size() - start);
    }

    private Span constant(Consumer<CodeWriter> value) {
        return add(
                out -> {
                    value.accept(out);
                    out.op(Opcode.END);
                });
    }

    private Span address(AddrType type, long value) {
        return constant(
                out -> {
                    if (type == AddrType.I64) {
                        out.i64(value);
                    } else {
                        out.i32((int) value);
                    }
                });
    }

    private static void reference(CodeWriter out, Object saved, RefType type) {
        switch (saved) {
            case null -> out.heapType(Opcode.REF_NULL, type.heap());
            case SnapshotImpl.SavedFunc func -> out.index(Opcode.REF_FUNC, func.index());
            case I31 number -> {
                out.i32(number.value());
                out.op(Opcode.REF_I31);
                if (isExtern(type)) {
                    out.op(Opcode.EXTERN_CONVERT_ANY);
                }
            }
            default -> throw new AssertionError(saved);
        }
    }

    private static boolean isExtern(RefType type) {
        return type.heap() == AbsHeapType.EXTERN;
    }

    private List<MemType> memories() {
        return snapshot.memoryTypes();
    }

    private List<Global> globals() {
        var made = new ArrayList<Global>();
        for (int i = 0; i < snapshot.globals.size(); i++) {
            var type = module.globals().get(i).type();
            var saved = snapshot.globals.get(i);
            made.add(new Global(type, constant(out -> value(out, type.type(), saved))));
        }
        return made;
    }

    private static void value(CodeWriter out, ValType type, SnapshotImpl.SavedGlobal saved) {
        switch (type) {
            case NumType.I32 -> out.i32((int) saved.bits());
            case NumType.I64 -> out.i64(saved.bits());
            case NumType.F32 -> out.f32((int) saved.bits());
            case NumType.F64 -> out.f64(saved.bits());
            case VecType.V128 -> out.vector(Opcode.V128_CONST, saved.bits(), saved.high());
            case RefType ref -> reference(out, saved.ref(), ref);
        }
    }

    private List<Table> tables() {
        var made = new ArrayList<Table>();
        for (int i = 0; i < snapshot.tables.size(); i++) {
            var old = module.tables().get(i);
            var saved = snapshot.tables.get(i);
            var type =
                    new TableType(old.type().addr(), saved.type().limits(), old.type().element());
            Optional<Span> init = Optional.empty();
            if (!type.element().isNullable()) {
                // Something that fits, for elements that are put there a moment later.
                init =
                        saved.elements().length == 0
                                ? old.init()
                                : Optional.of(
                                        constant(
                                                out ->
                                                        reference(
                                                                out,
                                                                saved.elements()[0],
                                                                type.element())));
            }
            made.add(new Table(type, init));
        }
        return made;
    }

    private List<Elem> elems() {
        var made = new ArrayList<Elem>();
        if (usesElems) {
            for (int i = 0; i < module.elems().size(); i++) {
                var old = module.elems().get(i);
                made.add(
                        snapshot.isElemDropped(i)
                                ? new Elem(
                                        old.type(), new Elem.Exprs(List.of()), Elem.Passive.PASSIVE)
                                : old);
            }
        }
        if (!referred.isEmpty()) {
            made.add(
                    new Elem(
                            RefType.nonNull(AbsHeapType.FUNC),
                            new Elem.Funcs(referred.stream().mapToInt(i -> i).toArray()),
                            Elem.Declarative.DECLARATIVE));
        }
        for (int i = 0; i < snapshot.tables.size(); i++) {
            var saved = snapshot.tables.get(i).elements();
            for (int at = 0; at < saved.length; ) {
                int end = at;
                while (end < saved.length && saved[end] != null) {
                    end++;
                }
                if (end > at) {
                    made.add(elem(i, at, Arrays.copyOfRange(saved, at, end)));
                }
                at = end + 1;
            }
        }
        return made;
    }

    private Elem elem(int table, int at, Object[] saved) {
        var type = module.tables().get(table).type();
        var mode = new Elem.Active(table, address(type.addr(), at));
        boolean plain =
                type.element().equals(RefType.FUNCREF)
                        && Arrays.stream(saved).allMatch(SnapshotImpl.SavedFunc.class::isInstance);
        if (plain) {
            var indices =
                    Arrays.stream(saved)
                            .mapToInt(one -> ((SnapshotImpl.SavedFunc) one).index())
                            .toArray();
            return new Elem(RefType.nonNull(AbsHeapType.FUNC), new Elem.Funcs(indices), mode);
        }
        var exprs = new ArrayList<Span>();
        for (var one : saved) {
            exprs.add(constant(out -> reference(out, one, type.element())));
        }
        return new Elem(type.element(), new Elem.Exprs(exprs), mode);
    }

    private List<Data> datas() {
        var made = new ArrayList<Data>();
        // Without a count no code names a segment.
        if (module.dataCount().isPresent()) {
            for (int i = 0; i < module.datas().size(); i++) {
                made.add(
                        snapshot.droppedData[i]
                                ? new Data(add(_ -> {}), Data.Passive.PASSIVE)
                                : module.datas().get(i));
            }
        }
        for (int i = 0; i < snapshot.memories.size(); i++) {
            var saved = snapshot.memories.get(i);
            for (var run : runs(saved.image().bytes)) {
                made.add(
                        new Data(
                                add(
                                        out ->
                                                out.writeBytes(
                                                        saved.image().bytes,
                                                        run.offset(),
                                                        run.length())),
                                new Data.Active(i, address(saved.type().addr(), run.offset()))));
            }
        }
        return made;
    }

    /** What of a memory is not zero, in no more pieces than engines take. */
    private static List<Span> runs(byte[] bytes) {
        for (int zeros = FEWEST_ZEROS; ; zeros *= 2) {
            var runs = runs(bytes, zeros);
            if (runs.size() <= MOST_SEGMENTS) {
                return runs;
            }
        }
    }

    private static List<Span> runs(byte[] bytes, int zeros) {
        var runs = new ArrayList<Span>();
        int at = 0;
        while (true) {
            while (at < bytes.length && bytes[at] == 0) {
                at++;
            }
            if (at == bytes.length) {
                return runs;
            }
            int start = at;
            int end = at;
            while (at < bytes.length && at - end < zeros) {
                if (bytes[at++] != 0) {
                    end = at;
                }
            }
            runs.add(new Span(start, end - start));
        }
    }
}
