// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.CustomSection;
import io.nacelle.wasm.syntax.Data;
import io.nacelle.wasm.syntax.Elem;
import io.nacelle.wasm.syntax.Export;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.Func;
import io.nacelle.wasm.syntax.Global;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.Import;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.RecType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.Span;
import io.nacelle.wasm.syntax.Table;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.TagType;
import io.nacelle.wasm.syntax.TypeIndex;
import io.nacelle.wasm.syntax.WasmModule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * Decodes binary modules (spec 5.5).
 *
 * <p>{@link #decode} reads the structure: every section but the instructions of function bodies,
 * which validation reads anyway and finds malformed where they are. {@link #decodeFully} reads the
 * bodies too, for those who want to know whether a module is well-formed without validating it.
 * Nothing of the code and the data is copied.
 *
 * <p>Whatever the bytes, nothing but a {@link MalformedException} is thrown; memory is taken in
 * proportion to bytes that are there, not to counts that they declare.
 */
public final class BinaryDecoder {
    private static final int MAGIC = 0x6D73_6100;
    private static final int VERSION = 1;
    private static final int HEADER_SIZE = 8;
    private static final RefType FUNC_NON_NULL = RefType.nonNull(AbsHeapType.FUNC);
    private static final List<Export.Kind> EXPORT_KINDS = List.of(Export.Kind.values());

    /** How closely function bodies are looked at. */
    private enum Bodies {
        SIZES,
        INSTRUCTIONS
    }

    private final ByteSource source;
    private final Bodies bodies;
    private final ExprScanner scanner = new ExprScanner();

    private List<RecType> types = List.of();
    private List<Import> imports = List.of();
    private List<Integer> funcTypes = List.of();
    private List<Table> tables = List.of();
    private List<MemType> memories = List.of();
    private List<TagType> tags = List.of();
    private List<Global> globals = List.of();
    private List<Export> exports = List.of();
    private OptionalInt start = OptionalInt.empty();
    private List<Elem> elems = List.of();
    private OptionalInt dataCount = OptionalInt.empty();
    private List<Span> codes = List.of();
    private List<Data> datas = List.of();
    private final List<CustomSection> customs = new ArrayList<>();

    private BinaryDecoder(ByteSource source, Bodies bodies) {
        this.source = source;
        this.bodies = bodies;
    }

    /**
     * A section as it stands in a module.
     *
     * @param start the offset of its id
     * @param contents what comes after its size
     */
    public record Section(SectionId id, int start, Span contents) {}

    /**
     * Decodes a module; of function bodies only the sizes are looked at.
     *
     * @throws MalformedException when the bytes are no module or pass a limit
     */
    public static WasmModule decode(ByteSource source) {
        return new BinaryDecoder(source, Bodies.SIZES).module();
    }

    /**
     * Decodes a module, function bodies included.
     *
     * @throws MalformedException when the bytes are no module or pass a limit
     */
    public static WasmModule decodeFully(ByteSource source) {
        return new BinaryDecoder(source, Bodies.INSTRUCTIONS).module();
    }

    /**
     * The sections of a module, in the order in which they stand; their contents are not looked at.
     *
     * @throws MalformedException when the bytes do not divide into known sections
     */
    public static List<Section> sections(ByteSource source) {
        checkHeader(source);
        var sections = new ArrayList<Section>();
        for (int at = HEADER_SIZE; at < source.size(); at = sections.getLast().contents().end()) {
            sections.add(section(source, at));
        }
        return sections;
    }

    private static void checkHeader(ByteSource source) {
        if (source.size() > ImplementationLimits.MAX_MODULE_SIZE) {
            throw new MalformedException(
                    "module too large",
                    source.size() + " bytes, the limit is " + ImplementationLimits.MAX_MODULE_SIZE);
        }
        var in = new ByteReader(source.window(0, Math.min(HEADER_SIZE, source.size())));
        int magic = in.readFixed32();
        if (magic != MAGIC) {
            throw MalformedException.at(0, "magic header not detected: found " + bytesOf(magic));
        }
        int version = in.readFixed32();
        if (version != VERSION) {
            var hint = version >>> 16 == 1 ? " (a component, not a core module)" : "";
            throw MalformedException.at(
                    4, "unknown binary version: found " + bytesOf(version) + hint);
        }
    }

    private static String bytesOf(int word) {
        return String.format("%08x", Integer.reverseBytes(word));
    }

    private static Section section(ByteSource source, int at) {
        int left = source.size() - at;
        // An id and a length of five bytes at most; six more tell a number too long.
        var in = new ByteReader(source.window(at, Math.min(left, 12)));
        int code = in.readByte();
        var id = SectionId.of(code);
        if (id == null) {
            throw MalformedException.at(at, "malformed section id: " + code);
        }
        int sizeAt = in.offset();
        int size = in.readU32();
        if (Integer.compareUnsigned(size, source.size() - in.offset()) > 0) {
            throw inSection(
                    MalformedException.at(
                            sizeAt, ByteReader.lengthFault(size, source.size() - sizeAt)),
                    id);
        }
        return new Section(id, at, new Span(in.offset(), size));
    }

    private static MalformedException inSection(MalformedException e, SectionId id) {
        return new MalformedException(
                e.reason(), e.where() + ", in the " + id.label() + " section");
    }

    private WasmModule module() {
        checkHeader(source);
        var last = SectionId.CUSTOM;
        int at = HEADER_SIZE;
        while (at < source.size()) {
            var section = section(source, at);
            var id = section.id();
            if (id != SectionId.CUSTOM) {
                if (id.compareTo(last) <= 0) {
                    throw MalformedException.at(
                            at,
                            "unexpected content after last section: "
                                    + (id == last
                                            ? "a second " + id.label() + " section"
                                            : "the "
                                                    + id.label()
                                                    + " section after the "
                                                    + last.label()
                                                    + " section"));
                }
                last = id;
            }
            try {
                readSection(section, last);
            } catch (MalformedException e) {
                throw inSection(e, id);
            }
            at = section.contents().end();
        }
        return finish();
    }

    private void readSection(Section section, SectionId last) {
        var in = new SectionReader(source, section.contents());
        switch (section.id()) {
            case CUSTOM -> {
                var name = in.read(ByteReader::readName);
                customs.add(new CustomSection(name, in.rest(), last.id()));
                return;
            }
            case TYPE -> types = readTypes(in);
            case IMPORT ->
                    imports =
                            readVector(
                                    in,
                                    ImplementationLimits.MAX_IMPORTS,
                                    "imports",
                                    BinaryDecoder::readImport);
            case FUNCTION ->
                    funcTypes =
                            readVector(
                                    in,
                                    ImplementationLimits.MAX_FUNCTIONS,
                                    "functions",
                                    ByteReader::readU32);
            case TABLE ->
                    tables =
                            readVector(
                                    in, ImplementationLimits.MAX_TABLES, "tables", this::readTable);
            case MEMORY ->
                    memories =
                            readVector(
                                    in,
                                    ImplementationLimits.MAX_MEMORIES,
                                    "memories",
                                    TypeReader::readMemType);
            case TAG ->
                    tags =
                            readVector(
                                    in,
                                    ImplementationLimits.MAX_TAGS,
                                    "tags",
                                    TypeReader::readTagType);
            case GLOBAL ->
                    globals =
                            readVector(
                                    in,
                                    ImplementationLimits.MAX_GLOBALS,
                                    "globals",
                                    this::readGlobal);
            case EXPORT ->
                    exports =
                            readVector(
                                    in,
                                    ImplementationLimits.MAX_EXPORTS,
                                    "exports",
                                    BinaryDecoder::readExport);
            case START -> start = OptionalInt.of(in.readU32());
            case ELEMENT ->
                    elems =
                            readVector(
                                    in,
                                    ImplementationLimits.MAX_ELEMENT_SEGMENTS,
                                    "element segments",
                                    this::readElem);
            case DATA_COUNT -> dataCount = OptionalInt.of(in.readU32());
            case CODE -> codes = readCodes(in);
            case DATA -> datas = readDatas(in);
        }
        in.finish();
    }

    private static <T> List<T> readVector(
            SectionReader in, int limit, String what, Function<InstrReader, T> element) {
        int count = in.readCount(limit, what);
        var list = new ArrayList<T>(TypeReader.initialCapacity(count));
        for (int i = 0; i < count; i++) {
            list.add(in.read(element));
        }
        return list;
    }

    private static List<RecType> readTypes(SectionReader in) {
        int count = in.readCount(ImplementationLimits.MAX_TYPES, "types");
        var list = new ArrayList<RecType>(TypeReader.initialCapacity(count));
        int total = 0;
        for (int i = 0; i < count; i++) {
            int limit = ImplementationLimits.MAX_TYPES - total;
            var group = in.read(r -> r.readRecType(limit));
            total += group.types().size();
            list.add(group);
        }
        return list;
    }

    private static Import readImport(InstrReader in) {
        var module = in.readName();
        var name = in.readName();
        int at = in.offset();
        int kind = in.readByte();
        var type =
                switch (kind) {
                    case TypeCodes.KIND_FUNC -> ExternType.Func.of(new TypeIndex(in.readU32()));
                    case TypeCodes.KIND_EXACT_FUNC ->
                            new ExternType.Func(
                                    new TypeIndex(in.readU32()), ExternType.Exactness.EXACT);
                    case TypeCodes.KIND_TABLE -> in.readTableType();
                    case TypeCodes.KIND_MEMORY -> in.readMemType();
                    case TypeCodes.KIND_GLOBAL -> in.readGlobalType();
                    case TypeCodes.KIND_TAG -> in.readTagType();
                    default ->
                            throw MalformedException.at(
                                    at, "malformed import kind: " + TypeReader.hex(kind));
                };
        return new Import(module, name, type);
    }

    private Table readTable(InstrReader in) {
        if (in.peek() != TypeCodes.TABLE_WITH_INIT) {
            return new Table(in.readTableType(), Optional.empty());
        }
        in.readByte();
        in.readZero();
        TableType type = in.readTableType();
        return new Table(type, Optional.of(scanner.constant(in)));
    }

    private Global readGlobal(InstrReader in) {
        GlobalType type = in.readGlobalType();
        return new Global(type, scanner.constant(in));
    }

    private static Export readExport(InstrReader in) {
        var name = in.readName();
        int at = in.offset();
        int kind = in.readByte();
        if (kind >= EXPORT_KINDS.size()) {
            throw MalformedException.at(at, "malformed export kind: " + TypeReader.hex(kind));
        }
        return new Export(name, EXPORT_KINDS.get(kind), in.readU32());
    }

    /** An element segment: bit 0 is passive or declarative, 1 explicit or declarative, 2 exprs. */
    private Elem readElem(InstrReader in) {
        int at = in.offset();
        int flags = in.readU32();
        if (Integer.compareUnsigned(flags, 7) > 0) {
            throw MalformedException.at(
                    at, "malformed elements segment kind: " + Integer.toUnsignedString(flags));
        }
        boolean active = (flags & 1) == 0;
        boolean second = (flags & 2) != 0;
        Elem.Mode mode;
        if (active) {
            int table = second ? in.readU32() : 0;
            mode = new Elem.Active(table, scanner.constant(in));
        } else {
            mode = second ? Elem.Declarative.DECLARATIVE : Elem.Passive.PASSIVE;
        }
        boolean typed = !active || second;
        if ((flags & 4) == 0) {
            if (typed) {
                readElemKind(in);
            }
            return new Elem(FUNC_NON_NULL, readFuncIndices(in), mode);
        }
        var type = typed ? in.readRefType() : RefType.FUNCREF;
        return new Elem(type, readExprs(in), mode);
    }

    private static void readElemKind(InstrReader in) {
        int at = in.offset();
        int kind = in.readByte();
        if (kind != 0) {
            throw MalformedException.at(at, "malformed element kind: " + TypeReader.hex(kind));
        }
    }

    private static Elem.Funcs readFuncIndices(InstrReader in) {
        int count = in.readCount(ImplementationLimits.MAX_ELEMENTS_PER_SEGMENT, "elements");
        var indices = new int[count];
        for (int i = 0; i < count; i++) {
            indices[i] = in.readU32();
        }
        return new Elem.Funcs(indices);
    }

    private Elem.Exprs readExprs(InstrReader in) {
        int count = in.readCount(ImplementationLimits.MAX_ELEMENTS_PER_SEGMENT, "elements");
        var exprs = new ArrayList<Span>(TypeReader.initialCapacity(count));
        for (int i = 0; i < count; i++) {
            exprs.add(scanner.constant(in));
        }
        return new Elem.Exprs(exprs);
    }

    private List<Span> readCodes(SectionReader in) {
        int count = in.readCount(ImplementationLimits.MAX_FUNCTIONS, "functions");
        var spans = new ArrayList<Span>(TypeReader.initialCapacity(count));
        for (int i = 0; i < count; i++) {
            int at = in.offset();
            var span = in.readSized();
            if (span.length() > ImplementationLimits.MAX_FUNCTION_SIZE) {
                throw MalformedException.at(
                        at,
                        "function body too large ("
                                + span.length()
                                + " bytes, the limit is "
                                + ImplementationLimits.MAX_FUNCTION_SIZE
                                + ")");
            }
            if (bodies == Bodies.INSTRUCTIONS) {
                checkBody(span, i);
            }
            spans.add(span);
        }
        return spans;
    }

    private void checkBody(Span body, int index) {
        try {
            scanner.body(new InstrReader(source.window(body)), source);
            if (scanner.dataUse() >= 0 && dataCount.isEmpty()) {
                throw MalformedException.at(scanner.dataUse(), "data count section required");
            }
        } catch (MalformedException e) {
            long imported =
                    imports.stream().filter(i -> i.type() instanceof ExternType.Func).count();
            throw new MalformedException(
                    e.reason(), e.where() + ", in function " + (imported + index));
        }
    }

    private List<Data> readDatas(SectionReader in) {
        int count = in.readCount(ImplementationLimits.MAX_DATA_SEGMENTS, "data segments");
        var list = new ArrayList<Data>(TypeReader.initialCapacity(count));
        for (int i = 0; i < count; i++) {
            var mode = in.read(this::readDataMode);
            list.add(new Data(in.readSized(), mode));
        }
        return list;
    }

    private Data.Mode readDataMode(InstrReader in) {
        int at = in.offset();
        int flags = in.readU32();
        return switch (flags) {
            case 0 -> new Data.Active(0, scanner.constant(in));
            case 1 -> Data.Passive.PASSIVE;
            case 2 -> {
                int memory = in.readU32();
                yield new Data.Active(memory, scanner.constant(in));
            }
            default ->
                    throw MalformedException.at(
                            at, "malformed data segment kind: " + Integer.toUnsignedString(flags));
        };
    }

    private WasmModule finish() {
        if (funcTypes.size() != codes.size()) {
            throw MalformedException.at(
                    source.size(),
                    "function and code section have inconsistent lengths: "
                            + funcTypes.size()
                            + " functions, "
                            + codes.size()
                            + " bodies");
        }
        if (dataCount.isPresent() && dataCount.getAsInt() != datas.size()) {
            throw MalformedException.at(
                    source.size(),
                    "data count and data section have inconsistent lengths: "
                            + Integer.toUnsignedString(dataCount.getAsInt())
                            + " announced, "
                            + datas.size()
                            + " there");
        }
        var funcs = new ArrayList<Func>(codes.size());
        for (int i = 0; i < codes.size(); i++) {
            funcs.add(new Func(funcTypes.get(i), codes.get(i)));
        }
        return new WasmModule(
                source, types, imports, funcs, tables, memories, tags, globals, exports, start,
                elems, datas, dataCount, customs);
    }
}
