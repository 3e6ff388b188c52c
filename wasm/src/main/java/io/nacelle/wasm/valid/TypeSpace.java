// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import io.nacelle.wasm.binary.ImplementationLimits;
import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.ArrayType;
import io.nacelle.wasm.syntax.CompType;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.ExactType;
import io.nacelle.wasm.syntax.FieldType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.HeapType;
import io.nacelle.wasm.syntax.InvalidException;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.PackedType;
import io.nacelle.wasm.syntax.RecIndex;
import io.nacelle.wasm.syntax.RecType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.StructType;
import io.nacelle.wasm.syntax.SubType;
import io.nacelle.wasm.syntax.Substitution;
import io.nacelle.wasm.syntax.TypeIndex;
import io.nacelle.wasm.syntax.TypeUse;
import io.nacelle.wasm.syntax.ValType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The types that a module defines, checked (spec 3.2) and prepared for quick answers: each has a
 * canonical index, the least type index that means the same type, so that types are equal exactly
 * if their canonical indices are.
 *
 * <p>Immutable once {@link #add} has been called for every group; thread-safe from then on.
 */
final class TypeSpace {
    /** What rules ask of one defined type. */
    static final class Info {
        private static final int[] NO_TYPES = {};

        final DefType def;
        final int canonical;

        /** Parameters and results of a function type, else null. */
        int[] params;

        int[] results = NO_TYPES;

        /** Storage types of a structure, or the one of an array, else null. */
        int[] fields;

        boolean[] mutable;
        boolean isArray;

        /** Whether every field has a default value. */
        boolean defaultable = true;

        /** Canonical index of the descriptor, or -1. */
        int descriptor = -1;

        /** Canonical index of the described type, or -1. */
        int describes = -1;

        Info(DefType def, int canonical) {
            this.def = def;
            this.canonical = canonical;
        }

        boolean isFunc() {
            return params != null;
        }

        boolean isStruct() {
            return fields != null && !isArray;
        }
    }

    /** A message shows no more types than this. */
    private static final int MAX_NAMES = 16;

    private final List<DefType> defs = new ArrayList<>();
    private final List<Info> infos = new ArrayList<>();
    private final Map<DefType, Info> byDef = new HashMap<>();
    private byte[] depths = new byte[16];

    int size() {
        return infos.size();
    }

    DefType def(int typeIndex) {
        return defs.get(typeIndex);
    }

    /** The type at an index, which must be within the space. */
    Info info(int typeIndex) {
        return infos.get(typeIndex);
    }

    boolean has(int typeIndex) {
        return Integer.compareUnsigned(typeIndex, infos.size()) < 0;
    }

    /** The canonical type that a use stands for. */
    TypeUse close(TypeUse use) {
        return use instanceof TypeIndex index ? defs.get(index.index()) : use;
    }

    // Checking the type section.

    void add(RecType group) {
        int base = defs.size();
        int size = group.types().size();
        for (int i = 0; i < size; i++) {
            checkUses(group.types().get(i), base + i, base + size);
        }
        for (int i = 0; i < size; i++) {
            checkDescriptors(group, i, base);
        }
        var closed = new ArrayList<SubType>(size);
        for (var type : group.types()) {
            closed.add(Substitution.apply(type, use -> closeOrRec(use, base)));
        }
        var canonical = DefType.of(new RecType(closed));
        for (var def : canonical) {
            var known = byDef.get(def);
            var info = known == null ? new Info(def, defs.size()) : known;
            byDef.putIfAbsent(def, info);
            defs.add(def);
            infos.add(info);
        }
        for (int i = 0; i < size; i++) {
            var info = infos.get(base + i);
            if (info.canonical == base + i) {
                fill(info, info.def.unroll());
            }
        }
        for (int i = 0; i < size; i++) {
            checkSubtype(group, i, base);
        }
    }

    private TypeUse closeOrRec(TypeUse use, int base) {
        if (use instanceof TypeIndex index) {
            int i = index.index();
            return i >= base ? new RecIndex(i - base) : defs.get(i);
        }
        return use;
    }

    private void checkUses(SubType type, int own, int limit) {
        if (type.supers().size() > 1) {
            throw invalid("sub type " + own + " has more than one super type", own);
        }
        int depth = 0;
        for (var use : type.supers()) {
            int sup = indexOf(use);
            if (Integer.compareUnsigned(sup, own) >= 0) {
                throw invalid("unknown type " + Integer.toUnsignedString(sup), own);
            }
            depth = depths[sup] + 1;
            if (depth > ImplementationLimits.MAX_SUBTYPING_DEPTH) {
                throw invalid(
                        "sub type hierarchy too deep (the limit is "
                                + ImplementationLimits.MAX_SUBTYPING_DEPTH
                                + ")",
                        own);
            }
        }
        if (own == depths.length) {
            depths = Arrays.copyOf(depths, own * 2);
        }
        depths[own] = (byte) depth;
        checkComp(type.comp(), own, limit);
    }

    private void checkComp(CompType comp, int own, int limit) {
        if (comp instanceof FuncType func) {
            func.params().forEach(t -> checkUse(t, own, limit));
            func.results().forEach(t -> checkUse(t, own, limit));
        } else if (comp instanceof StructType struct) {
            struct.fields().forEach(f -> checkUse(f, own, limit));
        } else {
            checkUse(((ArrayType) comp).field(), own, limit);
        }
    }

    private void checkUse(FieldType field, int own, int limit) {
        if (field.storage() instanceof ValType type) {
            checkUse(type, own, limit);
        }
    }

    private void checkUse(ValType type, int own, int limit) {
        if (type instanceof RefType ref) {
            var use = used(ref.heap());
            if (use != null && Integer.compareUnsigned(indexOf(use), limit) >= 0) {
                throw invalid("unknown type " + use, own);
            }
        }
    }

    /** Types of a module are named by index before they are checked. */
    static int indexOf(TypeUse use) {
        if (use instanceof TypeIndex index) {
            return index.index();
        }
        throw new IllegalArgumentException("not a type index: " + use);
    }

    private void checkDescriptors(RecType group, int i, int base) {
        var type = group.types().get(i);
        if (type.describes().isEmpty() && type.descriptor().isEmpty()) {
            return;
        }
        int own = base + i;
        int limit = base + group.types().size();
        if (type.describes().isPresent()) {
            int described = indexOf(type.describes().get());
            if (described < base || described >= limit) {
                throw invalid("described type is outside rec group", own);
            }
            if (described >= own) {
                throw invalid("forward use of described type", own);
            }
            if (!isMutual(group.types().get(described - base).descriptor(), own)) {
                throw invalid("described type is not described by descriptor", own);
            }
            if (!(type.comp() instanceof StructType)) {
                throw invalid("described type must be a struct", own);
            }
        }
        if (type.descriptor().isPresent()) {
            int descriptor = indexOf(type.descriptor().get());
            if (descriptor < base || descriptor >= limit) {
                throw invalid("descriptor type is outside rec group", own);
            }
            if (!isMutual(group.types().get(descriptor - base).describes(), own)) {
                throw invalid("type is not described by its descriptor", own);
            }
            if (!(type.comp() instanceof StructType)) {
                throw invalid("descriptor type must be a struct", own);
            }
        }
    }

    private static boolean isMutual(Optional<TypeUse> use, int own) {
        return use.isPresent() && indexOf(use.get()) == own;
    }

    private void fill(Info info, SubType type) {
        if (type.comp() instanceof FuncType func) {
            info.params = encode(func.params());
            info.results = encode(func.results());
        } else if (type.comp() instanceof StructType struct) {
            fillFields(info, struct.fields());
        } else {
            info.isArray = true;
            fillFields(info, List.of(((ArrayType) type.comp()).field()));
        }
        info.descriptor = type.descriptor().map(use -> byDef.get(use).canonical).orElse(-1);
        info.describes = type.describes().map(use -> byDef.get(use).canonical).orElse(-1);
    }

    private void fillFields(Info info, List<FieldType> fields) {
        info.fields = new int[fields.size()];
        info.mutable = new boolean[fields.size()];
        for (int i = 0; i < info.fields.length; i++) {
            var field = fields.get(i);
            info.mutable[i] = field.isMutable();
            info.fields[i] =
                    switch (field.storage()) {
                        case PackedType packed ->
                                packed == PackedType.I8 ? TypeBits.I8 : TypeBits.I16;
                        case ValType value -> encode(value);
                    };
            info.defaultable &= TypeBits.isDefaultable(info.fields[i]);
        }
    }

    private void checkSubtype(RecType group, int i, int base) {
        var type = group.types().get(i);
        if (type.supers().isEmpty()) {
            return;
        }
        int own = base + i;
        int sup = indexOf(type.supers().getFirst());
        var mine = infos.get(own);
        var other = infos.get(sup);
        var mismatch = "sub type " + own + " does not match super type " + sup;
        if (other.def.unroll().isFinal()) {
            throw invalid(mismatch + ": the super type is final", own);
        }
        if (!compMatches(mine, other)) {
            throw invalid(
                    mismatch + ": " + describe(mine) + " is no extension of " + describe(other),
                    own);
        }
        // A described type stands in the same relation to the super type's described type as the
        // descriptors do; a type that has one may extend a type without, but not the other way.
        if (other.descriptor >= 0 && mine.descriptor < 0) {
            throw invalid(mismatch + ": the super type has a descriptor", own);
        }
        if ((other.describes >= 0) != (mine.describes >= 0)) {
            throw invalid(mismatch + ": only one of them describes a type", own);
        }
        if (other.describes >= 0 && !isDefSubtype(mine.describes, other.describes)) {
            throw invalid(
                    "described type " + indexOf(type.describes().get()) + " does not match", own);
        }
        if (other.descriptor >= 0 && !isDefSubtype(mine.descriptor, other.descriptor)) {
            throw invalid(
                    "descriptor type " + indexOf(type.descriptor().get()) + " does not match", own);
        }
    }

    private boolean isDefSubtype(int canonical, int other) {
        return infos.get(canonical).def.isSubtypeOf(infos.get(other).def);
    }

    private boolean compMatches(Info mine, Info other) {
        if (other.isFunc()) {
            return mine.isFunc()
                    && matches(other.params, mine.params)
                    && matches(mine.results, other.results);
        }
        if (mine.isFunc() || mine.isArray != other.isArray) {
            return false;
        }
        if (mine.fields.length < other.fields.length) {
            return false;
        }
        for (int i = 0; i < other.fields.length; i++) {
            if (mine.mutable[i] != other.mutable[i]) {
                return false;
            }
            int a = mine.fields[i];
            int b = other.fields[i];
            if (a != b && (mine.mutable[i] || !storageMatches(a, b))) {
                return false;
            }
        }
        return true;
    }

    private static InvalidException invalid(String reason, int typeIndex) {
        return new InvalidException(reason, "in type " + typeIndex);
    }

    // Types as numbers.

    private int[] encode(List<ValType> types) {
        var encoded = new int[types.size()];
        for (int i = 0; i < encoded.length; i++) {
            encoded[i] = encode(types.get(i));
        }
        return encoded;
    }

    /** A type whose indices are within the space. */
    int encode(ValType type) {
        if (type instanceof NumType num) {
            return TypeBits.of(num);
        }
        return type instanceof RefType ref ? encode(ref) : ValueKind.V128;
    }

    int encode(RefType ref) {
        return encodeHeap(ref.heap()) | (ref.isNullable() ? TypeBits.NULLABLE : 0);
    }

    /** A non-null reference to a heap type. */
    int encodeHeap(HeapType heap) {
        if (heap instanceof AbsHeapType abs) {
            return TypeBits.nonNull(abs);
        }
        return heap instanceof ExactType exact
                ? TypeBits.toType(canonical(exact.type())) | TypeBits.EXACT
                : TypeBits.toType(canonical((TypeUse) heap));
    }

    private int canonical(TypeUse use) {
        return switch (use) {
            case TypeIndex index -> infos.get(index.index()).canonical;
            case DefType def -> byDef.get(def).canonical;
            case RecIndex rec -> throw new IllegalArgumentException("not closed: " + rec);
        };
    }

    /** The index of the first type used that is not in the space, or -1. */
    long unknownType(ValType type) {
        return type instanceof RefType ref ? unknownType(ref.heap()) : -1;
    }

    long unknownType(HeapType heap) {
        return used(heap) instanceof TypeIndex index && !has(index.index())
                ? Integer.toUnsignedLong(index.index())
                : -1;
    }

    /** The type that a heap type names, or null. */
    private static TypeUse used(HeapType heap) {
        if (heap instanceof AbsHeapType) {
            return null;
        }
        return heap instanceof ExactType exact ? exact.type() : (TypeUse) heap;
    }

    /** The closed type of a number made by {@link #encode}. */
    ValType decode(int type) {
        if (!TypeBits.isRef(type)) {
            return TypeBits.plain(type);
        }
        int heap = TypeBits.heap(type);
        if (heap == TypeBits.HEAP_BOTTOM) {
            // Seen in unreachable code only; the least type that there is a name for.
            return TypeBits.plain(TypeBits.nonNull(AbsHeapType.NONE));
        }
        if (heap < TypeBits.CONCRETE) {
            return TypeBits.plain(type);
        }
        HeapType def = infos.get(TypeBits.index(type)).def;
        if (TypeBits.isExact(type)) {
            def = new ExactType((DefType) def);
        }
        return TypeBits.isNullable(type) ? RefType.nullable(def) : RefType.nonNull(def);
    }

    /** A type's name in messages: by index where it is defined. */
    String name(int type) {
        if (type == ValueKind.BOTTOM) {
            return "bot";
        }
        if (!TypeBits.isRef(type)) {
            return TypeBits.plain(type).toString();
        }
        int heap = TypeBits.heap(type);
        if (heap == TypeBits.HEAP_BOTTOM) {
            return "(ref bot)";
        }
        if (heap < TypeBits.CONCRETE) {
            return TypeBits.plain(type).toString();
        }
        var index = Integer.toString(TypeBits.index(type));
        var named = TypeBits.isExact(type) ? "(exact " + index + ")" : index;
        return (TypeBits.isNullable(type) ? "(ref null " : "(ref ") + named + ")";
    }

    /** A defined type in messages, its parts by index: types can be recursive and huge. */
    String describe(Info info) {
        if (info.isFunc()) {
            return "(func " + names(info.params) + " -> " + names(info.results) + ")";
        }
        var text = new StringBuilder(info.isArray ? "(array" : "(struct");
        for (int i = 0; i < Math.min(info.fields.length, MAX_NAMES); i++) {
            int storage = info.fields[i];
            var name = TypeBits.isPacked(storage) ? packedName(storage) : name(storage);
            text.append(info.mutable[i] ? " (mut " + name + ")" : " " + name);
        }
        return text.append(info.fields.length > MAX_NAMES ? " …)" : ")").toString();
    }

    private static String packedName(int storage) {
        return storage == TypeBits.I8 ? "i8" : "i16";
    }

    private String names(int[] list) {
        return names(list, 0, list.length);
    }

    /** The last types of a part of a list. */
    String names(int[] list, int from, int to) {
        int first = Math.max(from, to - MAX_NAMES);
        var text = new StringBuilder(first > from ? "[… " : "[");
        for (int i = first; i < to; i++) {
            text.append(i > first ? " " : "").append(name(list[i]));
        }
        return text.append(']').toString();
    }

    // Matching (spec 3.3).

    boolean matches(int type, int other) {
        if (type == other || type == ValueKind.BOTTOM) {
            return true;
        }
        if (!TypeBits.isRef(type) || !TypeBits.isRef(other)) {
            return false;
        }
        if (TypeBits.isNullable(type) && !TypeBits.isNullable(other)) {
            return false;
        }
        return heapMatches(type, other);
    }

    boolean storageMatches(int storage, int other) {
        return storage == other
                || !TypeBits.isPacked(storage)
                        && !TypeBits.isPacked(other)
                        && matches(storage, other);
    }

    private boolean heapMatches(int type, int other) {
        int heap = TypeBits.heap(type);
        int otherHeap = TypeBits.heap(other);
        if (heap == TypeBits.HEAP_BOTTOM) {
            return true;
        }
        if (otherHeap < TypeBits.CONCRETE) {
            return heap < TypeBits.CONCRETE
                    ? TypeBits.abstractMatches(heap, otherHeap)
                    : TypeBits.abstractMatches(kindOf(heap).ordinal(), otherHeap);
        }
        if (heap < TypeBits.CONCRETE) {
            return heap == kindOf(otherHeap).bottom().ordinal();
        }
        if (TypeBits.isExact(other)) {
            return heap == otherHeap && TypeBits.isExact(type);
        }
        return heap == otherHeap
                || isDefSubtype(heap - TypeBits.CONCRETE, otherHeap - TypeBits.CONCRETE);
    }

    private AbsHeapType kindOf(int heap) {
        var info = infos.get(heap - TypeBits.CONCRETE);
        if (info.isFunc()) {
            return AbsHeapType.FUNC;
        }
        return info.isArray ? AbsHeapType.ARRAY : AbsHeapType.STRUCT;
    }

    /** The nullable reference to the top of a reference's hierarchy. */
    int top(int type) {
        int heap = TypeBits.heap(type);
        var abs = heap < TypeBits.CONCRETE ? TypeBits.abstractHeap(heap) : kindOf(heap);
        return TypeBits.nullable(abs.top());
    }

    boolean matches(int[] types, int[] others) {
        if (types.length != others.length) {
            return false;
        }
        for (int i = 0; i < types.length; i++) {
            if (!matches(types[i], others[i])) {
                return false;
            }
        }
        return true;
    }
}
