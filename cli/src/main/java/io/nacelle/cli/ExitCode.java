// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.runtime.ExhaustedException;

/** What the command's exit codes mean. */
final class ExitCode {
    static final int OK = 0;

    /** A file that cannot be read, a bad module, a link that fails, a script that fails. */
    static final int FAILURE = 1;

    /** Options or arguments that the command does not understand. */
    static final int USAGE = 2;

    // Limits that a guest has met.

    static final int CALL_DEPTH = 116;
    static final int THREADS = 117;
    static final int INSTANCES = 118;
    static final int CALL_STACK = 119;
    static final int FUEL = 120;
    static final int MEMORY = 121;
    static final int TABLE = 122;
    static final int OBJECTS = 123;

    /** The time is over: what the command timeout exits with. */
    static final int TIME = 124;

    /** A trap: what a shell reports for a process that aborted (128 + SIGABRT). */
    static final int TRAP = 134;

    /** Nobody reads the output any more: what a shell reports for SIGPIPE, and as silent. */
    static final int BROKEN_PIPE = 141;

    private ExitCode() {}

    /** For a limit. */
    static int of(ExhaustedException.Resource resource) {
        return switch (resource) {
            case THREADS -> THREADS;
            case INSTANCES -> INSTANCES;
            case CALL_STACK -> CALL_STACK;
            case CALL_DEPTH -> CALL_DEPTH;
            case FUEL -> FUEL;
            case MEMORY -> MEMORY;
            case TABLE -> TABLE;
            case OBJECTS -> OBJECTS;
            case TIME -> TIME;
        };
    }
}
