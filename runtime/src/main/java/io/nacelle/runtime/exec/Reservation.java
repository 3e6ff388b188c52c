// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/**
 * A range of address space that belongs to one memory. On Linux and macOS it is mapped without
 * access and made accessible as the memory grows; elsewhere it is allocated whole.
 */
abstract sealed class Reservation {
    /** What is committed is a multiple of this, to save system calls: 1 MiB. */
    static final long GRAIN = 1 << 20;

    private final long address;
    private final long size;

    /** What it is counted for now. */
    private AddressSpace space;

    private Reservation(long address, long size, AddressSpace space) {
        this.address = address;
        this.size = size;
        this.space = space;
    }

    /**
     * Reserves address space.
     *
     * @param space what it is counted for
     * @throws OutOfMemoryError when there is none
     */
    static Reservation of(long size, AddressSpace space) {
        long rounded = rounded(size);
        space.take(rounded);
        try {
            return Mapped.supported() ? Mapped.map(rounded, space) : new Allocated(rounded, space);
        } catch (Throwable e) {
            space.giveBack(rounded);
            throw e;
        }
    }

    /**
     * As {@link #of(long, AddressSpace)}, for memories that come and go: over address space that
     * another has left if there is such, and left for others in its turn.
     *
     * @param image what its first bytes are, or null for zeros. If the system refuses to map it,
     *     {@link #image} says so
     */
    static Reservation of(
            long size, AddressSpace space, MemoryPool pool, MemoryPool.ImageRange image) {
        if (!LinuxMemory.supported()) {
            return of(size, space);
        }
        long rounded = rounded(size);
        space.take(rounded);
        try {
            var left = pool.take(rounded, image);
            if (left != null) {
                left.space = space;
                return left;
            }
            var made = Mapped.map(rounded, space);
            made.pool = pool;
            if (image != null) {
                made.attach(image);
            }
            return made;
        } catch (Throwable e) {
            space.giveBack(rounded);
            throw e;
        }
    }

    private static long rounded(long size) {
        return Math.max(GRAIN, (size + GRAIN - 1) & -GRAIN);
    }

    /** What its first bytes were when it was taken; null for zeros. */
    MemoryPool.ImageRange image() {
        return null;
    }

    final long address() {
        return address;
    }

    final long size() {
        return size;
    }

    /**
     * Makes the bytes from the start accessible; new ones are zero.
     *
     * @throws OutOfMemoryError when the system refuses
     */
    abstract void commit(long bytes);

    final void free() {
        // First: whoever takes it next counts it anew.
        var counted = space;
        space = null;
        recycleOrUnmap();
        counted.giveBack(size);
    }

    void recycleOrUnmap() {
        unmap();
    }

    abstract void unmap();

    private static final class Allocated extends Reservation {
        private final Arena arena;

        Allocated(long size, AddressSpace space) {
            var arena = Arena.ofShared();
            this.arena = arena;
            super(arena.allocate(size, 16).address(), size, space);
        }

        @Override
        void commit(long bytes) {}

        @Override
        void unmap() {
            arena.close();
        }
    }

    private static final class Mapped extends Reservation {
        /** What a reservation may have committed that is left for others: 64 MiB. */
        private static final long MOST_RECYCLED = 1 << 26;

        private static final int PROT_NONE = 0;
        private static final int PROT_READ_WRITE = 3;
        private static final int MAP_PRIVATE = 2;
        private static final int MAP_ANONYMOUS = isMac() ? 0x1000 : 0x20;
        private static final int MAP_NORESERVE = isMac() ? 0x40 : 0x4000;
        private long committed;

        /** Where it goes when it is free, or null. */
        private MemoryPool pool;

        private MemoryPool.ImageRange image;

        private Mapped(long address, long size, AddressSpace space) {
            super(address, size, space);
        }

        private static boolean isMac() {
            return os().contains("mac");
        }

        private static String os() {
            return System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        }

        static boolean supported() {
            return os().contains("linux") || isMac();
        }

        static Mapped map(long size, AddressSpace space) {
            long address;
            try {
                address =
                        (long)
                                Calls.MMAP.invokeExact(
                                        0L,
                                        size,
                                        PROT_NONE,
                                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                                        -1,
                                        0L);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
            if (address == -1) {
                throw new OutOfMemoryError("no address space for a memory");
            }
            return new Mapped(address, size, space);
        }

        @Override
        void commit(long bytes) {
            if (bytes <= committed) {
                return;
            }
            long upTo = Math.min(size(), (bytes + GRAIN - 1) & -GRAIN);
            int result;
            try {
                result =
                        (int)
                                Calls.MPROTECT.invokeExact(
                                        address() + committed, upTo - committed, PROT_READ_WRITE);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
            if (result != 0) {
                throw new OutOfMemoryError("the system refuses to commit memory");
            }
            committed = upTo;
        }

        void attach(MemoryPool.ImageRange first) {
            if (first.span <= size() && first.mapAt(address())) {
                image = first;
                committed = first.span;
            }
        }

        @Override
        MemoryPool.ImageRange image() {
            return image;
        }

        @Override
        void recycleOrUnmap() {
            // All that is accessible, since nothing else can have been written to.
            if (pool != null
                    && committed <= MOST_RECYCLED
                    && (committed == 0 || LinuxMemory.forget(address(), committed))) {
                pool.give(this);
            } else {
                unmap();
            }
        }

        @Override
        void unmap() {
            int result;
            try {
                result = (int) Calls.MUNMAP.invokeExact(address(), size());
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
            if (result != 0) {
                throw new AssertionError("munmap failed");
            }
            if (image != null) {
                image.unmapped();
            }
        }

        /** Apart, so that nothing is linked before it is needed. */
        private static final class Calls {
            static final MethodHandle MMAP =
                    find(
                            "mmap",
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_LONG));
            static final MethodHandle MPROTECT =
                    find(
                            "mprotect",
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_INT));
            static final MethodHandle MUNMAP =
                    find(
                            "munmap",
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG));

            private static MethodHandle find(String name, FunctionDescriptor type) {
                var linker = Linker.nativeLinker();
                MemorySegment symbol = linker.defaultLookup().findOrThrow(name);
                return linker.downcallHandle(symbol, type);
            }
        }
    }
}
