// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.Backtrace;

import java.io.PrintStream;
import java.io.PrintWriter;

/**
 * An exception that a guest has caused. Its stack trace has the guest's frames where Java's frames
 * of the interpreter are; they are put there when the trace is first looked at, so that exceptions
 * which nobody prints cost nothing more.
 *
 * <p>Public because {@code catch (Trap | ExhaustedException e)} is a use of it, wherever that is.
 */
public abstract sealed class GuestFailure extends RuntimeException
        permits Trap, ExhaustedException, StoppedException, HostException {
    private static final long serialVersionUID = 1L;

    GuestFailure(String message) {
        super(message);
    }

    GuestFailure(String message, Throwable cause) {
        super(message, cause);
    }

    private void show() {
        Backtrace.of(this).ifPresent(trace -> trace.show(this, super.getStackTrace()));
    }

    @Override
    public StackTraceElement[] getStackTrace() {
        show();
        return super.getStackTrace();
    }

    @Override
    public void printStackTrace(PrintStream stream) {
        show();
        super.printStackTrace(stream);
    }

    @Override
    public void printStackTrace(PrintWriter writer) {
        show();
        super.printStackTrace(writer);
    }
}
