// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi;

/**
 * A guest ended itself with {@code proc_exit}. It passes through the interpreter to whoever called
 * the guest; {@link Wasi#run} turns it into its result.
 */
public final class ProcExit extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /** Creates the exit with the guest's code. */
    public ProcExit(int exitCode) {
        super("exit code " + Integer.toUnsignedString(exitCode), null, false, false);
        this.exitCode = exitCode;
    }

    /** Returns the code the guest gave, any 32 bits. */
    public int exitCode() {
        return exitCode;
    }
}
