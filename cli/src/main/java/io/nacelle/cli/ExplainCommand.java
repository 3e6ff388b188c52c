// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.BufferedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Says in words what a module is. */
@Command(
        name = "explain",
        description = {
            "Say what a module is, what it needs and what it is made of.",
            "That is: what to grant when it is run, and what to expect."
        })
final class ExplainCommand implements Callable<Integer> {
    private static final int BUFFER_SIZE = 1 << 16;

    @Mixin private Help help;

    @Option(names = "--json", description = "Say it as JSON, for programs.")
    private boolean json;

    @Option(
            names = "--top",
            paramLabel = "COUNT",
            description = "How many of the largest functions to name. Default: ${DEFAULT-VALUE}.")
    private int top = 10;

    @Parameters(paramLabel = "FILE", description = "The module (.wasm or .wat).")
    private Path file;

    @Override
    public Integer call() {
        if (top < 0) {
            throw new Failure(ExitCode.USAGE, "--top " + top + " is negative");
        }
        var input = new ModuleFile(file);
        var module = input.readBinary();
        var facts = input.explain(() -> new ModuleFacts(module, ModuleFile.parallelism(module)));
        try (var out =
                new PrintStream(
                        new BufferedOutputStream(new StandardOutput(), BUFFER_SIZE),
                        false,
                        StandardCharsets.UTF_8)) {
            if (json) {
                out.print(Json.of(ExplainJson.of(facts, file, top)));
            } else {
                new ExplainText(facts, file, top, out).print();
            }
        }
        return ExitCode.OK;
    }
}
