// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.Limits;

import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Tells the facts about a module in words. */
final class ExplainText {
    /** Lists are cut to this many entries unless all are asked for. */
    private static final int MAX_ENTRIES = 40;

    private static final int WIDTH = 96;
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final int KIBI = 1024;

    private final ModuleFacts facts;
    private final Path file;
    private final int top;
    private final PrintStream out;

    ExplainText(ModuleFacts facts, Path file, int top, PrintStream out) {
        this.facts = facts;
        this.file = file;
        this.top = top;
        this.out = out;
    }

    void print() {
        out.println(file + ": " + bytes(BigInteger.valueOf(facts.module.source().size())));
        paragraph(what());
        facts.invalid.ifPresent(
                fault -> paragraph("It is not valid and cannot be run: " + Printable.plain(fault)));
        producers();
        features();
        wasi();
        imports();
        exports();
        memories();
        tables();
        segments();
        sections();
        debugging();
        functions();
        run();
    }

    private String what() {
        var name = facts.names.module().map(n -> " It calls itself " + Printable.quoted(n) + ".");
        return kind() + threads() + host() + name.orElse("");
    }

    private String kind() {
        return switch (facts.kind()) {
            case COMMAND -> "A command: its function _start runs the program.";
            case REACTOR ->
                    "A reactor: its function _initialize makes it ready, then its exports can be"
                            + " called.";
            case SHARED_LIBRARY ->
                    "A shared library for dynamic linking: it is loaded by a program that gives it"
                            + " memory and a table.";
            case OBJECT_FILE -> "An object file: it is to be linked before it can be run.";
            case LIBRARY -> "A library: its exports can be called, there is no program in it.";
            case START_ONLY ->
                    "It exports nothing: all that it does is done by its start function.";
            case EMPTY -> "It exports nothing and has no start function: it does nothing.";
        };
    }

    private String threads() {
        if (facts.spawnsThreads()) {
            return " It starts threads"
                    + (facts.exportsFunc(ModuleFacts.THREAD_START)
                            ? "."
                            : ", but does not export " + ModuleFacts.THREAD_START + " for them.");
        }
        return facts.sharesMemory() ? " It has a memory that threads can share." : "";
    }

    /** Who is likely meant to load it, where that is not a WASI runtime. */
    private String host() {
        for (var module : facts.importsByModule().keySet()) {
            if (module.contains("wbindgen") || module.equals("wbg") || module.endsWith("_bg.js")) {
                return " It is made for JavaScript, with wasm-bindgen's glue code.";
            }
            if (module.equals("gojs") || module.equals("go")) {
                return " It is made for JavaScript, with Go's glue code (GOOS=js).";
            }
            if (module.startsWith("wasi:")) {
                return " It is the core module of a component for WASI 0.2.";
            }
            if (module.equals("wasi_unstable")) {
                return " It is made for a WASI older than 0.1.";
            }
        }
        boolean emscripten =
                facts.imports.stream().anyMatch(i -> i.name().startsWith("emscripten_"));
        return emscripten ? " It is made for JavaScript, with Emscripten's glue code." : "";
    }

    private void title(String title) {
        out.println();
        out.println(title);
    }

    private void paragraph(String text) {
        wrapped("", text);
    }

    /** Prints words in lines of a readable width, those after the first indented alike. */
    private void wrapped(String indent, String text) {
        var line = new StringBuilder(indent);
        for (var word : text.split(" ", -1)) {
            if (line.length() > indent.length() && line.length() + word.length() + 1 > WIDTH) {
                out.println(line);
                line.setLength(0);
                line.append(indent);
            }
            line.append(line.length() > indent.length() ? " " : "").append(word);
        }
        out.println(line);
    }

    private void producers() {
        if (facts.producers.isEmpty()) {
            return;
        }
        title("Made with");
        facts.producers.forEach(
                (field, values) ->
                        wrapped(
                                "  ",
                                Printable.plain(field)
                                        + ": "
                                        + values.entrySet().stream()
                                                .map(ExplainText::product)
                                                .collect(Collectors.joining(", "))));
    }

    private static String product(Map.Entry<String, String> e) {
        return Printable.plain((e.getKey() + " " + e.getValue()).strip());
    }

