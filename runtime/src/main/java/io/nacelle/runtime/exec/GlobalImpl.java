// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Global;
import io.nacelle.wasm.syntax.GlobalType;

/** A global instance. */
public final class GlobalImpl implements Global {
    final StoreImpl store;
    private final GlobalType type;

    /** A number, or the low half of a vector. */
    public long bits;

    /** The high half of a vector. */
    public long high;

    /** A reference. */
    public Object ref;

    GlobalImpl(StoreImpl store, GlobalType type) {
        this.store = store;
        this.type = type;
    }

    @Override
    public GlobalType type() {
        return type;
    }

    @Override
    public Object get() {
        boolean entered = store.enterIfOutside();
        try {
            return Values.box(type.type(), bits, high, ref);
        } finally {
            leave(entered);
        }
    }

    @Override
    public void set(Object value) {
        boolean entered = store.enterIfOutside();
        try {
            if (!type.isMutable()) {
                throw new IllegalStateException("the global is immutable");
            }
            init(value);
        } finally {
            leave(entered);
        }
    }

    private void leave(boolean entered) {
        if (entered) {
            store.exit();
        }
    }

    void init(Object value) {
        Values.check(value, type.type());
        store.checkOwner(value);
        bits = Values.bits(value);
        high = Values.high(value);
        ref = Values.isReference(type.type()) ? value : null;
    }
}
