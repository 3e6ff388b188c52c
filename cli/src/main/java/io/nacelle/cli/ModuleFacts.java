// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.runtime.JsStrings;
import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.NameSection;
import io.nacelle.wasm.syntax.Data;
import io.nacelle.wasm.syntax.Export;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.Feature;
import io.nacelle.wasm.syntax.FeatureSet;
import io.nacelle.wasm.syntax.Func;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.Import;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.Names;
import io.nacelle.wasm.syntax.Span;
import io.nacelle.wasm.syntax.SubType;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.TagType;
import io.nacelle.wasm.syntax.TypeIndex;
import io.nacelle.wasm.syntax.TypeUse;
import io.nacelle.wasm.syntax.WasmException;
import io.nacelle.wasm.syntax.WasmModule;
import io.nacelle.wasm.valid.FeatureScan;
import io.nacelle.wasm.valid.Parallelism;
import io.nacelle.wasm.valid.Validator;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** What there is to say about a module, found out and not yet put into words. */
final class ModuleFacts {
    static final String START = "_start";
    static final String INITIALIZE = "_initialize";
    static final String THREAD_START = "wasi_thread_start";
    static final String WASI_THREADS = "wasi";
    static final String THREAD_SPAWN = "thread-spawn";

    /** What a module is made to be, by what it exports. */
    enum Kind {
        COMMAND("command"),
        REACTOR("reactor"),
        SHARED_LIBRARY("shared library"),
        OBJECT_FILE("object file"),
        LIBRARY("library"),
        START_ONLY("start function"),
        EMPTY("empty");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    /** An import, with its type in the text format. */
    record Imported(String module, String name, String kind, String type) {}

    /** An export, with its type in the text format. */
    record Exported(String name, String kind, int index, String type) {}

    /** A memory; sizes in bytes. */
    record MemoryFact(
            int index,
            Optional<String> name,
            boolean imported,
            MemType type,
            BigInteger min,
            Optional<BigInteger> max) {}

    /** A table. */
    record TableFact(int index, Optional<String> name, boolean imported, TableType type) {}

    /** A section; custom sections have a name of their own, others their usual one. */
    record SectionFact(String label, Optional<String> custom, int offset, int size) {}

    /** A function of the module itself, with the size of its code. */
    record FunctionFact(int index, Optional<String> name, int size) {}

    final WasmModule module;
    final Names names;
    final Map<Feature, FeatureScan.Use> features;
    final Optional<String> invalid;
    final List<Imported> imports = new ArrayList<>();
    final List<Exported> exports = new ArrayList<>();
    final List<MemoryFact> memories = new ArrayList<>();
    final List<TableFact> tables = new ArrayList<>();
    final List<SectionFact> sections = new ArrayList<>();
    final Map<String, Map<String, String>> producers;

    private final List<SubType> types;
    private final List<TypeUse> funcTypes = new ArrayList<>();
    private final List<GlobalType> globals = new ArrayList<>();
    private final List<TypeUse> tagTypes = new ArrayList<>();

    /**
     * Finds out about a module.
     *
     * @throws io.nacelle.wasm.syntax.MalformedException when its code cannot be decoded
     */
    ModuleFacts(WasmModule module, Parallelism parallelism) {
        this.module = module;
        this.names = NameSection.read(module);
        this.features = FeatureScan.of(module);
        this.invalid = fault(module, parallelism);
        this.producers = CustomContents.producers(module);
        this.types = module.types().stream().flatMap(g -> g.types().stream()).toList();
        module.imports().forEach(this::addImport);
        module.funcs().forEach(f -> funcTypes.add(new TypeIndex(f.type())));
        module.tables().forEach(t -> addTable(t.type(), false));
        module.memories().forEach(m -> addMemory(m, false));
        module.globals().forEach(g -> globals.add(g.type()));
        module.tags().forEach(t -> tagTypes.add(t.type()));
        module.exports().forEach(this::addExport);
        addSections();
    }

    private static Optional<String> fault(WasmModule module, Parallelism parallelism) {
        try {
            Validator.validate(module, FeatureSet.ALL, parallelism);
            return Optional.empty();
        } catch (WasmException e) {
            return Optional.of(e.getMessage());
        }
    }

