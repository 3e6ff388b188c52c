// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.debug;

import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.WasmModule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The debugging information of a module: which lines of which source files its instructions come
 * from. Information that is malformed is as good as none; nothing is thrown for it.
 *
 * <p>Making one reads the module's line tables once, which takes time in proportion to their size;
 * what is kept is small. Thread-safe.
 */
public final class DebugInfo {
    private static final int CODE_SECTION = 10;
    private static final int HEADER = 8;

    /** Bytes that may be read again to know all units, beyond those that are read once. */
    private static final long INDEXING = 96 << 20;

    private final long codeStart;
    private final LineTable lines;
    private final UnitTable units;
    private final DwarfSection.Reading reading;

    private DebugInfo(
            long codeStart, LineTable lines, UnitTable units, DwarfSection.Reading reading) {
        this.codeStart = codeStart;
        this.lines = lines;
        this.units = units;
        this.reading = reading;
    }

    /** The debugging information of a module that was decoded from bytes, if there is any. */
    public static Optional<DebugInfo> of(WasmModule module) {
        var reading = new DwarfSection.Reading();
        var lines = DwarfSection.of(module, ".debug_line", reading);
        long code = lines.length() == 0 ? -1 : codeStart(module.source());
        if (code < 0) {
            return Optional.empty();
        }
        var strings = DwarfSection.of(module, ".debug_str", reading);
        var lineStrings = DwarfSection.of(module, ".debug_line_str", reading);
        reading.effort = new Effort(lines.length());
        var table = new LineTable(lines, strings, lineStrings);
        reading.effort = new Effort(INDEXING);
        var units = new UnitTable(module, strings, lineStrings, reading);
        return Optional.of(new DebugInfo(code, table, units, reading));
    }

    /** Where the contents of the code section begin: what addresses count from; -1 without one. */
    private static long codeStart(ByteSource source) {
        long at = HEADER;
        while (at < source.size()) {
            var head = source.window((int) at, (int) Math.min(6, source.size() - at));
            long size = 0;
            int i = head.start() + 1;
            int shift = 0;
            boolean more = true;
            while (more && i < head.end()) {
                int b = head.bytes()[i++];
                size |= (b & 0x7FL) << shift;
                shift += 7;
                more = b < 0;
            }
            long contents = at + i - head.start();
            if (head.bytes()[head.start()] == CODE_SECTION) {
                return contents;
            }
            at = contents + size;
        }
        return -1;
    }

    /**
     * The lines that an instruction comes from: more than one where the compiler has inlined
     * functions, the innermost first, and then where it was called from; none when nothing is known
     * of it.
     *
     * @param offset the instruction's offset in the module
     */
    public List<SourceLine> at(int offset) {
        return at(offset, Effort.ofTrace());
    }

    /**
     * The same for one of many instructions.
     *
     * @param effort what may be read for all of them; when that is used up, nothing is known
     */
    public synchronized List<SourceLine> at(int offset, Effort effort) {
        reading.effort = effort;
        try {
            return find(offset);
        } finally {
            reading.effort = null;
        }
    }

    private List<SourceLine> find(int offset) {
        long address = offset - codeStart;
        var row = lines.row(address).orElse(null);
        if (row == null) {
            return List.of();
        }
        var unit = units.unit(row.unit());
        var directory = unit.map(UnitTable.Unit::directory).orElse("");
        List<UnitTable.Call> calls;
        try {
            calls = unit.isPresent() ? units.calls(unit.get(), address) : List.of();
        } catch (MalformedException e) {
            calls = List.of();
        }
        var found = new ArrayList<SourceLine>();
        long file = row.file();
        int line = row.line();
        int column = row.column();
        // From the function itself inwards: each call's place is that of the one around it.
        for (int i = calls.size() - 1; i >= 0; i--) {
            var call = calls.get(i);
            var path = lines.file(row.unit(), file, directory);
            if (path.isEmpty()) {
                return List.of();
            }
            found.add(new SourceLine(call.function(), path.get(), line, column));
            file = call.file();
            line = call.line();
            column = call.column();
        }
        if (calls.isEmpty()) {
            lines.file(row.unit(), file, directory)
                    .ifPresent(
                            path ->
                                    found.add(
                                            new SourceLine(
                                                    Optional.empty(),
                                                    path,
                                                    row.line(),
                                                    row.column())));
        }
        return List.copyOf(found);
    }
}
