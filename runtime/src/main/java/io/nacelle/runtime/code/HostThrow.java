// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.exec.Backtrace;

/**
 * Carries an exception of the host's through compiled code, where some exceptions of Java mean that
 * the guest has trapped.
 */
public final class HostThrow extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private HostThrow(RuntimeException carried) {
        super(null, carried, false, false);
    }

    /** The form in which an exception of a function that compiled code has called goes on in it. */
    public static RuntimeException arrived(RuntimeException e) {
        Backtrace.arrive(e);
        // Of this kind the host's: a guest's would have become a trap.
        return e instanceof IndexOutOfBoundsException ? new HostThrow(e) : e;
    }

    /** What the host has thrown. */
    public RuntimeException carried() {
        return (RuntimeException) getCause();
    }
}
