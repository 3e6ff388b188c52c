// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.binary.BranchHints;
import io.nacelle.wasm.binary.ImplementationLimits;
import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.binary.NameSection;
import io.nacelle.wasm.syntax.CustomSection;
import io.nacelle.wasm.syntax.Data;
import io.nacelle.wasm.syntax.Elem;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.Func;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.Import;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.Span;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.TagType;
import io.nacelle.wasm.syntax.TypeIndex;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.WasmModule;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes modules in the text format, so that {@link TextParser} reads the same module back. Names
 * come from the name section; type uses, indices and placements of custom sections are written out.
 *
 * <p>Thread-safe: nothing is shared between calls.
 */
public final class TextPrinter {
    /** Deeper code is not indented further, or deep nesting would print mostly spaces. */
    private static final int MAX_INDENT = 40;

    /** Text is passed on in pieces of about this many characters. */
    private static final int PIECE = 1 << 16;

    private final PrintContext context;
    private final WasmModule module;
    private final PrintStyle style;
    private final TypePrinter types;
    private final CodePrinter code;
    private final StringBuilder out = new StringBuilder();
    private final Appendable to;
    private long printed;

    /** Branch hints by function; when all of them are right, they are printed where they belong. */
    private final Map<Integer, Map<Integer, Integer>> hints;

    private int funcIndex;
    private int tableIndex;
    private int memoryIndex;
    private int globalIndex;
    private int tagIndex;

    private TextPrinter(WasmModule module, PrintStyle style, Appendable to) {
        this.to = to;
        this.context = new PrintContext(module);
        this.module = module;
        this.style = style;
        this.types = new TypePrinter(context);
        this.code = new CodePrinter(context, types);
        this.hints = BranchHints.ofValid(module);
    }

    /**
     * Prints a module.
     *
     * @throws MalformedException when a body or a constant expression is no code
     */
    public static String print(WasmModule module, PrintStyle style) {
        var out = new StringBuilder();
        print(module, style, out);
        return out.toString();
    }

    /**
     * Prints a module piece by piece, for what is too large to hold as a whole.
     *
     * @throws MalformedException when a body or a constant expression is no code; what comes before
     *     has been printed then
     * @throws UncheckedIOException when {@code to} fails
     */
    public static void print(WasmModule module, PrintStyle style, Appendable to) {
        new TextPrinter(module, style, to).print();
    }

    static void newLine(StringBuilder out, int depth) {
        out.append('\n').repeat(' ', 2 * Math.min(depth, MAX_INDENT));
    }

    private void line(int depth) {
        newLine(out, depth);
    }

    private void print() {
        out.append("(module");
        context.names
                .module()
                .ifPresent(name -> out.append(new Identifiers(Map.of(0, name)).definition(0)));
        types();
        module.imports().forEach(this::importField);
        module.funcs().forEach(this::func);
        tables();
        for (var memory : module.memories()) {
            int index = memoryIndex++;
            field("memory", context.memories, index);
            out.append(' ').append(types.memory(memory)).append(')');
        }
        for (var tag : module.tags()) {
            tag(tag);
        }
        globals();
        exports();
        module.start()
                .ifPresent(
                        func -> {
                            line(1);
                            out.append("(start ").append(context.funcs.use(func)).append(')');
                        });
        elems();
        datas();
        customs();
        out.append("\n)\n");
        drain();
    }

