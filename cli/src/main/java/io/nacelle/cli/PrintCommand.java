// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.wasm.text.PrintStyle;
import io.nacelle.wasm.text.TextPrinter;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Binary format to text format. */
@Command(
        name = "print",
        description = "Translate a module from the binary format to the text format.")
final class PrintCommand implements Callable<Integer> {
    @Mixin private Help help;

    @Parameters(paramLabel = "FILE", description = "The module (.wasm).")
    private Path file;

    @Option(
            names = {"-f", "--folded"},
            description = "Write operands within the parentheses of the instruction they go to.")
    private boolean folded;

    @Mixin private Output output;

    @Override
    public Integer call() {
        var input = new ModuleFile(file);
        var module = input.readBinary();
        var style = folded ? PrintStyle.FOLDED : PrintStyle.FLAT;
        output.write(
                out -> {
                    var writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
                    input.explain(
                            () -> {
                                TextPrinter.print(module, style, writer);
                                return null;
                            });
                    writer.flush();
                });
        return ExitCode.OK;
    }
}
