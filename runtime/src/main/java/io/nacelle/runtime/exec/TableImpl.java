// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Table;
import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;
import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.TableType;

import java.util.Arrays;

/** A table instance. */
public final class TableImpl implements Table {
    /** Elements that bulk operations move between polls. */
    private static final int CHUNK = 1 << 17;

    private static final long MAX_ELEMENTS = 10_000_000;

    final StoreImpl store;
    private final TableType declared;

    /** The elements; those from {@link #size} on are slack. Replaced when the table grows. */
    public Object[] elements;

    /** The number of elements. */
    public int size;

    TableImpl(StoreImpl store, TableType type, Object init) {
        this.store = store;
        this.declared = type;
        long min = type.limits().min();
        if (min < 0 || min > MAX_ELEMENTS) {
            throw StoreImpl.exhausted(type, min);
        }
        store.chargeTable(min, type);
        try {
            this.elements = new Object[(int) min];
        } catch (OutOfMemoryError e) {
            store.releaseTable(min);
            throw StoreImpl.exhausted(type, min);
        }
        this.size = (int) min;
        if (init != null) {
            Arrays.fill(elements, init);
        }
    }

    @Override
    public TableType type() {
        return new TableType(
                declared.addr(), new Limits(size, declared.limits().max()), declared.element());
    }

    public AddrType addrType() {
        return declared.addr();
    }

    @Override
    public long size() {
        return size;
    }

    /** An index of this table's type, as a non-negative number where it can be in bounds. */
    public long index(long slot) {
        return declared.addr() == AddrType.I32 ? slot & 0xFFFF_FFFFL : slot;
    }

    @Override
    public Object get(long index) {
        boolean entered = store.enterIfOutside();
        try {
            return at(index);
        } finally {
            leave(entered);
        }
    }

    private void leave(boolean entered) {
        if (entered) {
            store.exit();
        }
    }

    /** As {@link #get}, for who is inside the store. */
    public Object at(long index) {
        if (index < 0 || index >= size) {
            throw outOfBounds();
        }
        return elements[(int) index];
    }

    @Override
    public void set(long index, Object value) {
        Values.check(value, declared.element());
        store.checkOwner(value);
        boolean entered = store.enterIfOutside();
        try {
            put(index, value);
        } finally {
            leave(entered);
        }
    }

    /** As {@link #set}, with a value that is known to be of the type. */
    public void put(long index, Object value) {
        if (index < 0 || index >= size) {
            throw outOfBounds();
        }
        elements[(int) index] = value;
    }

    @Override
    public long grow(long count, Object value) {
        Values.check(value, declared.element());
        store.checkOwner(value);
        boolean entered = store.enterIfOutside();
        try {
            return extend(count, value);
        } finally {
            leave(entered);
        }
    }

    /** As {@link #grow}, with a value that is known to be of the type. */
    public long extend(long count, Object value) {
        store.checkOpen();
        long max = declared.limits().max().orElse(-1L);
        if (max < 0 || max > MAX_ELEMENTS) {
            max = MAX_ELEMENTS;
        }
        int before = size;
        if (count < 0 || count > max - before || !store.tryChargeTable(count)) {
            return -1;
        }
        int after = before + (int) count;
        if (after > elements.length) {
            int capacity = (int) Math.min(max, Math.max(after, before + (before >> 1)));
            try {
                elements = Arrays.copyOf(elements, capacity);
            } catch (OutOfMemoryError e) {
                store.releaseTable(count);
                return -1;
            }
        }
        if (value != null) {
            Arrays.fill(elements, before, after, value);
        }
        size = after;
        return before;
    }

    /** Checks a range before anything is done to it. */
    public void check(long index, long count) {
        if (index < 0 || count < 0 || index > size || count > size - index) {
            throw outOfBounds();
        }
    }

    private RuntimeException outOfBounds() {
        store.checkOpen();
        return new Trap(TrapKind.OUT_OF_BOUNDS_TABLE);
    }

    /** {@code table.fill}. */
    public void fill(long index, Object value, long count) {
        check(index, count);
        int from = (int) index;
        for (int left = (int) count; left > 0; ) {
            int n = Math.min(left, CHUNK);
            Arrays.fill(elements, from, from + n, value);
            from += n;
            left -= n;
            store.poll();
        }
    }

    /** {@code table.copy}: this table is the destination. */
    public void copy(TableImpl from, long target, long source, long count) {
        from.check(source, count);
        check(target, count);
        System.arraycopy(from.elements, (int) source, elements, (int) target, (int) count);
    }

    /** {@code table.init} of elements that have been evaluated. */
    public void init(Object[] segment, long target, long source, long count) {
        if (source < 0 || count < 0 || source > segment.length || count > segment.length - source) {
            throw outOfBounds();
        }
        check(target, count);
        System.arraycopy(segment, (int) source, elements, (int) target, (int) count);
    }

    void release() {
        elements = new Object[0];
        size = 0;
    }
}
