// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.binary.BranchHints;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.binary.CodeWriter;
import io.nacelle.wasm.binary.NameSection;
import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.CustomSection;
import io.nacelle.wasm.syntax.Data;
import io.nacelle.wasm.syntax.Elem;
import io.nacelle.wasm.syntax.Export;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.Func;
import io.nacelle.wasm.syntax.Global;
import io.nacelle.wasm.syntax.Import;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.Names;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.Span;
import io.nacelle.wasm.syntax.Table;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.TagType;
import io.nacelle.wasm.syntax.TypeIndex;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.WasmModule;
import io.nacelle.wasm.text.Lexer.Token;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Parses the fields of a module (spec 6.6), twice: first every identifier is bound and the rest
 * skipped, so that what comes later can be named earlier; then types are read, then all else.
 */
final class ModuleParser {
    private enum Field {
        TYPE,
        REC,
        IMPORT,
        FUNC,
        TABLE,
        MEMORY,
        GLOBAL,
        TAG,
        EXPORT,
        START,
        ELEM,
        DATA,
        CUSTOM;

        static Optional<Field> of(String word) {
            for (var field : values()) {
                if (field != CUSTOM && field.name().toLowerCase(Locale.ROOT).equals(word)) {
                    return Optional.of(field);
                }
            }
            return Optional.empty();
        }
    }

    /** The type of segments that list functions. */
    private static final RefType FUNC_REFERENCE = RefType.nonNull(AbsHeapType.FUNC);

    private final Lexer lx;
    private final Scope scope;
    private final TypeParser types;
    private final InstrParser instrs;
    private final CodeWriter out;

    private Field[] fields = new Field[64];
    private int[] offsets = new int[64];
    private int fieldCount;

    /** What was defined first; imports must not follow it. */
    private String defined = "";

    private final List<Import> imports = new ArrayList<>();
    private final List<Func> funcs = new ArrayList<>();
    private final List<Table> tables = new ArrayList<>();
    private final List<MemType> memories = new ArrayList<>();
    private final List<TagType> tags = new ArrayList<>();
    private final List<Global> globals = new ArrayList<>();
    private final List<Export> exports = new ArrayList<>();
    private OptionalInt start = OptionalInt.empty();
    private final List<Elem> elems = new ArrayList<>();
    private final List<Data> datas = new ArrayList<>();
    private final List<Annotations.Custom> customs = new ArrayList<>();

    // How many of each kind the second pass has seen, imports included.
    private int funcIndex;
    private int tableIndex;
    private int memoryIndex;
    private int globalIndex;
    private int tagIndex;

    ModuleParser(Lexer lx, Scope scope) {
        this.lx = lx;
        this.scope = scope;
        this.types = new TypeParser(lx, scope);
        this.instrs = new InstrParser(lx, scope, types);
        this.out = scope.out;
    }

    /** Whether a word opens a field of a module. */
    static boolean isField(String word) {
        return Field.of(word).isPresent();
    }

    /** Parses fields up to the parenthesis that closes the module, or the end of the text. */
    WasmModule parse() {
        bindAll();
        int end = lx.start();
        for (int i = 0; i < fieldCount; i++) {
            if (fields[i] == Field.TYPE) {
                lx.seek(offsets[i]);
                types.typeField();
            } else if (fields[i] == Field.REC) {
                lx.seek(offsets[i]);
                types.recField();
            }
        }
        for (int i = 0; i < fieldCount; i++) {
            if (fields[i] != Field.TYPE && fields[i] != Field.REC) {
                lx.seek(offsets[i]);
                field(fields[i]);
            }
        }
        lx.seek(end);
        return module();
    }

    private WasmModule module() {
        var sections = customSections();
        return new WasmModule(
                ByteSource.of(out.toByteArray()),
                types.groups(),
                imports,
                funcs,
                tables,
                memories,
                tags,
                globals,
                exports,
                start,
                elems,
                datas,
                scope.needsDataCount ? OptionalInt.of(datas.size()) : OptionalInt.empty(),
                sections);
    }

    // Custom sections

