// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

import io.nacelle.runtime.exec.Slots;
import io.nacelle.runtime.exec.StoreImpl;

/** The structures of one type in one store. */
public final class StructKind extends ObjectKind {
    /** What a structure counts beside its slots. */
    private static final int OVERHEAD = 16;

    public final StructLayout layout;
    private final int shape;
    private final boolean plain;
    private final int[] numbers;
    private final int[] refs;

    StructKind(StoreImpl store, StructLayout layout) {
        super(store, layout.type);
        this.layout = layout;
        this.shape = StructObject.shape(layout.numbers(), layout.refs());
        this.plain = layout.isPlain();
        this.numbers = layout.fields(false);
        this.refs = layout.fields(true);
    }

    /** A structure whose fields are zero and null. */
    public StructObject make() {
        try {
            return switch (shape) {
                case 0 -> new StructObject(this);
                case 1 -> new StructObject4(this);
                case 2 -> new StructObject8(this);
                default -> {
                    checkSize(OVERHEAD + 8L * (layout.numbers() + layout.refs()));
                    yield new StructObjectN(this, layout.numbers(), layout.refs());
                }
            };
        } catch (OutOfMemoryError e) {
            throw store.outOfMemory();
        }
    }

    /** A structure whose fields are the values from a slot on. */
    public StructObject make(Slots from, int at) {
        var made = make();
        if (!plain) {
            for (int i = 0; i < layout.fieldCount(); i++) {
                made.store(layout, i, from, at + i);
            }
            return made;
        }
        if (numbers.length > 0) {
            made.n0 = from.slots[at + numbers[0]];
        }
        if (refs.length > 0) {
            made.r0 = from.refs[at + refs[0]];
            if (refs.length > 1) {
                made.r1 = from.refs[at + refs[1]];
            }
        }
        if (shape > 0) {
            for (int i = 1; i < numbers.length; i++) {
                made.number(i, from.slots[at + numbers[i]]);
            }
            for (int i = 2; i < refs.length; i++) {
                made.reference(i, from.refs[at + refs[i]]);
            }
        }
        return made;
    }
}
