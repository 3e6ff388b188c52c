// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.StoreKind;

/** What memory 0 of an instance is to the code that accesses it. */
public enum MemoryForm {
    /** An array, or no memory in a store for arrays. */
    HEAP,

    /** Off the heap, and only grown by the thread that runs. */
    NATIVE,

    /** Off the heap, and grown by any thread at any time. */
    SHARED;

    static MemoryForm of(ModuleImpl module, StoreImpl store) {
        if (module.valid.memoryCount() > 0 && module.valid.memory(0).isShared()) {
            return SHARED;
        }
        return store.settledKind() == StoreKind.HEAP ? HEAP : NATIVE;
    }
}
