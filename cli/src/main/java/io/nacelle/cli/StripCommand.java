// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.CustomSection;
import io.nacelle.wasm.syntax.Span;
import io.nacelle.wasm.syntax.WasmModule;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Leaves out what a module does not need to run. */
@Command(
        name = "strip",
        description = {
            "Write a module without its names, debugging information and other custom sections.",
            "Stays: what dynamic linking needs (dylink), and hints for compilers (metadata.code.)."
                    + " All other sections stay as they are, byte for byte."
        })
final class StripCommand implements Callable<Integer> {
    private static final int HEADER_SIZE = 8;
    private static final int CHUNK = 1 << 16;
    private static final String LINKING = "linking";

    /** Custom sections that matter to those who load modules. */
    private static final List<String> KEPT = List.of("dylink", "dylink.0", "metadata.code.*");

    @Mixin private Help help;

    @Parameters(paramLabel = "FILE", description = "The module (.wasm or .wat).")
    private Path file;

    @Option(names = "--all", description = "Leave out every custom section.")
    private boolean all;

    @Option(
            names = "--keep",
            paramLabel = "NAME",
            description =
                    "Keep custom sections of this name; an asterisk at its end stands for anything."
                            + " May be repeated.")
    private List<String> kept = List.of();

    @Mixin private Output output;

    @Override
    public Integer call() {
        var module = new ModuleFile(file).readBinary();
        if (!all && module.custom(LINKING).isPresent()) {
            throw new Failure(
                    file
                            + ": an object file, which could not be linked any more without its"
                            + " custom sections; --all takes them away all the same");
        }
        output.write(out -> strip(module, out));
        return ExitCode.OK;
    }

    private void strip(WasmModule module, OutputStream out) throws IOException {
        var source = module.source();
        copy(source, new Span(0, HEADER_SIZE), out);
        Map<Integer, CustomSection> customs = new HashMap<>();
        module.customs().forEach(custom -> customs.put(custom.bytes().end(), custom));
        for (var section : BinaryDecoder.sections(source)) {
            int end = section.contents().end();
            boolean custom = section.id().id() == 0;
            if (!custom || keeps(customs.get(end).name())) {
                copy(source, new Span(section.start(), end - section.start()), out);
            }
        }
    }

    private boolean keeps(String name) {
        return !all && KEPT.stream().anyMatch(pattern -> matches(name, pattern))
                || kept.stream().anyMatch(pattern -> matches(name, pattern));
    }

    private static boolean matches(String name, String pattern) {
        return pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern);
    }

    private static void copy(ByteSource source, Span span, OutputStream out) throws IOException {
        var buffer = new byte[Math.min(CHUNK, span.length())];
        for (int at = span.offset(); at < span.end(); at += buffer.length) {
            int length = Math.min(buffer.length, span.end() - at);
            source.copy(at, buffer, 0, length);
            out.write(buffer, 0, length);
        }
    }
}
