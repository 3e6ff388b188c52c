// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.debug;

/** The machine that makes the rows of a line table (DWARF 5, section 6.2.5). */
final class LineProgram {
    private static final int COPY = 1;
    private static final int ADVANCE_PC = 2;
    private static final int ADVANCE_LINE = 3;
    private static final int SET_FILE = 4;
    private static final int SET_COLUMN = 5;
    private static final int CONST_ADD_PC = 8;
    private static final int FIXED_ADVANCE_PC = 9;
    private static final int END_SEQUENCE = 1;
    private static final int SET_ADDRESS = 2;

    private final LineHeader header;
    private final DwarfReader in;
    private long address;
    private long file = 1;
    private long line = 1;
    private long column;
    private boolean ended;

    LineProgram(LineHeader header, DwarfReader in) {
        this.header = header;
        this.in = in;
    }

    long address() {
        return address;
    }

    long file() {
        return file;
    }

    int line() {
        return Math.clamp(line, 0, Integer.MAX_VALUE);
    }

    int column() {
        return Math.clamp(column, 0, Integer.MAX_VALUE);
    }

    /** Whether the last row is the end of a sequence: the address behind it. */
    boolean endsSequence() {
        return ended;
    }

    boolean atEnd() {
        return in.atEnd();
    }

    long at() {
        return in.at();
    }

    private void reset() {
        address = 0;
        file = 1;
        line = 1;
        column = 0;
        ended = false;
    }

    /** Goes on to the next row; false at the end of the program. */
    boolean next() {
        if (ended) {
            reset();
        }
        while (!in.atEnd()) {
            int opcode = in.u8();
            if (opcode >= header.opcodeBase()) {
                special(opcode - header.opcodeBase());
                return true;
            }
            if (opcode == 0 ? extended() : standard(opcode)) {
                return true;
            }
        }
        return false;
    }

    private void special(int adjusted) {
        advance(adjusted / header.lineRange());
        line += header.lineBase() + adjusted % header.lineRange();
    }

    private void advance(long operations) {
        address += operations * header.instructionLength() & 0xFFFF_FFFFL;
    }

    /** Whether it makes a row. */
    private boolean standard(int opcode) {
        switch (opcode) {
            case COPY -> {
                return true;
            }
            case ADVANCE_PC -> advance(in.uleb());
            case ADVANCE_LINE -> line += in.sleb();
            case SET_FILE -> file = in.uleb();
            case SET_COLUMN -> column = in.uleb();
            case CONST_ADD_PC -> advance((255 - header.opcodeBase()) / header.lineRange());
            case FIXED_ADVANCE_PC -> address += in.u16();
            default -> {
                for (int i = header.operands(opcode); i > 0; i--) {
                    in.uleb();
                }
            }
        }
        return false;
    }

    private boolean extended() {
        long length = in.uleb();
        if (length == 0) {
            return false;
        }
        int opcode = in.u8();
        switch (opcode) {
            case END_SEQUENCE -> {
                in.skip(length - 1);
                ended = true;
                return true;
            }
            case SET_ADDRESS -> {
                if (length > 9) {
                    throw DwarfReader.malformed();
                }
                address = in.fixed((int) length - 1);
            }
            default -> in.skip(length - 1);
        }
        return false;
    }
}
