// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

import java.util.Locale;
import java.util.regex.Pattern;

/** Entry point of the {@code nacelle} command. */
@Command(
        name = "nacelle",
        description = "A WebAssembly runtime.",
        subcommands = {
            RunCommand.class,
            BenchCommand.class,
            WastCommand.class,
            ValidateCommand.class,
            ParseCommand.class,
            PrintCommand.class,
            ObjdumpCommand.class,
            ExplainCommand.class,
            StripCommand.class,
            CompileCommand.class,
            SnapshotCommand.class,
            LockCommand.class,
            VersionCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.Provider.class,
        synopsisSubcommandLabel = "COMMAND")
public final class Main {
    private static final int MEBIBYTE = 1 << 20;

    private static final Pattern CHOICES =
            Pattern.compile("expected (one of \\[.*]) \\(case-insensitive\\) but");

    /** Lets an internal error show its stack trace. */
    private static final String TRACE = "NACELLE_TRACE";

    public static void main(String[] args) {
        StandardOutput.install();
        int code = execute(args);
        // To exit, Java looks for a logger that wants to know, which takes as long as a small
        // program.
        if (code != ExitCode.OK || Thread.activeCount() > 1) {
            System.exit(code);
        }
    }

    /** Runs the command as {@link #main} does, and gives its exit code. */
    static int execute(String... args) {
        var run = QuickRun.parse(args);
        try {
            return run.isPresent() ? call(run.get()) : line().execute(args);
        } catch (Failure failure) {
            return report(failure);
        } catch (OutOfMemoryError _) {
            Console.error(
                    "out of memory: the heap may take "
                            + Runtime.getRuntime().maxMemory() / MEBIBYTE
                            + " MiB; JAVA_TOOL_OPTIONS=-Xmx8g, for instance, lets it take more");
            return ExitCode.FAILURE;
        } catch (Error e) {
            return internal(e);
        }
    }

    private static int call(RunCommand run) {
        try {
            return run.call();
        } catch (Failure failure) {
            throw failure;
        } catch (Exception e) {
            return internal(e);
        }
    }

    private static CommandLine line() {
        var line =
                new CommandLine(new Main())
                        // "@name" is an argument like any other.
                        .setExpandAtFiles(false)
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        .setAbbreviatedOptionsAllowed(false)
                        .setParameterExceptionHandler(Main::misuse)
                        .setExecutionExceptionHandler(Main::report);
        for (var command : line.getSubcommands().values()) {
            command.getCommandSpec().usageMessage().abbreviateSynopsis(true);
        }
        var run = line.getSubcommands().get("run");
        // What follows the file belongs to the guest, options and all.
        run.setStopAtPositional(true);
        return line;
    }

    /** Says what was not understood, in two lines: the whole help would hide it. */
    private static int misuse(ParameterException e, String[] args) {
        var command = e.getCommandLine();
        if (command.getParent() == null && args.length == 0) {
            command.usage(System.err);
            return ExitCode.USAGE;
        }
        Console.error(fault(e, command));
        System.err.print(command.getHelp().synopsisHeading() + command.getHelp().synopsis(0));
        System.err.println(
                "'" + command.getCommandSpec().qualifiedName() + " --help' tells what there is.");
        return ExitCode.USAGE;
    }

    private static String fault(ParameterException e, CommandLine command) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            var word = "'" + unmatched.getUnmatched().getFirst() + "'";
            if (unmatched.isUnknownOption()) {
                return "unknown option " + word;
            }
            return command.getParent() == null ? "no command " + word : "unexpected " + word;
        }
        var message = enumHint(e.getMessage());
        return Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }

    /** Words as users write them, where picocli lists the names of constants. */
    private static String enumHint(String message) {
        return CHOICES.matcher(message)
                .replaceAll(m -> "expected " + m.group(1).toLowerCase(Locale.ROOT) + " but");
    }

    private static int report(Exception e, CommandLine line, ParseResult result) {
        return e instanceof Failure failure ? report(failure) : internal(e);
    }

    private static int report(Failure failure) {
        if (!failure.getMessage().isEmpty()) {
            Console.error(failure.getMessage());
        }
        return failure.exitCode();
    }

    /** What no input is meant to cause: a fault of the command itself. */
    private static int internal(Throwable e) {
        if (System.getenv(TRACE) != null) {
            Console.error("internal error");
            e.printStackTrace(System.err);
        } else {
            Console.error(
                    "internal error: " + e + "; with " + TRACE + "=1 it tells where it happened");
        }
        return ExitCode.FAILURE;
    }
}
