// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.StructType;

import java.util.Arrays;

/**
 * Where the fields of a structure type are: numbers and references have slots of their own, counted
 * apart, in the order of the fields; a vector takes two numbers. A subtype begins with the layout
 * of its supertype, so that code knows a field's slot by the static type alone. A descriptor has
 * the next reference slot at the type that introduces it.
 *
 * <p>Immutable and thread-safe.
 */
public final class StructLayout {
    public final DefType type;
    private final Storage[] storages;
    private final int[] slots;
    private final int numbers;
    private final int refs;
    private final int descriptor;

    private StructLayout(
            DefType type, Storage[] storages, int[] slots, int numbers, int refs, int descriptor) {
        this.type = type;
        this.storages = storages;
        this.slots = slots;
        this.numbers = numbers;
        this.refs = refs;
        this.descriptor = descriptor;
    }

    /** The layout of a structure type. */
    public static StructLayout of(DefType type) {
        var fields = ((StructType) type.comp()).fields();
        var parent = type.parent().map(StructLayout::of).orElse(null);
        int known = parent == null ? 0 : parent.slots.length;
        int numbers = parent == null ? 0 : parent.numbers;
        int refs = parent == null ? 0 : parent.refs;
        int descriptor = parent == null ? -1 : parent.descriptor;
        var storages = new Storage[fields.size()];
        var slots = new int[fields.size()];
        if (parent != null) {
            System.arraycopy(parent.storages, 0, storages, 0, known);
            System.arraycopy(parent.slots, 0, slots, 0, known);
        }
        if (descriptor < 0 && type.unroll().descriptor().isPresent()) {
            descriptor = refs++;
        }
        for (int i = known; i < slots.length; i++) {
            var storage = Storage.of(fields.get(i).storage());
            storages[i] = storage;
            slots[i] = storage == Storage.REF ? refs++ : numbers;
            numbers += storage == Storage.REF ? 0 : storage == Storage.V128 ? 2 : 1;
        }
        return new StructLayout(type, storages, slots, numbers, refs, descriptor);
    }

    public int fieldCount() {
        return slots.length;
    }

    public Storage storage(int field) {
        return storages[field];
    }

    /** The slot of a field, among the numbers or among the references. */
    public int slot(int field) {
        return slots[field];
    }

    /** The slots for numbers. */
    public int numbers() {
        return numbers;
    }

    /** The slots for references, that of the descriptor included. */
    public int refs() {
        return refs;
    }

    /** The reference slot of the descriptor, or -1 when the type has none. */
    public int descriptor() {
        return descriptor;
    }

    /** Whether a structure is no more than whole numbers of one slot and references. */
    boolean isPlain() {
        return descriptor < 0
                && Arrays.stream(storages).noneMatch(s -> s.isPacked() || s == Storage.V128);
    }

    /** The fields that are references, or those that are not. */
    int[] fields(boolean ofRefs) {
        var found = new int[slots.length];
        int count = 0;
        for (int i = 0; i < slots.length; i++) {
            if (storages[i] == Storage.REF == ofRefs) {
                found[count++] = i;
            }
        }
        return Arrays.copyOf(found, count);
    }
}