    private List<CustomSection> customSections() {
        var sections = new ArrayList<CustomSection>();
        for (var custom : customs) {
            sections.add(section(custom.name(), custom.bytes(), custom.after()));
        }
        // Those made here come last in their place: where a custom section may follow one that is
        // not there, print and parse would otherwise swap them.
        if (!scope.hints.isEmpty()) {
            sections.add(section(BranchHints.NAME, BranchHints.write(scope.hints), 12));
        }
        var names = scope.names();
        if (!names.equals(Names.NONE)) {
            sections.add(section("name", NameSection.write(names), 11));
        }
        sections.sort(Comparator.comparingInt(s -> Annotations.rank(s.after())));
        return sections;
    }

    private CustomSection section(String name, byte[] bytes, int after) {
        return new CustomSection(name, append(bytes), after);
    }

    private Span append(byte[] bytes) {
        int at = out.size();
        out.writeBytes(bytes);
        return new Span(at, bytes.length);
    }

    // The first pass

    private void bindAll() {
        boolean named = false;
        while (lx.annotates(Annotations.NAME)) {
            if (named) {
                throw lx.error("@name annotation: multiple module");
            }
            named = true;
            scope.moduleName = Optional.of(Annotations.name(lx));
        }
        while (lx.is(Token.LPAR) || lx.annotates(Annotations.CUSTOM)) {
            int open = lx.start();
            if (lx.is(Token.LPAR)) {
                lx.advance();
                var field =
                        (lx.is(Token.KEYWORD) ? Field.of(lx.text()) : Optional.<Field>empty())
                                .orElseThrow(lx::unexpected);
                record(field, open);
                bind(field);
            } else {
                record(Field.CUSTOM, open);
            }
            lx.seek(lx.skipList(open));
        }
        if (!lx.is(Token.RPAR) && !lx.is(Token.EOF)) {
            throw lx.unexpected();
        }
    }

    private void record(Field field, int open) {
        if (fieldCount == fields.length) {
            fields = Arrays.copyOf(fields, 2 * fieldCount);
            offsets = Arrays.copyOf(offsets, 2 * fieldCount);
        }
        fields[fieldCount] = field;
        offsets[fieldCount++] = open;
    }

    private void bind(Field field) {
        switch (field) {
            case TYPE -> {
                lx.advance();
                scope.types.bind(lx);
            }
            case REC -> {
                lx.advance();
                while (lx.opens("type")) {
                    int open = lx.start();
                    types.enter();
                    scope.types.bind(lx);
                    lx.seek(lx.skipList(open));
                }
            }
            case IMPORT -> bindImport();
            case FUNC -> bindDefinition(scope.funcs, "function");
            case TABLE -> {
                bindDefinition(scope.tables, "table");
                if (hasChild("elem")) {
                    scope.elems.add();
                }
            }
            case MEMORY -> {
                bindDefinition(scope.memories, "memory");
                if (hasChild("data")) {
                    scope.datas.add();
                }
            }
            case GLOBAL -> bindDefinition(scope.globals, "global");
            case TAG -> bindDefinition(scope.tags, "tag");
            case ELEM -> {
                lx.advance();
                scope.elems.bind(lx);
            }
            case DATA -> {
                lx.advance();
                scope.datas.bind(lx);
            }
            default -> {}
        }
    }

    private void bindImport() {
        checkImport();
        lx.advance();
        types.expect(Token.STRING);
        types.expect(Token.STRING);
        types.expect(Token.LPAR);
        var space = space(lx.is(Token.KEYWORD) ? lx.text() : "");
        lx.advance();
        space.bind(lx);
    }

    private IndexSpace space(String kind) {
        return switch (kind) {
            case "func" -> scope.funcs;
            case "table" -> scope.tables;
            case "memory" -> scope.memories;
            case "global" -> scope.globals;
            case "tag" -> scope.tags;
            default -> throw lx.unexpected();
        };
    }

    private void checkImport() {
        if (!defined.isEmpty()) {
            throw lx.error("import after " + defined);
        }
    }

    private void bindDefinition(IndexSpace space, String what) {
        lx.advance();
        space.bind(lx);
        while (lx.is(Token.ANNOTATION) || lx.opens("export")) {
            lx.seek(lx.skipList(lx.start()));
        }
        if (lx.opens("import")) {
            checkImport();
        } else if (defined.isEmpty()) {
            defined = what;
        }
    }

