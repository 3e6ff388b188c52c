// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * What Linux has beyond mapping and unmapping: files in memory whose pages are mapped
 * copy-on-write, and taking back what was written to a mapping. Not linked before it is needed.
 */
final class LinuxMemory {
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE_FIXED = 0x12;
    private static final int MADV_DONTNEED = 4;
    private static final int MFD_CLOEXEC = 1;
    private static final int PUNCH_HOLE_KEEP_SIZE = 3;
    private static final MethodHandle MMAP =
            find(
                    "mmap",
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG);
    private static final MethodHandle MUNMAP =
            find("munmap", ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);
    private static final MethodHandle MADVISE =
            find(
                    "madvise",
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT);
    private static final MethodHandle FTRUNCATE =
            find("ftruncate", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG);
    private static final MethodHandle FALLOCATE =
            find(
                    "fallocate",
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG);
    private static final MethodHandle CLOSE =
            find("close", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);

    /** Null where the C library is older than the call. */
    private static final MethodHandle MEMFD_CREATE =
            find("memfd_create", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);

    private LinuxMemory() {}

    static boolean supported() {
        return System.getProperty("os.name", "").equals("Linux");
    }

    private static MethodHandle find(String name, MemoryLayout result, MemoryLayout... params) {
        var linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find(name)
                .map(at -> linker.downcallHandle(at, FunctionDescriptor.of(result, params)))
                .orElse(null);
    }

    /** Makes an empty file in memory; negative when there can be none. */
    static int newFile() {
        if (MEMFD_CREATE == null) {
            return -1;
        }
        try (var arena = Arena.ofConfined()) {
            return (int) MEMFD_CREATE.invokeExact(arena.allocateFrom("nacelle"), MFD_CLOEXEC);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static boolean resize(int file, long size) {
        try {
            return (int) FTRUNCATE.invokeExact(file, size) == 0;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Gives a range's memory back; it reads as zero from then on. */
    static void punch(int file, long offset, long length) {
        try {
            int _ = (int) FALLOCATE.invokeExact(file, PUNCH_HOLE_KEEP_SIZE, offset, length);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static void close(int file) {
        try {
            int _ = (int) CLOSE.invokeExact(file);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Maps a range of a file to write to it: -1 when that is refused. */
    static long mapShared(int file, long offset, long length) {
        return map(0, length, MAP_SHARED, file, offset);
    }

    /** Puts a range of a file, copy-on-write, in the place of what is mapped there. */
    static boolean mapOver(long address, int file, long offset, long length) {
        return map(address, length, MAP_PRIVATE_FIXED, file, offset) == address;
    }

    private static long map(long address, long length, int flags, int file, long offset) {
        try {
            return (long) MMAP.invokeExact(address, length, PROT_READ_WRITE, flags, file, offset);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static void unmap(long address, long length) {
        int result;
        try {
            result = (int) MUNMAP.invokeExact(address, length);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        if (result != 0) {
            throw new AssertionError("munmap failed");
        }
    }

    /**
     * Forgets what was written to a private mapping: its pages are zero again, or those of its
     * file.
     *
     * @return whether that is so; if not, nothing is known of what is there
     */
    static boolean forget(long address, long length) {
        try {
            return (int) MADVISE.invokeExact(address, length, MADV_DONTNEED) == 0;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
