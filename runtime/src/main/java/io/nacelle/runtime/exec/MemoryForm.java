// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.StoreKind;
import io.nacelle.wasm.valid.ValidModule;

/** What memory 0 of an instance is to the code that accesses it. */
public enum MemoryForm {
    /** An array, or no memory in a store for arrays. */
    HEAP,

    /** Off the heap, and only grown by the thread that runs. */
    NATIVE,

    /** Off the heap, and grown by any thread at any time. */
    SHARED;

    /** The form for a module in a store. */
    static MemoryForm of(ModuleImpl module, StoreImpl store) {
        if (isShared(module.valid)) {
            return SHARED;
        }
        return store.settledKind() == StoreKind.HEAP ? HEAP : NATIVE;
    }

    /** The form for a module in stores of a kind: of those that may choose, in most. */
    public static MemoryForm of(ValidModule valid, StoreKind kind) {
        if (isShared(valid)) {
            return SHARED;
        }
        boolean needsNative = false;
        for (int i = 0; i < valid.memoryCount(); i++) {
            needsNative |= StoreImpl.needsNative(valid.memory(i));
        }
        return switch (kind) {
            case HEAP -> HEAP;
            case NATIVE -> NATIVE;
            case AUTO -> needsNative ? NATIVE : HEAP;
        };
    }

    private static boolean isShared(ValidModule valid) {
        return valid.memoryCount() > 0 && valid.memory(0).isShared();
    }
}
