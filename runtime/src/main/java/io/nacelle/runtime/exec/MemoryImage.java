// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * What a memory begins with, other than zeros: made once, for any number of memories. In a native
 * store it is mapped copy-on-write, so that only the pages take memory that are written to; where
 * that is impossible, and in heap stores, it is copied.
 *
 * <p>Thread-safe.
 */
final class MemoryImage {
    /** What is mapped is a multiple of this, as what is committed is. */
    private static final long GRAIN = Reservation.GRAIN;

    /** The bytes up to the last that is not zero. */
    final byte[] bytes;

    private final EngineImpl engine;

    /** The same, for native stores; null until it is asked for. */
    private MemoryPool.ImageRange range;

    private Object untilUnreachable;
    private boolean refused;

    /**
     * Of bytes that are given away.
     *
     * @param bytes the first of a memory; the rest of it is zero
     */
    MemoryImage(EngineImpl engine, byte[] bytes) {
        this.engine = engine;
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        this.bytes = end == bytes.length ? bytes : Arrays.copyOf(bytes, end);
    }

    /** The image as it is mapped, or null when it cannot be. */
    synchronized MemoryPool.ImageRange range() {
        if (range == null && !refused) {
            if (bytes.length > 0 && LinuxMemory.supported()) {
                long span = (bytes.length + GRAIN - 1) & -GRAIN;
                var made = engine.pool().newImage(MemorySegment.ofArray(bytes), span);
                if (made != null) {
                    untilUnreachable = MemoryPool.whenUnreachable(made::orphan);
                }
                range = made;
            }
            refused = range == null;
        }
        return range;
    }

    /** Has the image's memory given back when all that is mapped over it is gone. */
    synchronized void discard() {
        refused = true;
        if (range != null) {
            range.orphan();
            range = null;
        }
    }
}
