// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/** Measures, on the machine where it runs, what guests cost. */
@Command(
        name = "bench",
        description = "Measure what guests cost on this machine.",
        subcommands = InstancesBench.class)
final class BenchCommand implements Callable<Integer> {
    @Mixin private Help help;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "What to measure is missing: instances");
    }
}