    private void addImport(Import item) {
        switch (item.type()) {
            case ExternType.Func func -> funcTypes.add(func.type());
            case TableType table -> addTable(table, true);
            case MemType memory -> addMemory(memory, true);
            case GlobalType global -> globals.add(global);
            case TagType tag -> tagTypes.add(tag.type());
        }
        imports.add(
                new Imported(item.module(), item.name(), item.type().kind(), text(item.type())));
    }

    private void addTable(TableType type, boolean imported) {
        int index = tables.size();
        tables.add(new TableFact(index, name(names.tables(), index), imported, type));
    }

    private void addMemory(MemType type, boolean imported) {
        int index = memories.size();
        var limits = type.limits();
        Optional<BigInteger> max =
                limits.max().isPresent()
                        ? Optional.of(bytes(limits.max().getAsLong(), type))
                        : Optional.empty();
        memories.add(
                new MemoryFact(
                        index,
                        name(names.memories(), index),
                        imported,
                        type,
                        bytes(limits.min(), type),
                        max));
    }

    /** The size of so many pages, which may be any unsigned number. */
    private static BigInteger bytes(long pages, MemType type) {
        return new BigInteger(Long.toUnsignedString(pages)).shiftLeft(type.pageSizeLog2());
    }

    private void addExport(Export export) {
        int index = export.index();
        var type =
                switch (export.kind()) {
                    case FUNC -> at(funcTypes, index).map(this::funcType);
                    case TABLE -> at(tables, index).map(t -> text(t.type()));
                    case MEMORY -> at(memories, index).map(m -> text(m.type()));
                    case GLOBAL -> at(globals, index).map(this::text);
                    case TAG -> at(tagTypes, index).map(this::funcType);
                };
        exports.add(new Exported(export.name(), export.kind().keyword(), index, type.orElse("?")));
    }

    private static <T> Optional<T> at(List<T> list, int index) {
        return index >= 0 && index < list.size() ? Optional.of(list.get(index)) : Optional.empty();
    }

    private String text(ExternType type) {
        return switch (type) {
            case ExternType.Func func -> funcType(func.type());
            case TagType tag -> funcType(tag.type());
            default -> type.toString();
        };
    }

    private String funcType(TypeUse use) {
        return use instanceof TypeIndex index
                ? at(types, index.index()).map(TypeText::of).orElse("?")
                : "?";
    }

    private void addSections() {
        var customs = new HashMap<Integer, String>();
        module.customs().forEach(c -> customs.put(c.bytes().end(), c.name()));
        for (var section : BinaryDecoder.sections(module.source())) {
            Span contents = section.contents();
            sections.add(
                    new SectionFact(
                            section.id().label(),
                            section.id().id() == 0
                                    ? Optional.ofNullable(customs.get(contents.end()))
                                    : Optional.empty(),
                            section.start(),
                            contents.end() - section.start()));
        }
    }

    private static Optional<String> name(Map<Integer, String> names, int index) {
        return Optional.ofNullable(names.get(index));
    }

    Optional<String> funcName(int index) {
        return name(names.funcs(), index);
    }

    // What follows from it.

    Kind kind() {
        if (exportsFunc(START)) {
            return Kind.COMMAND;
        }
        if (exportsFunc(INITIALIZE)) {
            return Kind.REACTOR;
        }
        if (module.custom("dylink.0").isPresent() || module.custom("dylink").isPresent()) {
            return Kind.SHARED_LIBRARY;
        }
        if (module.custom("linking").isPresent()) {
            return Kind.OBJECT_FILE;
        }
        if (!module.exports().isEmpty()) {
            return Kind.LIBRARY;
        }
        return module.start().isPresent() ? Kind.START_ONLY : Kind.EMPTY;
    }

    boolean exportsFunc(String name) {
        return exports.stream().anyMatch(e -> e.kind().equals("func") && e.name().equals(name));
    }

    boolean spawnsThreads() {
        return imports.stream()
                .anyMatch(i -> i.module().equals(WASI_THREADS) && i.name().equals(THREAD_SPAWN));
    }

    boolean sharesMemory() {
        return memories.stream().anyMatch(m -> m.type().isShared());
    }

    boolean importsWasi() {
        return imports.stream().anyMatch(i -> i.module().equals(WasiGroup.MODULE));
    }

    /** The functions of WASI 0.1 that are imported, by what they are for. */
    Map<WasiGroup, List<String>> wasi() {
        var groups = new EnumMap<WasiGroup, List<String>>(WasiGroup.class);
        for (var item : imports) {
            if (item.module().equals(WasiGroup.MODULE)) {
                WasiGroup.of(item.name())
                        .ifPresent(
                                group ->
                                        groups.computeIfAbsent(group, _ -> new ArrayList<>())
                                                .add(item.name()));
            }
        }
        return groups;
    }

