// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.aotc.obj;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;

/** Runs the line programs of objects (DWARF 4 and 5, section 6.2) and keeps what they say. */
final class LineProgram {
    private static final int COPY = 1;
    private static final int ADVANCE_PC = 2;
    private static final int ADVANCE_LINE = 3;
    private static final int SET_FILE = 4;
    private static final int SET_COLUMN = 5;
    private static final int CONST_ADD_PC = 8;
    private static final int FIXED_ADVANCE_PC = 9;
    private static final int SET_ISA = 12;
    private static final int EXTENDED = 0;
    private static final int END_SEQUENCE = 1;
    private static final int SET_ADDRESS = 2;

    /** Rows: the place in the high half, the line in the low one. */
    private long[] rows = new long[1024];

    private int count;

    /**
     * Runs all programs of a section.
     *
     * @param addresses what is to stand at places of the section once it is linked
     */
    void read(byte[] section, Map<Integer, Long> addresses) {
        var in = ByteBuffer.wrap(section).order(ByteOrder.LITTLE_ENDIAN);
        try {
            while (in.remaining() > 4) {
                unit(in, addresses);
            }
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new ObjectException("the line table ends early: " + e);
        }
    }

    private void unit(ByteBuffer in, Map<Integer, Long> addresses) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new ObjectException("a line table longer than its section");
        }
        int end = in.position() + length;
        int version = in.getShort();
        if (version < 4 || version > 5) {
            throw new ObjectException("a line table of version " + version);
        }
        if (version == 5) {
            // Sizes of addresses and of segment selectors.
            in.getShort();
        }
        int header = in.getInt();
        int program = in.position() + header;
        int least = in.get() & 0xFF;
        // Operations of an instruction, and whether lines are statements: no matter here.
        in.getShort();
        int lineBase = in.get();
        int lineRange = in.get() & 0xFF;
        int opcodeBase = in.get() & 0xFF;
        var operands = new byte[opcodeBase];
        in.get(operands, 1, opcodeBase - 1);
        in.position(program);
        long place = 0;
        int line = 1;
        while (in.position() < end) {
            int op = in.get() & 0xFF;
            if (op >= opcodeBase) {
                int special = op - opcodeBase;
                place += (long) (special / lineRange) * least;
                line += lineBase + special % lineRange;
                add(place, line);
                continue;
            }
            switch (op) {
                case EXTENDED -> {
                    int size = (int) unsigned(in);
                    int next = in.position() + size;
                    int extended = in.get();
                    if (extended == SET_ADDRESS) {
                        Long address = addresses.get(in.position());
                        if (address == null) {
                            throw new ObjectException("a line table of code that is left out");
                        }
                        place = address;
                    } else if (extended == END_SEQUENCE) {
                        add(place, 0);
                        place = 0;
                        line = 1;
                    }
                    in.position(next);
                }
                case COPY -> add(place, line);
                case ADVANCE_PC -> place += unsigned(in) * least;
                case ADVANCE_LINE -> line += (int) signed(in);
                case CONST_ADD_PC -> place += (long) ((255 - opcodeBase) / lineRange) * least;
                case FIXED_ADVANCE_PC -> place += in.getShort() & 0xFFFF;
                case SET_FILE, SET_COLUMN, SET_ISA -> unsigned(in);
                default -> {
                    for (int i = 0; i < operands[op]; i++) {
                        unsigned(in);
                    }
                }
            }
        }
    }

    private static long unsigned(ByteBuffer in) {
        long value = 0;
        int shift = 0;
        byte next;
        do {
            next = in.get();
            value |= (long) (next & 0x7F) << shift;
            shift += 7;
        } while (next < 0);
        return value;
    }

    private static long signed(ByteBuffer in) {
        long value = 0;
        int shift = 0;
        byte next;
        do {
            next = in.get();
            value |= (long) (next & 0x7F) << shift;
            shift += 7;
        } while (next < 0);
        return shift < 64 && (next & 0x40) != 0 ? value | -1L << shift : value;
    }

    private void add(long place, int line) {
        if (count == rows.length) {
            rows = Arrays.copyOf(rows, 2 * count);
        }
        rows[count++] = place << 32 | line & 0xFFFF_FFFFL;
    }

    /** The rows in order: of those at one place the last counts, and of one line the first. */
    LineTable finish() {
        // Sorting by place alone would be enough, but rows of one place must keep their order.
        var order = new Integer[count];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Long.compare(rows[a] >>> 32, rows[b] >>> 32));
        var places = new int[count];
        var lines = new int[count];
        int n = 0;
        for (int i = 0; i < count; i++) {
            int place = (int) (rows[order[i]] >>> 32);
            int line = (int) rows[order[i]];
            if (n > 0 && places[n - 1] == place) {
                n--;
            }
            if (n > 0 && lines[n - 1] == line) {
                continue;
            }
            places[n] = place;
            lines[n++] = line;
        }
        return new LineTable(Arrays.copyOf(places, n), Arrays.copyOf(lines, n));
    }
}
