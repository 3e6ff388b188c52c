// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.wasm.binary.BranchHints;
import io.nacelle.wasm.binary.ByteReader;
import io.nacelle.wasm.binary.NameSection;
import io.nacelle.wasm.syntax.CustomSection;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.Names;
import io.nacelle.wasm.syntax.WasmModule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is in the custom sections that are widely known. They are not part of the standard's
 * modules: what cannot be read counts as absent.
 */
final class CustomContents {
    private static final String PRODUCERS = "producers";
    private static final String TARGET_FEATURES = "target_features";
    private static final String DYLINK = "dylink.0";
    private static final int DYLINK_MEMORY = 1;
    private static final int DYLINK_NEEDED = 2;
    private static final int MAX_HINTS = 20;

    private CustomContents() {}

    /** Languages, tools and SDKs with their versions, as the module's makers give them. */
    static Map<String, Map<String, String>> producers(WasmModule module) {
        return module.custom(PRODUCERS)
                .map(
                        section -> {
                            try {
                                return producers(reader(module, section));
                            } catch (MalformedException _) {
                                return Map.<String, Map<String, String>>of();
                            }
                        })
                .orElse(Map.of());
    }

    private static Map<String, Map<String, String>> producers(ByteReader in) {
        var fields = new LinkedHashMap<String, Map<String, String>>();
        for (int count = in.readCount(Integer.MAX_VALUE, "fields"); count > 0; count--) {
            var field = fields.computeIfAbsent(in.readName(), _ -> new LinkedHashMap<>());
            for (int n = in.readCount(Integer.MAX_VALUE, "producers"); n > 0; n--) {
                field.put(in.readName(), in.readName());
            }
        }
        return Collections.unmodifiableMap(fields);
    }

    private static ByteReader reader(WasmModule module, CustomSection section) {
        return new ByteReader(module.source().window(section.bytes()));
    }

    /** A few lines about a custom section; none when nothing is known of it. */
    static List<String> lines(WasmModule module, CustomSection section, Names names) {
        try {
            return switch (section.name()) {
                case NameSection.NAME -> names(names);
                case PRODUCERS -> producerLines(producers(reader(module, section)));
                case TARGET_FEATURES -> targetFeatures(reader(module, section));
                case BranchHints.NAME -> hints(module);
                case DYLINK -> dylink(reader(module, section));
                case "sourceMappingURL", "external_debug_info" ->
                        List.of(Printable.quoted(reader(module, section).readName()));
                case "build_id" -> List.of(buildId(reader(module, section)));
                default -> List.of();
            };
        } catch (MalformedException e) {
            return List.of("malformed: " + Printable.lines(e.getMessage()));
        }
    }

    private static List<String> names(Names names) {
        var lines = new ArrayList<String>();
        names.module().ifPresent(name -> lines.add("module " + Printable.quoted(name)));
        count(lines, "functions", names.funcs());
        countNested(lines, "locals", names.locals());
        countNested(lines, "labels", names.labels());
        count(lines, "types", names.types());
        count(lines, "tables", names.tables());
        count(lines, "memories", names.memories());
        count(lines, "globals", names.globals());
        count(lines, "elems", names.elems());
        count(lines, "datas", names.datas());
        countNested(lines, "fields", names.fields());
        count(lines, "tags", names.tags());
        return lines;
    }

    private static void count(List<String> lines, String what, Map<Integer, String> names) {
        if (!names.isEmpty()) {
            lines.add(what + ": " + names.size());
        }
    }

    private static void countNested(
            List<String> lines, String what, Map<Integer, Map<Integer, String>> names) {
        int count = names.values().stream().mapToInt(Map::size).sum();
        if (count != 0) {
            lines.add(what + ": " + count);
        }
    }

    private static List<String> producerLines(Map<String, Map<String, String>> producers) {
        var lines = new ArrayList<String>();
        producers.forEach(
                (field, values) ->
                        values.forEach(
                                (name, version) ->
                                        lines.add(
                                                Printable.plain(field)
                                                        + ": "
                                                        + Printable.plain(
                                                                (name + " " + version).strip()))));
        return lines;
    }

    private static List<String> targetFeatures(ByteReader in) {
        var line = new StringBuilder();
        for (int count = in.readCount(Integer.MAX_VALUE, "features"); count > 0; count--) {
            int prefix = in.readByte();
            line.append(line.isEmpty() ? "" : " ");
            line.append(Printable.plain((char) prefix + in.readName()));
        }
        return List.of(line.toString());
    }

    private static List<String> hints(WasmModule module) {
        var hints = BranchHints.ofValid(module);
        if (hints.isEmpty()) {
            return List.of("malformed, or not at branches");
        }
        var lines = new ArrayList<String>();
        int imported = module.imports(io.nacelle.wasm.syntax.ExternType.Func.class).size();
        hints.forEach(
                (func, some) -> {
                    int start = module.funcs().get(func - imported).code().offset();
                    some.forEach(
                            (offset, value) -> {
                                if (lines.size() < MAX_HINTS) {
                                    lines.add(
                                            "func["
                                                    + func
                                                    + "] at "
                                                    + Objdump.hex(start + offset)
                                                    + (value == 0 ? ": unlikely" : ": likely"));
                                }
                            });
                });
        int count = hints.values().stream().mapToInt(Map::size).sum();
        if (count > lines.size()) {
            lines.add("and " + (count - lines.size()) + " more");
        }
        return lines;
    }

    private static List<String> dylink(ByteReader in) {
        var lines = new ArrayList<String>();
        while (!in.atEnd()) {
            int kind = in.readByte();
            int size = in.readCount(Integer.MAX_VALUE, "bytes");
            int end = in.offset() + size;
            if (kind == DYLINK_MEMORY) {
                lines.add(
                        "memory: "
                                + unsigned(in.readU32())
                                + " bytes, alignment 2^"
                                + unsigned(in.readU32())
                                + "; table: "
                                + unsigned(in.readU32())
                                + " elements, alignment 2^"
                                + unsigned(in.readU32()));
            } else if (kind == DYLINK_NEEDED) {
                for (int count = in.readCount(Integer.MAX_VALUE, "libraries"); count > 0; count--) {
                    lines.add("needs " + Printable.quoted(in.readName()));
                }
            }
            in.seek(end);
        }
        return lines;
    }

    private static String buildId(ByteReader in) {
        var text = new StringBuilder();
        for (int count = in.readCount(Integer.MAX_VALUE, "bytes"); count > 0; count--) {
            text.append(String.format("%02x", in.readByte()));
        }
        return text.toString();
    }

    private static String unsigned(int number) {
        return Integer.toUnsignedString(number);
    }
}
