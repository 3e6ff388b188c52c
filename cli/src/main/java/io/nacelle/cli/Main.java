// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** Entry point of the {@code nacelle} command. */
@Command(
        name = "nacelle",
        description = "A WebAssembly runtime.",
        subcommands = {
            RunCommand.class,
            WastCommand.class,
            ValidateCommand.class,
            ParseCommand.class,
            PrintCommand.class,
            ObjdumpCommand.class,
            VersionCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.Provider.class,
        synopsisSubcommandLabel = "COMMAND")
public final class Main {
    public static void main(String[] args) {
        System.exit(execute(args));
    }

    /** Runs the command as {@link #main} does, and gives its exit code. */
    static int execute(String... args) {
        var line =
                new CommandLine(new Main())
                        // "@name" is an argument like any other.
                        .setExpandAtFiles(false)
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        .setExecutionExceptionHandler(Main::report);
        var run = line.getSubcommands().get("run");
        // What follows the file belongs to the guest, options and all.
        run.setStopAtPositional(true);
        return line.execute(args);
    }

    private static int report(Exception e, CommandLine line, ParseResult result) throws Exception {
        if (e instanceof Failure failure) {
            Console.error(failure.getMessage());
            return failure.exitCode();
        }
        throw e;
    }
}
