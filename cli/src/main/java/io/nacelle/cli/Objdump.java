// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.wasm.binary.ByteReader;
import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.binary.NameSection;
import io.nacelle.wasm.syntax.Data;
import io.nacelle.wasm.syntax.Elem;
import io.nacelle.wasm.syntax.Export;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.Import;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.Names;
import io.nacelle.wasm.syntax.SubType;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.TagType;
import io.nacelle.wasm.syntax.TypeIndex;
import io.nacelle.wasm.syntax.WasmModule;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Prints one module: its sections, its declarations, its code. */
final class Objdump {
    private static final String[] SECTION_NAMES = {
        "custom",
        "type",
        "import",
        "function",
        "table",
        "memory",
        "global",
        "export",
        "start",
        "element",
        "code",
        "data",
        "datacount",
        "tag"
    };
    private static final int CUSTOM = 0;
    private static final int START = 8;
    private static final int HEADER_SIZE = 8;

    private final WasmModule module;
    private final Names names;
    private final PrintStream out;
    private final List<SubType> types;

    Objdump(WasmModule module, PrintStream out) {
        this.module = module;
        this.names = NameSection.read(module);
        this.out = out;
        this.types = new ArrayList<>();
        module.types().forEach(group -> types.addAll(group.types()));
    }

    /** The sections in the order of the file, with the place of their contents. */
    void sections() {
        title("Sections");
        out.printf("  %-10s %-10s %10s  %s%n", "section", "offset", "size", "entries");
        var source = module.source();
        var reader = new ByteReader(source.window(0, source.size()));
        reader.skip(HEADER_SIZE);
        while (!reader.atEnd()) {
            int id = reader.readByte();
            int size = reader.readU32();
            int start = reader.offset();
            out.printf("  %-10s %s %10d  %s%n", section(id), hex(start), size, entries(id, reader));
            reader.seek(start);
            reader.skip(size);
        }
    }

    private static String section(int id) {
        return id < SECTION_NAMES.length ? SECTION_NAMES[id] : "section " + id;
    }

    private static String entries(int id, ByteReader reader) {
        return switch (id) {
            case CUSTOM -> Printable.quoted(reader.readName());
            case START -> "func[" + Integer.toUnsignedString(reader.readU32()) + "]";
            default -> Integer.toUnsignedString(reader.readU32());
        };
    }

    /** Everything declared, space by space. */
    void details() {
        types();
        imports();
        funcs();
        tables();
        memories();
        globals();
        tags();
        exports();
        module.start().ifPresent(f -> title("Start\n  " + func(f)));
        elems();
        datas();
        customs();
    }

    private void types() {
        if (types.isEmpty()) {
            return;
        }
        title("Types");
        int index = 0;
        for (var group : module.types()) {
            boolean rec = group.types().size() != 1;
            if (rec) {
                out.println("  (rec");
            }
            for (var type : group.types()) {
                out.println(
                        (rec ? "    " : "  ")
                                + entry("type", index, names.types())
                                + ": "
                                + TypeText.of(type));
                index++;
            }
            if (rec) {
                out.println("  )");
            }
        }
    }

    private void imports() {
        if (module.imports().isEmpty()) {
            return;
        }
        title("Imports");
        int[] next = new int[Export.Kind.values().length];
        for (var imported : module.imports()) {
            var kind = kind(imported.type());
            int index = next[kind.ordinal()]++;
            out.println(
                    "  "
                            + entry(kind.keyword(), index, space(kind))
                            + ": "
                            + Printable.quoted(imported.module())
                            + " "
                            + Printable.quoted(imported.name())
                            + " "
                            + type(imported.type()));
        }
    }

    private void funcs() {
        int index = imported(ExternType.Func.class);
        if (!module.funcs().isEmpty()) {
            title("Functions");
        }
        for (var func : module.funcs()) {
            out.println("  " + func(index++) + ": " + type(func.type()) + ", " + at(func.code()));
        }
    }

    private void tables() {
        int index = imported(TableType.class);
        if (!module.tables().isEmpty()) {
            title("Tables");
        }
        for (var table : module.tables()) {
            var init = table.init().map(e -> " = " + expression(e)).orElse("");
            out.println(
                    "  " + entry("table", index++, names.tables()) + ": " + table.type() + init);
        }
    }

    private void memories() {
        int index = imported(MemType.class);
        if (!module.memories().isEmpty()) {
            title("Memories");
        }
        for (var memory : module.memories()) {
            out.println("  " + entry("memory", index++, names.memories()) + ": " + memory);
        }
    }

    private void globals() {
        int index = imported(GlobalType.class);
        if (!module.globals().isEmpty()) {
            title("Globals");
        }
        for (var global : module.globals()) {
            out.println(
                    "  "
                            + entry("global", index++, names.globals())
                            + ": "
                            + global.type()
                            + " = "
                            + expression(global.init()));
        }
    }

    private void tags() {
        int index = imported(TagType.class);
        if (!module.tags().isEmpty()) {
            title("Tags");
        }
        for (var tag : module.tags()) {
            out.println("  " + entry("tag", index++, names.tags()) + ": " + type(tag));
        }
    }

