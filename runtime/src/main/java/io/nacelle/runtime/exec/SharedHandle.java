// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Memory;
import io.nacelle.runtime.SharedMemory;

/** A shared memory as the host that made it has it. */
public final class SharedHandle implements SharedMemory {
    private final SharedView view;

    /** Takes over the storage's first user. */
    SharedHandle(SharedStorage storage) {
        view = new SharedView(null, storage);
    }

    @Override
    public Memory memory() {
        view.checkOpen();
        return view;
    }

    @Override
    public void close() {
        view.release();
    }
}
