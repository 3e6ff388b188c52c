// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.ArrayType;
import io.nacelle.wasm.syntax.BlockType;
import io.nacelle.wasm.syntax.CompType;
import io.nacelle.wasm.syntax.ExactType;
import io.nacelle.wasm.syntax.FieldType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.GroupHash;
import io.nacelle.wasm.syntax.HeapType;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.Mut;
import io.nacelle.wasm.syntax.PackedType;
import io.nacelle.wasm.syntax.RecType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.StorageType;
import io.nacelle.wasm.syntax.StructType;
import io.nacelle.wasm.syntax.SubType;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.TypeIndex;
import io.nacelle.wasm.syntax.TypeUse;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.text.Lexer.Token;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Parses types and type uses (spec 6.4). */
final class TypeParser {
    private final Lexer lx;
    private final Scope scope;
    private final List<RecType> groups = new ArrayList<>();
    private final List<SubType> flat = new ArrayList<>();

    /** The first type with each plain function type: what an inline type stands for. */
    private final Map<Plain, Integer> plain = new HashMap<>();

    TypeParser(Lexer lx, Scope scope) {
        this.lx = lx;
        this.scope = scope;
    }

    /** The groups so far, those that inline types added included. */
    List<RecType> groups() {
        return groups;
    }

    void expect(Token token) {
        if (!lx.is(token)) {
            throw lx.unexpected();
        }
        lx.advance();
    }

    /** Passes the opening of a list that {@link Lexer#opens} has seen. */
    void enter() {
        lx.advance();
        lx.advance();
    }

    // Value types

    boolean atValType() {
        return lx.is(Token.KEYWORD) || lx.is(Token.LPAR);
    }

    ValType valType() {
        if (lx.is(Token.KEYWORD)) {
            var type = Keywords.valueType(lx.text()).orElseThrow(lx::unexpected);
            lx.advance();
            return type;
        }
        return refType();
    }

    RefType refType() {
        if (lx.is(Token.KEYWORD)) {
            if (valType() instanceof RefType ref) {
                return ref;
            }
            throw lx.error("unexpected token: a reference type is wanted before this");
        }
        if (!lx.opens("ref")) {
            if (lx.is(Token.LPAR)) {
                lx.advance();
            }
            throw lx.unexpected();
        }
        enter();
        boolean nullable = lx.isWord("null");
        if (nullable) {
            lx.advance();
        }
        var heap = heapType();
        expect(Token.RPAR);
        return nullable ? RefType.nullable(heap) : RefType.nonNull(heap);
    }

    HeapType heapType() {
        if (lx.is(Token.KEYWORD)) {
            var heap = Keywords.heapType(lx.text()).orElseThrow(lx::unexpected);
            lx.advance();
            return heap;
        }
        if (lx.opens("exact")) {
            enter();
            var type = typeIndex();
            expect(Token.RPAR);
            return new ExactType(type);
        }
        return typeIndex();
    }

    TypeIndex typeIndex() {
        return new TypeIndex(scope.types.index(lx));
    }

    private FieldType fieldType() {
        if (lx.opens("mut")) {
            enter();
            var storage = storageType();
            expect(Token.RPAR);
            return new FieldType(Mut.VAR, storage);
        }
        return new FieldType(Mut.CONST, storageType());
    }

    private StorageType storageType() {
        for (var packed : PackedType.values()) {
            if (lx.isWord(packed.toString())) {
                lx.advance();
                return packed;
            }
        }
        return valType();
    }

    // Definitions

    /** {@code (type …)}, whose identifier is bound already. */
    void typeField() {
        groups.add(new RecType(List.of(typeDef(flat.size()))));
        var type = groups.getLast().types().getFirst();
        remember(type);
        flat.add(type);
    }

    /** {@code (rec …)}. */
    void recField() {
        enter();
        var types = new ArrayList<SubType>();
        while (lx.opens("type")) {
            types.add(typeDef(flat.size() + types.size()));
        }
        expect(Token.RPAR);
        groups.add(new RecType(types));
        if (types.size() == 1) {
            remember(types.getFirst());
        }
        flat.addAll(types);
    }

    /** A function type as a key: by a hash that nobody can make collide. */
    private record Plain(FuncType type) {
        @Override
        public int hashCode() {
            return GroupHash.of(RecType.of(type));
        }
    }

