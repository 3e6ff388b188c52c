// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.TableImpl;
import io.nacelle.wasm.syntax.TableType;

/** A table instance (spec 4.2.8). Used by one thread at a time, as its store is. */
public sealed interface Table extends Extern permits TableImpl {
    @Override
    TableType type();

    /** The current number of elements. */
    long size();

    /**
     * The element at an index; null for a null reference.
     *
     * @throws Trap when there is none
     */
    Object get(long index);

    /**
     * Sets an element.
     *
     * @throws Trap when there is none at the index
     * @throws IllegalArgumentException when the value is not of the element type
     */
    void set(long index, Object value);

    /**
     * Grows the table.
     *
     * @return the size before, or -1 when the table cannot grow so far
     */
    long grow(long count, Object value);
}
