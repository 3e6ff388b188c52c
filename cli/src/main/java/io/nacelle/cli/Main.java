// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point of the {@code nacelle} command. */
@Command(
        name = "nacelle",
        description = "A WebAssembly runtime.",
        subcommands = {VersionCommand.class},
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.Provider.class,
        synopsisSubcommandLabel = "COMMAND")
public final class Main {
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }
}