    private void remember(SubType type) {
        boolean isPlain =
                type.isFinal()
                        && type.supers().isEmpty()
                        && type.describes().isEmpty()
                        && type.descriptor().isEmpty();
        if (isPlain && type.comp() instanceof FuncType func) {
            plain.putIfAbsent(new Plain(func), flat.size());
        }
    }

    private SubType typeDef(int index) {
        enter();
        if (lx.is(Token.ID)) {
            lx.advance();
        }
        nameAnnotation(scope.types, index);
        var type = subType(index);
        expect(Token.RPAR);
        return type;
    }

    private SubType subType(int index) {
        if (!lx.opens("sub")) {
            return clauses(index, SubType.Finality.FINAL, List.of());
        }
        enter();
        var finality = SubType.Finality.OPEN;
        if (lx.isWord("final")) {
            finality = SubType.Finality.FINAL;
            lx.advance();
        }
        var supers = new ArrayList<TypeUse>();
        while (IndexSpace.atIndex(lx)) {
            supers.add(typeIndex());
        }
        var type = clauses(index, finality, supers);
        expect(Token.RPAR);
        return type;
    }

    private SubType clauses(int index, SubType.Finality finality, List<TypeUse> supers) {
        var describes = clause("describes");
        var descriptor = clause("descriptor");
        return new SubType(finality, supers, describes, descriptor, compType(index));
    }

    private Optional<TypeUse> clause(String word) {
        if (!lx.opens(word)) {
            return Optional.empty();
        }
        enter();
        var type = typeIndex();
        expect(Token.RPAR);
        return Optional.of(type);
    }

    private CompType compType(int index) {
        if (lx.opens("func")) {
            enter();
            var func = signature(new IndexSpace("local"));
            expect(Token.RPAR);
            return func;
        }
        if (lx.opens("struct")) {
            enter();
            var struct = structType(index);
            expect(Token.RPAR);
            return struct;
        }
        if (lx.opens("array")) {
            enter();
            var array = new ArrayType(fieldType());
            expect(Token.RPAR);
            return array;
        }
        if (lx.is(Token.LPAR)) {
            lx.advance();
        }
        throw lx.unexpected();
    }

    private StructType structType(int index) {
        var space = new IndexSpace("field");
        var fields = new ArrayList<FieldType>();
        while (lx.opens("field")) {
            enter();
            if (lx.is(Token.ID) || lx.annotates(Annotations.NAME)) {
                int field = space.bind(lx);
                nameAnnotation(space, field);
                fields.add(fieldType());
            } else {
                while (atValType()) {
                    fields.add(fieldType());
                    space.add();
                }
            }
            expect(Token.RPAR);
        }
        scope.fields.put(index, space);
        return new StructType(fields);
    }

    /** A name given by annotation, if there is one here. */
    void nameAnnotation(IndexSpace space, int index) {
        if (lx.annotates(Annotations.NAME)) {
            space.rename(index, Annotations.name(lx));
        }
    }

    // Function types

    /** Parameters and results; the parameters may have names, which are bound. */
    FuncType signature(IndexSpace locals) {
        if (!lx.opens("param") && !lx.opens("result")) {
            return EMPTY;
        }
        var params = new ArrayList<ValType>();
        while (lx.opens("param")) {
            enter();
            bindings(locals, params);
        }
        return new FuncType(params, results());
    }

    private static final FuncType EMPTY = FuncType.of();

    /** What follows {@code param} or {@code local}: one named type, or any number of types. */
    void bindings(IndexSpace locals, List<ValType> types) {
        if (lx.is(Token.ID) || lx.annotates(Annotations.NAME)) {
            int index = locals.bind(lx);
            nameAnnotation(locals, index);
            types.add(valType());
        } else {
            while (atValType()) {
                types.add(valType());
                locals.add();
            }
        }
        expect(Token.RPAR);
    }

    List<ValType> results() {
        var results = new ArrayList<ValType>();
        while (lx.opens("result")) {
            enter();
            while (atValType()) {
                results.add(valType());
            }
            expect(Token.RPAR);
        }
        if (lx.opens("param")) {
            lx.advance();
            throw lx.unexpected();
        }
        return results;
    }

    /** Parameters and results without names. */
    private FuncType anonymousSignature() {
        if (!lx.opens("param") && !lx.opens("result")) {
            return EMPTY;
        }
        var params = new ArrayList<ValType>();
        while (lx.opens("param")) {
            enter();
            while (atValType()) {
                params.add(valType());
            }
            expect(Token.RPAR);
        }
        return new FuncType(params, results());
    }

