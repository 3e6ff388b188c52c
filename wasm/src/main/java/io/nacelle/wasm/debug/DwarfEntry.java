// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.debug;

import java.util.Optional;

/**
 * An entry of a unit, with those of its attributes that matter here; used for one after another.
 */
final class DwarfEntry {
    private static final int NAME = 0x03;
    private static final int STMT_LIST = 0x10;
    private static final int LOW_PC = 0x11;
    private static final int HIGH_PC = 0x12;
    private static final int COMP_DIR = 0x1B;
    private static final int ABSTRACT_ORIGIN = 0x31;
    private static final int SPECIFICATION = 0x47;
    private static final int RANGES = 0x55;
    private static final int CALL_COLUMN = 0x57;
    private static final int CALL_FILE = 0x58;
    private static final int CALL_LINE = 0x59;
    private static final int STR_OFFSETS_BASE = 0x72;
    private static final int ADDR_BASE = 0x73;
    private static final int RNGLISTS_BASE = 0x74;

    private final UnitTable table;
    private final DwarfReader in;
    UnitTable.Unit unit;

    int tag;
    boolean hasChildren;
    long lines;
    long reference;
    long callFile;
    int callLine;
    int callColumn;
    long stringBase;
    long addressBase;
    long rangeBase;

    // Values whose meaning depends on the unit's bases, as written.
    private Value name;
    private Value directory;
    private Value low;
    private Value high;
    private Value ranges;

    /**
     * A value as written.
     *
     * @param number the number, or where in the section a string begins
     * @param text a string that is written in place
     */
    private record Value(int form, long number, String text) {}

    DwarfEntry(UnitTable table, UnitTable.Unit unit, DwarfReader in) {
        this.table = table;
        this.unit = unit;
        this.in = in;
    }

    /** Reads the next entry; false when it is the one that ends its siblings. */
    boolean read(Abbreviations abbreviations) {
        long code = in.uleb();
        if (code == 0) {
            return false;
        }
        var form = abbreviations.form(code);
        tag = form.tag();
        hasChildren = form.hasChildren();
        lines = -1;
        reference = -1;
        callFile = 0;
        callLine = 0;
        callColumn = 0;
        name = null;
        directory = null;
        low = null;
        high = null;
        ranges = null;
        var forms = abbreviations.attributes(form);
        while (true) {
            int attribute = (int) forms.uleb();
            int how = (int) forms.uleb();
            long constant = how == DwarfForm.IMPLICIT_CONST ? forms.sleb() : 0;
            if (attribute == 0 && how == 0) {
                return true;
            }
            attribute(attribute, how, constant);
        }
    }

    private void attribute(int attribute, int how, long constant) {
        switch (attribute) {
            case NAME -> name = value(how, constant);
            case COMP_DIR -> directory = value(how, constant);
            case LOW_PC -> low = value(how, constant);
            case HIGH_PC -> high = value(how, constant);
            case RANGES -> ranges = value(how, constant);
            case STMT_LIST -> lines = value(how, constant).number;
            case STR_OFFSETS_BASE -> stringBase = value(how, constant).number;
            case ADDR_BASE -> addressBase = value(how, constant).number;
            case RNGLISTS_BASE -> rangeBase = value(how, constant).number;
            case CALL_FILE -> callFile = value(how, constant).number;
            case CALL_LINE -> callLine = number(value(how, constant));
            case CALL_COLUMN -> callColumn = number(value(how, constant));
            case ABSTRACT_ORIGIN, SPECIFICATION -> {
                var value = value(how, constant);
                reference =
                        value.form == DwarfForm.REF_ADDR
                                ? value.number
                                : unit.start() + value.number;
            }
            default ->
                    DwarfForm.skip(in, how, unit.offsetSize(), unit.addressSize(), unit.version());
        }
    }

    private static int number(Value value) {
        return Math.clamp(value.number, 0, Integer.MAX_VALUE);
    }

    private Value value(int how, long constant) {
        return switch (how) {
            case DwarfForm.IMPLICIT_CONST -> new Value(how, constant, "");
            case DwarfForm.STRING -> new Value(how, 0, in.string());
            case DwarfForm.ADDR -> new Value(how, in.fixed(unit.addressSize()), "");
            case DwarfForm.DATA1, DwarfForm.REF1, DwarfForm.STRX1, DwarfForm.ADDRX1 ->
                    new Value(how, in.u8(), "");
            case DwarfForm.DATA2, DwarfForm.REF2, DwarfForm.STRX2, DwarfForm.ADDRX2 ->
                    new Value(how, in.u16(), "");
            case DwarfForm.STRX3, DwarfForm.ADDRX3 -> new Value(how, in.fixed(3), "");
            case DwarfForm.DATA4, DwarfForm.REF4, DwarfForm.STRX4, DwarfForm.ADDRX4 ->
                    new Value(how, in.u32(), "");
            case DwarfForm.DATA8, DwarfForm.REF8 -> new Value(how, in.fixed(8), "");
            case DwarfForm.SDATA -> new Value(how, in.sleb(), "");
            case DwarfForm.UDATA,
                    DwarfForm.REF_UDATA,
                    DwarfForm.STRX,
                    DwarfForm.ADDRX,
                    DwarfForm.RNGLISTX ->
                    new Value(how, in.uleb(), "");
            case DwarfForm.STRP, DwarfForm.LINE_STRP, DwarfForm.SEC_OFFSET ->
                    new Value(how, in.fixed(unit.offsetSize()), "");
            case DwarfForm.REF_ADDR ->
                    new Value(
                            how,
                            in.fixed(unit.version() <= 2 ? unit.addressSize() : unit.offsetSize()),
                            "");
            default -> {
                DwarfForm.skip(in, how, unit.offsetSize(), unit.addressSize(), unit.version());
                yield new Value(how, 0, "");
            }
        };
    }

