// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * A defined type, canonical and closed: equal types are the same object, whichever module they came
 * from (spec 3.1.2, iso-recursive equivalence), and everything that it refers to is closed too.
 *
 * <p>So type equality at run time is one comparison of references, and a subtype test is one load
 * and one comparison: each type carries the line of its supertypes.
 *
 * <p>Thread-safe. The table of canonical groups holds them weakly; it is a cache of values, not
 * state: nothing but identity can be told from it.
 */
public final class DefType implements TypeUse {
    private static final ConcurrentHashMap<Canonical, Canonical> GROUPS = new ConcurrentHashMap<>();
    private static final ReferenceQueue<DefType[]> CLEARED = new ReferenceQueue<>();

    private final RecType group;
    private final int index;

    /** All types of the group: keeps the canonical group alive as long as any of its types. */
    private final DefType[] siblings;

    private SubType unrolled;

    /** Supertypes from the root down; the last is this type. */
    private DefType[] line;

    private DefType(RecType group, int index, DefType[] siblings) {
        this.group = group;
        this.index = index;
        this.siblings = siblings;
    }

    /**
     * The canonical types of a group.
     *
     * @param group a group whose references are {@link RecIndex} inwards and {@code DefType}
     *     outwards; it has passed validation, so that supertypes come earlier
     */
    public static List<DefType> of(RecType group) {
        expunge();
        if (group.types().isEmpty()) {
            return List.of();
        }
        var types = new DefType[group.types().size()];
        for (int i = 0; i < types.length; i++) {
            types[i] = new DefType(group, i, types);
        }
        var made = new Canonical(types);
        while (true) {
            var found = GROUPS.putIfAbsent(made, made);
            if (found == null) {
                return List.of(types);
            }
            var canonical = found.get();
            if (canonical != null) {
                return List.of(canonical);
            }
            // The collector has just taken it: it equals nothing else any more.
        }
    }

    /** The canonical type of a function type whose own references are closed. */
    public static DefType of(FuncType type) {
        return of(RecType.of(type)).getFirst();
    }

    private static void expunge() {
        for (var gone = CLEARED.poll(); gone != null; gone = CLEARED.poll()) {
            GROUPS.remove((Canonical) gone);
        }
    }

    /** The type's description with every reference closed. */
    public SubType unroll() {
        var known = unrolled;
        if (known == null) {
            known = close(group.types().get(index));
            unrolled = known;
        }
        return known;
    }

    /** The composite type, closed. */
    public CompType comp() {
        return unroll().comp();
    }

    /** The function type, when this is one. */
    public FuncType func() {
        return (FuncType) comp();
    }

    /** The direct supertype. */
    public Optional<DefType> parent() {
        return unroll().supers().stream().findFirst().map(DefType.class::cast);
    }

    /** Whether this type is the other or one of its declared subtypes, in constant time. */
    public boolean isSubtypeOf(DefType other) {
        if (this == other) {
            return true;
        }
        var mine = line();
        int depth = other.line().length - 1;
        return depth < mine.length && mine[depth] == other;
    }

    private DefType[] line() {
        var known = line;
        if (known == null) {
            var ancestors = new ArrayList<DefType>();
            for (var type = Optional.of(this); type.isPresent(); type = type.get().parent()) {
                ancestors.addFirst(type.get());
            }
            known = ancestors.toArray(DefType[]::new);
            line = known;
        }
        return known;
    }

    private SubType close(SubType type) {
        return Substitution.apply(
                type, use -> use instanceof RecIndex rec ? siblings[rec.index()] : use);
    }

    /**
     * The composite type's spelling; identity tells apart types that are spelled alike. Defined
     * types inside it are not spelled out: they may be this one again, or very large.
     */
    @Override
    public String toString() {
        return switch (comp()) {
            case FuncType func ->
                    "(func [" + shallow(func.params()) + "] -> [" + shallow(func.results()) + "])";
            case StructType struct -> "(struct " + struct.fields().size() + " fields)";
            case ArrayType array ->
                    array.field().storage() instanceof ValType value
                            ? "(array " + shallow(List.of(value)) + ")"
                            : "(array " + array.field().storage() + ")";
        };
    }

    private static String shallow(List<ValType> types) {
        return types.stream().map(DefType::shallow).collect(Collectors.joining(" "));
    }

    private static String shallow(ValType type) {
        if (!(type instanceof RefType ref) || ref.heap() instanceof AbsHeapType) {
            return type.toString();
        }
        return ref.isNullable() ? "(ref null …)" : "(ref …)";
    }

    /**
     * The types of a group, held weakly, and the key under which they are found: equal to another
     * whose group is equal, as long as both are there, and then to itself only.
     *
     * <p>It must not hold the group: a group names the types of others that it refers to, so that
     * the table would keep those, and of a chain of types one link only would go with each
     * collection.
     */
    private static final class Canonical extends WeakReference<DefType[]> {
        private final int hash;

        Canonical(DefType[] types) {
            super(types, CLEARED);
            this.hash = GroupHash.of(types[0].group);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(Object o) {
            if (this == o) {
                return true;
            }
            if (!(o instanceof Canonical other) || hash != other.hash) {
                return false;
            }
            var mine = get();
            var others = other.get();
            return mine != null && others != null && mine[0].group.equals(others[0].group);
        }
    }
}