    private void exports() {
        if (module.exports().isEmpty()) {
            return;
        }
        title("Exports");
        for (var export : module.exports()) {
            out.println(
                    "  "
                            + Printable.quoted(export.name())
                            + ": "
                            + entry(export.kind().keyword(), export.index(), space(export.kind())));
        }
    }

    private void elems() {
        if (!module.elems().isEmpty()) {
            title("Element segments");
        }
        int index = 0;
        for (var elem : module.elems()) {
            out.println(
                    "  "
                            + entry("elem", index++, names.elems())
                            + ": "
                            + elem.init().size()
                            + " of "
                            + elem.type()
                            + ", "
                            + mode(elem.mode()));
            items(elem.init());
        }
    }

    private void items(Elem.Init init) {
        int position = 0;
        switch (init) {
            case Elem.Funcs funcs -> {
                for (int func : funcs.indices()) {
                    out.println("    [" + position++ + "] " + func(func));
                }
            }
            case Elem.Exprs exprs -> {
                for (var expr : exprs.exprs()) {
                    out.println("    [" + position++ + "] " + expression(expr));
                }
            }
        }
    }

    private String mode(Elem.Mode mode) {
        return switch (mode) {
            case Elem.Active active ->
                    "into "
                            + entry("table", active.table(), names.tables())
                            + " at "
                            + expression(active.offset());
            case Elem.Passive _ -> "passive";
            case Elem.Declarative _ -> "declarative";
        };
    }

    private void datas() {
        if (!module.datas().isEmpty()) {
            title("Data segments");
        }
        int index = 0;
        for (var data : module.datas()) {
            out.println(
                    "  "
                            + entry("data", index++, names.datas())
                            + ": "
                            + at(data.bytes())
                            + ", "
                            + mode(data.mode()));
        }
    }

    private String mode(Data.Mode mode) {
        return switch (mode) {
            case Data.Active active ->
                    "into "
                            + entry("memory", active.memory(), names.memories())
                            + " at "
                            + expression(active.offset());
            case Data.Passive _ -> "passive";
        };
    }

    private void customs() {
        if (!module.customs().isEmpty()) {
            title("Custom sections");
        }
        for (var custom : module.customs()) {
            out.println("  " + Printable.quoted(custom.name()) + ": " + at(custom.bytes()));
            CustomContents.lines(module, custom, names).forEach(line -> out.println("    " + line));
        }
    }

    /** Every function, instruction by instruction. */
    void code() {
        if (module.funcs().isEmpty()) {
            return;
        }
        title("Code");
        var disassembly = new Disassembly(names, out);
        int index = imported(ExternType.Func.class);
        for (var func : module.funcs()) {
            out.println();
            out.println(hex(func.code().offset()) + " " + func(index) + ": " + type(func.type()));
            var reader = new InstrReader(module.source().window(func.code()));
            disassembly.locals(reader, index, parameters(func.type()));
            disassembly.body(reader, index);
            index++;
        }
    }

    private int parameters(int type) {
        return type >= 0
                        && type < types.size()
                        && types.get(type).comp() instanceof io.nacelle.wasm.syntax.FuncType func
                ? func.params().size()
                : 0;
    }

    private int imported(Class<? extends ExternType> kind) {
        int count = 0;
        for (Import imported : module.imports()) {
            if (kind.isInstance(imported.type())) {
                count++;
            }
        }
        return count;
    }

    private String func(int index) {
        return entry("func", index, names.funcs());
    }

    private static String entry(String space, int index, Map<Integer, String> names) {
        var name = names.get(index);
        return space
                + "["
                + Integer.toUnsignedString(index)
                + "]"
                + (name == null ? "" : " <" + Printable.plain(name) + ">");
    }

    private Map<Integer, String> space(Export.Kind kind) {
        return switch (kind) {
            case FUNC -> names.funcs();
            case TABLE -> names.tables();
            case MEMORY -> names.memories();
            case GLOBAL -> names.globals();
            case TAG -> names.tags();
        };
    }

    private static Export.Kind kind(ExternType type) {
        return switch (type) {
            case ExternType.Func _ -> Export.Kind.FUNC;
            case TableType _ -> Export.Kind.TABLE;
            case MemType _ -> Export.Kind.MEMORY;
            case GlobalType _ -> Export.Kind.GLOBAL;
            case TagType _ -> Export.Kind.TAG;
        };
    }

    private String type(ExternType type) {
        return switch (type) {
            case ExternType.Func func when func.type() instanceof TypeIndex use ->
                    type(use.index());
            case TagType tag when tag.type() instanceof TypeIndex use -> type(use.index());
            default -> type.toString();
        };
    }

    private String type(int index) {
        var found = index >= 0 && index < types.size() ? TypeText.of(types.get(index)) : "?";
        return "type[" + Integer.toUnsignedString(index) + "] " + found;
    }

    private static String at(io.nacelle.wasm.syntax.Span span) {
        return span.length() + " bytes at " + hex(span.offset());
    }

    /** A constant expression on one line, without its end. */
    private String expression(io.nacelle.wasm.syntax.Span span) {
        return Disassembly.line(new InstrReader(module.source().window(span)), names);
    }

    private void title(String title) {
        out.println();
        out.println(title);
    }

    static String hex(int offset) {
        return String.format("0x%08x", offset);
    }
}