    Optional<String> name() {
        return name == null ? Optional.empty() : Optional.of(string(name));
    }

    String directory() {
        return directory == null ? "" : string(directory);
    }

    private String string(Value value) {
        return switch (value.form) {
            case DwarfForm.STRING -> value.text;
            case DwarfForm.STRP -> table.strings.string(value.number);
            case DwarfForm.LINE_STRP -> table.lineStrings.string(value.number);
            case DwarfForm.STRX,
                    DwarfForm.STRX1,
                    DwarfForm.STRX2,
                    DwarfForm.STRX3,
                    DwarfForm.STRX4 ->
                    table.strings.string(
                            indexed(
                                    table.stringOffsets,
                                    unit.stringBase(),
                                    value.number,
                                    unit.offsetSize()));
            default -> throw DwarfReader.malformed();
        };
    }

    private static long indexed(DwarfSection section, long base, long index, int size) {
        if (index < 0 || index > section.length()) {
            throw DwarfReader.malformed();
        }
        return new DwarfReader(section, base + index * size).fixed(size);
    }

    long low() {
        return low == null ? 0 : address(low);
    }

    private long address(Value value) {
        return switch (value.form) {
            case DwarfForm.ADDR -> value.number;
            case DwarfForm.ADDRX,
                    DwarfForm.ADDRX1,
                    DwarfForm.ADDRX2,
                    DwarfForm.ADDRX3,
                    DwarfForm.ADDRX4 ->
                    addressAt(value.number);
            default -> throw DwarfReader.malformed();
        };
    }

    private long addressAt(long index) {
        return indexed(table.addresses, unit.addressBase(), index, unit.addressSize());
    }

    private static boolean isAddress(Value value) {
        return value.form == DwarfForm.ADDR
                || value.form == DwarfForm.ADDRX
                || value.form >= DwarfForm.ADDRX1 && value.form <= DwarfForm.ADDRX4;
    }

    /** Whether the entry's code has an address. */
    boolean contains(long address) {
        if (ranges != null) {
            return unit.version() >= 5 ? inRangeList(address) : inRanges(address);
        }
        if (low == null || high == null) {
            return false;
        }
        long from = address(low);
        long to = isAddress(high) ? address(high) : from + high.number;
        // What a linker has dropped begins at 0.
        return from > 0 && from <= address && address < to;
    }

    private boolean inRanges(long address) {
        int size = unit.addressSize();
        long all = size == 4 ? 0xFFFF_FFFFL : -1;
        long base = unit.low();
        var at = new DwarfReader(table.ranges, ranges.number);
        while (true) {
            long from = at.fixed(size);
            long to = at.fixed(size);
            if (from == 0 && to == 0) {
                return false;
            }
            if (from == all) {
                base = to;
            } else if (base + from <= address && address < base + to) {
                return true;
            }
        }
    }

    private boolean inRangeList(long address) {
        long offset = ranges.number;
        if (ranges.form == DwarfForm.RNGLISTX) {
            offset =
                    unit.rangeBase()
                            + indexed(
                                    table.rangeLists,
                                    unit.rangeBase(),
                                    ranges.number,
                                    unit.offsetSize());
        }
        int size = unit.addressSize();
        long base = unit.low();
        var at = new DwarfReader(table.rangeLists, offset);
        while (true) {
            long from;
            long to;
            switch (at.u8()) {
                case 0 -> {
                    return false;
                }
                case 1 -> {
                    base = addressAt(at.uleb());
                    continue;
                }
                case 2 -> {
                    from = addressAt(at.uleb());
                    to = addressAt(at.uleb());
                }
                case 3 -> {
                    from = addressAt(at.uleb());
                    to = from + at.uleb();
                }
                case 4 -> {
                    from = base + at.uleb();
                    to = base + at.uleb();
                }
                case 5 -> {
                    base = at.fixed(size);
                    continue;
                }
                case 6 -> {
                    from = at.fixed(size);
                    to = at.fixed(size);
                }
                case 7 -> {
                    from = at.fixed(size);
                    to = from + at.uleb();
                }
                default -> throw DwarfReader.malformed();
            }
            if (from <= address && address < to) {
                return true;
            }
        }
    }
}