    /** Whether a list with this keyword stands directly in the rest of the field. */
    private boolean hasChild(String keyword) {
        while (!lx.is(Token.RPAR) && !lx.is(Token.EOF)) {
            if (lx.opens(keyword)) {
                return true;
            }
            if (lx.is(Token.LPAR) || lx.is(Token.ANNOTATION)) {
                lx.seek(lx.skipList(lx.start()));
            } else {
                lx.advance();
            }
        }
        return false;
    }

    // The second pass

    private void field(Field field) {
        if (field == Field.CUSTOM) {
            customs.add(Annotations.custom(lx));
            return;
        }
        types.enter();
        switch (field) {
            case IMPORT -> importField();
            case FUNC -> funcField();
            case TABLE -> tableField();
            case MEMORY -> memoryField();
            case GLOBAL -> globalField();
            case TAG -> tagField();
            case EXPORT -> exportField();
            case START -> {
                if (start.isPresent()) {
                    throw lx.error("multiple start sections");
                }
                start = OptionalInt.of(scope.funcs.index(lx));
            }
            case ELEM -> elemField();
            case DATA -> dataField();
            default -> throw new AssertionError(field);
        }
        types.expect(Token.RPAR);
    }

    private String name() {
        if (!lx.is(Token.STRING)) {
            throw lx.unexpected();
        }
        var raw = lx.string();
        var name = Utf8.decode(raw, 0, raw.length);
        if (name == null) {
            throw lx.error("malformed UTF-8 encoding");
        }
        lx.advance();
        return name;
    }

    /** Passes an identifier bound before, and takes a name given by annotation. */
    private void binder(IndexSpace space, int index) {
        if (lx.is(Token.ID)) {
            lx.advance();
        }
        types.nameAnnotation(space, index);
    }

    private void importField() {
        var module = name();
        var name = name();
        types.expect(Token.LPAR);
        var kind = lx.text();
        lx.advance();
        var type =
                switch (kind) {
                    case "func" -> {
                        binder(scope.funcs, funcIndex++);
                        yield funcImport();
                    }
                    case "table" -> {
                        binder(scope.tables, tableIndex++);
                        yield types.tableType();
                    }
                    case "memory" -> {
                        binder(scope.memories, memoryIndex++);
                        yield types.memType();
                    }
                    case "global" -> {
                        binder(scope.globals, globalIndex++);
                        yield types.globalType();
                    }
                    default -> {
                        binder(scope.tags, tagIndex++);
                        yield tagType();
                    }
                };
        types.expect(Token.RPAR);
        imports.add(new Import(module, name, type));
    }

    private ExternType.Func funcImport() {
        boolean exact = lx.opens("exact");
        if (exact) {
            types.enter();
        }
        var locals = new IndexSpace("local");
        int type = types.typeUse(locals);
        if (exact) {
            types.expect(Token.RPAR);
        }
        keepLocals(funcIndex - 1, locals);
        return new ExternType.Func(
                new TypeIndex(type),
                exact ? ExternType.Exactness.EXACT : ExternType.Exactness.SUBTYPES);
    }

    private void keepLocals(int func, IndexSpace locals) {
        if (!locals.names().isEmpty()) {
            scope.locals.put(func, locals.names());
        }
    }

    private TagType tagType() {
        return new TagType(new TypeIndex(types.typeUse(new IndexSpace("local"))));
    }

    private void inlineExports(Export.Kind kind, int index) {
        while (lx.opens("export")) {
            types.enter();
            exports.add(new Export(name(), kind, index));
            types.expect(Token.RPAR);
        }
    }

    /** The names of an inline import, when there is one. */
    private Optional<String[]> inlineImport() {
        if (!lx.opens("import")) {
            return Optional.empty();
        }
        types.enter();
        var names = new String[] {name(), name()};
        types.expect(Token.RPAR);
        return Optional.of(names);
    }

    private void addImport(String[] names, ExternType type) {
        imports.add(new Import(names[0], names[1], type));
    }

