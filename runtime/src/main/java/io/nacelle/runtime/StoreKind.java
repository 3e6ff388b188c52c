// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import java.util.Locale;

/** Where the memories of a store live. Chosen with the store, and never changed. */
public enum StoreKind {
    /** Memories are Java arrays, up to 2 GiB less 64 KiB: the fastest form on the JVM. */
    HEAP,
    /** Memories are reserved address space off the heap, beyond 2 GiB too. */
    NATIVE,
    /** Heap, unless the store's first module needs a native memory. */
    AUTO;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
