// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.wasm.binary.BinaryEncoder;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Text format to binary format. */
@Command(
        name = "parse",
        description = "Translate a module from the text format to the binary format.")
final class ParseCommand implements Callable<Integer> {
    @Mixin private Help help;

    @Parameters(paramLabel = "FILE", description = "The module (.wat).")
    private Path file;

    @Mixin private Output output;

    @Override
    public Integer call() {
        var module = new ModuleFile(file).read();
        output.write(BinaryEncoder.encode(module));
        return ExitCode.OK;
    }
}
