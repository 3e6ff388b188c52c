// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Tells the facts about a module to programs. What is there keeps its name and its meaning. */
final class ExplainJson {
    private final ModuleFacts facts;

    private ExplainJson(ModuleFacts facts) {
        this.facts = facts;
    }

    static Map<String, Object> of(ModuleFacts facts, Path file, int top) {
        return new ExplainJson(facts).tree(file, top);
    }

    /** A map that keeps the order of its entries and takes null for what is absent. */
    private static Map<String, Object> object(Object... entries) {
        var map = new LinkedHashMap<String, Object>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put((String) entries[i], entries[i + 1]);
        }
        return map;
    }

    private Map<String, Object> tree(Path file, int top) {
        var module = facts.module;
        return object(
                "file", file.toString(),
                "size", module.source().size(),
                "name", facts.names.module().orElse(null),
                "kind", facts.kind().label(),
                "valid", facts.invalid.isEmpty(),
                "fault", facts.invalid.orElse(null),
                "threads", facts.spawnsThreads(),
                "producers", facts.producers,
                "level", facts.level().orElse(null),
                "features", features(),
                "wasi", wasi(),
                "unknownWasi", facts.notOfWasi(),
                "options", facts.options(),
                "imports", imports(),
                "exports", exports(),
                "memories", memories(),
                "tables", tables(),
                "start", module.start().isPresent() ? module.start().getAsInt() : null,
                "dataSegments", module.datas().size(),
                "passiveDataSegments", facts.passiveDatas(),
                "dataBytes", facts.dataBytes(),
                "elementSegments", module.elems().size(),
                "elements", facts.elements(),
                "functions", module.funcs().size(),
                "codeBytes", facts.codeBytes(),
                "largestFunctions", largest(top),
                "sections", sections());
    }

    private List<?> features() {
        return facts.features.entrySet().stream()
                .map(
                        e ->
                                object(
                                        "name", e.getKey().label(),
                                        "construct", e.getValue().construct(),
                                        "place", e.getValue().place()))
                .toList();
    }

    private Map<String, Object> wasi() {
        var groups = new LinkedHashMap<String, Object>();
        facts.wasi().forEach((group, functions) -> groups.put(group.label(), functions));
        return groups;
    }

    private List<?> imports() {
        return facts.imports.stream()
                .map(
                        i ->
                                object(
                                        "module", i.module(),
                                        "name", i.name(),
                                        "kind", i.kind(),
                                        "type", i.type()))
                .toList();
    }

    private List<?> exports() {
        return facts.exports.stream()
                .map(
                        e ->
                                object(
                                        "name", e.name(),
                                        "kind", e.kind(),
                                        "index", Integer.toUnsignedLong(e.index()),
                                        "type", e.type()))
                .toList();
    }

    private List<?> memories() {
        return facts.memories.stream()
                .map(
                        m ->
                                object(
                                        "name", m.name().orElse(null),
                                        "imported", m.imported(),
                                        "minBytes", m.min(),
                                        "maxBytes", m.max().orElse(null),
                                        "pageBytes", 1L << m.type().pageSizeLog2(),
                                        "address", m.type().addr().toString(),
                                        "shared", m.type().isShared()))
                .toList();
    }

    private List<?> tables() {
        return facts.tables.stream()
                .map(
                        t ->
                                object(
                                        "name", t.name().orElse(null),
                                        "imported", t.imported(),
                                        "min", unsigned(OptionalLong.of(t.type().limits().min())),
                                        "max", unsigned(t.type().limits().max()),
                                        "address", t.type().addr().toString(),
                                        "element", t.type().element().toString()))
                .toList();
    }

    private static Object unsigned(OptionalLong number) {
        return number.isPresent()
                ? new BigInteger(Long.toUnsignedString(number.getAsLong()))
                : null;
    }

    private List<?> largest(int top) {
        return facts.largest(top).stream()
                .map(
                        f ->
                                object(
                                        "index", f.index(),
                                        "name", f.name().orElse(null),
                                        "size", f.size()))
                .toList();
    }

    private List<?> sections() {
        return facts.sections.stream()
                .map(
                        s ->
                                object(
                                        "section", s.label(),
                                        "name", s.custom().orElse(null),
                                        "offset", s.offset(),
                                        "size", s.size()))
                .toList();
    }
}
