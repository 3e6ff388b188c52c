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
import java.util.List;
import java.util.concurrent.Callable;

/** Shows what modules consist of. */
@Command(
        name = "objdump",
        description = {
            "Show a module's sections, contents and instructions with their byte offsets.",
            "Shows all of it unless told which parts."
        })
final class ObjdumpCommand implements Callable<Integer> {
    @Mixin private Help help;

    private static final int BUFFER_SIZE = 1 << 16;

    @Option(
            names = {"-s", "--sections"},
            description = "Show the sections: offset, size and number of entries.")
    private boolean sections;

    @Option(
            names = {"-x", "--details"},
            description = "Show types, imports, exports and what else the module declares.")
    private boolean details;

    @Option(
            names = {"-d", "--disassemble"},
            description = "Show the instructions of every function.")
    private boolean disassemble;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Modules (.wasm or .wat).")
    private List<Path> files;

    @Override
    public Integer call() {
        // Large modules give hundreds of megabytes: buffered, and not flushed at every line.
        var out =
                new PrintStream(
                        new BufferedOutputStream(new StandardOutput(), BUFFER_SIZE),
                        false,
                        StandardCharsets.UTF_8);
        boolean all = !sections && !details && !disassemble;
        try {
            for (var path : files) {
                dump(path, all, out);
            }
        } finally {
            out.flush();
        }
        return ExitCode.OK;
    }

    private void dump(Path path, boolean all, PrintStream out) {
        var file = new ModuleFile(path);
        var module = file.readBinary();
        file.explain(
                () -> {
                    var dump = new Objdump(module, out);
                    out.println(path + ": " + module.source().size() + " bytes");
                    if (all || sections) {
                        dump.sections();
                    }
                    if (all || details) {
                        dump.details();
                    }
                    if (all || disassemble) {
                        dump.code();
                    }
                    return null;
                });
    }
}
