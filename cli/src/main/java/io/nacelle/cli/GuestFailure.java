// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.GuestException;
import io.nacelle.runtime.GuestFrame;
import io.nacelle.runtime.HostException;
import io.nacelle.runtime.LinkException;
import io.nacelle.runtime.StoppedException;
import io.nacelle.runtime.Trap;
import io.nacelle.tree.DeniedException;

import java.nio.file.Path;
import java.util.stream.Collectors;

/** What is said, and with which exit code, when a guest does not end well. */
final class GuestFailure {
    /** Of an overflowing stack, the innermost and the outermost frames tell the story. */
    private static final int INNERMOST = 40;

    private static final int OUTERMOST = 10;

    private GuestFailure() {}

    /**
     * Prints why a guest ended, and the WebAssembly stack.
     *
     * @return the exit code
     * @throws RuntimeException the exception itself, when it is none that a guest can cause
     */
    static int report(RuntimeException e, Path file) {
        return switch (e) {
            case Trap trap -> trap("trap: " + trap.getMessage(), e);
            case GuestException thrown -> trap("uncaught " + thrown.getMessage(), e);
            case ExhaustedException exhausted ->
                    limit("trap: " + exhausted.getMessage(), e, ExitCode.of(exhausted.resource()));
            case StoppedException _ -> limit("trap: stopped by the timeout", e, ExitCode.TIME);
            case DeniedException denied -> trap("denied: " + denied.getMessage(), e);
            case LinkException link -> failure(file + ": " + imports(link));
            case HostException host -> {
                Console.error("a host function failed: " + host.getMessage());
                frames(e);
                yield ExitCode.FAILURE;
            }
            // A host function refuses to go on: a program without a memory that asks to write.
            case IllegalStateException refused when !GuestFrame.of(e).isEmpty() -> {
                Console.error(file + ": " + refused.getMessage());
                frames(e);
                yield ExitCode.FAILURE;
            }
            default -> throw e;
        };
    }

    /** One problem on the line of the file, several on lines of their own. */
    private static String imports(LinkException link) {
        var problems = link.problems();
        return problems.size() == 1
                ? problems.getFirst().toString()
                : problems.size()
                        + " imports do not fit\n"
                        + problems.stream().map(p -> "    " + p).collect(Collectors.joining("\n"));
    }

    private static int trap(String message, RuntimeException e) {
        return limit(message, e, ExitCode.TRAP);
    }

    private static int limit(String message, RuntimeException e, int exitCode) {
        Console.error(message);
        frames(e);
        return exitCode;
    }

    private static int failure(String message) {
        Console.error(message);
        return ExitCode.FAILURE;
    }

    private static void frames(RuntimeException e) {
        var frames = GuestFrame.of(e);
        int unlisted = frames.size() - INNERMOST - OUTERMOST;
        for (int i = 0; i < frames.size(); i++) {
            if (i == INNERMOST && unlisted > 1) {
                System.err.println("    ... " + (unlisted + GuestFrame.omitted(e)) + " more ...");
                i += unlisted;
            }
            for (var line : frames.get(i).describe()) {
                System.err.println("    at " + Printable.lines(line).replace('\n', ' '));
            }
        }
    }
}
