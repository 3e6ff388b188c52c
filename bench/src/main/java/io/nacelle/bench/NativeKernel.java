// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** A kernel compiled for this machine, called in the process. */
public final class NativeKernel implements Kernel {
    private final MethodHandle run;
    private final MethodHandle work;

    private NativeKernel(MethodHandle run, MethodHandle work) {
        this.run = run;
        this.work = work;
    }

    @SuppressWarnings("restricted") // calling native code is what this is for
    public static NativeKernel load(Path sharedObject) {
        var symbols = SymbolLookup.libraryLookup(sharedObject.toAbsolutePath(), Arena.global());
        return new NativeKernel(handle(symbols, "run"), handle(symbols, "work"));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle handle(SymbolLookup symbols, String name) {
        return Linker.nativeLinker()
                .downcallHandle(
                        symbols.findOrThrow(name), FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    }

    @Override
    public int run(int n) {
        return call(run, n);
    }

    @Override
    public int work(Size size) {
        return call(work, size == Size.QUICK ? 1 : 0);
    }

    private static int call(MethodHandle handle, int argument) {
        try {
            return (int) handle.invokeExact(argument);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