    private void funcField() {
        int start = lx.start();
        int index = funcIndex++;
        binder(scope.funcs, index);
        inlineExports(Export.Kind.FUNC, index);
        var imported = inlineImport();
        if (imported.isPresent()) {
            addImport(imported.get(), funcImport());
            return;
        }
        var locals = new IndexSpace("local");
        int type = types.typeUse(locals);
        var declared = new ArrayList<ValType>();
        while (lx.opens("local")) {
            types.enter();
            types.bindings(locals, declared);
        }
        int at = out.size();
        scope.places.add(at, start);
        out.locals(declared);
        instrs.body(index, locals, at);
        funcs.add(new Func(type, new Span(at, out.size() - at)));
        keepLocals(index, locals);
    }

    private void tableField() {
        int index = tableIndex++;
        binder(scope.tables, index);
        inlineExports(Export.Kind.TABLE, index);
        var imported = inlineImport();
        if (imported.isPresent()) {
            addImport(imported.get(), types.tableType());
            return;
        }
        var addr = types.addrType();
        if (!lx.is(Token.NAT)) {
            tableWithElements(index, addr);
            return;
        }
        var plain = types.tableType();
        var type = new TableType(addr, plain.limits(), plain.element());
        var init = lx.is(Token.RPAR) ? Optional.<Span>empty() : Optional.of(instrs.expression());
        tables.add(new Table(type, init));
    }

    private void tableWithElements(int index, AddrType addr) {
        var element = types.refType();
        if (!lx.opens("elem")) {
            if (lx.is(Token.LPAR)) {
                lx.advance();
            }
            throw lx.unexpected();
        }
        types.enter();
        var init = elements(element);
        types.expect(Token.RPAR);
        tables.add(
                new Table(
                        new TableType(addr, Limits.between(init.size(), init.size()), element),
                        Optional.empty()));
        var type = init instanceof Elem.Funcs ? FUNC_REFERENCE : element;
        elems.add(new Elem(type, init, new Elem.Active(index, zero(addr))));
    }

    /** The expression of the first address. */
    private Span zero(AddrType addr) {
        int at = out.size();
        if (addr == AddrType.I64) {
            out.i64(0);
        } else {
            out.i32(0);
        }
        out.op(Opcode.END);
        return new Span(at, out.size() - at);
    }

    private void memoryField() {
        int index = memoryIndex++;
        binder(scope.memories, index);
        inlineExports(Export.Kind.MEMORY, index);
        var imported = inlineImport();
        if (imported.isPresent()) {
            addImport(imported.get(), types.memType());
            return;
        }
        int at = lx.start();
        var addr = types.addrType();
        if (lx.is(Token.NAT)) {
            lx.seek(at);
            memories.add(types.memType());
            return;
        }
        int pageSize = types.pageSize();
        if (!lx.opens("data")) {
            if (lx.is(Token.LPAR)) {
                lx.advance();
            }
            throw lx.unexpected();
        }
        types.enter();
        var bytes = strings();
        types.expect(Token.RPAR);
        long pages =
                pageSize >= 63
                        ? Math.min(1, bytes.length())
                        : ((1L << pageSize) - 1 + bytes.length()) >>> pageSize;
        var limits = Limits.between(pages, pages);
        memories.add(new MemType(addr, limits, MemType.Sharing.UNSHARED, pageSize));
        datas.add(new Data(bytes, new Data.Active(index, zero(addr))));
    }

    private void globalField() {
        int index = globalIndex++;
        binder(scope.globals, index);
        inlineExports(Export.Kind.GLOBAL, index);
        var imported = inlineImport();
        if (imported.isPresent()) {
            addImport(imported.get(), types.globalType());
            return;
        }
        var type = types.globalType();
        globals.add(new Global(type, instrs.expression()));
    }

    private void tagField() {
        int index = tagIndex++;
        binder(scope.tags, index);
        inlineExports(Export.Kind.TAG, index);
        var imported = inlineImport();
        if (imported.isPresent()) {
            addImport(imported.get(), tagType());
        } else {
            tags.add(tagType());
        }
    }

