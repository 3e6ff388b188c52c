// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.GlobalImpl;
import io.nacelle.wasm.syntax.GlobalType;

/** A global instance (spec 4.2.10). Used by one thread at a time, as its store is. */
public sealed interface Global extends Extern permits GlobalImpl {
    @Override
    GlobalType type();

    /** The value, as {@link Func} maps values. */
    Object get();

    /**
     * Sets the value.
     *
     * @throws IllegalStateException when the global is immutable
     * @throws IllegalArgumentException when the value is not of the global's type
     */
    void set(Object value);
}
