// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.debug;

import io.nacelle.wasm.syntax.MalformedException;

import java.util.Arrays;
import java.util.Optional;

/**
 * The line number programs of a module (DWARF 5, section 6.2; versions 2 to 5). Running all of them
 * once tells which sequence of rows covers which code; rows are not kept, but made again by running
 * the one program that an address needs.
 */
final class LineTable {
    /** Runs of code beyond these have no lines. */
    private static final int MOST_SEQUENCES = 1 << 20;

    private final DwarfSection lines;
    private final DwarfSection strings;
    private final DwarfSection lineStrings;

    /** The sequences, by where their code begins. */
    private long[] lows = new long[16];

    private Sequence[] sequences = new Sequence[16];
    private int count;

    /** Rows of one run of code. */
    private record Sequence(long low, long high, long unit, long program) {}

    /**
     * A row.
     *
     * @param unit where the unit begins that its file is a file of
     */
    record Row(long unit, long file, int line, int column) {}

    LineTable(DwarfSection lines, DwarfSection strings, DwarfSection lineStrings) {
        this.lines = lines;
        this.strings = strings;
        this.lineStrings = lineStrings;
        long at = 0;
        try {
            while (at < lines.length()) {
                var header = header(at);
                index(header);
                at = header.end();
            }
        } catch (MalformedException e) {
            // What comes behind cannot be found; what came before is as good as ever.
        }
        sequences = Arrays.copyOf(sequences, count);
        Arrays.sort(sequences, (a, b) -> Long.compare(a.low, b.low));
        lows = new long[count];
        for (int i = 0; i < count; i++) {
            lows[i] = sequences[i].low;
        }
    }

    private LineHeader header(long at) {
        return LineHeader.read(lines, at, strings, lineStrings);
    }

    private void index(LineHeader header) {
        var state = new LineProgram(header, new DwarfReader(lines, header.program(), header.end()));
        try {
            while (!state.atEnd()) {
                long program = state.at();
                long low = -1;
                long high = -1;
                while (state.next()) {
                    low = low < 0 ? state.address() : Math.min(low, state.address());
                    high = Math.max(high, state.address());
                    if (state.endsSequence()) {
                        break;
                    }
                }
                // What a linker has dropped is left at address 0, where no code can be.
                if (low > 0 && high > low) {
                    add(new Sequence(low, high, header.start(), program));
                }
            }
        } catch (MalformedException e) {
            // The rest of this unit is lost; the next one begins where it says.
        }
    }

    private void add(Sequence sequence) {
        if (count == MOST_SEQUENCES) {
            throw DwarfReader.malformed();
        }
        if (count == sequences.length) {
            sequences = Arrays.copyOf(sequences, 2 * count);
        }
        sequences[count++] = sequence;
    }

    /** The row for an address. */
    Optional<Row> row(long address) {
        int found = Arrays.binarySearch(lows, address);
        int i = found >= 0 ? found : -found - 2;
        if (i < 0 || address >= sequences[i].high) {
            return Optional.empty();
        }
        var sequence = sequences[i];
        try {
            var header = header(sequence.unit);
            var reader = new DwarfReader(lines, sequence.program, header.end());
            var state = new LineProgram(header, reader);
            Row row = null;
            while (state.next()) {
                if (state.address() > address || state.endsSequence()) {
                    break;
                }
                row = new Row(sequence.unit, state.file(), state.line(), state.column());
            }
            return Optional.ofNullable(row).filter(r -> r.line > 0);
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    /**
     * The path of a file of a unit.
     *
     * @param directory what paths of the unit are relative to, or empty
     */
    Optional<String> file(long unit, long file, String directory) {
        try {
            return header(unit).path(file, directory);
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }
}
