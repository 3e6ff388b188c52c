// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.aotc;

import io.nacelle.aotc.obj.LinkedCode;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Linked code where it can run, for tests. */
final class Executable implements AutoCloseable {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final MethodHandle MMAP =
            find("mmap", FunctionDescriptor.of(LONG, LONG, LONG, INT, INT, INT, LONG));
    private static final MethodHandle MPROTECT =
            find("mprotect", FunctionDescriptor.of(INT, LONG, LONG, INT));
    private static final MethodHandle MUNMAP =
            find("munmap", FunctionDescriptor.of(INT, LONG, LONG));

    private final LinkedCode code;
    private final long address;

    Executable(LinkedCode code) throws Throwable {
        this.code = code;
        long size = code.code().length;
        this.address = (long) MMAP.invokeExact(0L, size, 3, 0x22, -1, 0L);
        MemorySegment.ofAddress(address)
                .reinterpret(size)
                .copyFrom(MemorySegment.ofArray(code.code()));
        if ((int) MPROTECT.invokeExact(address, size, 5) != 0) {
            throw new IllegalStateException("mprotect");
        }
    }

    private static MethodHandle find(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type);
    }

    MethodHandle function(String name, MemoryLayout result, MemoryLayout... params) {
        long at = address + code.functions().get(name).offset();
        return LINKER.downcallHandle(
                MemorySegment.ofAddress(at), FunctionDescriptor.of(result, params));
    }

    @Override
    public void close() {
        int result;
        try {
            result = (int) MUNMAP.invokeExact(address, (long) code.code().length);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        if (result != 0) {
            throw new IllegalStateException("munmap");
        }
    }
}
