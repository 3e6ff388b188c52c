// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

/** A reason to end the command, told in one message and without a stack trace. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    Failure(String message) {
        this(ExitCode.FAILURE, message);
    }

    /** A failure with an exit code of its own; nothing is said when the message is empty. */
    Failure(int exitCode, String message) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