    /**
     * A type use, whose parameters may have names (spec 6.6.4).
     *
     * @return the type's index
     */
    int typeUse(IndexSpace locals) {
        int at = lx.start();
        if (!lx.opens("type")) {
            return inline(signature(locals));
        }
        int index = explicitType();
        var inline = signature(locals);
        check(at, index, inline);
        if (locals.count() == 0) {
            funcType(index).params().forEach(param -> locals.add());
        }
        return index;
    }

    /** A type use without names, as instructions have it. */
    int anonymousTypeUse() {
        int at = lx.start();
        if (!lx.opens("type")) {
            return inline(anonymousSignature());
        }
        int index = explicitType();
        check(at, index, anonymousSignature());
        return index;
    }

    BlockType blockType() {
        int at = lx.start();
        if (lx.opens("type")) {
            int index = explicitType();
            check(at, index, anonymousSignature());
            return new BlockType.Index(index);
        }
        var type = anonymousSignature();
        if (!type.params().isEmpty() || type.results().size() > 1) {
            return new BlockType.Index(inline(type));
        }
        return type.results().isEmpty()
                ? BlockType.Empty.EMPTY
                : new BlockType.Value(type.results().getFirst());
    }

    private int explicitType() {
        enter();
        int index = scope.types.index(lx);
        expect(Token.RPAR);
        return index;
    }

    private void check(int at, int index, FuncType inline) {
        if (inline.equals(EMPTY)) {
            return;
        }
        if (index < 0 || index >= flat.size()) {
            throw lx.error(at, "unknown type " + Integer.toUnsignedString(index));
        }
        if (!inline.equals(flat.get(index).comp())) {
            throw lx.error(at, "inline function type differs from type " + index);
        }
    }

    private FuncType funcType(int index) {
        return index >= 0 && index < flat.size() && flat.get(index).comp() instanceof FuncType func
                ? func
                : EMPTY;
    }

    private int inline(FuncType type) {
        var known = plain.get(new Plain(type));
        if (known != null) {
            return known;
        }
        int index = flat.size();
        groups.add(RecType.of(type));
        flat.add(groups.getLast().types().getFirst());
        plain.put(new Plain(type), index);
        return index;
    }

    // Types of what is imported and exported

    AddrType addrType() {
        var addr = lx.isWord("i64") ? AddrType.I64 : AddrType.I32;
        if (lx.isWord("i64") || lx.isWord("i32")) {
            lx.advance();
        }
        return addr;
    }

    private Limits limits() {
        long min = bound();
        return lx.is(Token.NAT) ? Limits.between(min, bound()) : Limits.atLeast(min);
    }

    private long bound() {
        if (!lx.is(Token.NAT)) {
            throw lx.unexpected();
        }
        // Limits that the address type cannot reach are well-formed, and invalid.
        long value =
                Numbers.unsigned(lx.bytes(), lx.start(), lx.stop(), 64)
                        .orElseThrow(() -> lx.error("i64 constant out of range"));
        lx.advance();
        return value;
    }

    TableType tableType() {
        var addr = addrType();
        return new TableType(addr, limits(), refType());
    }

    MemType memType() {
        var addr = addrType();
        var limits = limits();
        var sharing = MemType.Sharing.UNSHARED;
        if (lx.isWord("shared")) {
            sharing = MemType.Sharing.SHARED;
            lx.advance();
        }
        return new MemType(addr, limits, sharing, pageSize());
    }

    /** The base-2 logarithm of the page size, whether it is written or not. */
    int pageSize() {
        if (!lx.opens("pagesize")) {
            return MemType.DEFAULT_PAGE_SIZE_LOG2;
        }
        enter();
        if (!lx.is(Token.NAT)) {
            throw lx.unexpected();
        }
        long size =
                Numbers.unsigned(lx.bytes(), lx.start(), lx.stop(), 64)
                        .orElseThrow(() -> lx.error("invalid custom page size"));
        if (Long.bitCount(size) != 1) {
            throw lx.error("invalid custom page size");
        }
        lx.advance();
        expect(Token.RPAR);
        return Long.numberOfTrailingZeros(size);
    }

    GlobalType globalType() {
        if (lx.opens("mut")) {
            enter();
            var type = valType();
            expect(Token.RPAR);
            return new GlobalType(Mut.VAR, type);
        }
        return new GlobalType(Mut.CONST, valType());
    }
}
