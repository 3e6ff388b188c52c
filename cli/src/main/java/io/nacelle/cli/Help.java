// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import picocli.CommandLine.Option;

/** The option that every command has. */
final class Help {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean requested;
}
