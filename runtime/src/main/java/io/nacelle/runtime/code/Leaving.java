// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;
import io.nacelle.runtime.exec.Backtrace;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.WasmFunc;

import java.util.Arrays;

/** What becomes of an exception that leaves compiled code. */
public final class Leaving {
    private Leaving() {}

    /** Throws the exception in the form in which it leaves, with the frames that it has left. */
    static RuntimeException by(Throwable e, WasmFunc func) {
        throw Leaving.<RuntimeException>unchecked(form(e, func));
    }

    /** The exception in the form in which it leaves, with the frames that it has left. */
    public static Throwable form(Throwable e, WasmFunc func) {
        Throwable leaving =
                switch (e) {
                    case IndexOutOfBoundsException _ -> trap(e);
                    case StackOverflowError _ -> exhausted(e);
                    case HostThrow host -> host.carried();
                    default -> e;
                };
        var finder = ModuleCode.of(func.instance).finder();
        Backtrace.attachCompiled(leaving, func, CodeExecutor.ONE, finder);
        return leaving;
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
        var trace = e.getStackTrace();
        int from = 0;
        while (from < trace.length && isOfJava(trace[from])) {
            from++;
        }
        trap.setStackTrace(Arrays.copyOfRange(trace, from, trace.length));
        return trap;
    }

    /** How Java makes the check is not where the trap is. */
    private static boolean isOfJava(StackTraceElement element) {
        return element.getClassName().startsWith("java.")
                || element.getClassName().startsWith("jdk.");
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E unchecked(Throwable e) throws E {
        throw (E) e;
    }
}
