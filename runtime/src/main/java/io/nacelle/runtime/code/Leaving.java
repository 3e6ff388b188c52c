// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;
import io.nacelle.runtime.exec.Backtrace;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.WasmFunc;

/** What becomes of an exception that leaves compiled code. */
final class Leaving {
    private static final Backtrace.Finder FINDER = new FrameFinder();

    private Leaving() {}

    /** Throws the exception in the form in which it leaves, with the frames that it has left. */
    static RuntimeException by(Throwable e, WasmFunc func) {
        Throwable leaving =
                switch (e) {
                    case IndexOutOfBoundsException _ -> trap(e);
                    case StackOverflowError _ -> exhausted(e);
                    case HostThrow host -> host.carried();
                    default -> e;
                };
        Backtrace.attachCompiled(leaving, leaving, func, FINDER);
        throw Leaving.<RuntimeException>unchecked(leaving);
    }

    /** Errors of the JVM's own making cannot carry what else is to be told. */
    private static ExhaustedException exhausted(Throwable e) {
        var exhausted = Stack.exhausted();
        exhausted.setStackTrace(e.getStackTrace());
        return exhausted;
    }

    /** A check of an access to memory 0 has failed. */
    private static Trap trap(Throwable e) {
        var trap = new Trap(TrapKind.OUT_OF_BOUNDS_MEMORY);
        trap.setStackTrace(e.getStackTrace());
        return trap;
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E unchecked(Throwable e) throws E {
        throw (E) e;
    }
}