    private void features() {
        title("Features");
        facts.features.forEach(
                (feature, use) ->
                        out.printf(
                                "  %-24s %s, %s%n",
                                feature.label(),
                                Printable.plain(use.construct()),
                                Printable.plain(use.place())));
        out.println(
                facts.level()
                        .map(level -> "  All that it uses is in " + level + ".")
                        .orElse("  It uses more than wasm3, the latest version of the standard."));
    }

    private void wasi() {
        if (!facts.importsWasi()) {
            return;
        }
        title("What it does with WASI 0.1");
        facts.wasi()
                .forEach(
                        (group, functions) -> {
                            out.println("  " + group.words());
                            wrapped("      ", String.join(" ", functions));
                        });
        var unknown = facts.notOfWasi();
        if (!unknown.isEmpty()) {
            out.println("  asks for what is not in WASI 0.1, and will not be linked");
            wrapped("      ", unknown.stream().map(Printable::plain).collect(joined()));
        }
    }

    private static java.util.stream.Collector<CharSequence, ?, String> joined() {
        return Collectors.joining(" ");
    }

    private void imports() {
        var modules = facts.importsByModule();
        if (modules.isEmpty()) {
            title("It imports nothing.");
            return;
        }
        title("Imports");
        modules.forEach(
                (module, items) -> {
                    out.println("  from " + Printable.quoted(module) + ": " + counts(items));
                    cut(
                            "    ",
                            items.stream()
                                    .map(i -> entry(i.kind(), Printable.quoted(i.name()), i.type()))
                                    .toList());
                });
    }

    private static String entry(String kind, String name, String type) {
        return kind + " " + name + " " + type;
    }

    private static String counts(List<ModuleFacts.Imported> items) {
        return items.stream()
                .collect(
                        Collectors.groupingBy(
                                ModuleFacts.Imported::kind,
                                java.util.LinkedHashMap::new,
                                Collectors.counting()))
                .entrySet()
                .stream()
                .map(e -> count(e.getValue(), e.getKey().equals("func") ? "function" : e.getKey()))
                .collect(Collectors.joining(", "));
    }

    private void cut(String indent, List<String> lines) {
        lines.stream().limit(MAX_ENTRIES).forEach(line -> out.println(indent + line));
        if (lines.size() > MAX_ENTRIES) {
            out.println(
                    indent
                            + "and "
                            + (lines.size() - MAX_ENTRIES)
                            + " more, which --json and 'nacelle objdump -x' show");
        }
    }

    private void exports() {
        if (facts.exports.isEmpty()) {
            return;
        }
        title("Exports");
        cut(
                "  ",
                facts.exports.stream()
                        .map(e -> entry(e.kind(), Printable.quoted(e.name()), e.type()))
                        .toList());
    }

    private void memories() {
        if (facts.memories.isEmpty()) {
            title("It has no memory.");
            return;
        }
        title("Memory");
        for (var memory : facts.memories) {
            var line = new ArrayList<String>();
            if (memory.max().filter(memory.min()::equals).isPresent()) {
                line.add(bytes(memory.min()) + " at all times");
            } else {
                line.add("from " + bytes(memory.min()));
                line.add(memory.max().map(max -> "to " + bytes(max)).orElse("without a limit"));
            }
            if (memory.type().addr() == AddrType.I64) {
                line.add("64-bit");
            }
            if (memory.type().isShared()) {
                line.add("shared");
            }
            if (memory.imported()) {
                line.add("imported");
            }
            out.println("  " + place("memory", memory.index(), memory.name()) + ": " + join(line));
        }
    }

    private static String join(List<String> words) {
        return String.join(", ", words);
    }

    private static String place(String what, int index, Optional<String> name) {
        return what + "[" + index + "]" + name.map(n -> " <" + Printable.plain(n) + ">").orElse("");
    }

    private void tables() {
        if (facts.tables.isEmpty()) {
            return;
        }
        title("Tables");
        for (var table : facts.tables) {
            Limits limits = table.type().limits();
            out.println(
                    "  "
                            + place("table", table.index(), table.name())
                            + ": "
                            + size(limits)
                            + " of "
                            + table.type().element()
                            + (table.imported() ? ", imported" : ""));
        }
    }

    private static String size(Limits limits) {
        var min = Long.toUnsignedString(limits.min());
        if (limits.max().isEmpty()) {
            return min + " or more";
        }
        var max = Long.toUnsignedString(limits.max().getAsLong());
        return min.equals(max) ? min : min + " to " + max;
    }

