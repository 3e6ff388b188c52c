// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.Names;
import io.nacelle.wasm.syntax.Span;
import io.nacelle.wasm.syntax.WasmModule;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads and writes the contents of the name section (spec 7.4.1), its extended form included. */
public final class NameSection {
    /** The name of the custom section. */
    public static final String NAME = "name";

    private static final int MODULE = 0;
    private static final int FUNCS = 1;
    private static final int LOCALS = 2;
    private static final int LABELS = 3;
    private static final int TYPES = 4;
    private static final int TABLES = 5;
    private static final int MEMORIES = 6;
    private static final int GLOBALS = 7;
    private static final int ELEMS = 8;
    private static final int DATAS = 9;
    private static final int FIELDS = 10;
    private static final int TAGS = 11;
    private static final int KINDS = 12;

    private NameSection() {}

    /**
     * The names in a module's name section. A subsection that is malformed counts as absent, as
     * does one of an unknown kind: names are hints, and a module is not refused for them. Of two
     * subsections of a kind, and of two names for one thing, the first holds.
     *
     * @return {@link Names#NONE} when the module has no name section
     */
    public static Names read(WasmModule module) {
        var section = module.custom(NAME);
        if (section.isEmpty()) {
            return Names.NONE;
        }
        var parts = divide(module.source(), section.get().bytes());
        var reader = new Reader(module.source(), parts);
        return new Names(
                reader.module(),
                reader.names(FUNCS),
                reader.indirect(LOCALS),
                reader.indirect(LABELS),
                reader.names(TYPES),
                reader.names(TABLES),
                reader.names(MEMORIES),
                reader.names(GLOBALS),
                reader.names(ELEMS),
                reader.names(DATAS),
                reader.indirect(FIELDS),
                reader.names(TAGS));
    }

    /** Where the subsection of each kind is; stops where the division makes no sense any more. */
    private static Span[] divide(ByteSource source, Span section) {
        var parts = new Span[KINDS];
        int at = section.offset();
        while (at < section.end()) {
            int left = section.end() - at;
            var in = new ByteReader(source.window(at, Math.min(left, 12)));
            try {
                int kind = in.readByte();
                int size = in.readU32();
                if (Integer.compareUnsigned(size, section.end() - in.offset()) > 0) {
                    break;
                }
                if (kind < KINDS && parts[kind] == null) {
                    parts[kind] = new Span(in.offset(), size);
                }
                at = in.offset() + size;
            } catch (MalformedException _) {
                break;
            }
        }
        return parts;
    }

    /** Reads subsections, each on its own. */
    private record Reader(ByteSource source, Span[] parts) {
        Optional<String> module() {
            if (parts[MODULE] == null) {
                return Optional.empty();
            }
            try {
                return Optional.of(new ByteReader(source.window(parts[MODULE])).readName());
            } catch (MalformedException _) {
                return Optional.empty();
            }
        }

        Map<Integer, String> names(int kind) {
            if (parts[kind] == null) {
                return Map.of();
            }
            try {
                return map(new SectionReader(source, parts[kind]));
            } catch (MalformedException _) {
                return Map.of();
            }
        }

        Map<Integer, Map<Integer, String>> indirect(int kind) {
            if (parts[kind] == null) {
                return Map.of();
            }
            try {
                var in = new SectionReader(source, parts[kind]);
                int count = in.readCount(Integer.MAX_VALUE, "names");
                var maps = new LinkedHashMap<Integer, Map<Integer, String>>();
                for (int i = 0; i < count; i++) {
                    int index = in.readU32();
                    maps.putIfAbsent(index, map(in));
                }
                return Collections.unmodifiableMap(maps);
            } catch (MalformedException _) {
                return Map.of();
            }
        }

        private static Map<Integer, String> map(SectionReader in) {
            int count = in.readCount(Integer.MAX_VALUE, "names");
            if (count == 0) {
                return Map.of();
            }
            var map = new LinkedHashMap<Integer, String>();
            for (int i = 0; i < count; i++) {
                int index = in.readU32();
                map.putIfAbsent(index, in.read(ByteReader::readName));
            }
            return Collections.unmodifiableMap(map);
        }
    }

    /**
     * The contents of a name section, for a {@link io.nacelle.wasm.syntax.CustomSection} called
     * {@link #NAME}.
     *
     * @return no bytes at all when there is no name
     */
    public static byte[] write(Names names) {
        var out = new ByteWriter();
        names.module()
                .ifPresent(
                        name -> {
                            out.writeByte(MODULE);
                            int start = out.size();
                            out.writeName(name);
                            out.insertSize(start);
                        });
        write(out, FUNCS, names.funcs());
        writeIndirect(out, LOCALS, names.locals());
        writeIndirect(out, LABELS, names.labels());
        write(out, TYPES, names.types());
        write(out, TABLES, names.tables());
        write(out, MEMORIES, names.memories());
        write(out, GLOBALS, names.globals());
        write(out, ELEMS, names.elems());
        write(out, DATAS, names.datas());
        writeIndirect(out, FIELDS, names.fields());
        write(out, TAGS, names.tags());
        return out.toByteArray();
    }

    private static void write(ByteWriter out, int kind, Map<Integer, String> names) {
        if (!names.isEmpty()) {
            out.writeByte(kind);
            int start = out.size();
            writeMap(out, names);
            out.insertSize(start);
        }
    }

    private static void writeIndirect(
            ByteWriter out, int kind, Map<Integer, Map<Integer, String>> maps) {
        long count = maps.values().stream().filter(map -> !map.isEmpty()).count();
        if (count == 0) {
            return;
        }
        out.writeByte(kind);
        int start = out.size();
        out.writeU32((int) count);
        for (int index : ascending(maps)) {
            if (!maps.get(index).isEmpty()) {
                out.writeU32(index);
                writeMap(out, maps.get(index));
            }
        }
        out.insertSize(start);
    }

    private static void writeMap(ByteWriter out, Map<Integer, String> names) {
        out.writeU32(names.size());
        for (int index : ascending(names)) {
            out.writeU32(index);
            out.writeName(names.get(index));
        }
    }

    private static int[] ascending(Map<Integer, ?> map) {
        return map.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
    }
}
