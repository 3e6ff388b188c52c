// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.wasi.fs.FsException;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The places where the threads of one guest wait. Thread-safe. */
final class Hub {
    private final List<Waits> all = new CopyOnWriteArrayList<>();

    void add(Waits waits) {
        all.add(waits);
    }

    void remove(Waits waits) {
        all.remove(waits);
    }

    /** Makes every thread that waits look again. */
    void wake() {
        all.forEach(Waits::wake);
    }

    /** See {@link Waits#releaseClosed}. */
    void releaseClosed() throws FsException {
        for (Waits waits : all) {
            waits.releaseClosed();
        }
    }
}
