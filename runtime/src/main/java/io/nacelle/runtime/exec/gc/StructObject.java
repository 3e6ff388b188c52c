// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

import io.nacelle.runtime.StructRef;
import io.nacelle.runtime.exec.Slots;
import io.nacelle.wasm.syntax.FieldType;
import io.nacelle.wasm.syntax.StructType;

import java.util.Objects;
import java.util.Optional;

/**
 * A structure. The shapes form one line of subclasses: this one has slots for one number and two
 * references, each further one adds some, and the last has arrays for the rest. A slot has the same
 * place in every shape that has it; and since a subtype's layout begins with that of its supertype,
 * code may take a reference of some static type for the smallest shape which that type needs,
 * whatever the object is in truth.
 */
public sealed class StructObject extends GcObject implements StructRef permits StructObject4 {
    static final int NUMBERS = 1;
    static final int REFS = 2;

    public long n0;
    public Object r0;
    public Object r1;

    StructObject(StructKind kind) {
        super(kind);
    }

    /** The number of the smallest shape with so many slots. */
    static int shape(int numbers, int refs) {
        if (numbers <= NUMBERS && refs <= REFS) {
            return 0;
        }
        if (numbers <= StructObject4.NUMBERS && refs <= StructObject4.REFS) {
            return 1;
        }
        return numbers <= StructObject8.NUMBERS && refs <= StructObject8.REFS ? 2 : 3;
    }

    /** A number by its slot. */
    public final long number(int slot) {
        return switch (slot) {
            case 0 -> n0;
            case 1 -> ((StructObject4) this).n1;
            case 2 -> ((StructObject8) this).n2;
            case 3 -> ((StructObject8) this).n3;
            default -> ((StructObjectN) this).numbers[slot - StructObject8.NUMBERS];
        };
    }

    public final void number(int slot, long value) {
        switch (slot) {
            case 0 -> n0 = value;
            case 1 -> ((StructObject4) this).n1 = value;
            case 2 -> ((StructObject8) this).n2 = value;
            case 3 -> ((StructObject8) this).n3 = value;
            default -> ((StructObjectN) this).numbers[slot - StructObject8.NUMBERS] = value;
        }
    }

    /** A reference by its slot. */
    public final Object reference(int slot) {
        return switch (slot) {
            case 0 -> r0;
            case 1 -> r1;
            case 2 -> ((StructObject4) this).r2;
            case 3 -> ((StructObject4) this).r3;
            case 4 -> ((StructObject8) this).r4;
            case 5 -> ((StructObject8) this).r5;
            case 6 -> ((StructObject8) this).r6;
            case 7 -> ((StructObject8) this).r7;
            default -> ((StructObjectN) this).refs[slot - StructObject8.REFS];
        };
    }

    public final void reference(int slot, Object value) {
        switch (slot) {
            case 0 -> r0 = value;
            case 1 -> r1 = value;
            case 2 -> ((StructObject4) this).r2 = value;
            case 3 -> ((StructObject4) this).r3 = value;
            case 4 -> ((StructObject8) this).r4 = value;
            case 5 -> ((StructObject8) this).r5 = value;
            case 6 -> ((StructObject8) this).r6 = value;
            case 7 -> ((StructObject8) this).r7 = value;
            default -> ((StructObjectN) this).refs[slot - StructObject8.REFS] = value;
        }
    }

    /** Puts a field's value into a slot of a frame. */
    final void load(StructLayout layout, int field, Slots to, int at) {
        int slot = layout.slot(field);
        switch (layout.storage(field)) {
            case REF -> to.refs[at] = reference(slot);
            case V128 -> {
                to.slots[at] = number(slot);
                to.high[at] = number(slot + 1);
            }
            default -> to.slots[at] = number(slot);
        }
    }

    /** Sets a field to the value in a slot of a frame. */
    final void store(StructLayout layout, int field, Slots from, int at) {
        int slot = layout.slot(field);
        var storage = layout.storage(field);
        switch (storage) {
            case REF -> reference(slot, from.refs[at]);
            case V128 -> {
                number(slot, from.slots[at]);
                number(slot + 1, from.high[at]);
            }
            default -> number(slot, storage.narrow(from.slots[at]));
        }
    }

    private StructLayout layout() {
        return ((StructKind) kind).layout;
    }

    @Override
    public final int size() {
        return layout().fieldCount();
    }

    @Override
    public final Optional<StructRef> descriptor() {
        int slot = layout().descriptor();
        return slot < 0 ? Optional.empty() : Optional.of((StructRef) reference(slot));
    }

    @Override
    final FieldType field(int index) {
        return ((StructType) kind.type.comp())
                .fields()
                .get(Objects.checkIndex(index, layout().fieldCount()));
    }

    @Override
    final long low(int index) {
        return number(layout().slot(index));
    }

    @Override
    final long high(int index) {
        return number(layout().slot(index) + 1);
    }

    @Override
    final Object referenceAt(int index) {
        return reference(layout().slot(index));
    }

    @Override
    final void put(int index, long low, long high, Object ref) {
        int slot = layout().slot(index);
        var storage = layout().storage(index);
        switch (storage) {
            case REF -> reference(slot, ref);
            case V128 -> {
                number(slot, low);
                number(slot + 1, high);
            }
            default -> number(slot, storage.narrow(low));
        }
    }
}
