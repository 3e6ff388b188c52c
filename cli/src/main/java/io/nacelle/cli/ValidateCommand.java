// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** Decodes and validates modules; silent when all is well. */
@Command(
        name = "validate",
        description = "Check that modules are well-formed and valid; prints what is wrong.")
final class ValidateCommand implements Callable<Integer> {
    @Mixin private Help help;

    @Mixin private FeatureOption features;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Modules (.wasm or .wat).")
    private List<Path> files;

    @Override
    public Integer call() {
        int exitCode = ExitCode.OK;
        for (var path : files) {
            try {
                new ModuleFile(path).readValid(features.features());
            } catch (Failure e) {
                Console.error(e.getMessage());
                exitCode = ExitCode.FAILURE;
            }
        }
        return exitCode;
    }
}
