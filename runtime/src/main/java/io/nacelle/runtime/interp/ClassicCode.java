// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.exec.FuncBody;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.syntax.Span;
import io.nacelle.wasm.valid.FuncValidator;

/**
 * What the classic interpreter keeps of a function: where its bytes are, and the side table that
 * {@link SideTableBuilder} makes. Immutable.
 *
 * <p><b>The side table.</b> Code is executed where it lies, and a branch in it names a label, not a
 * place. So each function has a table with an entry for each branch that control can reach, in the
 * order of the code; the interpreter moves a position along with its place in the code, and a taken
 * branch sets both. An entry is
 *
 * <pre>
 *   [0] the place to go on at, an index of {@link #code}
 *   [1] the position in this table that belongs to it
 *   [2] the values to keep (high 12 bits) and the values below them to drop (low 20 bits)
 * </pre>
 *
 * <p>The instructions and their entries: {@code br}, {@code br_if}, {@code br_on_null}, {@code
 * br_on_non_null} and branches on casts one; {@code br_table} one for each label, the default last;
 * {@code if} one for the way to {@code else} or behind {@code end}, without [2]; {@code else}, when
 * the code before it ends normally, one for the way behind {@code end}, without [2]; {@code catch}
 * and {@code catch_all} as {@code else}; {@code try_table} one number, the place behind its
 * clauses; {@code rethrow} one number, the slot that the exception is kept in. A branch to the
 * function's own label goes to its last {@code end}, which returns.
 *
 * <p>When fuel is counted, every {@link io.nacelle.wasm.valid.FuelSegments segment} that can be
 * entered has a number in the table besides: its cost, found at the position that control arrives
 * with. It is charged and passed over.
 */
final class ClassicCode extends FuncBody.Prepared {
    /** Set in {@link #traits}: the function handles references. */
    static final int REFS = 1;

    /** Set in {@link #traits}: the function handles vectors. */
    static final int VECTORS = 2;

    /** More than slots are to be moved when any of these is set. */
    static final int WIDE = REFS | VECTORS;

    /** Set in {@link #traits}: fuel is counted. */
    static final int METERED = 4;

    /** Set in {@link #traits}: memory 0 has 64-bit addresses. A bit that offsets do not use. */
    static final int WIDE_ADDRESSES = 0x80;

    /** Ints of an entry of the side table. */
    static final int ENTRY = 3;

    /** Ints of the entry of an {@code if} or {@code else}. */
    static final int SHORT_ENTRY = 2;

    static final int DROP_BITS = 20;
    static final int DROP_MASK = (1 << DROP_BITS) - 1;

    /** The module's bytes, or a copy of this function's when the module is a mapped file. */
    final byte[] code;

    /** Where the first instruction is. */
    final int start;

    /** The place behind the last {@code end}. */
    final int end;

    final int[] table;
    final int params;
    final int results;

    /** Parameters and other locals, and the exceptions that legacy handlers keep. */
    final int locals;

    /**
     * The slots that a frame takes: locals, one slot that is never read (see {@link
     * HeapClassicLoop}), operands.
     */
    final int slots;

    /** What a frame counts against the stack limit. */
    final int cost;

    final int traits;

    /** The exception handlers, by place in {@link #code}; null when there are none. */
    final Handlers handlers;

    ClassicCode(FuncBody body, byte[] code, int start, int end, SideTableBuilder made) {
        this.code = code;
        this.start = start;
        this.end = end;
        this.table = made.table();
        this.params = body.paramCount;
        this.results = body.resultCount;
        this.locals = made.locals();
        this.slots = made.locals() + 1 + made.maxHeight();
        this.cost = FuncBody.frameCost(made.locals() + made.maxHeight());
        this.traits = made.traits();
        this.handlers = made.handlers();
    }

    /** The prepared form of a function, made when there is none yet. */
    static ClassicCode of(FuncBody body) {
        var known = (ClassicCode) body.classic;
        return known != null ? known : prepare(body);
    }

    private static ClassicCode prepare(FuncBody body) {
        var window = window(body);
        var builder = new SideTableBuilder(body.module, window.origin(), window.bytes());
        new FuncValidator(body.module.valid).validate(body.index, builder);
        var made = new ClassicCode(body, window.bytes(), builder.start(), window.end(), builder);
        body.classic = made;
        return made;
    }

    private static ByteSource.Window window(FuncBody body) {
        var syntax = body.module.valid.syntax();
        Span span = syntax.funcs().get(body.index - body.module.valid.importedFuncs()).code();
        return ClassicCanonical.window(body, syntax.source().window(span));
    }

    /**
     * The module offset of the instruction that contains the byte before a place.
     *
     * @param pc a place in the code or, for the function's entry, before it
     */
    static int offset(FuncBody body, int pc) {
        var window = window(body);
        int wanted = pc + window.origin();
        var in = new InstrReader(window);
        in.readLocals((count, type) -> {});
        do {
            in.next();
        } while (in.offset() <= wanted && !in.atEnd());
        return in.start();
    }
}