    /** What is imported as if from WASI 0.1 but is not in it. */
    List<String> notOfWasi() {
        return imports.stream()
                .filter(i -> i.module().equals(WasiGroup.MODULE))
                .map(Imported::name)
                .filter(name -> WasiGroup.of(name).isEmpty())
                .toList();
    }

    /** Imports by the module that they come from. */
    Map<String, List<Imported>> importsByModule() {
        var modules = new LinkedHashMap<String, List<Imported>>();
        imports.forEach(i -> modules.computeIfAbsent(i.module(), _ -> new ArrayList<>()).add(i));
        return modules;
    }

    /** Modules to import from that the command does not bring: others have to be given. */
    List<String> foreignModules() {
        return importsByModule().entrySet().stream()
                .filter(e -> e.getValue().stream().anyMatch(this::isForeign))
                .map(Map.Entry::getKey)
                .toList();
    }

    /**
     * Functions of WASI and of strings the command brings, and for programs with threads the shared
     * memory.
     */
    private boolean isForeign(Imported item) {
        boolean threads = item.module().equals(WASI_THREADS) && item.name().equals(THREAD_SPAWN);
        boolean memory = spawnsThreads() && item.kind().equals("memory");
        return !item.module().equals(WasiGroup.MODULE)
                && !item.module().equals(JsStrings.MODULE)
                && !threads
                && !memory
                && !stringConstants().equals(Optional.of(item.module()));
    }

    /** The module that string constants come from, where it looks like that. */
    private Optional<String> stringConstants() {
        var modules = importsByModule();
        return modules.containsKey(JsStrings.MODULE)
                ? modules.entrySet().stream()
                        .filter(e -> e.getValue().stream().allMatch(ModuleFacts::isConstantString))
                        .map(Map.Entry::getKey)
                        .findFirst()
                : Optional.empty();
    }

    private static boolean isConstantString(Imported item) {
        return item.kind().equals("global")
                && (item.type().equals("externref") || item.type().equals("(ref extern)"));
    }

    /** The first version of the standard that has what is used; none when it takes proposals. */
    Optional<String> level() {
        return FeatureSet.of(features.keySet()).level();
    }

    /** How many functions the module imports; its own follow. */
    int importedFuncs() {
        return funcTypes.size() - module.funcs().size();
    }

    long codeBytes() {
        return module.funcs().stream().map(Func::code).mapToLong(Span::length).sum();
    }

    /** The largest functions, the largest first. */
    List<FunctionFact> largest(int count) {
        var funcs = module.funcs();
        return IntStream.range(0, funcs.size())
                .boxed()
                .sorted(Comparator.comparingInt((Integer i) -> -funcs.get(i).code().length()))
                .limit(count)
                .map(
                        i -> {
                            int index = importedFuncs() + i;
                            return new FunctionFact(
                                    index, funcName(index), funcs.get(i).code().length());
                        })
                .toList();
    }

    long dataBytes() {
        return module.datas().stream().map(Data::bytes).mapToLong(Span::length).sum();
    }

    long passiveDatas() {
        return module.datas().stream().filter(d -> d.mode() instanceof Data.Passive).count();
    }

    long elements() {
        return module.elems().stream().mapToLong(e -> e.init().size()).sum();
    }

    /** The options of {@code run} that let the module have what it asks for, as a pattern. */
    List<String> options() {
        var options = new ArrayList<String>();
        wasi().keySet().stream()
                .map(WasiGroup::option)
                .filter(o -> !o.isEmpty())
                .forEach(options::add);
        if (spawnsThreads()) {
            options.add("[--max-threads COUNT]");
        }
        stringConstants().ifPresent(m -> options.add("--string-constants " + word(m)));
        foreignModules().forEach(m -> options.add("--preload " + word(m) + "=FILE"));
        if (features.containsKey(Feature.CUSTOM_DESCRIPTORS)) {
            options.add("--features all");
        }
        return options;
    }

    /** A word of a command line, quoted where a shell would take it apart. */
    static String word(String text) {
        return text.matches("[A-Za-z0-9_./:@%+,-]+")
                ? text
                : "'" + Printable.plain(text).replace("'", "'\\''") + "'";
    }
}
