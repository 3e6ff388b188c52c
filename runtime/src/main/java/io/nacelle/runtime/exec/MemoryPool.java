// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Address space that closed memories have left, for the next ones, and the file in memory that has
 * the images from which memories start. One for an engine.
 *
 * <p>What the memory before has written is gone before a reservation gets here: the system has
 * taken its pages back. If the system does not say that it has, the reservation is unmapped.
 *
 * <p>Thread-safe.
 */
final class MemoryPool {
    /** How many reservations are kept. */
    private static final int MOST = 256;

    /** Bytes that the images of an engine may take together: 1 GiB. */
    private static final long MOST_IMAGE_BYTES = 1L << 30;

    private static final int PAGE = 4096;

    private final List<Reservation> kept = new ArrayList<>();

    /** Whether the engine is gone. */
    private boolean closed;

    /** The file of images: -1 when there is none yet, -2 when there cannot be one. */
    private int file = -1;

    /** Where the next image begins. Offsets are not used again. */
    private long end;

    private long imageBytes;

    /**
     * Runs something when an object that keeps the result is no longer reachable. The action must
     * not refer to that object.
     */
    static Object whenUnreachable(Runnable action) {
        return MemorySegment.NULL.reinterpret(1, Arena.ofAuto(), _ -> action.run());
    }

    /** A reservation of this size over this image (or null, for none) that is left, or null. */
    synchronized Reservation take(long size, ImageRange image) {
        // Those that were left last are the ones whose page tables are there still.
        for (int i = kept.size(); i-- > 0; ) {
            var one = kept.get(i);
            if (one.size() == size && one.image() == image) {
                kept.remove(i);
                return one;
            }
        }
        return null;
    }

    /**
     * Keeps a clean reservation for others; unmaps it, or one that is older, when there are many.
     */
    void give(Reservation clean) {
        Reservation unwanted = null;
        synchronized (this) {
            if (closed || clean.image() != null && clean.image().isOrphaned()) {
                unwanted = clean;
            } else {
                kept.add(clean);
                if (kept.size() > MOST) {
                    unwanted = kept.removeFirst();
                }
            }
        }
        if (unwanted != null) {
            unwanted.unmap();
        }
    }

    /** How many reservations are kept: for tests. */
    synchronized int size() {
        return kept.size();
    }

    /** The engine is gone. */
    void close() {
        List<Reservation> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(kept);
            kept.clear();
            if (file >= 0) {
                // What is mapped of it stays.
                LinuxMemory.close(file);
            }
            file = -2;
        }
        all.forEach(Reservation::unmap);
    }

    /** Unmaps what is kept over an image that nobody starts from any more. */
    private void evict(ImageRange image) {
        var found = new ArrayList<Reservation>();
        synchronized (this) {
            kept.removeIf(one -> one.image() == image && found.add(one));
        }
        found.forEach(Reservation::unmap);
    }

    /** Makes an image of bytes, which are zero from their end to {@code span}; null if refused. */
    ImageRange newImage(MemorySegment bytes, long span) {
        long at;
        long to;
        synchronized (this) {
            if (file == -1) {
                int made = LinuxMemory.newFile();
                file = made < 0 ? -2 : made;
            }
            if (file < 0 || imageBytes + span > MOST_IMAGE_BYTES) {
                return null;
            }
            if (!LinuxMemory.resize(file, end + span)) {
                return null;
            }
            to = LinuxMemory.mapShared(file, end, span);
            if (to == -1) {
                return null;
            }
            at = end;
            end += span;
            imageBytes += span;
        }
        copyUsed(bytes, to);
        LinuxMemory.unmap(to, span);
        return new ImageRange(this, at, span);
    }

    /** Copies what is not zero, page by page: others take no memory until they are written to. */
    private static void copyUsed(MemorySegment bytes, long to) {
        var page = MemorySegment.ofArray(new byte[PAGE]);
        for (long at = 0; at < bytes.byteSize(); at += PAGE) {
            long n = Math.min(PAGE, bytes.byteSize() - at);
            if (MemorySegment.mismatch(bytes, at, at + n, page, 0, n) >= 0) {
                MemorySegment.copy(bytes, at, NativeMemory.ALL, to + at, n);
            }
        }
    }

    // Within the lock: a number that has been closed may be another file's a moment later.

    private synchronized void freed(long offset, long span) {
        imageBytes -= span;
        if (file >= 0) {
            LinuxMemory.punch(file, offset, span);
        }
    }

    private synchronized boolean mapOver(long address, long offset, long span) {
        return file >= 0 && LinuxMemory.mapOver(address, file, offset, span);
    }

    /**
     * An image in the file. Its pages are given back when no module starts from it any more and
     * nothing is mapped over it: guests may run, and read them, whose Java objects are unreachable.
     */
    static final class ImageRange {
        private final MemoryPool pool;
        private final long offset;
        final long span;
        private int mapped;
        private boolean orphaned;

        private ImageRange(MemoryPool pool, long offset, long span) {
            this.pool = pool;
            this.offset = offset;
            this.span = span;
        }

        /** Puts the image at an address; false when the system refuses. */
        boolean mapAt(long address) {
            synchronized (this) {
                if (orphaned) {
                    return false;
                }
                mapped++;
            }
            if (pool.mapOver(address, offset, span)) {
                return true;
            }
            unmapped();
            return false;
        }

        void unmapped() {
            boolean free;
            synchronized (this) {
                free = --mapped == 0 && orphaned;
            }
            if (free) {
                pool.freed(offset, span);
            }
        }

        synchronized boolean isOrphaned() {
            return orphaned;
        }

        /** Nothing will be started from it any more. */
        void orphan() {
            boolean free;
            synchronized (this) {
                if (orphaned) {
                    return;
                }
                orphaned = true;
                free = mapped == 0;
            }
            if (free) {
                pool.freed(offset, span);
            } else {
                pool.evict(this);
            }
        }
    }
}