    private void segments() {
        var module = facts.module;
        if (module.datas().isEmpty() && module.elems().isEmpty() && module.start().isEmpty()) {
            return;
        }
        title("When it is instantiated");
        if (!module.elems().isEmpty()) {
            out.println(
                    "  "
                            + count(module.elems().size(), "element segment")
                            + " with "
                            + count(facts.elements(), "element"));
        }
        if (!module.datas().isEmpty()) {
            long passive = facts.passiveDatas();
            out.println(
                    "  "
                            + count(module.datas().size(), "data segment")
                            + " with "
                            + bytes(BigInteger.valueOf(facts.dataBytes()))
                            + (passive > 0 ? ", " + passive + " of them for later" : ""));
        }
        module.start()
                .ifPresent(
                        func ->
                                out.println(
                                        "  its start function is "
                                                + place("func", func, facts.funcName(func))));
    }

    private static String count(long number, String what) {
        var plural = what.equals("memory") ? "memories" : what + "s";
        return number + " " + (number == 1 ? what : plural);
    }

    private void sections() {
        title("Sections");
        int whole = Math.max(1, facts.module.source().size());
        for (var section : facts.sections) {
            out.printf(
                    Locale.ROOT,
                    "  %12d bytes %5.1f %%  %s%n",
                    section.size(),
                    100.0 * section.size() / whole,
                    section.label()
                            + section.custom().map(n -> " " + Printable.quoted(n)).orElse(""));
        }
    }

    /** What 'strip' takes away by default is often most of a module. */
    private void debugging() {
        long bytes =
                facts.sections.stream()
                        .filter(s -> s.custom().filter(n -> n.startsWith(".debug_")).isPresent())
                        .mapToLong(ModuleFacts.SectionFact::size)
                        .sum();
        if (bytes != 0) {
            out.println(
                    "  "
                            + bytes(BigInteger.valueOf(bytes))
                            + " are for debugging; 'nacelle strip' leaves them out.");
        }
    }

    private void functions() {
        if (facts.module.funcs().isEmpty() || top == 0) {
            return;
        }
        title(
                "Largest of "
                        + count(facts.module.funcs().size(), "function")
                        + " with "
                        + bytes(BigInteger.valueOf(facts.codeBytes()))
                        + " of code");
        for (var func : facts.largest(top)) {
            out.printf("  %12d bytes  %s%n", func.size(), place("func", func.index(), func.name()));
        }
    }

    private void run() {
        if (facts.invalid.isPresent()) {
            return;
        }
        var name = ModuleFacts.word(file.toString());
        var words = new ArrayList<String>();
        words.add("nacelle run");
        words.addAll(facts.options());
        switch (facts.kind()) {
            case COMMAND -> words.add(name + " [ARG…]");
            case START_ONLY -> words.add(name);
            case LIBRARY, REACTOR -> {
                var callable =
                        facts.exports.stream()
                                .filter(e -> e.kind().equals("func"))
                                .filter(e -> !e.name().equals(ModuleFacts.INITIALIZE))
                                .findFirst();
                if (callable.isEmpty()) {
                    return;
                }
                words.add("--invoke " + ModuleFacts.word(callable.get().name()));
                words.add(name + " [ARG…]");
            }
            case SHARED_LIBRARY, OBJECT_FILE, EMPTY -> {
                return;
            }
        }
        title("To run it");
        // Not wrapped: it is to be copied.
        out.println("  " + String.join(" ", words));
        if (facts.notOfWasi().isEmpty() && facts.foreignModules().isEmpty()) {
            return;
        }
        wrapped(
                "  ",
                "It needs functions that the command does not bring; FILE stands for modules that"
                        + " export them.");
    }

    private static String bytes(BigInteger bytes) {
        var text = bytes + (bytes.equals(BigInteger.ONE) ? " byte" : " bytes");
        double size = bytes.doubleValue();
        int unit = -1;
        while (size >= KIBI && unit + 1 < UNITS.length) {
            size /= KIBI;
            unit++;
        }
        if (unit < 0) {
            return text;
        }
        var number = String.format(Locale.ROOT, "%.1f", size).replace(".0", "");
        return number + " " + UNITS[unit] + " (" + text + ")";
    }
}
