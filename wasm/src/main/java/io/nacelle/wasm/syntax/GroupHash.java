// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.List;

/**
 * Hashes groups of types so that nobody can make many that collide. The hashes of lists are
 * polynomials of a known base: for any two elements there are sequences of them, 64 long, that have
 * the same one, and so thousands of types in a module of some megabytes.
 */
public final class GroupHash {
    private static final long FACTOR = 0x9E37_79B9_7F4A_7C15L;

    private long state = FACTOR;

    private GroupHash() {}

    /** The hash of a group: equal for equal groups. */
    public static int of(RecType group) {
        var hash = new GroupHash();
        hash.add(group.types().size());
        group.types().forEach(hash::add);
        return Long.hashCode(hash.state);
    }

    private void add(int part) {
        state = (state ^ part) * FACTOR;
        state ^= state >>> Integer.SIZE;
    }

    private void add(SubType type) {
        add(type.finality().hashCode());
        add(type.supers().size());
        type.supers().forEach(use -> add(use.hashCode()));
        add(type.describes().hashCode());
        add(type.descriptor().hashCode());
        if (type.comp() instanceof FuncType func) {
            add(0);
            add(func.params());
            add(func.results());
        } else if (type.comp() instanceof StructType struct) {
            add(1);
            add(struct.fields().size());
            struct.fields().forEach(this::add);
        } else {
            add(2);
            add(((ArrayType) type.comp()).field());
        }
    }

    private void add(List<ValType> types) {
        add(types.size());
        types.forEach(this::add);
    }

    private void add(FieldType field) {
        add(field.mut().hashCode());
        if (field.storage() instanceof ValType type) {
            add(type);
        } else {
            add(field.storage().hashCode());
        }
    }

    private void add(ValType type) {
        if (!(type instanceof RefType ref)) {
            add(type.hashCode());
            return;
        }
        add(ref.nullability().hashCode());
        if (ref.heap() instanceof ExactType exact) {
            add(-1);
            add(exact.type().hashCode());
        } else {
            add(ref.heap().hashCode());
        }
    }
}
