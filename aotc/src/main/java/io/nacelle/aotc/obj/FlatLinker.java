// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.aotc.obj;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Links objects into one piece of code that needs no loader: all code first, constants behind it,
 * every reference relative. What would need one is refused by name: symbols that nobody defines,
 * absolute addresses, data that can be written.
 */
public final class FlatLinker {
    private static final int PAGE = 4096;
    private static final int MOST = 1 << 30;
    private static final String UNWINDING = ".eh_frame";

    /** Where a section of an object is in the code. */
    private record Place(ElfObject object, int section) {}

    private final List<ElfObject> objects;
    private final Map<Place, Integer> places = new HashMap<>();

    /** Where global symbols are, by name. */
    private final Map<String, Integer> defined = new HashMap<>();

    private final Map<String, LinkedCode.Function> functions = new LinkedHashMap<>();
    private int end;

    private FlatLinker(List<ElfObject> objects) {
        this.objects = objects;
    }

    /**
     * Links objects for one machine.
     *
     * @throws ObjectException when they need what flat code cannot have
     */
    public static LinkedCode link(List<ElfObject> objects) {
        return new FlatLinker(List.copyOf(objects)).link();
    }

    private LinkedCode link() {
        place(true);
        // Constants begin a page of their own, so that they need not be where code can run.
        end = align(end, PAGE);
        place(false);
        define();
        var code = new byte[end];
        for (var entry : places.entrySet()) {
            var section = section(entry.getKey());
            System.arraycopy(section.bytes(), 0, code, entry.getValue(), section.bytes().length);
        }
        for (var entry : places.entrySet()) {
            relocate(code, entry.getKey(), entry.getValue());
        }
        return new LinkedCode(code, functions, lines());
    }

    private static ElfObject.Section section(Place place) {
        return place.object.sections().get(place.section);
    }

    private static int align(long at, long alignment) {
        long aligned = at + alignment - 1 & -alignment;
        if (aligned > MOST) {
            throw new ObjectException("more than a gigabyte of code");
        }
        return (int) aligned;
    }

    private void place(boolean code) {
        for (var object : objects) {
            if (object.machine() != objects.getFirst().machine()) {
                throw new ObjectException("objects for different machines");
            }
            for (int i = 0; i < object.sections().size(); i++) {
                var section = object.sections().get(i);
                if (!section.isAllocated()
                        || section.isCode() != code
                        || section.size() == 0
                        || section.name().startsWith(UNWINDING)) {
                    continue;
                }
                long alignment = section.alignment();
                if (alignment > PAGE || Long.bitCount(alignment) != 1) {
                    throw new ObjectException(
                            "the section " + section.name() + " is aligned to " + alignment);
                }
                if (section.isWritable() || section.isZeros()) {
                    throw new ObjectException(
                            "the section " + section.name() + " is data that can be written");
                }
                end = align(end, alignment);
                places.put(new Place(object, i), end);
                end = align(end + section.size(), 1);
            }
        }
    }

    private void define() {
        for (var object : objects) {
            for (var symbol : object.symbols()) {
                var at = address(object, symbol);
                if (at == null || symbol.name().isEmpty()) {
                    continue;
                }
                if (symbol.isGlobal() && defined.put(symbol.name(), at) != null) {
                    throw new ObjectException(symbol.name() + " is defined twice");
                }
                if (symbol.isFunction()) {
                    functions.put(symbol.name(), new LinkedCode.Function(at, (int) symbol.size()));
                }
            }
        }
    }

    /** Where a symbol is that its object defines, or null. */
    private Integer address(ElfObject object, ElfObject.Symbol symbol) {
        var place = places.get(new Place(object, symbol.section()));
        return symbol.section() == 0 || place == null
                ? null
                : Integer.valueOf(place + (int) symbol.value());
    }

    private void relocate(byte[] code, Place place, int base) {
        var section = section(place);
        for (var relocation : section.relocations()) {
            var symbol = place.object.symbols().get(relocation.symbol());
            var address = address(place.object, symbol);
            if (address == null) {
                address = defined.get(symbol.name());
            }
            if (address == null) {
                throw new ObjectException(
                        symbol.name().isEmpty()
                                ? section.name() + " refers to a section that is left out"
                                : "nobody defines " + symbol.name());
            }
            if (relocation.offset() < 0 || relocation.offset() > section.size() - 4) {
                throw new ObjectException("a relocation outside of " + section.name());
            }
            int at = base + (int) relocation.offset();
            try {
                Relocations.apply(
                        place.object.machine(),
                        code,
                        at,
                        relocation.type(),
                        address + relocation.addend());
            } catch (ObjectException e) {
                throw new ObjectException(
                        section.name() + ", reference to " + symbol.name() + ": " + e.getMessage());
            }
        }
    }

    private LineTable lines() {
        var table = new LineProgram();
        for (var object : objects) {
            for (int i = 0; i < object.sections().size(); i++) {
                var section = object.sections().get(i);
                if (section.name().equals(".debug_line")) {
                    table.read(section.bytes(), addresses(object, section));
                }
            }
        }
        return table.finish();
    }

    /** What the addresses in a section's contents stand for, by where they are. */
    private Map<Integer, Long> addresses(ElfObject object, ElfObject.Section section) {
        var found = new HashMap<Integer, Long>();
        var relocations = new ArrayList<>(section.relocations());
        for (var relocation : relocations) {
            var address = address(object, object.symbols().get(relocation.symbol()));
            if (address != null) {
                found.put((int) relocation.offset(), address + relocation.addend());
            }
        }
        return found;
    }
}