    /** Passes on what has been printed. */
    private void drain() {
        try {
            to.append(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        printed += out.length();
        out.setLength(0);
        if (printed > ImplementationLimits.MAX_MODULE_SIZE) {
            throw new MalformedException(
                    "text too large",
                    "the limit is " + ImplementationLimits.MAX_MODULE_SIZE + " characters");
        }
    }

    private void drainIfLong() {
        if (out.length() >= PIECE) {
            drain();
        }
    }

    private void field(String keyword, Identifiers names, int index) {
        drainIfLong();
        line(1);
        out.append('(').append(keyword).append(names.definition(index));
        out.append(" (;").append(index).append(";)");
    }

    private void types() {
        int index = 0;
        for (var group : module.types()) {
            if (group.types().size() == 1) {
                line(1);
                out.append(types.definition(group.types().getFirst(), index++));
                continue;
            }
            line(1);
            out.append("(rec");
            for (var type : group.types()) {
                line(2);
                out.append(types.definition(type, index++));
            }
            line(1);
            out.append(')');
        }
    }

    private void importField(Import imported) {
        line(1);
        out.append("(import ");
        StringLiteral.append(out, imported.module());
        out.append(' ');
        StringLiteral.append(out, imported.name());
        out.append(" (").append(imported.type().kind());
        switch (imported.type()) {
            case ExternType.Func func -> funcImport(func);
            case TableType table -> {
                described(context.tables, tableIndex++);
                out.append(types.table(table));
            }
            case MemType memory -> {
                described(context.memories, memoryIndex++);
                out.append(types.memory(memory));
            }
            case GlobalType global -> {
                described(context.globals, globalIndex++);
                out.append(types.global(global));
            }
            case TagType tag -> {
                described(context.tags, tagIndex++);
                out.append(types.typeUse(tag.type()));
            }
        }
        out.append("))");
    }

    private void described(Identifiers names, int index) {
        out.append(names.definition(index)).append(" (;").append(index).append(";) ");
    }

    private void funcImport(ExternType.Func func) {
        int index = funcIndex++;
        described(context.funcs, index);
        var type = context.typeOfFunc(index);
        var locals = locals(index, type.params().size());
        boolean exact = func.exactness() == ExternType.Exactness.EXACT;
        out.append(exact ? "(exact " : "").append(types.typeUse(func.type()));
        if (!exact || !locals.isEmpty()) {
            out.append(types.params(type.params(), locals)).append(types.results(type.results()));
        }
        out.append(exact ? ")" : "");
    }

    private Identifiers locals(int func, int count) {
        var names = context.names.locals().get(func);
        return names == null ? Identifiers.NONE : PrintContext.identifiers(names, count);
    }

    private void func(Func func) {
        int index = funcIndex++;
        var type = context.typeOfFunc(index);
        var in = reader(func.code());
        var declared = new ArrayList<ValType>();
        in.readLocals(
                (count, local) -> {
                    for (int i = 0; i < count; i++) {
                        declared.add(local);
                    }
                });
        int params = type.params().size();
        var locals = locals(index, params + declared.size());
        field("func", context.funcs, index);
        out.append(' ').append(types.typeUse(new TypeIndex(func.type())));
        out.append(types.params(type.params(), locals)).append(types.results(type.results()));
        var lists = new StringBuilder();
        types.list(lists, "local", declared, params, locals, "\n    ");
        out.append(lists);
        code.function(
                locals,
                context.names.labels().getOrDefault(index, Map.of()),
                hints.getOrDefault(index, Map.of()),
                type.results().size());
        code.print(in, func.code().offset(), layout(2));
        line(1);
        out.append(')');
        // A few bytes of code can declare many locals, and text has no short form for them: there
        // is a limit.
        drainIfLong();
    }

    private Layout layout(int depth) {
        return style == PrintStyle.FLAT ? new FlatLayout(out, depth) : new FoldedLayout(out, depth);
    }

    private InstrReader reader(Span span) {
        return new InstrReader(module.source().window(span));
    }

    private void tables() {
        for (var table : module.tables()) {
            int index = tableIndex++;
            field("table", context.tables, index);
            out.append(' ').append(types.table(table.type()));
            table.init().ifPresent(this::sequence);
            out.append(')');
        }
    }

    private void tag(TagType tag) {
        int index = tagIndex++;
        field("tag", context.tags, index);
        out.append(' ').append(types.typeUse(tag.type()));
        var type = context.typeOfTag(index);
        out.append(types.params(type.params(), Identifiers.NONE));
        out.append(types.results(type.results())).append(')');
    }

    private void globals() {
        for (var global : module.globals()) {
            int index = globalIndex++;
            field("global", context.globals, index);
            out.append(' ').append(types.global(global.type()));
            sequence(global.init());
            out.append(')');
        }
    }

    private void exports() {
        for (var export : module.exports()) {
            line(1);
            out.append("(export ");
            StringLiteral.append(out, export.name());
            var names =
                    switch (export.kind()) {
                        case FUNC -> context.funcs;
                        case TABLE -> context.tables;
                        case MEMORY -> context.memories;
                        case GLOBAL -> context.globals;
                        case TAG -> context.tags;
                    };
            out.append(" (").append(export.kind().keyword()).append(' ');
            out.append(names.use(export.index())).append("))");
        }
    }

    // Constant expressions

    /** The instructions of an expression on one line, each in parentheses where that is allowed. */
    private List<String> instructions(Span span) {
        var text = new StringBuilder();
        code.constant();
        code.print(reader(span), span.offset(), new FlatLayout(text, 0));
        var lines = new ArrayList<String>();
        text.toString().lines().map(String::strip).filter(l -> !l.isEmpty()).forEach(lines::add);
        return lines;
    }

    private void sequence(Span span) {
        var lines = instructions(span);
        boolean blocks = lines.contains("end");
        for (var line : lines) {
            out.append(' ').append(blocks ? line : "(" + line + ")");
        }
    }

    /** An expression where a single instruction may stand alone and others need a word. */
    private void wrapped(String word, Span span) {
        var lines = instructions(span);
        out.append(" (").append(lines.size() == 1 ? "" : word + " ");
        out.append(String.join(" ", lines)).append(')');
    }

    // Segments

    private void elems() {
        for (int i = 0; i < module.elems().size(); i++) {
            var elem = module.elems().get(i);
            field("elem", context.elems, i);
            switch (elem.mode()) {
                case Elem.Passive passive -> {}
                case Elem.Declarative declarative -> out.append(" declare");
                case Elem.Active active -> {
                    if (active.table() != 0) {
                        out.append(" (table ").append(context.tables.use(active.table()));
                        out.append(')');
                    }
                    wrapped("offset", active.offset());
                }
            }
            switch (elem.init()) {
                case Elem.Funcs funcs -> {
                    out.append(" func");
                    for (int func : funcs.indices()) {
                        out.append(' ').append(context.funcs.use(func));
                    }
                }
                case Elem.Exprs exprs -> {
                    out.append(' ').append(types.ref(elem.type()));
                    exprs.exprs().forEach(span -> wrapped("item", span));
                }
            }
            out.append(')');
        }
    }

    private void datas() {
        for (int i = 0; i < module.datas().size(); i++) {
            var data = module.datas().get(i);
            field("data", context.datas, i);
            if (data.mode() instanceof Data.Active active) {
                if (active.memory() != 0) {
                    out.append(" (memory ").append(context.memories.use(active.memory()));
                    out.append(')');
                }
                wrapped("offset", active.offset());
            }
            out.append(' ');
            literal(data.bytes());
            out.append(')');
        }
    }

    // Custom sections

    private void customs() {
        boolean named = false;
        for (var custom : module.customs()) {
            if (custom.name().equals(NameSection.NAME) && !named) {
                named = true;
            } else if (!custom.name().equals(BranchHints.NAME) || hints.isEmpty()) {
                custom(custom);
            }
        }
    }

    private void custom(CustomSection custom) {
        line(1);
        out.append("(@custom ");
        StringLiteral.append(out, custom.name());
        out.append(
                Annotations.sectionName(placement(custom.after()))
                        .map(section -> " (after " + section + ") ")
                        .orElse(" (before first) "));
        literal(custom.bytes());
        out.append(')');
    }

    /** The last section not behind this one that is there when the text is read back. */
    private int placement(int after) {
        int section = after;
        while (section != 0 && !isPresent(section)) {
            section = Annotations.before(section);
        }
        return section;
    }

    private boolean isPresent(int section) {
        return switch (section) {
            case 1 -> !module.types().isEmpty();
            case 2 -> !module.imports().isEmpty();
            case 3, 10 -> !module.funcs().isEmpty();
            case 4 -> !module.tables().isEmpty();
            case 5 -> !module.memories().isEmpty();
            case 6 -> !module.globals().isEmpty();
            case 7 -> !module.exports().isEmpty();
            case 8 -> module.start().isPresent();
            case 9 -> !module.elems().isEmpty();
            case 11 -> !module.datas().isEmpty();
            case 12 -> code.usesDatas;
            case 13 -> !module.tags().isEmpty();
            default -> false;
        };
    }

    /** Bytes as string literals, one after another where there are many. */
    private void literal(Span bytes) {
        int at = bytes.offset();
        do {
            int length = Math.min(PIECE, bytes.end() - at);
            out.append(at == bytes.offset() ? "" : " ");
            StringLiteral.append(out, module.source().copy(new Span(at, length)));
            at += length;
            drainIfLong();
        } while (at < bytes.end());
    }
}
