// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.debug;

import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.WasmModule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The compilation units of a module (DWARF 5, section 7.5): what their line tables are relative to,
 * and which functions have been inlined where.
 */
final class UnitTable {
    /** A unit with more bytes than this is not searched for inlined functions. */
    private static final long LARGEST_UNIT = 64 << 20;

    /** Units beyond these are as if they were not there. */
    private static final int MOST_UNITS = 1 << 17;

    /** How many characters of directories are kept: many units can refer to one long string. */
    private static final int MOST_TEXT = 4 << 20;

    /** How many entries a name may be referred through. */
    private static final int MOST_HOPS = 8;

    /** Inlined calls within each other: deeper ones are left out. */
    private static final int MOST_CALLS = 64;

    private static final int TAG_INLINED = 0x1D;
    private static final int TAG_SUBPROGRAM = 0x2E;

    private final DwarfSection info;
    private final DwarfSection abbreviations;
    final DwarfSection strings;
    final DwarfSection lineStrings;
    final DwarfSection stringOffsets;
    final DwarfSection addresses;
    final DwarfSection ranges;
    final DwarfSection rangeLists;

    /** By where their line table is. */
    private final Map<Long, Unit> byLines = new HashMap<>();

    private final List<Unit> units = new ArrayList<>();
    private int text;

    /**
     * A unit.
     *
     * @param start where its header begins
     * @param entries where its entries begin
     */
    record Unit(
            long start,
            long entries,
            long end,
            int version,
            int offsetSize,
            int addressSize,
            long abbreviations,
            String directory,
            long low,
            long stringBase,
            long addressBase,
            long rangeBase) {}

    /**
     * A function that is active at an address: one that the code belongs to, or an inlined one.
     *
     * @param file where it was called from, when it is an inlined one
     */
    record Call(Optional<String> function, long file, int line, int column) {}

    UnitTable(
            WasmModule module,
            DwarfSection strings,
            DwarfSection lineStrings,
            DwarfSection.Reading reading) {
        this.info = DwarfSection.of(module, ".debug_info", reading);
        this.abbreviations = DwarfSection.of(module, ".debug_abbrev", reading);
        this.strings = strings;
        this.lineStrings = lineStrings;
        this.stringOffsets = DwarfSection.of(module, ".debug_str_offsets", reading);
        this.addresses = DwarfSection.of(module, ".debug_addr", reading);
        this.ranges = DwarfSection.of(module, ".debug_ranges", reading);
        this.rangeLists = DwarfSection.of(module, ".debug_rnglists", reading);
        long at = 0;
        try {
            while (at < info.length() && units.size() < MOST_UNITS) {
                at = index(at);
            }
        } catch (MalformedException e) {
            // The units so far are as good as ever.
        }
    }

    /** The unit whose line table begins at an offset. */
    Optional<Unit> unit(long lines) {
        return Optional.ofNullable(byLines.get(lines));
    }

    private long index(long start) {
        var in = new DwarfReader(info, start);
        long length = in.u32();
        int offsetSize = 4;
        if (length == 0xFFFF_FFFFL) {
            length = in.fixed(8);
            offsetSize = 8;
        }
        long end = in.at() + length;
        if (length < 0 || end > info.length()) {
            throw DwarfReader.malformed();
        }
        int version = in.u16();
        if (version < 2 || version > 5) {
            return end;
        }
        int addressSize;
        long abbreviation;
        if (version >= 5) {
            int type = in.u8();
            addressSize = in.u8();
            abbreviation = in.fixed(offsetSize);
            if (type != 1) {
                // Not a full unit with code.
                return end;
            }
        } else {
            abbreviation = in.fixed(offsetSize);
            addressSize = in.u8();
        }
        if (addressSize != 4 && addressSize != 8) {
            return end;
        }
        var bare =
                new Unit(
                        start,
                        in.at(),
                        end,
                        version,
                        offsetSize,
                        addressSize,
                        abbreviation,
                        "",
                        0,
                        0,
                        0,
                        0);
        try {
            add(bare);
        } catch (MalformedException e) {
            // This unit is lost, not the others.
        }
        return end;
    }

    private void add(Unit bare) {
        var abbreviation = new Abbreviations(abbreviations, bare.abbreviations());
        var entry = new DwarfEntry(this, bare, new DwarfReader(info, bare.entries(), bare.end()));
        if (!entry.read(abbreviation)) {
            return;
        }
        // The bases are attributes of the very entry that needs them for its strings.
        var based =
                new Unit(
                        bare.start(),
                        bare.entries(),
                        bare.end(),
                        bare.version(),
                        bare.offsetSize(),
                        bare.addressSize(),
                        bare.abbreviations(),
                        "",
                        0,
                        entry.stringBase,
                        entry.addressBase,
                        entry.rangeBase);
        entry.unit = based;
        var directory = entry.directory();
        if (directory.length() > MOST_TEXT - text) {
            throw DwarfReader.malformed();
        }
        text += directory.length();
        var unit =
                new Unit(
                        bare.start(),
                        bare.entries(),
                        bare.end(),
                        bare.version(),
                        bare.offsetSize(),
                        bare.addressSize(),
                        bare.abbreviations(),
                        directory,
                        entry.low(),
                        entry.stringBase,
                        entry.addressBase,
                        entry.rangeBase);
        units.add(unit);
        if (entry.lines >= 0) {
            byLines.putIfAbsent(entry.lines, unit);
        }
    }

    /** The functions active at an address: the one that the code belongs to, then inlined ones. */
    List<Call> calls(Unit unit, long address) {
        if (unit.end() - unit.entries() > LARGEST_UNIT) {
            return List.of();
        }
        var abbreviation = new Abbreviations(abbreviations, unit.abbreviations());
        var in = new DwarfReader(info, unit.entries(), unit.end());
        var entry = new DwarfEntry(this, unit, in);
        var found = new ArrayList<Call>();
        int depth = 0;
        int inside = -1;
        while (!in.atEnd()) {
            if (!entry.read(abbreviation)) {
                depth--;
                if (depth <= inside || depth <= 0) {
                    break;
                }
                continue;
            }
            boolean function = entry.tag == TAG_SUBPROGRAM && inside < 0;
            if ((function || entry.tag == TAG_INLINED && inside >= 0 && found.size() < MOST_CALLS)
                    && entry.contains(address)) {
                if (function) {
                    inside = depth;
                }
                found.add(new Call(name(entry), entry.callFile, entry.callLine, entry.callColumn));
                if (function && !entry.hasChildren) {
                    break;
                }
            }
            if (entry.hasChildren) {
                depth++;
            }
        }
        return found;
    }

    private Optional<String> name(DwarfEntry entry) {
        var own = entry.name();
        long reference = entry.reference;
        for (int i = 0; own.isEmpty() && reference >= 0 && i < MOST_HOPS; i++) {
            var unit = unitOf(reference).orElseThrow(DwarfReader::malformed);
            var in = new DwarfReader(info, reference, unit.end());
            var other = new DwarfEntry(this, unit, in);
            if (!other.read(new Abbreviations(abbreviations, unit.abbreviations()))) {
                break;
            }
            own = other.name();
            reference = other.reference;
        }
        return own;
    }

    private Optional<Unit> unitOf(long offset) {
        int low = 0;
        int high = units.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (units.get(middle).end() <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < units.size() && units.get(low).entries() <= offset
                ? Optional.of(units.get(low))
                : Optional.empty();
    }
}
