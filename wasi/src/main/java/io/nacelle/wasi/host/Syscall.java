// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.host;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;

/**
 * The C library's {@code syscall}. One function with one shape serves every call of this package,
 * because linking a native function costs milliseconds at start-up and each further shape costs as
 * much again.
 *
 * <p>Loading this class is the first use of the foreign function interface in the process, and is
 * left until a guest really touches a file of the host.
 */
final class Syscall {
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");

    private static final VarHandle ERRNO_VALUE =
            Linker.Option.captureStateLayout()
                    .varHandle(MemoryLayout.PathElement.groupElement("errno"));

    @SuppressWarnings("restricted")
    private static final MethodHandle SYSCALL =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG),
                            ERRNO,
                            Linker.Option.firstVariadicArg(1));

    private final MemorySegment state;

    Syscall(Arena arena) {
        state = arena.allocate(Linker.Option.captureStateLayout());
    }

    /** Returns the call's result, or the negated error number. Repeats what a signal broke off. */
    long call(long number, long a, long b, long c, long d, long e, long f) {
        try {
            while (true) {
                long result = (long) SYSCALL.invokeExact(state, number, a, b, c, d, e, f);
                if (result != -1) {
                    return result;
                }
                int errno = (int) ERRNO_VALUE.get(state, 0L);
                if (errno != LinuxErrno.EINTR) {
                    return -errno;
                }
            }
        } catch (RuntimeException | Error unexpected) {
            throw unexpected;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        } finally {
            Reference.reachabilityFence(this);
        }
    }
}