    private void exportField() {
        var name = name();
        types.expect(Token.LPAR);
        var word = lx.is(Token.KEYWORD) ? lx.text() : "";
        var space = space(word);
        lx.advance();
        var kind =
                Arrays.stream(Export.Kind.values())
                        .filter(k -> k.keyword().equals(word))
                        .findFirst()
                        .orElseThrow(lx::unexpected);
        exports.add(new Export(name, kind, space.index(lx)));
        types.expect(Token.RPAR);
    }

    // Segments

    private Span strings() {
        int at = out.size();
        while (lx.is(Token.STRING)) {
            out.writeBytes(lx.string());
            lx.advance();
        }
        return new Span(at, out.size() - at);
    }

    private Span offset() {
        if (!lx.opens("offset")) {
            return instrs.foldedExpression();
        }
        types.enter();
        var span = instrs.expression();
        types.expect(Token.RPAR);
        return span;
    }

    private void dataField() {
        binder(scope.datas, datas.size());
        Data.Mode mode = Data.Passive.PASSIVE;
        if (lx.opens("memory")) {
            types.enter();
            int memory = scope.memories.index(lx);
            types.expect(Token.RPAR);
            mode = new Data.Active(memory, offset());
        } else if (atBareIndex()) {
            mode = new Data.Active(scope.memories.index(lx), offset());
        } else if (lx.is(Token.LPAR)) {
            mode = new Data.Active(0, offset());
        }
        datas.add(new Data(strings(), mode));
    }

    /** The old way to name what a segment goes to: by its index alone, before the offset. */
    private boolean atBareIndex() {
        return IndexSpace.atIndex(lx) && lx.peek() == Token.LPAR;
    }

    private void elemField() {
        binder(scope.elems, elems.size());
        Elem.Mode mode;
        boolean tableNamed = false;
        if (lx.isWord("declare")) {
            lx.advance();
            mode = Elem.Declarative.DECLARATIVE;
        } else if (lx.opens("table")) {
            types.enter();
            int table = scope.tables.index(lx);
            types.expect(Token.RPAR);
            mode = new Elem.Active(table, offset());
            tableNamed = true;
        } else if (atBareIndex()) {
            mode = new Elem.Active(scope.tables.index(lx), offset());
        } else if (lx.is(Token.LPAR) && !lx.opens("ref")) {
            mode = new Elem.Active(0, offset());
        } else {
            mode = Elem.Passive.PASSIVE;
        }
        elems.add(elem(mode, tableNamed));
    }

    private Elem elem(Elem.Mode mode, boolean tableNamed) {
        if (lx.isWord("func")) {
            lx.advance();
            return new Elem(FUNC_REFERENCE, functions(), mode);
        }
        boolean bare = mode instanceof Elem.Active && !tableNamed;
        if (bare && (IndexSpace.atIndex(lx) || lx.is(Token.RPAR))) {
            return new Elem(FUNC_REFERENCE, functions(), mode);
        }
        var type = types.refType();
        return new Elem(type, expressions(), mode);
    }

    /** The elements of a table that is defined with them. */
    private Elem.Init elements(RefType type) {
        if (!IndexSpace.atIndex(lx)) {
            return expressions();
        }
        if (type.heap() == AbsHeapType.FUNC) {
            return functions();
        }
        var spans = new ArrayList<Span>();
        while (IndexSpace.atIndex(lx)) {
            int at = out.size();
            out.index(Opcode.REF_FUNC, scope.funcs.index(lx));
            out.op(Opcode.END);
            spans.add(new Span(at, out.size() - at));
        }
        return new Elem.Exprs(spans);
    }

    private Elem.Funcs functions() {
        var indices = new int[8];
        int count = 0;
        while (IndexSpace.atIndex(lx)) {
            if (count == indices.length) {
                indices = Arrays.copyOf(indices, 2 * count);
            }
            indices[count++] = scope.funcs.index(lx);
        }
        return new Elem.Funcs(Arrays.copyOf(indices, count));
    }

    private Elem.Exprs expressions() {
        var spans = new ArrayList<Span>();
        while (lx.is(Token.LPAR)) {
            if (lx.opens("item")) {
                types.enter();
                spans.add(instrs.expression());
                types.expect(Token.RPAR);
            } else {
                spans.add(instrs.foldedExpression());
            }
        }
        return new Elem.Exprs(spans);
    }
}
