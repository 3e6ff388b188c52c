// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

/** What the command's exit codes mean. */
final class ExitCode {
    static final int OK = 0;

    /** A file that cannot be read, a bad module, a link that fails, a script that fails. */
    static final int FAILURE = 1;

    /** Options or arguments that the command does not understand. */
    static final int USAGE = 2;

    /** A trap: what a shell reports for a process that aborted (128 + SIGABRT). */
    static final int TRAP = 134;

    /** Nobody reads the output any more: what a shell reports for SIGPIPE, and as silent. */
    static final int BROKEN_PIPE = 141;

    private ExitCode() {}
}
